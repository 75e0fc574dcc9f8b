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
var __classPrivateFieldGet = (this && this.__classPrivateFieldGet) || function (receiver, state, kind, f) {
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a getter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot read private member from an object whose class did not declare it");
    return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
};
var __classPrivateFieldSet = (this && this.__classPrivateFieldSet) || function (receiver, state, value, kind, f) {
    if (kind === "m") throw new TypeError("Private method is not writable");
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a setter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot write private member to an object whose class did not declare it");
    return (kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value)), value;
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
var _LogParser_partial, _LogParser_unmarked, _LogParser_last;
Object.defineProperty(exports, "__esModule", { value: true });
exports.LogParser = exports.SimulatorDied = void 0;
exports.openIcarus = openIcarus;
var node_child_process_1 = require("node:child_process");
var node_fs_1 = require("node:fs");
var node_os_1 = require("node:os");
var node_path_1 = require("node:path");
var koffi_1 = require("koffi");
var backend_ts_1 = require("./backend.ts");
var wrapper_ts_1 = require("./build/wrapper.ts");
var design_ts_1 = require("./design.ts");
var layout_ts_1 = require("./layout.ts");
var native_library_ts_1 = require("./native_library.ts");
var hosts = new Map();
function load(path) {
    var h = hosts.get(path);
    if (!h) {
        var so = (0, native_library_ts_1.loadNative)(path);
        h = {
            host: {
                create: so.func("int tbh_create(uint32_t)"),
                map: so.func("void *tbh_map(int, uint32_t)"),
                scrub: so.func("int tbh_scrub(void *, uint32_t)"),
                wait: so.func("int tbh_wait(void *, uint32_t, int)"),
                run: so.func("int tbh_run(void *, int)"),
                post: so.func("void tbh_post(void *)"),
            },
            free: [],
        };
        hosts.set(path, h);
    }
    return h;
}
/** The simulator ended before the bench did. */
var SimulatorDied = /** @class */ (function (_super) {
    __extends(SimulatorDied, _super);
    function SimulatorDied(how, output) {
        var _this = _super.call(this, "vvp ended ".concat(how).concat(output ? "; it printed:\n".concat(output) : "")) || this;
        _this.name = "SimulatorDied";
        return _this;
    }
    return SimulatorDied;
}(Error));
exports.SimulatorDied = SimulatorDied;
/** Starts vvp on a model. */
function openIcarus(model_1, _a) {
    return __awaiter(this, arguments, void 0, function (model, _b) {
        var _c, host, free, region, memory, pointer, dir, path, out, log, args, child, exit, exited, pid, consumed, readText, parser, died, closed, close, ready, e_1, command, ask;
        var _this = this;
        var _d;
        var prepare = _b.prepare, waves = _b.waves;
        return __generator(this, function (_e) {
            switch (_e.label) {
                case 0:
                    _c = load((0, node_path_1.join)(model.runtime, "host.so")), host = _c.host, free = _c.free;
                    region = (_d = free.pop()) !== null && _d !== void 0 ? _d : create(host);
                    memory = region.memory, pointer = region.pointer;
                    prepare(memory);
                    dir = (0, node_fs_1.mkdtempSync)((0, node_path_1.join)((0, node_os_1.tmpdir)(), "tb-vvp-"));
                    path = (0, node_path_1.join)(dir, "out");
                    out = (0, node_fs_1.openSync)(path, "w");
                    log = (0, node_fs_1.openSync)(path, "r");
                    (0, node_fs_1.rmSync)(dir, { recursive: true, force: true });
                    args = __spreadArray(["-N", "-M".concat(model.runtime), "-mtb_vpi", model.program], (waves ? ["+tb_dump=".concat(waves)] : []), true);
                    child = (0, node_child_process_1.spawn)("vvp", args, {
                        stdio: ["ignore", out, out, region.fd],
                        env: __assign(__assign(__assign({}, process.env), { TB_FD: "3", TB_WORDS: "".concat(backend_ts_1.MEMORY_WORDS), TB_PARENT: "".concat(process.pid) }), (waves ? { TB_DUMP: "1" } : {})),
                    });
                    (0, node_fs_1.closeSync)(out);
                    exited = new Promise(function (resolve) {
                        child.on("exit", function (code, signal) {
                            exit = { code: code, signal: signal };
                            resolve();
                        });
                        child.on("error", function () { return resolve(); });
                    });
                    pid = child.pid;
                    if (!(pid === undefined)) return [3 /*break*/, 2];
                    (0, node_fs_1.closeSync)(log);
                    free.push(region);
                    return [4 /*yield*/, exited];
                case 1:
                    _e.sent();
                    throw new design_ts_1.BuildError("vvp was not found on PATH; the test bench library needs Icarus Verilog 11 or newer (Debian: apt-get install iverilog)");
                case 2:
                    consumed = 0;
                    readText = function () {
                        var size = (0, node_fs_1.fstatSync)(log).size;
                        if (size <= consumed)
                            return "";
                        var b = Buffer.alloc(size - consumed);
                        var n = (0, node_fs_1.readSync)(log, b, 0, b.length, consumed);
                        consumed += n;
                        return b.toString("utf8", 0, n);
                    };
                    parser = new LogParser();
                    died = function () {
                        var entries = parser.take(readText());
                        var how = exit ? (exit.signal ? "by ".concat(exit.signal) : "with status ".concat(exit.code)) : "by itself";
                        return new SimulatorDied(how, entries.map(function (e) { return e.text; }).join("\n"));
                    };
                    closed = false;
                    close = function () { return __awaiter(_this, void 0, void 0, function () {
                        var timer;
                        return __generator(this, function (_a) {
                            switch (_a.label) {
                                case 0:
                                    if (closed)
                                        return [2 /*return*/];
                                    closed = true;
                                    if (!!exit) return [3 /*break*/, 2];
                                    memory[layout_ts_1.H.COMMAND] = layout_ts_1.COMMAND.QUIT;
                                    host.post(pointer);
                                    timer = setTimeout(function () { return child.kill("SIGKILL"); }, waves ? 5000 : 500);
                                    return [4 /*yield*/, exited];
                                case 1:
                                    _a.sent();
                                    clearTimeout(timer);
                                    _a.label = 2;
                                case 2:
                                    (0, node_fs_1.closeSync)(log);
                                    if (host.scrub(pointer, backend_ts_1.MEMORY_WORDS) === 0)
                                        free.push(region);
                                    return [2 /*return*/];
                            }
                        });
                    }); };
                    ready = function () {
                        if (host.wait(pointer, 0, pid) !== 0)
                            throw died();
                    };
                    _e.label = 3;
                case 3:
                    _e.trys.push([3, 4, , 6]);
                    ready();
                    if (memory[layout_ts_1.H.STATUS] === layout_ts_1.STATUS.ENDED)
                        throw died();
                    return [3 /*break*/, 6];
                case 4:
                    e_1 = _e.sent();
                    return [4 /*yield*/, close()];
                case 5:
                    _e.sent();
                    throw e_1;
                case 6:
                    command = function (what) {
                        memory[layout_ts_1.H.COMMAND] = what;
                        if (memory[layout_ts_1.H.STATUS] === layout_ts_1.STATUS.ENDED || host.run(pointer, pid) !== 0)
                            throw died();
                    };
                    ask = function (what, path) {
                        var g = memory[layout_ts_1.H.ARGUMENT];
                        var text = Buffer.from("".concat(wrapper_ts_1.WRAPPER, ".").concat(model.top).concat(path ? ".".concat(path) : ""), "utf8");
                        if (text.length > 4 * (layout_ts_1.ARGUMENT_WORDS - layout_ts_1.G.DATA))
                            throw new RangeError("no path has ".concat(text.length, " bytes"));
                        memory[g + layout_ts_1.G.BYTES] = text.length;
                        new Uint8Array(memory.buffer, memory.byteOffset + 4 * (g + layout_ts_1.G.DATA), text.length).set(text);
                        command(what);
                        return g;
                    };
                    return [2 /*return*/, {
                            sim: "icarus",
                            memory: memory,
                            run: function () {
                                if (memory[layout_ts_1.H.STATUS] === layout_ts_1.STATUS.ENDED || host.run(pointer, pid) !== 0)
                                    throw died();
                                if (memory[layout_ts_1.H.STATUS] === layout_ts_1.STATUS.ENDED)
                                    throw died();
                            },
                            find: function (path) {
                                var g = ask(layout_ts_1.COMMAND.FIND, path);
                                var kind = memory[g + layout_ts_1.G.FOUND];
                                if (kind === layout_ts_1.FOUND.NOTHING)
                                    return undefined;
                                if (kind === layout_ts_1.FOUND.SCOPE)
                                    return { kind: "scope" };
                                var bound = function (k) { return memory[g + k] | 0; };
                                return {
                                    kind: "signal",
                                    id: memory[g + layout_ts_1.G.ID],
                                    width: memory[g + layout_ts_1.G.WIDTH],
                                    dims: kind === layout_ts_1.FOUND.ARRAY ? [[bound(layout_ts_1.G.LEFT), bound(layout_ts_1.G.RIGHT)]] : [],
                                    constant: (memory[g + layout_ts_1.G.FLAGS] & layout_ts_1.FLAG.CONSTANT) !== 0,
                                    forceable: true,
                                };
                            },
                            names: function (path) {
                                var g = ask(layout_ts_1.COMMAND.LIST, path);
                                var bytes = new Uint8Array(memory.buffer, memory.byteOffset + 4 * (g + layout_ts_1.G.DATA), memory[g + layout_ts_1.G.BYTES]);
                                return Buffer.from(bytes).toString("utf8").split("\n").filter(Boolean);
                            },
                            command: command,
                            writeCoverage: function () { return false; },
                            takeLog: function () { return (memory[layout_ts_1.H.LOG_BYTES] > consumed ? parser.take(readText()) : []); },
                            finish: function () {
                                // One more time step, a picosecond long, lets the last edge take effect.
                                if (memory[layout_ts_1.H.STATUS] !== layout_ts_1.STATUS.RUNNING || closed)
                                    return;
                                var cycles = memory.slice(layout_ts_1.H.CLOCK_TABLE, layout_ts_1.H.PORTS);
                                var now = [memory[layout_ts_1.H.NOW_LO], memory[layout_ts_1.H.NOW_HI]];
                                memory[layout_ts_1.H.WANT_SETTLED] = 1;
                                if (host.run(pointer, pid) !== 0)
                                    throw died();
                                memory.set(cycles, layout_ts_1.H.CLOCK_TABLE);
                                memory[layout_ts_1.H.NOW_LO] = now[0];
                                memory[layout_ts_1.H.NOW_HI] = now[1];
                            },
                            close: close,
                        }];
            }
        });
    });
}
function create(host) {
    var fd = host.create(backend_ts_1.MEMORY_WORDS);
    var pointer = fd < 0 ? null : host.map(fd, backend_ts_1.MEMORY_WORDS);
    if (pointer === null)
        throw new design_ts_1.BuildError("cannot get shared memory for the simulator");
    return { fd: fd, pointer: pointer, memory: new Uint32Array(koffi_1.default.view(pointer, backend_ts_1.MEMORY_WORDS * 4)) };
}
var KINDS = {
    F: "finish",
    S: "stop",
    X: "fatal",
    E: "error",
    W: "warning",
    I: "info",
};
/** Takes the simulator's output apart: \x01…\x02 are the VPI module's marks, all else is the design's. */
var LogParser = /** @class */ (function () {
    function LogParser() {
        _LogParser_partial.set(this, "");
        _LogParser_unmarked.set(this, []);
        _LogParser_last.set(this, 0);
    }
    LogParser.prototype.take = function (text) {
        var _this = this;
        var _a, _b;
        var out = [];
        var lines = function (s) {
            var parts = (__classPrivateFieldGet(_this, _LogParser_partial, "f") + s).split("\n");
            __classPrivateFieldSet(_this, _LogParser_partial, parts.pop(), "f");
            for (var _i = 0, parts_1 = parts; _i < parts_1.length; _i++) {
                var p = parts_1[_i];
                var e = { time: __classPrivateFieldGet(_this, _LogParser_last, "f"), kind: "display", text: p };
                __classPrivateFieldGet(_this, _LogParser_unmarked, "f").push(e);
                out.push(e);
            }
        };
        var time = function (ps) {
            var ns = Number(ps) / 1000;
            for (var _i = 0, _a = __classPrivateFieldGet(_this, _LogParser_unmarked, "f"); _i < _a.length; _i++) {
                var e = _a[_i];
                e.time = ns;
            }
            __classPrivateFieldSet(_this, _LogParser_unmarked, [], "f");
            __classPrivateFieldSet(_this, _LogParser_last, ns, "f");
            return ns;
        };
        var at = 0;
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the marks are control characters so that no design prints them.
        for (var _i = 0, _c = text.matchAll(/\x01(\w)(\d+)(?:\x03([^\x03]*)\x03(\d+)\x03([^\x03]*)\x03([^\x02]*))?\x02/g); _i < _c.length; _i++) {
            var m = _c[_i];
            lines(text.slice(at, m.index));
            at = m.index + m[0].length;
            var ns = time(m[2]);
            var kind = KINDS[m[1]];
            if (kind) {
                var fallback = kind === "stop" || kind === "finish" ? "$".concat(kind) : "";
                out.push({ time: ns, kind: kind, text: m[6] || fallback, file: (_a = m[3]) !== null && _a !== void 0 ? _a : "", line: Number(m[4]), scope: (_b = m[5]) !== null && _b !== void 0 ? _b : "" });
            }
        }
        lines(text.slice(at));
        if (__classPrivateFieldGet(this, _LogParser_partial, "f") && text.endsWith("\x02")) {
            var e = { time: __classPrivateFieldGet(this, _LogParser_last, "f"), kind: "display", text: __classPrivateFieldGet(this, _LogParser_partial, "f") };
            __classPrivateFieldSet(this, _LogParser_partial, "", "f");
            out.push(e);
        }
        return out;
    };
    return LogParser;
}());
exports.LogParser = LogParser;
_LogParser_partial = new WeakMap(), _LogParser_unmarked = new WeakMap(), _LogParser_last = new WeakMap();
