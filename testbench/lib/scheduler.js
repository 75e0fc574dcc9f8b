"use strict";
var __extends = (this && this.__extends) || (function () {
    var extendStatics = function (d, b) {
        extendStatics = Object.setPrototypeOf ||
            ({ __proto__: [] } instanceof Array && function (d, b) { d.__proto__ = b; }) ||
            function (d, b) { for (var p in b) if (Object.prototype.hasOwnProperty.call(b, p)) d[p] = b[p]; };
        return extendStatics(d, b);
    };
    return function (d, b) {
        if (typeof b !== "function" && b !== null)
            throw new TypeError("Class extends value " + String(b) + " is not a constructor or null");
        extendStatics(d, b);
        function __() { this.constructor = d; }
        d.prototype = b === null ? Object.create(b) : (__.prototype = b.prototype, new __());
    };
})();
var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
var __generator = (this && this.__generator) || function (thisArg, body) {
    var _ = { label: 0, sent: function() { if (t[0] & 1) throw t[1]; return t[1]; }, trys: [], ops: [] }, f, y, t, g = Object.create((typeof Iterator === "function" ? Iterator : Object).prototype);
    return g.next = verb(0), g["throw"] = verb(1), g["return"] = verb(2), typeof Symbol === "function" && (g[Symbol.iterator] = function() { return this; }), g;
    function verb(n) { return function (v) { return step([n, v]); }; }
    function step(op) {
        if (f) throw new TypeError("Generator is already executing.");
        while (g && (g = 0, op[0] && (_ = 0)), _) try {
            if (f = 1, y && (t = op[0] & 2 ? y["return"] : op[0] ? y["throw"] || ((t = y["return"]) && t.call(y), 0) : y.next) && !(t = t.call(y, op[1])).done) return t;
            if (y = 0, t) op = [op[0] & 2, t.value];
            switch (op[0]) {
                case 0: case 1: t = op; break;
                case 4: _.label++; return { value: op[1], done: false };
                case 5: _.label++; y = op[1]; op = [0]; continue;
                case 7: op = _.ops.pop(); _.trys.pop(); continue;
                default:
                    if (!(t = _.trys, t = t.length > 0 && t[t.length - 1]) && (op[0] === 6 || op[0] === 2)) { _ = 0; continue; }
                    if (op[0] === 3 && (!t || (op[1] > t[0] && op[1] < t[3]))) { _.label = op[1]; break; }
                    if (op[0] === 6 && _.label < t[1]) { _.label = t[1]; t = op; break; }
                    if (t && _.label < t[2]) { _.label = t[2]; _.ops.push(op); break; }
                    if (t[2]) _.ops.pop();
                    _.trys.pop(); continue;
            }
            op = body.call(thisArg, _);
        } catch (e) { op = [6, e]; y = 0; } finally { f = t = 0; }
        if (op[0] & 5) throw op[1]; return { value: op[0] ? op[1] : void 0, done: true };
    }
};
var __classPrivateFieldSet = (this && this.__classPrivateFieldSet) || function (receiver, state, value, kind, f) {
    if (kind === "m") throw new TypeError("Private method is not writable");
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a setter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot write private member to an object whose class did not declare it");
    return (kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value)), value;
};
var __classPrivateFieldGet = (this && this.__classPrivateFieldGet) || function (receiver, state, kind, f) {
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a getter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot read private member from an object whose class did not declare it");
    return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
};
var __spreadArray = (this && this.__spreadArray) || function (to, from, pack) {
    if (pack || arguments.length === 2) for (var i = 0, l = from.length, ar; i < l; i++) {
        if (ar || !(i in from)) {
            if (!ar) ar = Array.prototype.slice.call(from, 0, i);
            ar[i] = from[i];
        }
    }
    return to.concat(ar || Array.prototype.slice.call(from));
};
var _Task_scheduler, _Task_value, _Scheduler_instances, _Scheduler_current, _Scheduler_ready, _Scheduler_timers, _Scheduler_settled, _Scheduler_context, _Scheduler_taskCount, _Scheduler_over, _Scheduler_enlist, _Scheduler_finishedBy, _Scheduler_idle, _Scheduler_nobody, _Scheduler_loop, _Scheduler_loopByTurns, _Scheduler_deliver, _Scheduler_resume, _Scheduler_anybody, _Scheduler_advance, _Scheduler_limit, _Scheduler_hang, _Scheduler_edges, _Scheduler_readLog, _Scheduler_stopped;
Object.defineProperty(exports, "__esModule", { value: true });
exports.DesignStopped = exports.HangError = exports.Scheduler = exports.Task = exports.Waiter = exports.TaskKilled = void 0;
exports.callSite = callSite;
var layout_ts_1 = require("./layout.ts");
var microtasks_ts_1 = require("./microtasks.ts");
/** Thrown inside a task that was killed, so that its `finally` blocks run. */
var TaskKilled = /** @class */ (function (_super) {
    __extends(TaskKilled, _super);
    function TaskKilled(name) {
        var _this = _super.call(this, "task ".concat(name, " was killed")) || this;
        _this.name = "TaskKilled";
        return _this;
    }
    return TaskKilled;
}(Error));
exports.TaskKilled = TaskKilled;
/** Somebody who waits, and for what. */
var Waiter = /** @class */ (function () {
    function Waiter(task, what, site) {
        var _this = this;
        this.done = false;
        this.value = undefined;
        this.error = undefined;
        /** The list that holds the waiter, unless `remove` knows better. */
        this.list = undefined;
        this.remove = undefined;
        this.task = task;
        this.what = what;
        this.site = site;
        this.promise = new Promise(function (resolve, reject) {
            _this.resolve = resolve;
            _this.reject = reject;
        });
    }
    /** Takes the waiter out of whatever holds it. */
    Waiter.prototype.cancel = function () {
        if (this.remove)
            this.remove();
        else if (this.list) {
            var i = this.list.indexOf(this);
            if (i >= 0)
                this.list.splice(i, 1);
        }
    };
    return Waiter;
}());
exports.Waiter = Waiter;
/** A function of the bench that runs beside others. */
var Task = /** @class */ (function () {
    function Task(scheduler, name, site) {
        this.state = "running";
        _Task_scheduler.set(this, void 0);
        _Task_value.set(this, void 0);
        /** Those who join. */
        this.joiners = [];
        __classPrivateFieldSet(this, _Task_scheduler, scheduler, "f");
        this.name = name;
        this.site = site;
    }
    Object.defineProperty(Task.prototype, "done", {
        get: function () {
            return this.state !== "running";
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(Task.prototype, "result", {
        /** What the task returned; undefined until then. */
        get: function () {
            return __classPrivateFieldGet(this, _Task_value, "f");
        },
        enumerable: false,
        configurable: true
    });
    /** Waits for the end of the task; its value, or undefined when it was killed. */
    Task.prototype.join = function () {
        var _this = this;
        if (this.done)
            return Promise.resolve(__classPrivateFieldGet(this, _Task_value, "f"));
        return __classPrivateFieldGet(this, _Task_scheduler, "f").wait(function () { return "the end of task ".concat(_this.name); }, this.joiners);
    };
    /** Ends the task where it waits: its `finally` blocks run, nothing else. */
    Task.prototype.kill = function () {
        if (this.done)
            return;
        this.state = "killed";
        var w = this.waiting;
        if (w && !w.done) {
            w.cancel();
            w.error = new TaskKilled(this.name);
            __classPrivateFieldGet(this, _Task_scheduler, "f").wake(w);
        }
        __classPrivateFieldGet(this, _Task_scheduler, "f").wakeAll(this.joiners, undefined);
    };
    /** For the scheduler. */
    Task.prototype.finish = function (value) {
        if (this.done)
            return;
        this.state = "finished";
        __classPrivateFieldSet(this, _Task_value, value, "f");
        __classPrivateFieldGet(this, _Task_scheduler, "f").wakeAll(this.joiners, value);
    };
    return Task;
}());
exports.Task = Task;
_Task_scheduler = new WeakMap(), _Task_value = new WeakMap();
var SLICE_MS = 50;
var IDLE_MS = 20000;
/** Moves simulated time on whenever every task of the bench waits, and wakes tasks in the order in which they waited. */
var Scheduler = /** @class */ (function () {
    function Scheduler(backend, clockNames, context) {
        _Scheduler_instances.add(this);
        this.log = [];
        this.agents = [];
        this.tasks = new Set();
        /** Recording where each wait is written costs microseconds: only when a failed run is repeated. */
        this.sites = false;
        _Scheduler_current.set(this, void 0);
        _Scheduler_ready.set(this, []);
        _Scheduler_timers.set(this, []);
        _Scheduler_settled.set(this, []);
        _Scheduler_context.set(this, void 0);
        _Scheduler_taskCount.set(this, 0);
        _Scheduler_over.set(this, false);
        // Everybody waits for something outside the simulation, such as a file: when that began. Fails the run in the end.
        _Scheduler_idle.set(this, 0);
        _Scheduler_limit.set(this, false);
        /** The design has called $finish, and that is no failure. */
        this.finished = false;
        /** Statuses that are no failure. */
        this.tolerate = new Set();
        this.backend = backend;
        this.memory = backend.memory;
        __classPrivateFieldSet(this, _Scheduler_context, context, "f");
        this.clocks = clockNames.map(function (name) { return ({
            name: name,
            riseText: function () { return "a rising edge of ".concat(name); },
            fallText: function () { return "a falling edge of ".concat(name); },
            rise: [],
            fall: [],
            until: [],
            hooks: [],
            drives: [],
        }); });
        this.main = new Task(this, "main", "");
        __classPrivateFieldSet(this, _Scheduler_current, this.main, "f");
    }
    /** Rising edges of a clock so far. */
    Scheduler.prototype.cycles = function (clock) {
        if (clock === void 0) { clock = 0; }
        return this.memory[layout_ts_1.H.CLOCK_TABLE + clock * layout_ts_1.CLOCK_WORDS + layout_ts_1.C.CYCLES];
    };
    Object.defineProperty(Scheduler.prototype, "now", {
        /** Picoseconds since the start. */
        get: function () {
            return this.memory[layout_ts_1.H.NOW_LO] + this.memory[layout_ts_1.H.NOW_HI] * Math.pow(2, 32);
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(Scheduler.prototype, "current", {
        get: function () {
            return __classPrivateFieldGet(this, _Scheduler_current, "f");
        },
        enumerable: false,
        configurable: true
    });
    /** A promise for the present task, put into `list`; whoever takes it from there passes it to `wake`. */
    Scheduler.prototype.wait = function (what, list) {
        var task = __classPrivateFieldGet(this, _Scheduler_current, "f");
        if (task.state === "killed")
            return Promise.reject(new TaskKilled(task.name));
        var w = new Waiter(task, what, this.sites ? callSite() : "");
        w.list = list;
        list.push(w);
        task.waiting = w;
        return w.promise;
    };
    Scheduler.prototype.rising = function (clock) {
        var c = this.clocks[clock];
        return this.wait(c.riseText, c.rise);
    };
    Scheduler.prototype.falling = function (clock) {
        var c = this.clocks[clock];
        return this.wait(c.fallText, c.fall);
    };
    Scheduler.prototype.timer = function (ps) {
        var _this = this;
        var at = this.now + ps;
        return __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_enlist).call(this, function () { return "the time ".concat(at / 1000, " ns"); }, function (waiter) {
            var i = __classPrivateFieldGet(_this, _Scheduler_timers, "f").length;
            while (i > 0 && __classPrivateFieldGet(_this, _Scheduler_timers, "f")[i - 1].at > at)
                i--;
            var timed = { waiter: waiter, at: at };
            __classPrivateFieldGet(_this, _Scheduler_timers, "f").splice(i, 0, timed);
            return function () {
                var k = __classPrivateFieldGet(_this, _Scheduler_timers, "f").indexOf(timed);
                if (k >= 0)
                    __classPrivateFieldGet(_this, _Scheduler_timers, "f").splice(k, 1);
            };
        });
    };
    Scheduler.prototype.settled = function () {
        if (__classPrivateFieldGet(this, _Scheduler_context, "f").readOnly)
            return Promise.resolve();
        return this.wait(function () { return "the read-only phase"; }, __classPrivateFieldGet(this, _Scheduler_settled, "f"));
    };
    Scheduler.prototype.until = function (clock, predicate, text) {
        var list = this.clocks[clock].until;
        return __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_enlist).call(this, function () { return "until(".concat(text, ")"); }, function (waiter) {
            var polled = { waiter: waiter, predicate: predicate };
            list.push(polled);
            return function () {
                var i = list.indexOf(polled);
                if (i >= 0)
                    list.splice(i, 1);
            };
        });
    };
    /** Gives up waits that are no longer needed. */
    Scheduler.prototype.abandon = function (promises) {
        var lists = __spreadArray([__classPrivateFieldGet(this, _Scheduler_settled, "f")], this.clocks.flatMap(function (c) { return [c.rise, c.fall, c.until.map(function (u) { return u.waiter; })]; }), true);
        for (var _i = 0, _a = __spreadArray(__spreadArray(__spreadArray([], lists, true), [__classPrivateFieldGet(this, _Scheduler_timers, "f").map(function (t) { return t.waiter; })], false), this.agents.flatMap(function (a) { return a.waiters(); }), true); _i < _a.length; _i++) {
            var list = _a[_i];
            for (var _b = 0, _c = __spreadArray([], list, true); _b < _c.length; _b++) {
                var w = _c[_b];
                if (!w.done && promises.includes(w.promise)) {
                    w.done = true;
                    w.cancel();
                }
            }
        }
    };
    /** Lets a waiter go on; it runs before time moves. */
    Scheduler.prototype.wake = function (w, value) {
        if (w.done)
            return;
        w.done = true;
        w.value = value;
        __classPrivateFieldGet(this, _Scheduler_ready, "f").push(w);
    };
    Scheduler.prototype.wakeAll = function (list, value) {
        for (var _i = 0, _a = list.splice(0); _i < _a.length; _i++) {
            var w = _a[_i];
            this.wake(w, value);
        }
    };
    Scheduler.prototype.start = function (work, name) {
        var _a;
        var task = new Task(this, name !== null && name !== void 0 ? name : "#".concat(__classPrivateFieldSet(this, _Scheduler_taskCount, (_a = __classPrivateFieldGet(this, _Scheduler_taskCount, "f"), ++_a), "f")), this.sites ? callSite() : "");
        this.launch(task, work);
        return task;
    };
    Scheduler.prototype.launch = function (task, work) {
        var _this = this;
        this.tasks.add(task);
        var previous = __classPrivateFieldGet(this, _Scheduler_current, "f");
        __classPrivateFieldSet(this, _Scheduler_current, task, "f");
        var running;
        try {
            running = Promise.resolve(work());
        }
        catch (e) {
            running = Promise.reject(e);
        }
        finally {
            __classPrivateFieldSet(this, _Scheduler_current, previous, "f");
        }
        running.then(function (value) {
            _this.tasks.delete(task);
            task.finish(value);
        }, function (e) {
            _this.tasks.delete(task);
            if (task.state === "killed")
                return;
            task.state = "failed";
            _this.fail(e, task.name);
        });
    };
    Scheduler.prototype.fail = function (e, task) {
        var _a;
        (_a = this.failure) !== null && _a !== void 0 ? _a : (this.failure = { error: e instanceof Error ? e : new Error(String(e)), task: task });
    };
    /** Runs `work` as the main task until it ends or anything fails. Never rejects: look at `failure`. */
    Scheduler.prototype.run = function (work) {
        var _this = this;
        return new Promise(function (resolve) {
            var value;
            // From setImmediate, because microtasks cannot be run from inside one.
            setImmediate(function () {
                _this.launch(_this.main, work);
                var finish = function () {
                    value = _this.main.result;
                    __classPrivateFieldSet(_this, _Scheduler_over, true, "f");
                    resolve(value);
                };
                var drain = (0, microtasks_ts_1.findDrain)();
                if (drain)
                    setImmediate(function () { return __classPrivateFieldGet(_this, _Scheduler_instances, "m", _Scheduler_loop).call(_this, drain, finish); });
                else
                    void __classPrivateFieldGet(_this, _Scheduler_instances, "m", _Scheduler_loopByTurns).call(_this, finish);
            });
        });
    };
    Scheduler.prototype.serviceAgents = function () {
        var m = this.memory;
        for (var _i = 0, _a = this.agents; _i < _a.length; _i++) {
            var a = _a[_i];
            var fired = m[a.at + layout_ts_1.A.FIRED];
            if (fired) {
                m[a.at + layout_ts_1.A.FIRED] = 0;
                a.service(fired);
            }
        }
    };
    /** Lets the simulation go on without the bench until `cycle` of the first clock, for waves behind a failure. */
    Scheduler.prototype.coast = function (cycle) {
        var m = this.memory;
        m[layout_ts_1.H.WANT_RISE] = 1;
        m[layout_ts_1.H.WANT_FALL] = m[layout_ts_1.H.WANT_SETTLED] = m[layout_ts_1.H.TIMER_LO] = m[layout_ts_1.H.TIMER_HI] = 0;
        m[layout_ts_1.H.MAX_CYCLES] = 0xffffffff;
        try {
            while (m[layout_ts_1.H.STATUS] === layout_ts_1.STATUS.RUNNING && this.cycles() < cycle)
                this.backend.run();
        }
        catch (_a) {
            // The simulator ended: the waves end with it.
        }
    };
    /** Collects what the last edge printed, and its failure if there is one. */
    Scheduler.prototype.finish = function () {
        this.backend.finish();
        __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_readLog).call(this);
        if (this.memory[layout_ts_1.H.STATUS] !== layout_ts_1.STATUS.RUNNING && !this.failure)
            __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_stopped).call(this, this.memory[layout_ts_1.H.STATUS]);
    };
    /** What every task and every stream was waiting for. */
    Scheduler.prototype.hangReport = function () {
        var lines = [];
        for (var _i = 0, _a = this.tasks; _i < _a.length; _i++) {
            var t = _a[_i];
            var w = t.waiting;
            var what = w && !w.done ? "waits for ".concat(w.what()) : "waits for something outside the simulation";
            lines.push("  task ".concat(t.name, " ").concat(what).concat((w === null || w === void 0 ? void 0 : w.site) ? " (".concat(w.site, ")") : ""));
        }
        for (var _b = 0, _c = this.agents; _b < _c.length; _b++) {
            var a = _c[_b];
            lines.push("  ".concat(a.describe()));
        }
        return lines.join("\n");
    };
    return Scheduler;
}());
exports.Scheduler = Scheduler;
_Scheduler_current = new WeakMap(), _Scheduler_ready = new WeakMap(), _Scheduler_timers = new WeakMap(), _Scheduler_settled = new WeakMap(), _Scheduler_context = new WeakMap(), _Scheduler_taskCount = new WeakMap(), _Scheduler_over = new WeakMap(), _Scheduler_idle = new WeakMap(), _Scheduler_limit = new WeakMap(), _Scheduler_instances = new WeakSet(), _Scheduler_enlist = function _Scheduler_enlist(what, add) {
    var task = __classPrivateFieldGet(this, _Scheduler_current, "f");
    if (task.state === "killed")
        return Promise.reject(new TaskKilled(task.name));
    var w = new Waiter(task, what, this.sites ? callSite() : "");
    w.remove = add(w);
    task.waiting = w;
    return w.promise;
}, _Scheduler_finishedBy = function _Scheduler_finishedBy(finish) {
    if (!this.failure && !this.main.done && !this.finished)
        return false;
    finish();
    return true;
}, _Scheduler_nobody = function _Scheduler_nobody() {
    if (__classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_anybody).call(this)) {
        __classPrivateFieldSet(this, _Scheduler_idle, 0, "f");
        return false;
    }
    __classPrivateFieldSet(this, _Scheduler_idle, __classPrivateFieldGet(this, _Scheduler_idle, "f") || performance.now(), "f");
    if (performance.now() - __classPrivateFieldGet(this, _Scheduler_idle, "f") > IDLE_MS)
        this.fail(new Error("nobody waits for the simulation, and nothing outside it has come for 20 s"));
    return true;
}, _Scheduler_loop = function _Scheduler_loop(drain, finish) {
    var _this = this;
    var slice = function () {
        var start = performance.now();
        try {
            drain();
            __classPrivateFieldGet(_this, _Scheduler_instances, "m", _Scheduler_resume).call(_this, drain);
            for (var n = 0;; n++) {
                if (__classPrivateFieldGet(_this, _Scheduler_instances, "m", _Scheduler_finishedBy).call(_this, finish))
                    return;
                if (__classPrivateFieldGet(_this, _Scheduler_instances, "m", _Scheduler_nobody).call(_this)) {
                    setTimeout(slice, 1);
                    return;
                }
                __classPrivateFieldGet(_this, _Scheduler_instances, "m", _Scheduler_advance).call(_this);
                __classPrivateFieldGet(_this, _Scheduler_instances, "m", _Scheduler_resume).call(_this, drain);
                if (__classPrivateFieldGet(_this, _Scheduler_limit, "f"))
                    __classPrivateFieldGet(_this, _Scheduler_instances, "m", _Scheduler_hang).call(_this);
                if ((n & 255) === 255 || (_this.memory[layout_ts_1.H.REASON] & layout_ts_1.REASON.SLICE) !== 0)
                    if (performance.now() - start > SLICE_MS) {
                        setImmediate(slice);
                        return;
                    }
            }
        }
        catch (e) {
            _this.fail(e);
            finish();
        }
    };
    slice();
}, _Scheduler_loopByTurns = function _Scheduler_loopByTurns(finish) {
    return __awaiter(this, void 0, void 0, function () {
        var turn, i, e_1;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    turn = function () { return new Promise(function (r) { return setImmediate(r); }); };
                    _a.label = 1;
                case 1:
                    _a.trys.push([1, 12, , 13]);
                    _a.label = 2;
                case 2: return [4 /*yield*/, turn()];
                case 3:
                    _a.sent();
                    i = 0;
                    _a.label = 4;
                case 4:
                    if (!(i < __classPrivateFieldGet(this, _Scheduler_ready, "f").length && !this.failure)) return [3 /*break*/, 7];
                    __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_deliver).call(this, __classPrivateFieldGet(this, _Scheduler_ready, "f")[i]);
                    return [4 /*yield*/, turn()];
                case 5:
                    _a.sent();
                    _a.label = 6;
                case 6:
                    i++;
                    return [3 /*break*/, 4];
                case 7:
                    __classPrivateFieldGet(this, _Scheduler_ready, "f").length = 0;
                    __classPrivateFieldSet(this, _Scheduler_current, this.main, "f");
                    if (__classPrivateFieldGet(this, _Scheduler_limit, "f"))
                        __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_hang).call(this);
                    if (__classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_finishedBy).call(this, finish))
                        return [2 /*return*/];
                    if (!__classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_nobody).call(this)) return [3 /*break*/, 9];
                    return [4 /*yield*/, new Promise(function (r) { return setTimeout(r, 1); })];
                case 8:
                    _a.sent();
                    return [3 /*break*/, 10];
                case 9:
                    __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_advance).call(this);
                    _a.label = 10;
                case 10: return [3 /*break*/, 2];
                case 11: return [3 /*break*/, 13];
                case 12:
                    e_1 = _a.sent();
                    this.fail(e_1);
                    finish();
                    return [3 /*break*/, 13];
                case 13: return [2 /*return*/];
            }
        });
    });
}, _Scheduler_deliver = function _Scheduler_deliver(w) {
    __classPrivateFieldSet(this, _Scheduler_current, w.task, "f");
    if (w.task.waiting === w)
        w.task.waiting = undefined;
    if (w.error)
        w.reject(w.error);
    else
        w.resolve(w.value);
}, _Scheduler_resume = function _Scheduler_resume(drain) {
    var ready = __classPrivateFieldGet(this, _Scheduler_ready, "f");
    for (var i = 0; i < ready.length; i++) {
        if (this.failure)
            break;
        __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_deliver).call(this, ready[i]);
        drain();
    }
    // Assigning the length is slow, and one is the usual number.
    if (ready.length === 1)
        ready.pop();
    else if (ready.length)
        ready.length = 0;
    __classPrivateFieldSet(this, _Scheduler_current, this.main, "f");
}, _Scheduler_anybody = function _Scheduler_anybody() {
    if (__classPrivateFieldGet(this, _Scheduler_timers, "f").length || __classPrivateFieldGet(this, _Scheduler_settled, "f").length)
        return true;
    for (var _i = 0, _a = this.clocks; _i < _a.length; _i++) {
        var c = _a[_i];
        if (c.rise.length || c.fall.length || c.until.length || c.hooks.length)
            return true;
    }
    for (var _b = 0, _c = this.agents; _b < _c.length; _b++) {
        var a = _c[_b];
        if (a.wants())
            return true;
    }
    return false;
}, _Scheduler_advance = function _Scheduler_advance() {
    var m = this.memory;
    var rise = 0;
    var fall = 0;
    for (var i = 0; i < this.clocks.length; i++) {
        var c = this.clocks[i];
        if (c.rise.length || c.until.length || c.hooks.length)
            rise |= 1 << i;
        if (c.fall.length)
            fall |= 1 << i;
    }
    m[layout_ts_1.H.WANT_RISE] = rise;
    m[layout_ts_1.H.WANT_FALL] = fall;
    m[layout_ts_1.H.WANT_SETTLED] = __classPrivateFieldGet(this, _Scheduler_settled, "f").length ? 1 : 0;
    var timer = __classPrivateFieldGet(this, _Scheduler_timers, "f")[0];
    m[layout_ts_1.H.TIMER_LO] = timer ? timer.at % Math.pow(2, 32) : 0;
    m[layout_ts_1.H.TIMER_HI] = timer ? Math.floor(timer.at / Math.pow(2, 32)) : 0;
    m[layout_ts_1.H.COMMAND] = layout_ts_1.COMMAND.RUN;
    __classPrivateFieldGet(this, _Scheduler_context, "f").readOnly = false;
    this.backend.run();
    var reason = m[layout_ts_1.H.REASON];
    if (m[layout_ts_1.H.LOG_BYTES] !== 0)
        __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_readLog).call(this);
    if (reason & layout_ts_1.REASON.STATUS && m[layout_ts_1.H.STATUS] !== layout_ts_1.STATUS.RUNNING)
        __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_stopped).call(this, m[layout_ts_1.H.STATUS]);
    if (this.failure || this.finished)
        return;
    if (reason & layout_ts_1.REASON.SETTLED) {
        __classPrivateFieldGet(this, _Scheduler_context, "f").readOnly = true;
        this.wakeAll(__classPrivateFieldGet(this, _Scheduler_settled, "f"));
        return;
    }
    if (reason & layout_ts_1.REASON.AGENT)
        this.serviceAgents();
    if (reason & layout_ts_1.REASON.EDGE)
        __classPrivateFieldGet(this, _Scheduler_instances, "m", _Scheduler_edges).call(this, m[layout_ts_1.H.DID_RISE], m[layout_ts_1.H.DID_FALL]);
    if (reason & layout_ts_1.REASON.TIMER) {
        var now = this.now;
        while (__classPrivateFieldGet(this, _Scheduler_timers, "f").length && __classPrivateFieldGet(this, _Scheduler_timers, "f")[0].at <= now)
            this.wake(__classPrivateFieldGet(this, _Scheduler_timers, "f").shift().waiter);
    }
    // Those who were woken by this very edge may still end the run.
    if (reason & layout_ts_1.REASON.LIMIT && !__classPrivateFieldGet(this, _Scheduler_over, "f"))
        __classPrivateFieldSet(this, _Scheduler_limit, true, "f");
}, _Scheduler_hang = function _Scheduler_hang() {
    __classPrivateFieldSet(this, _Scheduler_limit, false, "f");
    if (!this.main.done && !this.failure)
        this.fail(new HangError(this.cycles(), this.hangReport()));
}, _Scheduler_edges = function _Scheduler_edges(rise, fall) {
    for (var i = 0; i < this.clocks.length; i++) {
        var c = this.clocks[i];
        if (rise & (1 << i)) {
            for (var k = 0; k < c.hooks.length; k++)
                c.hooks[k]();
            for (var k = 0; k < c.drives.length; k++)
                c.drives[k]();
            if (c.rise.length === 1) {
                this.wake(c.rise.pop());
            }
            else if (c.rise.length)
                this.wakeAll(c.rise);
            if (c.until.length)
                for (var _i = 0, _a = __spreadArray([], c.until, true); _i < _a.length; _i++) {
                    var p = _a[_i];
                    var hit = void 0;
                    try {
                        hit = p.predicate();
                    }
                    catch (e) {
                        p.waiter.cancel();
                        p.waiter.error = e instanceof Error ? e : new Error(String(e));
                        this.wake(p.waiter);
                        continue;
                    }
                    if (hit) {
                        p.waiter.cancel();
                        this.wake(p.waiter);
                    }
                }
        }
        if (fall & (1 << i))
            this.wakeAll(c.fall);
    }
}, _Scheduler_readLog = function _Scheduler_readLog() {
    var _a;
    for (var _i = 0, _b = this.backend.takeLog(); _i < _b.length; _i++) {
        var e = _b[_i];
        this.log.push(e);
        (_a = this.onLog) === null || _a === void 0 ? void 0 : _a.call(this, e);
    }
}, _Scheduler_stopped = function _Scheduler_stopped(status) {
    var _a;
    var _b;
    if (this.tolerate.has(status)) {
        if (status === layout_ts_1.STATUS.FINISH)
            this.finished = true;
        else
            this.memory[layout_ts_1.H.STATUS] = layout_ts_1.STATUS.RUNNING;
        return;
    }
    var kinds = (_a = {},
        _a[layout_ts_1.STATUS.FINISH] = ["finish"],
        _a[layout_ts_1.STATUS.STOP] = ["error", "fatal", "stop"],
        _a[layout_ts_1.STATUS.FATAL] = ["fatal"],
        _a[layout_ts_1.STATUS.ERROR] = ["error", "fatal"],
        _a);
    var entry = (_b = this.log.findLast(function (e) { var _a; return (_a = kinds[status]) === null || _a === void 0 ? void 0 : _a.includes(e.kind); })) !== null && _b !== void 0 ? _b : this.log.at(-1);
    this.fail(new DesignStopped(entry, status));
};
/** First line of the call stack that is not the library's own. */
function callSite() {
    var _a;
    var limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 12;
    var stack = (_a = new Error().stack) !== null && _a !== void 0 ? _a : "";
    Error.stackTraceLimit = limit;
    var here = import.meta.dirname;
    var line = stack
        .split("\n")
        .slice(1)
        .find(function (l) { return !l.includes(here) || /\.test\.ts/.test(l); });
    var m = /\(?((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?$/.exec(line !== null && line !== void 0 ? line : "");
    return m ? m[1].replace("file://", "") : "";
}
/** The run reached `maxCycles`. */
var HangError = /** @class */ (function (_super) {
    __extends(HangError, _super);
    function HangError(cycles, report) {
        var _this = _super.call(this, "still running after ".concat(cycles, " cycles (maxCycles):\n").concat(report)) || this;
        _this.name = "HangError";
        _this.report = report;
        return _this;
    }
    return HangError;
}(Error));
exports.HangError = HangError;
/** The design itself ended the run: $error, $fatal, $stop or $finish. */
var DesignStopped = /** @class */ (function (_super) {
    __extends(DesignStopped, _super);
    function DesignStopped(entry, status) {
        var _this = this;
        var where = (entry === null || entry === void 0 ? void 0 : entry.file) ? " at ".concat(entry.file, ":").concat(entry.line).concat(entry.scope ? " in ".concat(entry.scope) : "") : "";
        var what = entry
            ? entry.kind === "stop" || entry.kind === "finish"
                ? "$".concat(entry.kind)
                : "$".concat(entry.kind, ": ").concat(entry.text)
            : "the simulator ended";
        _this = _super.call(this, "the design called ".concat(what).concat(where).concat(entry ? ", at ".concat(entry.time, " ns") : "")) || this;
        _this.name = "DesignStopped";
        _this.entry = entry;
        _this.status = status;
        return _this;
    }
    return DesignStopped;
}(Error));
exports.DesignStopped = DesignStopped;
