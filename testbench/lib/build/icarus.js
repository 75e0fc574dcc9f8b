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
exports.buildIcarus = buildIcarus;
var node_fs_1 = require("node:fs");
var promises_1 = require("node:fs/promises");
var node_path_1 = require("node:path");
var cache_ts_1 = require("./cache.ts");
var ports_ts_1 = require("./ports.ts");
var sources_ts_1 = require("./sources.ts");
var tools_ts_1 = require("./tools.ts");
var verilog_ts_1 = require("./verilog.ts");
var wrapper_ts_1 = require("./wrapper.ts");
var NATIVE = (0, node_path_1.join)(import.meta.dirname, "../native");
var FILES = ["layout.h", "core.h", "futex.h", "host.cpp", "icarus.cpp"];
function runtime() {
    return __awaiter(this, void 0, void 0, function () {
        var key, _a, _b;
        var _this = this;
        return __generator(this, function (_c) {
            switch (_c.label) {
                case 0:
                    _a = cache_ts_1.hashOf;
                    return [4 /*yield*/, (0, tools_ts_1.icarusVersion)()];
                case 1:
                    _b = [
                        _c.sent()
                    ];
                    return [4 /*yield*/, (0, tools_ts_1.compilerVersion)()];
                case 2:
                    key = _a.apply(void 0, [__spreadArray.apply(void 0, [_b.concat([
                                _c.sent(),
                                tools_ts_1.platform
                            ]), FILES.map(function (f) { return (0, node_fs_1.readFileSync)((0, node_path_1.join)(NATIVE, f)); }), true])]);
                    return [2 /*return*/, (0, cache_ts_1.buildOnce)("icarus-".concat(key), function (dir) { return __awaiter(_this, void 0, void 0, function () {
                            var include, flags;
                            return __generator(this, function (_a) {
                                switch (_a.label) {
                                    case 0: return [4 /*yield*/, (0, tools_ts_1.must)("cannot find the VPI header", "iverilog-vpi", ["--cflags"])];
                                    case 1:
                                        include = (_a.sent()).stdout.trim().split(/\s+/);
                                        flags = __spreadArray(["-std=gnu++17", "-O2", "-fPIC", "-shared", "-w", "-fvisibility=hidden"], include, true);
                                        return [4 /*yield*/, Promise.all([
                                                (0, tools_ts_1.must)("cannot compile the VPI module", "g++", __spreadArray(__spreadArray([], flags, true), [
                                                    (0, node_path_1.join)(NATIVE, "icarus.cpp"),
                                                    "-o",
                                                    (0, node_path_1.join)(dir, "tb_vpi.vpi"),
                                                ], false)),
                                                (0, tools_ts_1.must)("cannot compile the bench's library", "g++", __spreadArray(__spreadArray([], flags, true), [
                                                    (0, node_path_1.join)(NATIVE, "host.cpp"),
                                                    "-o",
                                                    (0, node_path_1.join)(dir, "host.so"),
                                                ], false)),
                                            ])];
                                    case 2:
                                        _a.sent();
                                        return [2 /*return*/];
                                }
                            });
                        }); })];
            }
        });
    });
}
/** Compiles a design for Icarus, or finds it in the cache. Throws a BuildError. */
function buildIcarus(design) {
    return __awaiter(this, void 0, void 0, function () {
        var own, key, _a, _b, _c, dir, rt, ports, _d, _e;
        var _this = this;
        return __generator(this, function (_f) {
            switch (_f.label) {
                case 0:
                    (0, verilog_ts_1.checkDesign)(design);
                    own = ["icarus", "wrapper", "ports", "verilator_ports"].map(function (f) { return (0, node_fs_1.readFileSync)((0, cache_ts_1.ownCode)(f)); });
                    _a = cache_ts_1.hashOf;
                    _b = ["icarus"];
                    return [4 /*yield*/, (0, tools_ts_1.icarusVersion)()];
                case 1:
                    key = _a.apply(void 0, [__spreadArray.apply(void 0, [__spreadArray.apply(void 0, [_b.concat([_f.sent()]), own, true]), (0, sources_ts_1.designParts)(design), true])]);
                    return [4 /*yield*/, Promise.all([
                            (0, cache_ts_1.buildOnce)("vvp-".concat(key), function (d) { return __awaiter(_this, void 0, void 0, function () {
                                var ports, generation;
                                var _a, _b;
                                return __generator(this, function (_c) {
                                    switch (_c.label) {
                                        case 0: return [4 /*yield*/, (0, ports_ts_1.discoverPorts)(design)];
                                        case 1:
                                            ports = _c.sent();
                                            (0, wrapper_ts_1.clockPorts)(design, ports);
                                            return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(d, "first.v"), "`timescale 1ns/1ps\n")];
                                        case 2:
                                            _c.sent();
                                            return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(d, "wrapper.v"), (0, wrapper_ts_1.icarusWrapper)(design, ports))];
                                        case 3:
                                            _c.sent();
                                            generation = design.sources.some(function (s) { return /\.svh?$/.test(s); }) ? "-g2012" : "-g2005";
                                            return [4 /*yield*/, (0, tools_ts_1.must)("Icarus cannot build ".concat(design.top), "iverilog", __spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray([
                                                    generation
                                                ], ((_a = design.includeDirs) !== null && _a !== void 0 ? _a : []).map(function (i) { return "-I".concat(i); }), true), Object.entries((_b = design.defines) !== null && _b !== void 0 ? _b : {}).map(function (_a) {
                                                    var k = _a[0], v = _a[1];
                                                    return "-D".concat(k).concat(v === "" ? "" : "=".concat(v));
                                                }), true), [
                                                    "-s",
                                                    wrapper_ts_1.WRAPPER,
                                                    "-o",
                                                    (0, node_path_1.join)(d, "model.vvp"),
                                                    (0, node_path_1.join)(d, "first.v")
                                                ], false), design.sources, true), [
                                                    (0, node_path_1.join)(d, "wrapper.v"),
                                                ], false))];
                                        case 4:
                                            _c.sent();
                                            return [4 /*yield*/, (0, promises_1.writeFile)((0, node_path_1.join)(d, "ports.json"), JSON.stringify(ports))];
                                        case 5:
                                            _c.sent();
                                            return [2 /*return*/];
                                    }
                                });
                            }); }),
                            runtime(),
                        ])];
                case 2:
                    _c = _f.sent(), dir = _c[0], rt = _c[1];
                    _e = (_d = JSON).parse;
                    return [4 /*yield*/, (0, promises_1.readFile)((0, node_path_1.join)(dir, "ports.json"), "utf8")];
                case 3:
                    ports = _e.apply(_d, [_f.sent()]);
                    return [2 /*return*/, { top: design.top, program: (0, node_path_1.join)(dir, "model.vvp"), runtime: rt, ports: ports, clocks: (0, wrapper_ts_1.clockPorts)(design, ports) }];
            }
        });
    });
}
