"use strict";
var __assign = (this && this.__assign) || function () {
    __assign = Object.assign || function(t) {
        for (var s, i = 1, n = arguments.length; i < n; i++) {
            s = arguments[i];
            for (var p in s) if (Object.prototype.hasOwnProperty.call(s, p))
                t[p] = s[p];
        }
        return t;
    };
    return __assign.apply(this, arguments);
};
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
var __spreadArray = (this && this.__spreadArray) || function (to, from, pack) {
    if (pack || arguments.length === 2) for (var i = 0, l = from.length, ar; i < l; i++) {
        if (ar || !(i in from)) {
            if (!ar) ar = Array.prototype.slice.call(from, 0, i);
            ar[i] = from[i];
        }
    }
    return to.concat(ar || Array.prototype.slice.call(from));
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.failureOf = void 0;
exports.build = build;
exports.run = run;
var node_fs_1 = require("node:fs");
var node_path_1 = require("node:path");
var backend_ts_1 = require("./backend.ts");
var bench_ts_1 = require("./bench.ts");
var design_ts_1 = require("./design.ts");
var icarus_backend_ts_1 = require("./icarus_backend.ts");
var layout_ts_1 = require("./layout.ts");
var logger_ts_1 = require("./logger.ts");
var rand_ts_1 = require("./rand.ts");
var scheduler_ts_1 = require("./scheduler.ts");
var signals_ts_1 = require("./signals.ts");
var simulators_ts_1 = require("./simulators.ts");
var tb_ts_1 = require("./tb.ts");
var waves_ts_1 = require("./waves.ts");
var FAILURE = Symbol.for("addernet-rtl.testbench.failure");
/** The circumstances of an error that `run` threw, undefined for any other. */
var failureOf = function (e) {
    return e === null || e === void 0 ? void 0 : e[FAILURE];
};
exports.failureOf = failureOf;
// The second initial state that nobody chose follows from the seed like the first.
function initSeedsOf(_a, seed) {
    var _b;
    var sim = _a.sim, initSeeds = _a.initSeeds;
    if (initSeeds && "reason" in initSeeds) {
        if (!initSeeds.reason.trim())
            throw new TypeError("initSeeds: a single initial state needs its reason");
        return [((_b = initSeeds.seed) !== null && _b !== void 0 ? _b : seed) >>> 0];
    }
    var seeds = (initSeeds !== null && initSeeds !== void 0 ? initSeeds : [seed, (0, rand_ts_1.hash32)("".concat(seed, "/initial state"))]).map(function (s) { return s >>> 0; });
    if (new Set(seeds).size < 2)
        throw new TypeError("initSeeds: ".concat(JSON.stringify(initSeeds), " is a single initial state; give two seeds, or { reason } why one is enough"));
    return simulators_ts_1.SIMULATORS[sim].startsWithX ? [seed] : seeds;
}
/** Builds the design for a simulator without running it, for instance in a global setup. Throws a BuildError. */
function build(design, sim) {
    return __awaiter(this, void 0, void 0, function () {
        var _a;
        return __generator(this, function (_b) {
            switch (_b.label) {
                case 0:
                    _a = {};
                    return [4 /*yield*/, simulators_ts_1.SIMULATORS[sim].build(design, { waves: false, coverage: false, access: backend_ts_1.NO_ACCESS })];
                case 1: return [2 /*return*/, (_a.ports = (_b.sent()).ports, _a)];
            }
        });
    });
}
/**
 * Builds the design or finds it in the cache, simulates it and runs `bench` on it until the bench returns. Rejects
 * with the bench's own error, a ProtocolError, a ScoreboardError, a HangError at `maxCycles`, a DesignStopped for
 * $error, $fatal, $stop and $finish, or a BuildError; the message says seed, cycle and where the waves are.
 */
function run(design, options, bench) {
    return __awaiter(this, void 0, void 0, function () {
        var name, seed, waves, always, wavePath, initSeeds, simulator, result, _i, _a, _b, initRun, initSeed, which, shown, first, info, error, notes, _c, failure;
        var _d, _e, _f, _g;
        return __generator(this, function (_h) {
            switch (_h.label) {
                case 0:
                    name = (_d = options.name) !== null && _d !== void 0 ? _d : design.top;
                    seed = ((_e = options.seed) !== null && _e !== void 0 ? _e : (0, rand_ts_1.seedFor)(name)) >>> 0;
                    waves = (_f = options.waves) !== null && _f !== void 0 ? _f : "onfail";
                    always = waves === "always";
                    wavePath = function () {
                        var _a;
                        var dir = (0, node_path_1.resolve)((_a = options.waveDir) !== null && _a !== void 0 ? _a : (0, node_path_1.join)(".cache", "waves"));
                        (0, node_fs_1.mkdirSync)(dir, { recursive: true });
                        return (0, node_path_1.join)(dir, "".concat(name.replace(/[^\w.-]+/g, "_").slice(0, 80), "-").concat(options.sim, "-").concat(seed, ".vcd"));
                    };
                    initSeeds = initSeedsOf(options, seed);
                    simulator = simulators_ts_1.SIMULATORS[options.sim];
                    _i = 0, _a = initSeeds.entries();
                    _h.label = 1;
                case 1:
                    if (!(_i < _a.length)) return [3 /*break*/, 8];
                    _b = _a[_i], initRun = _b[0], initSeed = _b[1];
                    which = { seed: seed, initSeed: initSeed, initRun: initRun };
                    shown = always && initRun === 0 ? { waves: { path: wavePath(), from: 0, to: 0xffffffff } } : {};
                    return [4 /*yield*/, attemptWithAccess(design, options, bench, always, __assign(__assign(__assign({}, which), shown), { sites: false }))];
                case 2:
                    first = _h.sent();
                    info = first.info, error = first.error;
                    if (!error) return [3 /*break*/, 6];
                    if (!(waves === "onfail")) return [3 /*break*/, 4];
                    return [4 /*yield*/, repeat(design, options, bench, which, first, wavePath)];
                case 3:
                    _c = _h.sent();
                    return [3 /*break*/, 5];
                case 4:
                    _c = "";
                    _h.label = 5;
                case 5:
                    notes = _c;
                    failure = (_g = first.error) !== null && _g !== void 0 ? _g : error;
                    decorate(failure, name, options, info, notes);
                    throw failure;
                case 6:
                    result !== null && result !== void 0 ? result : (result = __assign({ value: first.value, cycles: info.cycle, time: info.time, seed: seed, sim: options.sim, initSeeds: simulator.startsWithX ? [] : initSeeds, log: info.log, messages: info.messages, finished: first.finished }, (info.waves ? { waves: info.waves } : {})));
                    _h.label = 7;
                case 7:
                    _i++;
                    return [3 /*break*/, 1];
                case 8: return [2 /*return*/, result];
            }
        });
    });
}
// What benches of this process have asked for inside a design, so that their next run starts with it.
var asked = new Map();
// Where the model does not give what the bench asks for, the bench starts again on one that does.
function attemptWithAccess(design, options, bench, waves, extra) {
    return __awaiter(this, void 0, void 0, function () {
        var key, access, model, a, more, odd, force;
        var _a;
        return __generator(this, function (_b) {
            switch (_b.label) {
                case 0:
                    key = JSON.stringify([options.name, options.sim, design.top, design.sources]);
                    _b.label = 1;
                case 1:
                    access = (_a = asked.get(key)) !== null && _a !== void 0 ? _a : backend_ts_1.NO_ACCESS;
                    return [4 /*yield*/, simulators_ts_1.SIMULATORS[options.sim].build(design, {
                            waves: waves,
                            coverage: options.coverage !== undefined,
                            access: access,
                        })];
                case 2:
                    model = _b.sent();
                    return [4 /*yield*/, attempt(model, design, options, bench, extra)];
                case 3:
                    a = _b.sent();
                    if (!(a.error instanceof backend_ts_1.MoreAccess))
                        return [2 /*return*/, a];
                    more = a.error.access;
                    odd = more.force.find(function (f) { return !/^[A-Za-z_][\w$]*$/.test(f); });
                    if (odd !== undefined)
                        throw new design_ts_1.BuildError("a signal with the name ".concat(JSON.stringify(odd), " cannot be forced"));
                    force = __spreadArray([], new Set(__spreadArray(__spreadArray([], access.force, true), more.force, true)), true).sort();
                    if (access.internals && force.length === access.force.length)
                        throw new design_ts_1.BuildError("".concat(simulators_ts_1.SIMULATORS[options.sim].title, " cannot force ").concat(more.force.join(", ") || "this signal", " of ").concat(design.top));
                    asked.set(key, { internals: true, force: force });
                    _b.label = 4;
                case 4: return [3 /*break*/, 1];
                case 5: return [2 /*return*/];
            }
        });
    });
}
/** Runs a failed bench again with the same seeds for waves around the failing clock; says what should be known of it. */
function repeat(design, options, bench, which, failed, wavePath) {
    return __awaiter(this, void 0, void 0, function () {
        var cycle, from, to, waves, _a, info, error, e_1;
        var _b, _c, _d, _e;
        return __generator(this, function (_f) {
            switch (_f.label) {
                case 0:
                    cycle = failed.info.cycle;
                    _f.label = 1;
                case 1:
                    _f.trys.push([1, 3, , 4]);
                    from = Math.max(0, cycle - ((_c = (_b = options.waveWindow) === null || _b === void 0 ? void 0 : _b.before) !== null && _c !== void 0 ? _c : 200));
                    to = cycle + ((_e = (_d = options.waveWindow) === null || _d === void 0 ? void 0 : _d.after) !== null && _e !== void 0 ? _e : 4);
                    waves = { path: wavePath(), from: from, to: to };
                    return [4 /*yield*/, attemptWithAccess(design, options, bench, true, __assign(__assign({}, which), { waves: waves, coast: true, sites: true }))];
                case 2:
                    _a = _f.sent(), info = _a.info, error = _a.error;
                    if (info.waves)
                        failed.info.waves = info.waves;
                    if (!error)
                        return [2 /*return*/, "\n  repeated with the same seed it passed: the bench depends on something besides its seed"];
                    if (error instanceof scheduler_ts_1.HangError && failed.error instanceof scheduler_ts_1.HangError)
                        failed.error = error;
                    return [2 /*return*/, ""];
                case 3:
                    e_1 = _f.sent();
                    return [2 /*return*/, "\n  it could not be repeated for waves: ".concat(e_1.message)];
                case 4: return [2 /*return*/];
            }
        });
    });
}
function decorate(error, name, options, info, notes) {
    var task = info.task && info.task !== "main" ? ", task ".concat(info.task) : "";
    var global = options.seed === undefined ? " (TB_SEED=".concat((0, rand_ts_1.globalSeed)(), ")") : "";
    var init = info.initSeed === undefined ? "" : ", initial state ".concat(info.initSeed);
    var lines = [
        "  ".concat(name, " on ").concat(info.sim, ": cycle ").concat(info.cycle, ", ").concat(info.time, " ns").concat(task, ", seed ").concat(info.seed).concat(global).concat(init),
    ];
    if (info.waves) {
        var base = info.waves.replace(/\.vcd$/, "");
        lines.push("  waves: ".concat(info.waves), "  open with: gtkwave ".concat(base, ".gtkw, or surfer --command-file ").concat(base, ".sucl"));
    }
    var said = info.log.filter(function (e) { return e.kind !== "info"; }).slice(-5);
    if (said.length)
        lines.push.apply(lines, __spreadArray(["  the design printed last:"], said.map(function (e) { return "    ".concat(e.time, " ns ").concat(e.kind === "display" ? "" : "$".concat(e.kind, " ")).concat(e.text); }), false));
    var before = error.message;
    var added = "".concat(before, "\n").concat(lines.join("\n")).concat(notes);
    var stack = error.stack;
    try {
        error.message = added;
        if (stack === null || stack === void 0 ? void 0 : stack.includes(before))
            error.stack = stack.replace(before, function () { return added; });
    }
    catch (_a) {
        // A frozen error keeps its own message; the circumstances are attached below where that is possible.
    }
    try {
        Object.defineProperty(error, FAILURE, { value: info, configurable: true });
    }
    catch (_b) {
        // Frozen as well.
    }
}
function attempt(model, design, options, bench, extra) {
    return __awaiter(this, void 0, void 0, function () {
        var seed, specs, setups, maxCycles, prepare, map, backend, coverageFile, dir, stem, context, signals, scheduler, rand, arena, messages, least, host, internals, clocks, tb, value, info, finished, error, streams, clockNames;
        var _a, _b, _c, _d, _e, _f;
        return __generator(this, function (_g) {
            switch (_g.label) {
                case 0:
                    seed = extra.seed;
                    specs = (0, design_ts_1.clocksOf)(design);
                    setups = specs.map(function (c, i) {
                        var _a;
                        var period = (0, design_ts_1.picoseconds)((_a = c.period) !== null && _a !== void 0 ? _a : 10);
                        if (period < 2 || period >= Math.pow(2, 32))
                            throw new RangeError("clock ".concat(c.name, ": a period of ").concat(c.period, " ns is out of range"));
                        return {
                            port: model.clocks[i],
                            period: period,
                            firstRise: c.phase === undefined ? Math.ceil(period / 2) : (0, design_ts_1.picoseconds)(c.phase),
                        };
                    });
                    maxCycles = Math.min((_a = options.maxCycles) !== null && _a !== void 0 ? _a : 1000000, 0xffffffff);
                    prepare = function (memory) {
                        var map = (0, backend_ts_1.layOut)(memory, model.ports, setups, maxCycles);
                        if (extra.waves) {
                            memory[layout_ts_1.H.DUMP_FROM] = extra.waves.from;
                            memory[layout_ts_1.H.DUMP_TO] = extra.waves.to;
                        }
                        return map;
                    };
                    return [4 /*yield*/, model.open({
                            prepare: function (memory) {
                                map = prepare(memory);
                            },
                            initSeed: extra.initSeed,
                            waves: (_b = extra.waves) === null || _b === void 0 ? void 0 : _b.path,
                        })];
                case 1:
                    backend = _g.sent();
                    if (options.coverage !== undefined) {
                        dir = (0, node_path_1.resolve)(options.coverage);
                        (0, node_fs_1.mkdirSync)(dir, { recursive: true });
                        stem = ((_c = options.name) !== null && _c !== void 0 ? _c : design.top).replace(/[^\w.-]+/g, "_").slice(0, 80);
                        coverageFile = (0, node_path_1.join)(dir, "".concat(stem, "-").concat(seed, "-").concat(extra.initSeed));
                        // From the random initial state to the first values nothing has toggled; hdlCoverage takes its lines alone.
                        backend.writeCoverage("".concat(coverageFile, ".start.dat"));
                    }
                    context = { memory: backend.memory, mask: backend.memory[layout_ts_1.H.MASK], readOnly: false };
                    signals = model.ports.map(function (p, i) { return new signals_ts_1.Signal(p, map.offsets[i], context, p.direction === "input" && !model.clocks.includes(i)); });
                    scheduler = new scheduler_ts_1.Scheduler(backend, specs.map(function (c) { return c.name; }), context);
                    scheduler.sites = extra.sites;
                    if (options.onError === "log")
                        scheduler.tolerate.add(layout_ts_1.STATUS.STOP).add(layout_ts_1.STATUS.ERROR);
                    if (options.onFinish === "end")
                        scheduler.tolerate.add(layout_ts_1.STATUS.FINISH);
                    if (options.onLog)
                        scheduler.onLog = options.onLog;
                    rand = new rand_ts_1.Rand(seed);
                    arena = map.arena;
                    messages = [];
                    least = logger_ts_1.LOG_LEVELS.indexOf((_d = options.logLevel) !== null && _d !== void 0 ? _d : (0, logger_ts_1.logLevel)());
                    host = {
                        scheduler: scheduler,
                        ports: model.ports,
                        offsets: map.offsets,
                        top: design.top,
                        rand: rand,
                        driven: new Map(),
                        allocate: function (words) {
                            var at = arena;
                            arena += words;
                            if (arena > backend.memory.length)
                                throw new RangeError("the streams of this run need more memory than a run has");
                            return at;
                        },
                        violation: function (e) { return scheduler.fail(e); },
                        message: function (m) {
                            if (logger_ts_1.LOG_LEVELS.indexOf(m.level) < least)
                                return;
                            messages.push(m);
                            // A run that is repeated for its waves has said everything already.
                            if (!extra.sites)
                                console.log((0, logger_ts_1.messageLine)(m));
                        },
                    };
                    internals = new signals_ts_1.Internals(backend, design.top, context, host.allocate, function (e) { return scheduler.fail(e); });
                    clocks = specs.map(function (c, i) { var _a; return new bench_ts_1.Clock(scheduler, i, c.name, (_a = c.period) !== null && _a !== void 0 ? _a : 10); });
                    tb = new tb_ts_1.Tb(host, (0, signals_ts_1.makeDut)(signals, internals), clocks, rand, extra.initRun);
                    _g.label = 2;
                case 2:
                    _g.trys.push([2, , 6, 8]);
                    return [4 /*yield*/, scheduler.run(function () { return bench(tb); })];
                case 3:
                    value = _g.sent();
                    if (!scheduler.failure)
                        scheduler.finish();
                    info = __assign({ sim: options.sim, seed: seed, cycle: scheduler.cycles(), time: scheduler.now / 1000, task: (_e = scheduler.failure) === null || _e === void 0 ? void 0 : _e.task, log: scheduler.log, messages: messages }, (simulators_ts_1.SIMULATORS[options.sim].startsWithX ? {} : { initSeed: extra.initSeed }));
                    finished = scheduler.finished;
                    if (coverageFile)
                        backend.writeCoverage("".concat(coverageFile, ".dat"));
                    error = (_f = scheduler.failure) === null || _f === void 0 ? void 0 : _f.error;
                    if (!extra.waves) return [3 /*break*/, 5];
                    streams = error ? (0, waves_ts_1.failingStreams)(error, scheduler) : [];
                    if (error && extra.coast && !(error instanceof icarus_backend_ts_1.SimulatorDied))
                        scheduler.coast(extra.waves.to + 1);
                    // The file is whole when the simulator has closed it.
                    return [4 /*yield*/, backend.close()];
                case 4:
                    // The file is whole when the simulator has closed it.
                    _g.sent();
                    if ((0, node_fs_1.existsSync)(extra.waves.path)) {
                        info.waves = extra.waves.path;
                        clockNames = specs.map(function (c) { return c.name; });
                        (0, waves_ts_1.writeSaveFiles)({
                            vcd: extra.waves.path,
                            top: design.top,
                            ports: model.ports,
                            clocks: clockNames,
                            streams: streams,
                            time: info.time,
                        });
                    }
                    _g.label = 5;
                case 5: return [2 /*return*/, { value: value, error: error, info: info, finished: finished }];
                case 6:
                    (0, signals_ts_1.retire)(context);
                    return [4 /*yield*/, backend.close()];
                case 7:
                    _g.sent();
                    return [7 /*endfinally*/];
                case 8: return [2 /*return*/];
            }
        });
    });
}
