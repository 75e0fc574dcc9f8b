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
var _Clock_scheduler, _Future_scheduler, _Future_what, _Future_waiters, _Future_value, _Future_error, _Bench_scheduler, _Bench_dut;
Object.defineProperty(exports, "__esModule", { value: true });
exports.Bench = exports.Future = exports.TimeoutError = exports.Clock = void 0;
var design_ts_1 = require("./design.ts");
var layout_ts_1 = require("./layout.ts");
var logger_ts_1 = require("./logger.ts");
var signals_ts_1 = require("./signals.ts");
/** A clock that the library drives. */
var Clock = /** @class */ (function () {
    function Clock(scheduler, index, name, period) {
        _Clock_scheduler.set(this, void 0);
        __classPrivateFieldSet(this, _Clock_scheduler, scheduler, "f");
        this.index = index;
        this.name = name;
        this.period = period;
    }
    Object.defineProperty(Clock.prototype, "cycle", {
        /** Rising edges so far. */
        get: function () {
            return __classPrivateFieldGet(this, _Clock_scheduler, "f").cycles(this.index);
        },
        enumerable: false,
        configurable: true
    });
    /** The next rising edge: outputs read as registers see them at it, what is written reaches the design after it. */
    Clock.prototype.rising = function () {
        return __classPrivateFieldGet(this, _Clock_scheduler, "f").rising(this.index);
    };
    /** The next falling edge. */
    Clock.prototype.falling = function () {
        return __classPrivateFieldGet(this, _Clock_scheduler, "f").falling(this.index);
    };
    /** `n` rising edges. */
    Clock.prototype.cycles = function (n) {
        return __awaiter(this, void 0, void 0, function () {
            var i;
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        i = 0;
                        _a.label = 1;
                    case 1:
                        if (!(i < n)) return [3 /*break*/, 4];
                        return [4 /*yield*/, __classPrivateFieldGet(this, _Clock_scheduler, "f").rising(this.index)];
                    case 2:
                        _a.sent();
                        _a.label = 3;
                    case 3:
                        i++;
                        return [3 /*break*/, 1];
                    case 4: return [2 /*return*/];
                }
            });
        });
    };
    /** The first rising edge at which `predicate` holds. */
    Clock.prototype.until = function (predicate) {
        return __classPrivateFieldGet(this, _Clock_scheduler, "f").until(this.index, predicate, brief(predicate));
    };
    /**
     * Calls `observe` at every rising edge, before any task wakes up, and `drive` when everybody has observed: so no agent
     * sees what another one writes at the same edge. Observers must not write. The result ends it.
     */
    Clock.prototype.onEdge = function (observe, drive) {
        var _a = __classPrivateFieldGet(this, _Clock_scheduler, "f").clocks[this.index], hooks = _a.hooks, drives = _a.drives;
        hooks.push(observe);
        if (drive)
            drives.push(drive);
        return function () {
            for (var _i = 0, _a = [
                [hooks, observe],
                [drives, drive],
            ]; _i < _a.length; _i++) {
                var _b = _a[_i], list = _b[0], work = _b[1];
                var i = work ? list.indexOf(work) : -1;
                if (i >= 0)
                    list.splice(i, 1);
            }
        };
    };
    return Clock;
}());
exports.Clock = Clock;
_Clock_scheduler = new WeakMap();
var brief = function (f) {
    var s = String(f).replace(/\s+/g, " ");
    return s.length > 60 ? "".concat(s.slice(0, 57), "...") : s;
};
/** Thrown by `withTimeout`. */
var TimeoutError = /** @class */ (function (_super) {
    __extends(TimeoutError, _super);
    function TimeoutError(ns) {
        var _this = _super.call(this, "nothing came within ".concat(ns, " ns")) || this;
        _this.name = "TimeoutError";
        return _this;
    }
    return TimeoutError;
}(Error));
exports.TimeoutError = TimeoutError;
/** A value that an agent gives later, from an edge's function or a task; made by `tb.future`. */
var Future = /** @class */ (function () {
    function Future(scheduler, what) {
        _Future_scheduler.set(this, void 0);
        _Future_what.set(this, void 0);
        _Future_waiters.set(this, []);
        _Future_value.set(this, void 0);
        _Future_error.set(this, void 0);
        __classPrivateFieldSet(this, _Future_scheduler, scheduler, "f");
        __classPrivateFieldSet(this, _Future_what, what, "f");
    }
    Object.defineProperty(Future.prototype, "done", {
        get: function () {
            return __classPrivateFieldGet(this, _Future_value, "f") !== undefined || __classPrivateFieldGet(this, _Future_error, "f") !== undefined;
        },
        enumerable: false,
        configurable: true
    });
    /** The value, as soon as it is there. */
    Future.prototype.wait = function () {
        var _this = this;
        if (__classPrivateFieldGet(this, _Future_error, "f"))
            return Promise.reject(__classPrivateFieldGet(this, _Future_error, "f"));
        return __classPrivateFieldGet(this, _Future_value, "f") ? Promise.resolve(__classPrivateFieldGet(this, _Future_value, "f").of) : __classPrivateFieldGet(this, _Future_scheduler, "f").wait(function () { return __classPrivateFieldGet(_this, _Future_what, "f"); }, __classPrivateFieldGet(this, _Future_waiters, "f"));
    };
    /** Gives the value to all who wait, in the order in which they began to. Only the first value counts. */
    Future.prototype.resolve = function (value) {
        if (this.done)
            return;
        __classPrivateFieldSet(this, _Future_value, { of: value }, "f");
        __classPrivateFieldGet(this, _Future_scheduler, "f").wakeAll(__classPrivateFieldGet(this, _Future_waiters, "f"), value);
    };
    /** There will be no value: whoever waits gets the error. */
    Future.prototype.reject = function (error) {
        if (this.done)
            return;
        __classPrivateFieldSet(this, _Future_error, error, "f");
        for (var _i = 0, _a = __classPrivateFieldGet(this, _Future_waiters, "f").splice(0); _i < _a.length; _i++) {
            var w = _a[_i];
            w.error = error;
            __classPrivateFieldGet(this, _Future_scheduler, "f").wake(w);
        }
    };
    return Future;
}());
exports.Future = Future;
_Future_scheduler = new WeakMap(), _Future_what = new WeakMap(), _Future_waiters = new WeakMap(), _Future_value = new WeakMap(), _Future_error = new WeakMap();
/** What agents are made on: the design's ports, its clocks, triggers, tasks and random numbers. `Tb` adds the agents. */
var Bench = /** @class */ (function () {
    /** Made by `run`. */
    function Bench(host, dut, clocks, rand, initRun) {
        if (initRun === void 0) { initRun = 0; }
        _Bench_scheduler.set(this, void 0);
        _Bench_dut.set(this, void 0);
        var scheduler = host.scheduler;
        __classPrivateFieldSet(this, _Bench_scheduler, scheduler, "f");
        this.host = host;
        __classPrivateFieldSet(this, _Bench_dut, dut, "f");
        this.clk = clocks[0];
        this.clocks = Object.fromEntries(clocks.map(function (c) { return [c.name, c]; }));
        this.rand = rand;
        this.seed = rand.seed;
        this.sim = scheduler.backend.sim;
        this.initRun = initRun;
    }
    Object.defineProperty(Bench.prototype, "cycle", {
        /** Rising edges of the first clock so far. */
        get: function () {
            return __classPrivateFieldGet(this, _Bench_scheduler, "f").cycles();
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(Bench.prototype, "time", {
        /** Simulated time in nanoseconds. */
        get: function () {
            return __classPrivateFieldGet(this, _Bench_scheduler, "f").now / 1000;
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(Bench.prototype, "log", {
        /** What the design has printed so far. */
        get: function () {
            return __classPrivateFieldGet(this, _Bench_scheduler, "f").log;
        },
        enumerable: false,
        configurable: true
    });
    /** A port by name, or a signal inside the design by path: `u_core.g_lane[2].acc`. Throws a TypeError when there is none. */
    Bench.prototype.signal = function (name) {
        var s = __classPrivateFieldGet(this, _Bench_dut, "f")[name];
        if (!(s instanceof signals_ts_1.Signal))
            throw new TypeError("".concat(name, " of ").concat(this.host.top, " is a scope or an array, not a signal"));
        return s;
    };
    /** The next rising edge of the first clock. */
    Bench.prototype.rising = function () {
        return __classPrivateFieldGet(this, _Bench_scheduler, "f").rising(0);
    };
    /** The next falling edge of the first clock. */
    Bench.prototype.falling = function () {
        return __classPrivateFieldGet(this, _Bench_scheduler, "f").falling(0);
    };
    /** `n` rising edges of the first clock. */
    Bench.prototype.cycles = function (n) {
        return this.clk.cycles(n);
    };
    /** `ns` nanoseconds. */
    Bench.prototype.timer = function (ns) {
        return __classPrivateFieldGet(this, _Bench_scheduler, "f").timer((0, design_ts_1.picoseconds)(ns));
    };
    /** The first rising edge of the first clock at which `predicate` holds. */
    Bench.prototype.until = function (predicate) {
        return this.clk.until(predicate);
    };
    /** Everything has settled after the present edge and writes; nothing may be written until time has moved on. */
    Bench.prototype.readOnly = function () {
        return __classPrivateFieldGet(this, _Bench_scheduler, "f").settled();
    };
    /** The first of several triggers, tasks or promises; triggers that lose are given up. */
    Bench.prototype.first = function () {
        var of = [];
        for (var _i = 0; _i < arguments.length; _i++) {
            of[_i] = arguments[_i];
        }
        return __awaiter(this, void 0, void 0, function () {
            var promises;
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        promises = of.map(waitable);
                        _a.label = 1;
                    case 1:
                        _a.trys.push([1, , 3, 4]);
                        return [4 /*yield*/, Promise.race(promises)];
                    case 2: return [2 /*return*/, (_a.sent())];
                    case 3:
                        __classPrivateFieldGet(this, _Bench_scheduler, "f").abandon(promises);
                        return [7 /*endfinally*/];
                    case 4: return [2 /*return*/];
                }
            });
        });
    };
    /** All of several triggers, tasks or promises. */
    Bench.prototype.all = function () {
        var of = [];
        for (var _i = 0; _i < arguments.length; _i++) {
            of[_i] = arguments[_i];
        }
        return __awaiter(this, void 0, void 0, function () {
            return __generator(this, function (_a) {
                return [2 /*return*/, Promise.all(of.map(waitable))];
            });
        });
    };
    /** The promise's value. Throws a TimeoutError when it does not come within `ns` nanoseconds. */
    Bench.prototype.withTimeout = function (promise, ns) {
        return __awaiter(this, void 0, void 0, function () {
            var late, r;
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        late = Symbol("late");
                        return [4 /*yield*/, this.first(promise, this.timer(ns).then(function () { return late; }))];
                    case 1:
                        r = _a.sent();
                        if (r === late)
                            throw new TimeoutError(ns);
                        return [2 /*return*/, r];
                }
            });
        });
    };
    /** Runs `work` beside the bench. An exception in it fails the run at once. */
    Bench.prototype.start = function (work, name) {
        return __classPrivateFieldGet(this, _Bench_scheduler, "f").start(work, name);
    };
    Bench.prototype.kill = function (task) {
        task.kill();
    };
    Bench.prototype.join = function (task) {
        return task.join();
    };
    /** Holds an active-high reset for `cycles` clocks; stream agents are idle meanwhile, and X is looked for afterwards. */
    Bench.prototype.reset = function (signal_1) {
        return __awaiter(this, arguments, void 0, function (signal, options) {
            var active, m;
            var _a, _b;
            if (options === void 0) { options = {}; }
            return __generator(this, function (_c) {
                switch (_c.label) {
                    case 0:
                        active = (_a = options.active) !== null && _a !== void 0 ? _a : 1;
                        m = __classPrivateFieldGet(this, _Bench_scheduler, "f").memory;
                        // First what throws after the end of the run: the memory may belong to another one then.
                        signal.value = active;
                        m[layout_ts_1.H.RESET_EDGES] = 0;
                        m[layout_ts_1.H.IN_RESET] = 1;
                        return [4 /*yield*/, this.clk.cycles((_b = options.cycles) !== null && _b !== void 0 ? _b : 4)];
                    case 1:
                        _c.sent();
                        signal.value = 1 - active;
                        m[layout_ts_1.H.IN_RESET] = 0;
                        m[layout_ts_1.H.CHECK_X] = 1;
                        return [2 /*return*/];
                }
            });
        });
    };
    Object.defineProperty(Bench.prototype, "inReset", {
        /** True while `reset` holds the reset: agents are idle then. */
        get: function () {
            return __classPrivateFieldGet(this, _Bench_scheduler, "f").memory[layout_ts_1.H.IN_RESET] === 1;
        },
        enumerable: false,
        configurable: true
    });
    /** True when the design has a port of this name; for the optional signals of a bus. */
    Bench.prototype.hasPort = function (name) {
        return Object.hasOwn(__classPrivateFieldGet(this, _Bench_dut, "f"), name);
    };
    /**
     * The ports `<prefix>_<name>` of a bus. Throws a TypeError that names `who` and the missing port, or the driver that a
     * port in `drives` has already.
     */
    Bench.prototype.bus = function (who, prefix, ports) {
        var _this = this;
        var _a;
        var bus = {};
        var full = function (name) { return (prefix ? "".concat(prefix, "_").concat(name) : name); };
        var missing = ports.required.filter(function (name) { return !_this.hasPort(full(name)); });
        if (missing.length)
            throw new TypeError("".concat(who, " ").concat(prefix, ": ").concat(this.host.top, " has no port ").concat(full(missing[0]), "; its ports are ").concat(this.host.ports.map(function (p) { return p.name; }).join(", ")));
        for (var _i = 0, _b = __spreadArray(__spreadArray([], ports.required, true), ((_a = ports.optional) !== null && _a !== void 0 ? _a : []), true); _i < _b.length; _i++) {
            var name_1 = _b[_i];
            if (this.hasPort(full(name_1)))
                bus[name_1] = this.signal(full(name_1));
        }
        for (var _c = 0, _d = ports.drives; _c < _d.length; _c++) {
            var name_2 = _d[_c];
            if (bus[name_2])
                this.claim(bus[name_2], "".concat(who, " ").concat(prefix));
        }
        return bus;
    };
    /** Notes that `who` drives an input. Throws a TypeError when it is none or has another driver. */
    Bench.prototype.claim = function (signal, who) {
        if (signal.direction !== "input")
            throw new TypeError("".concat(who, ": ").concat(signal.name, " is an output of ").concat(this.host.top, "; an agent of the other side belongs there"));
        var owner = this.host.driven.get(signal.name);
        if (owner)
            throw new TypeError("".concat(who, ": ").concat(signal.name, " is driven by ").concat(owner, " already"));
        this.host.driven.set(signal.name, who);
    };
    /**
     * Says things with the simulated time. What is at least as weighty as `$TB_LOG` (debug, info, warning, error, silent) is
     * printed; `result.messages` and `failureOf(error).messages` have all but what is below it.
     */
    Bench.prototype.logger = function (name) {
        var _this = this;
        return new logger_ts_1.Logger(name, function () { return _this.time; }, function (m) { return _this.host.message(m); });
    };
    /** A clock by name, the first one where none is given. Throws a TypeError for one that the design does not have. */
    Bench.prototype.clockNamed = function (name) {
        if (name === undefined)
            return this.clk;
        var clock = Object.hasOwn(this.clocks, name) ? this.clocks[name] : undefined;
        if (!clock)
            throw new TypeError("".concat(this.host.top, " has no clock ").concat(name, "; its clocks are ").concat(Object.keys(this.clocks).join(", ")));
        return clock;
    };
    /** Something that comes once, for agents: whoever waits goes on when it is resolved. `what` is for hang reports. */
    Bench.prototype.future = function (what) {
        return new Future(__classPrivateFieldGet(this, _Bench_scheduler, "f"), what);
    };
    /** Fails the run with an error, wherever it is called. */
    Bench.prototype.fail = function (error) {
        this.host.violation(error);
    };
    return Bench;
}());
exports.Bench = Bench;
_Bench_scheduler = new WeakMap(), _Bench_dut = new WeakMap();
var waitable = function (x) {
    return x !== null && typeof x === "object" && "join" in x && typeof x.join === "function" && "kill" in x
        ? x.join()
        : x;
};
