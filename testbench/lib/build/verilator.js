"use strict";
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
exports.buildVerilator = buildVerilator;
exports.portOffsets = portOffsets;
var node_fs_1 = require("node:fs");
var promises_1 = require("node:fs/promises");
var node_path_1 = require("node:path");
var backend_ts_1 = require("../backend.ts");
var design_ts_1 = require("../design.ts");
var layout_ts_1 = require("../layout.ts");
var cache_ts_1 = require("./cache.ts");
var ports_ts_1 = require("./ports.ts");
var sources_ts_1 = require("./sources.ts");
var tools_ts_1 = require("./tools.ts");
var verilator_internals_ts_1 = require("./verilator_internals.ts");
var verilog_ts_1 = require("./verilog.ts");
var wrapper_ts_1 = require("./wrapper.ts");
var NATIVE = (0, node_path_1.join)(import.meta.dirname, "../native");
var RUNTIME_FILES = ["hooks.h", "layout.h", "core.h", "verilator_api.h", "verilator.cpp"];
var CXX = ["-std=gnu++17", "-fPIC", "-w", "-fvisibility=hidden", "-fno-gnu-unique"];
var cxxDefines = function (root, _a) {
    var waves = _a.waves, coverage = _a.coverage;
    return [
        "-DVM_COVERAGE=".concat(coverage ? 1 : 0),
        "-DVM_SC=0",
        "-DVM_TRACE=".concat(waves ? 1 : 0),
        "-DVM_TRACE_FST=0",
        "-DVM_TRACE_VCD=".concat(waves ? 1 : 0),
        "-DVL_USER_FINISH",
        "-DVL_USER_STOP",
        "-DVL_USER_FATAL",
        "-DVL_PRINTF=tb_printf",
        "-I".concat(root, "/include"),
        "-I".concat(root, "/include/vltstd"),
    ];
};
/** What everything compiled here depends on. */
function toolParts(extras) {
    return __awaiter(this, void 0, void 0, function () {
        var own, versions, _a;
        return __generator(this, function (_b) {
            switch (_b.label) {
                case 0:
                    own = __spreadArray(__spreadArray([], RUNTIME_FILES.map(function (f) { return (0, node_path_1.join)(NATIVE, f); }), true), [(0, cache_ts_1.ownCode)("verilator")], false);
                    return [4 /*yield*/, (0, tools_ts_1.verilatorVersion)()];
                case 1:
                    _a = [_b.sent()];
                    return [4 /*yield*/, (0, tools_ts_1.compilerVersion)()];
                case 2:
                    _a = _a.concat([_b.sent()]);
                    return [4 /*yield*/, (0, tools_ts_1.verilatorRoot)()];
                case 3:
                    versions = _a.concat([_b.sent(), tools_ts_1.platform]);
                    return [2 /*return*/, __spreadArray(__spreadArray(__spreadArray(__spreadArray([], versions, true), [
                            String(extras.waves)
                        ], false), (extras.coverage ? ["coverage"] : []), true), own.map(function (f) { return (0, node_fs_1.readFileSync)(f); }), true)];
            }
        });
    });
}
var compile = function (what, args) {
    return (0, tools_ts_1.must)("cannot compile ".concat(what), "g++", args);
};
var runtimeName = function (extras) { return __awaiter(void 0, void 0, void 0, function () { var _a, _b; return __generator(this, function (_c) {
    switch (_c.label) {
        case 0:
            _a = "runtime-".concat;
            _b = cache_ts_1.hashOf;
            return [4 /*yield*/, toolParts(extras)];
        case 1: return [2 /*return*/, _a.apply("runtime-", [_b.apply(void 0, [_c.sent()])])];
    }
}); }); };
/** Objects that every model of this machine needs, compiled once: Verilator's runtime and the library's own. */
function runtime(extras) {
    return __awaiter(this, void 0, void 0, function () {
        var root, _a;
        var _this = this;
        return __generator(this, function (_b) {
            switch (_b.label) {
                case 0: return [4 /*yield*/, (0, tools_ts_1.verilatorRoot)()];
                case 1:
                    root = _b.sent();
                    _a = cache_ts_1.buildOnce;
                    return [4 /*yield*/, runtimeName(extras)];
                case 2: return [2 /*return*/, _a.apply(void 0, [_b.sent(), function (dir) { return __awaiter(_this, void 0, void 0, function () {
                            var flags, theirs, units;
                            return __generator(this, function (_a) {
                                switch (_a.label) {
                                    case 0:
                                        flags = __spreadArray(__spreadArray(__spreadArray([], CXX, true), cxxDefines(root, extras), true), ["-include", (0, node_path_1.join)(NATIVE, "hooks.h")], false);
                                        theirs = __spreadArray(__spreadArray([
                                            "verilated",
                                            "verilated_threads"
                                        ], (extras.waves ? ["verilated_vcd_c"] : []), true), (extras.coverage ? ["verilated_cov"] : []), true).filter(function (s) { return (0, node_fs_1.existsSync)("".concat(root, "/include/").concat(s, ".cpp")); });
                                        // One unit, not optimized: a first run waits for it, and nothing in it runs at every clock but the writing of waves.
                                        return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(dir, "verilated.cc"), theirs.map(function (s) { return "#include \"".concat(root, "/include/").concat(s, ".cpp\"\n"); }).join(""))];
                                    case 1:
                                        // One unit, not optimized: a first run waits for it, and nothing in it runs at every clock but the writing of waves.
                                        _a.sent();
                                        units = [
                                            [extras.waves ? "-O1" : "-O0", "-c", (0, node_path_1.join)(dir, "verilated.cc"), "-o", (0, node_path_1.join)(dir, "verilated.o")],
                                            ["-O2", "-c", (0, node_path_1.join)(NATIVE, "verilator.cpp"), "-o", (0, node_path_1.join)(dir, "verilator_tb.o")],
                                        ];
                                        return [4 /*yield*/, inPairs(units, function (u) { return compile("the simulator's runtime", __spreadArray(__spreadArray([], flags, true), u, true)); })];
                                    case 2:
                                        _a.sent();
                                        return [2 /*return*/];
                                }
                            });
                        }); }])];
            }
        });
    });
}
/** A precompiled header, which more than halves the time that a small model takes. */
function header(extras) {
    return __awaiter(this, void 0, void 0, function () {
        var root, dir, _a, _b, _c;
        var _this = this;
        return __generator(this, function (_d) {
            switch (_d.label) {
                case 0: return [4 /*yield*/, (0, tools_ts_1.verilatorRoot)()];
                case 1:
                    root = _d.sent();
                    _a = cache_ts_1.buildOnce;
                    _b = "header-".concat;
                    _c = cache_ts_1.hashOf;
                    return [4 /*yield*/, toolParts(extras)];
                case 2: return [4 /*yield*/, _a.apply(void 0, [_b.apply("header-", [_c.apply(void 0, [_d.sent()])]), function (d) { return __awaiter(_this, void 0, void 0, function () {
                            var args;
                            return __generator(this, function (_a) {
                                switch (_a.label) {
                                    case 0: return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(d, "pch.h"), "#include \"".concat((0, node_path_1.join)(NATIVE, "hooks.h"), "\"\n#include \"verilated.h\"\n"))];
                                    case 1:
                                        _a.sent();
                                        args = ["-O1", "-x", "c++-header", (0, node_path_1.join)(d, "pch.h"), "-o", (0, node_path_1.join)(d, "pch.h.gch")];
                                        return [4 /*yield*/, compile("Verilator's header", __spreadArray(__spreadArray(__spreadArray([], CXX, true), cxxDefines(root, extras), true), args, true))];
                                    case 2:
                                        _a.sent();
                                        return [2 /*return*/];
                                }
                            });
                        }); }])];
                case 3:
                    dir = _d.sent();
                    return [2 /*return*/, (0, node_path_1.join)(dir, "pch.h")];
            }
        });
    });
}
/** At most two at a time: the machines of continuous integration have two cores. */
function inPairs(items, work) {
    return __awaiter(this, void 0, void 0, function () {
        var queue, worker;
        var _this = this;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    queue = __spreadArray([], items, true);
                    worker = function () { return __awaiter(_this, void 0, void 0, function () {
                        var item;
                        return __generator(this, function (_a) {
                            switch (_a.label) {
                                case 0:
                                    item = queue.shift();
                                    _a.label = 1;
                                case 1:
                                    if (!(item !== undefined)) return [3 /*break*/, 4];
                                    return [4 /*yield*/, work(item)];
                                case 2:
                                    _a.sent();
                                    _a.label = 3;
                                case 3:
                                    item = queue.shift();
                                    return [3 /*break*/, 1];
                                case 4: return [2 /*return*/];
                            }
                        });
                    }); };
                    return [4 /*yield*/, Promise.all([worker(), worker()])];
                case 1:
                    _a.sent();
                    return [2 /*return*/];
            }
        });
    });
}
/** Builds the shared library of a design, or finds it in the cache. Throws a BuildError. */
function buildVerilator(design_1, extras_1) {
    return __awaiter(this, arguments, void 0, function (design, extras, access) {
        var inside, source, key, _a, _b, dir, json, ports, internals, _c;
        var _this = this;
        if (access === void 0) { access = backend_ts_1.NO_ACCESS; }
        return __generator(this, function (_d) {
            switch (_d.label) {
                case 0:
                    (0, verilog_ts_1.checkDesign)(design);
                    inside = access.internals ? [(0, node_fs_1.readFileSync)((0, cache_ts_1.ownCode)("verilator_internals")), JSON.stringify(access)] : [];
                    source = ["wrapper", "ports", "verilator_ports"].map(function (f) { return (0, node_fs_1.readFileSync)((0, cache_ts_1.ownCode)(f)); });
                    _a = cache_ts_1.hashOf;
                    _b = [["verilator"]];
                    return [4 /*yield*/, toolParts(extras)];
                case 1:
                    key = _a.apply(void 0, [__spreadArray.apply(void 0, [__spreadArray.apply(void 0, [__spreadArray.apply(void 0, [__spreadArray.apply(void 0, _b.concat([(_d.sent()), true])), source, true]), inside, true]), (0, sources_ts_1.designParts)(design), true])]);
                    return [4 /*yield*/, (0, cache_ts_1.buildOnce)("model-".concat(key), function (d) { return __awaiter(_this, void 0, void 0, function () {
                            var first, _a, _b, _c, include, _d, make, rt;
                            var _this = this;
                            return __generator(this, function (_e) {
                                switch (_e.label) {
                                    case 0:
                                        _a = node_fs_1.existsSync;
                                        _b = node_path_1.join;
                                        _c = [(0, cache_ts_1.cacheDir)()];
                                        return [4 /*yield*/, runtimeName(extras)];
                                    case 1:
                                        first = !_a.apply(void 0, [_b.apply(void 0, _c.concat([_e.sent()]))]);
                                        if (!first) return [3 /*break*/, 2];
                                        _d = (0, node_path_1.join)(NATIVE, "hooks.h");
                                        return [3 /*break*/, 4];
                                    case 2: return [4 /*yield*/, header(extras)];
                                    case 3:
                                        _d = _e.sent();
                                        _e.label = 4;
                                    case 4:
                                        include = _d;
                                        make = function () { return __awaiter(_this, void 0, void 0, function () {
                                            var ports;
                                            return __generator(this, function (_a) {
                                                switch (_a.label) {
                                                    case 0: return [4 /*yield*/, (0, ports_ts_1.discoverPorts)(design)];
                                                    case 1:
                                                        ports = _a.sent();
                                                        return [4 /*yield*/, build(design, ports, d, include, extras, access)];
                                                    case 2:
                                                        _a.sent();
                                                        return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(d, "ports.json"), JSON.stringify(ports))];
                                                    case 3:
                                                        _a.sent();
                                                        return [2 /*return*/];
                                                }
                                            });
                                        }); };
                                        return [4 /*yield*/, Promise.all([runtime(extras), make()])];
                                    case 5:
                                        rt = (_e.sent())[0];
                                        return [4 /*yield*/, link(design, d, rt)];
                                    case 6:
                                        _e.sent();
                                        return [2 /*return*/];
                                }
                            });
                        }); })];
                case 2:
                    dir = _d.sent();
                    json = function (file) { return __awaiter(_this, void 0, void 0, function () { var _a, _b; return __generator(this, function (_c) {
                        switch (_c.label) {
                            case 0:
                                _b = (_a = JSON).parse;
                                return [4 /*yield*/, (0, promises_1.readFile)((0, node_path_1.join)(dir, file), "utf8")];
                            case 1: return [2 /*return*/, _b.apply(_a, [_c.sent()])];
                        }
                    }); }); };
                    return [4 /*yield*/, json("ports.json")];
                case 3:
                    ports = (_d.sent());
                    if (!access.internals) return [3 /*break*/, 5];
                    return [4 /*yield*/, json("internals.json")];
                case 4:
                    _c = (_d.sent());
                    return [3 /*break*/, 6];
                case 5:
                    _c = undefined;
                    _d.label = 6;
                case 6:
                    internals = _c;
                    return [2 /*return*/, { internals: internals, library: (0, node_path_1.join)(dir, "model.so"), ports: ports, clocks: (0, wrapper_ts_1.clockPorts)(design, ports) }];
            }
        });
    });
}
/** Objects of the model in `dir`; `include` comes first in them. */
function build(design, ports, dir, include, extras, access) {
    return __awaiter(this, void 0, void 0, function () {
        var clocks, root, obj, lines, what, ran, read, internals, generated, slow, size, flags, text, units;
        var _this = this;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    clocks = (0, wrapper_ts_1.clockPorts)(design, ports);
                    return [4 /*yield*/, (0, tools_ts_1.verilatorRoot)()];
                case 1:
                    root = _a.sent();
                    return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(dir, "wrapper.v"), (0, wrapper_ts_1.verilatorWrapper)(design, ports))];
                case 2:
                    _a.sent();
                    obj = (0, node_path_1.join)(dir, "obj");
                    if (!access.force.length) return [3 /*break*/, 4];
                    lines = access.force.map(function (name) { return "forceable -module \"*\" -var \"".concat(name, "\"\n"); });
                    return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(dir, "access.vlt"), "`verilator_config\n".concat(lines.join("")))];
                case 3:
                    _a.sent();
                    _a.label = 4;
                case 4:
                    what = "Verilator cannot build ".concat(design.top);
                    return [4 /*yield*/, (0, tools_ts_1.must)(what, (0, tools_ts_1.verilator)(), __spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray([
                            "--cc",
                            "--Mdir",
                            obj,
                            "--prefix",
                            "Vmodel",
                            "-O3",
                            "--assert",
                            "--x-assign",
                            "unique",
                            "--x-initial",
                            "unique"
                        ], (extras.waves ? ["--trace", "--trace-structs"] : []), true), (extras.coverage ? ["--coverage-line", "--coverage-toggle"] : []), true), (access.internals ? ["--public-flat-rw"] : []), true), [
                            "--top-module",
                            wrapper_ts_1.WRAPPER
                        ], false), (0, ports_ts_1.verilatorInputs)(design), true), (access.force.length ? [(0, node_path_1.join)(dir, "access.vlt")] : []), true), design.sources, true), [
                            (0, node_path_1.join)(dir, "wrapper.v"),
                        ], false))];
                case 5:
                    ran = _a.sent();
                    (0, tools_ts_1.wrote)(what, (0, tools_ts_1.verilator)(), (0, node_path_1.join)(obj, "Vmodel.h"), ran);
                    read = function (pattern) {
                        return (0, node_fs_1.readdirSync)(obj)
                            .filter(function (f) { return pattern.test(f); })
                            .sort()
                            .map(function (f) { return (0, node_fs_1.readFileSync)((0, node_path_1.join)(obj, f), "utf8"); })
                            .join("\n");
                    };
                    internals = access.internals ? (0, verilator_internals_ts_1.internalsOf)(read(/^Vmodel__Syms.*\.cpp$/), read(/\.h$/), design.top) : undefined;
                    if (!internals) return [3 /*break*/, 7];
                    return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(dir, "internals.json"), JSON.stringify(internals))];
                case 6:
                    _a.sent();
                    _a.label = 7;
                case 7: return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(obj, "glue.cpp"), glue(design, ports, clocks, internals))];
                case 8:
                    _a.sent();
                    generated = (0, node_fs_1.readdirSync)(obj).filter(function (f) { return f.startsWith("Vmodel") && f.endsWith(".cpp"); });
                    slow = generated.filter(function (f) { return /(__Slow|__Syms|__ConstPool|__Trace__\d+__Slow)/.test(f); });
                    size = generated.reduce(function (n, f) { return n + (0, node_fs_1.statSync)((0, node_path_1.join)(obj, f)).size; }, 0);
                    flags = __spreadArray(__spreadArray(__spreadArray([], CXX, true), cxxDefines(root, extras), true), ["-Iobj", "-I".concat(NATIVE)], false);
                    text = function (files) { return files.map(function (f) { return "#include \"".concat(f, "\"\n"); }).join(""); };
                    units = size < 300000
                        ? [{ name: "all", files: __spreadArray(["glue.cpp"], generated, true), flags: ["-O1", "-include", include] }]
                        : [
                            {
                                name: "fast",
                                files: __spreadArray(["glue.cpp"], generated.filter(function (f) { return !slow.includes(f); }), true),
                                flags: ["-O1", "-include", include],
                            },
                            { name: "slow", files: slow, flags: ["-O0", "-include", (0, node_path_1.join)(NATIVE, "hooks.h")] },
                        ];
                    return [4 /*yield*/, inPairs(units, function (u) { return __awaiter(_this, void 0, void 0, function () {
                            return __generator(this, function (_a) {
                                switch (_a.label) {
                                    case 0: return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(obj, "".concat(u.name, ".cc")), text(u.files))];
                                    case 1:
                                        _a.sent();
                                        return [4 /*yield*/, (0, tools_ts_1.must)("cannot compile the model of ".concat(design.top), "g++", __spreadArray(__spreadArray(__spreadArray([], flags, true), u.flags, true), ["-c", "obj/".concat(u.name, ".cc"), "-o", "".concat(u.name, ".o")], false), dir)];
                                    case 2:
                                        _a.sent();
                                        return [2 /*return*/];
                                }
                            });
                        }); })];
                case 9:
                    _a.sent();
                    return [4 /*yield*/, (0, promises_1.rm)(obj, { recursive: true, force: true })];
                case 10:
                    _a.sent();
                    return [2 /*return*/];
            }
        });
    });
}
/** The model's objects with those of the runtime in `rt`. */
function link(design, dir, rt) {
    return __awaiter(this, void 0, void 0, function () {
        var objects, own, args, _i, own_1, object;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    objects = function (of) {
                        return (0, node_fs_1.readdirSync)(of)
                            .filter(function (f) { return f.endsWith(".o"); })
                            .map(function (f) { return (0, node_path_1.join)(of, f); });
                    };
                    own = objects(dir);
                    args = __spreadArray(__spreadArray(__spreadArray(["-shared", "-Wl,-Bsymbolic"], own, true), objects(rt), true), ["-o", (0, node_path_1.join)(dir, "model.so"), "-pthread"], false);
                    return [4 /*yield*/, (0, tools_ts_1.must)("cannot link the model of ".concat(design.top), "g++", args)];
                case 1:
                    _a.sent();
                    _i = 0, own_1 = own;
                    _a.label = 2;
                case 2:
                    if (!(_i < own_1.length)) return [3 /*break*/, 5];
                    object = own_1[_i];
                    return [4 /*yield*/, (0, promises_1.rm)(object, { force: true })];
                case 3:
                    _a.sent();
                    _a.label = 4;
                case 4:
                    _i++;
                    return [3 /*break*/, 2];
                case 5: return [2 /*return*/];
            }
        });
    });
}
/** Offsets in words of the ports from the start of the shared memory, and the words they take together. */
function portOffsets(ports, start) {
    var at = start;
    var offsets = ports.map(function (p) {
        var o = at;
        at += (0, layout_ts_1.wordsOf)(p.width);
        return o;
    });
    return { offsets: offsets, words: at - start };
}
function glue(design, ports, clocks, internals) {
    if ((0, design_ts_1.clocksOf)(design).length > 8)
        throw new design_ts_1.BuildError("a design can have 8 clocks at most");
    var offsets = portOffsets(ports, 0).offsets;
    var load = function (i) {
        var width = ports[i].width;
        var at = "M[H_PORTS + ".concat(offsets[i], "]");
        if (width > 64) {
            var words = (0, layout_ts_1.wordsOf)(width);
            var top_1 = width % 32 ? " & 0x".concat((Math.pow(2, (width % 32)) - 1).toString(16), "u") : "";
            return "    for (int k = 0; k < ".concat(words - 1, "; k++) top->p").concat(i, "[k] = (&").concat(at, ")[k];\n    top->p").concat(i, "[").concat(words - 1, "] = (&").concat(at, ")[").concat(words - 1, "]").concat(top_1, ";\n");
        }
        var mask = width % 64 ? " & ".concat((Math.pow(2n, BigInt(width)) - 1n).toString(), "ull") : "";
        return width > 32
            ? "    top->p".concat(i, " = (").concat(at, " | (uint64_t)(&").concat(at, ")[1] << 32)").concat(mask, ";\n")
            : "    top->p".concat(i, " = ").concat(at).concat(width === 32 ? "" : mask, ";\n");
    };
    var store = function (i) {
        var width = ports[i].width;
        var at = "M[H_PORTS + ".concat(offsets[i], "]");
        if (width > 64)
            return "    for (int k = 0; k < ".concat((0, layout_ts_1.wordsOf)(width), "; k++) (&").concat(at, ")[k] = top->p").concat(i, "[k];\n");
        return width > 32
            ? "    ".concat(at, " = (uint32_t)top->p").concat(i, ";\n    (&").concat(at, ")[1] = (uint32_t)(top->p").concat(i, " >> 32);\n")
            : "    ".concat(at, " = top->p").concat(i, ";\n");
    };
    var index = ports.map(function (_, i) { return i; });
    var inputs = index.filter(function (i) { return ports[i].direction === "input" && !clocks.includes(i); });
    var outputs = index.filter(function (i) { return ports[i].direction === "output"; });
    return "#include \"Vmodel.h\"\n".concat(internals ? '#include "Vmodel__Syms.h"\nvoid Vmodel___024root___eval_settle(Vmodel___024root*);\n' : "", "#include \"verilated.h\"\n#if VM_TRACE\n#include \"verilated_vcd_c.h\"\n#endif\n#if VM_COVERAGE\n#include \"verilated_cov.h\"\n#endif\n#include \"layout.h\"\n#include \"verilator_api.h\"\n#include <vector>\nnamespace {\nstruct Generated final : tb::Model {\n  VerilatedContext context;\n  Vmodel* top;\n#if VM_TRACE\n  VerilatedVcdC* waves = nullptr;\n#endif\n  Generated(uint32_t seed) {\n    context.randReset(2);\n    context.randSeed((int)seed);\n    context.timeunit(-9);\n    context.timeprecision(-12);\n#if VM_TRACE\n    context.traceEverOn(true);\n#endif\n    top = new Vmodel(&context, \"TOP\");\n").concat(internals ? "    list_internals();\n" : "", "  }\n  ~Generated() override {\n#if VM_TRACE\n    if (waves) {\n      waves->close();\n      delete waves;\n    }\n#endif\n    delete top;\n  }\n  void clocks(const uint32_t* M) override {\n").concat(clocks.map(load).join(""), "  }\n  void inputs(const uint32_t* M) override {\n").concat(inputs.map(load).join(""), "  }\n  void outputs(uint32_t* M) override {\n").concat(outputs.map(store).join(""), "  }\n  void eval() override { top->eval(); }\n  void time(uint64_t ps) override { context.time(ps); }\n  uint64_t time() const override { return context.time(); }\n  void finish() override { top->final(); }\n  bool open_waves(const char* file) override {\n#if VM_TRACE\n    waves = new VerilatedVcdC;\n    top->trace(waves, 99);\n    waves->open(file);\n    return waves->isOpen();\n#else\n    return false;\n#endif\n  }\n  const tb::Internal* internal(uint32_t id) const override {\n    return ").concat(internals ? "id < inside.size() ? &inside[id] : nullptr" : "nullptr", ";\n  }\n  void settle() override {").concat(internals ? " Vmodel___024root___eval_settle(top->rootp); " : "", "}\n").concat(internals
        ? "  std::vector<tb::Internal> inside;\n  void list_internals() {\n    auto& S = *top->rootp->vlSymsp;\n    inside = {\n".concat((0, verilator_internals_ts_1.internalsTable)(internals), "\n    };\n  }\n")
        : "", "  bool write_coverage(const char* file) override {\n#if VM_COVERAGE\n    context.coveragep()->write(file);\n    context.coveragep()->zero();\n    return true;\n#else\n    return false;\n#endif\n  }\n  void dump() override {\n#if VM_TRACE\n    waves->dump(context.time());\n#endif\n  }\n};\n}  // namespace\nnamespace tb {\nModel* make_model(uint32_t seed, const uint32_t*) { return new Generated(seed ? seed : 1); }\n}  // namespace tb\n");
}
