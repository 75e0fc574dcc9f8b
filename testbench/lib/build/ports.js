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
exports.discoverPorts = discoverPorts;
exports.designPorts = designPorts;
exports.verilatorInputs = verilatorInputs;
exports.portsFromYosys = portsFromYosys;
var promises_1 = require("node:fs/promises");
var node_path_1 = require("node:path");
var children_ts_1 = require("../children.ts");
var design_ts_1 = require("../design.ts");
var tools_ts_1 = require("./tools.ts");
var verilator_ports_ts_1 = require("./verilator_ports.ts");
var verilog_ts_1 = require("./verilog.ts");
/**
 * The ports of a design's top module in the order of their declaration, read by Verilator or, where that is missing
 * or too old, by Yosys. Throws a BuildError for a port that no bench can drive (inout, unpacked array, interface).
 */
function discoverPorts(design) {
    return __awaiter(this, void 0, void 0, function () {
        var _a, dir, remove, e_1;
        return __generator(this, function (_b) {
            switch (_b.label) {
                case 0:
                    _a = (0, children_ts_1.temporaryFolder)("tb-ports-"), dir = _a.path, remove = _a.remove;
                    _b.label = 1;
                case 1:
                    _b.trys.push([1, , 10, 11]);
                    _b.label = 2;
                case 2:
                    _b.trys.push([2, 4, , 8]);
                    return [4 /*yield*/, (0, tools_ts_1.verilatorVersion)()];
                case 3:
                    _b.sent();
                    return [3 /*break*/, 8];
                case 4:
                    e_1 = _b.sent();
                    return [4 /*yield*/, (0, tools_ts_1.hasTool)("yosys")];
                case 5:
                    if (!_b.sent()) return [3 /*break*/, 7];
                    return [4 /*yield*/, fromYosys(design, dir)];
                case 6: return [2 /*return*/, _b.sent()];
                case 7: throw new design_ts_1.BuildError("the ports of a design are read by Verilator or Yosys: ".concat(e_1.message));
                case 8: return [4 /*yield*/, fromVerilator(design, dir)];
                case 9: return [2 /*return*/, _b.sent()];
                case 10:
                    remove();
                    return [7 /*endfinally*/];
                case 11: return [2 /*return*/];
            }
        });
    });
}
/** The ports of a design's top module, in the order of their declaration. Throws a BuildError. */
function designPorts(design) {
    return __awaiter(this, void 0, void 0, function () {
        return __generator(this, function (_a) {
            (0, verilog_ts_1.checkDesign)(design);
            return [2 /*return*/, discoverPorts(design)];
        });
    });
}
/** Arguments that every Verilator call needs to read the design. */
function verilatorInputs(design) {
    var _a, _b;
    return __spreadArray(__spreadArray(__spreadArray(__spreadArray([], ((_a = design.includeDirs) !== null && _a !== void 0 ? _a : []).map(function (d) { return "-I".concat(d); }), true), Object.entries((_b = design.defines) !== null && _b !== void 0 ? _b : {}).map(function (_a) {
        var k = _a[0], v = _a[1];
        return "-D".concat(k).concat(v === "" ? "" : "=".concat(v));
    }), true), [
        "--timescale",
        "1ns/1ps",
        "--no-timing"
    ], false), (design.lint === "on" ? [] : ["-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-TIMESCALEMOD", "-Wno-STMTDLY"]), true);
}
// Versions that can write XML say so; the others have JSON only. Kept for each binary that was asked.
var withoutXml = new Set();
function fromVerilator(design, dir) {
    return __awaiter(this, void 0, void 0, function () {
        var command, dump, read, what, ran_1, _a, ran, _b, _c, _d;
        return __generator(this, function (_e) {
            switch (_e.label) {
                case 0:
                    command = (0, tools_ts_1.verilator)();
                    dump = (0, node_path_1.join)(dir, "design");
                    read = function (form) {
                        var _a;
                        return (0, tools_ts_1.runTool)(command, __spreadArray(__spreadArray(__spreadArray(__spreadArray(__spreadArray([], form, true), [
                            dump,
                            "--Mdir",
                            dir,
                            "--top-module",
                            design.top
                        ], false), Object.entries((_a = design.params) !== null && _a !== void 0 ? _a : {}).map(function (_a) {
                            var k = _a[0], v = _a[1];
                            return "-G".concat(k, "=").concat((0, verilog_ts_1.literal)(v));
                        }), true), verilatorInputs(design), true), design.sources, true));
                    };
                    what = "cannot read design ".concat(design.top);
                    if (!!withoutXml.has(command)) return [3 /*break*/, 4];
                    return [4 /*yield*/, read(["--xml-only", "-Wno-DEPRECATED", "--xml-output"])];
                case 1:
                    ran_1 = _e.sent();
                    if (!!/Invalid option: --xml-/.test(ran_1.stderr)) return [3 /*break*/, 3];
                    (0, tools_ts_1.succeeded)(what, command, ran_1);
                    (0, tools_ts_1.wrote)(what, command, dump, ran_1);
                    _a = verilator_ports_ts_1.portsFromXml;
                    return [4 /*yield*/, (0, promises_1.readFile)(dump, "utf8")];
                case 2: return [2 /*return*/, _a.apply(void 0, [_e.sent(), design.top])];
                case 3:
                    withoutXml.add(command);
                    _e.label = 4;
                case 4:
                    _b = tools_ts_1.succeeded;
                    _c = [what, command];
                    return [4 /*yield*/, read(["--json-only", "--json-only-output"])];
                case 5:
                    ran = _b.apply(void 0, _c.concat([_e.sent()]));
                    (0, tools_ts_1.wrote)(what, command, dump, ran);
                    _d = verilator_ports_ts_1.portsFromJson;
                    return [4 /*yield*/, (0, promises_1.readFile)(dump, "utf8")];
                case 6: return [2 /*return*/, _d.apply(void 0, [_e.sent(), design.top])];
            }
        });
    });
}
function fromYosys(design, dir) {
    return __awaiter(this, void 0, void 0, function () {
        var json, q, _i, _a, s, script, file, writeFile, what, _b, _c, _d;
        var _e, _f, _g, _h;
        return __generator(this, function (_j) {
            switch (_j.label) {
                case 0:
                    json = (0, node_path_1.join)(dir, "design.json");
                    q = function (s) { return "\"".concat(s.replace(/[\\"]/g, function (c) { return "\\".concat(c); }), "\""); };
                    for (_i = 0, _a = __spreadArray(__spreadArray([], design.sources, true), ((_e = design.includeDirs) !== null && _e !== void 0 ? _e : []), true); _i < _a.length; _i++) {
                        s = _a[_i];
                        if (/["\\\n;]/.test(s))
                            throw new design_ts_1.BuildError("Yosys cannot take this path: ".concat(JSON.stringify(s)));
                    }
                    script = [
                        "read_verilog -sv ".concat(((_f = design.includeDirs) !== null && _f !== void 0 ? _f : []).map(function (d) { return "-I".concat(q(d)); }).join(" "), " ").concat(Object.entries((_g = design.defines) !== null && _g !== void 0 ? _g : {})
                            .map(function (_a) {
                            var k = _a[0], v = _a[1];
                            return "-D".concat(k, "=").concat(v);
                        })
                            .join(" "), " ").concat(design.sources.map(q).join(" ")),
                        "hierarchy -top ".concat(design.top, " ").concat(Object.entries((_h = design.params) !== null && _h !== void 0 ? _h : {})
                            .map(function (_a) {
                            var k = _a[0], v = _a[1];
                            return "-chparam ".concat(k, " ").concat(typeof v === "string" ? "\"\\\"".concat(v, "\\\"\"") : v);
                        })
                            .join(" ")),
                        "proc",
                        "write_json ".concat(q(json)),
                    ].join("\n");
                    file = (0, node_path_1.join)(dir, "ports.ys");
                    return [4 /*yield*/, Promise.resolve().then(function () { return require("node:fs/promises"); })];
                case 1:
                    writeFile = (_j.sent()).writeFile;
                    return [4 /*yield*/, writeFile(file, script)];
                case 2:
                    _j.sent();
                    what = "cannot read design ".concat(design.top);
                    _b = tools_ts_1.wrote;
                    _c = [what, "yosys", json];
                    return [4 /*yield*/, (0, tools_ts_1.must)(what, "yosys", ["-q", "-s", file])];
                case 3:
                    _b.apply(void 0, _c.concat([_j.sent()]));
                    _d = portsFromYosys;
                    return [4 /*yield*/, (0, promises_1.readFile)(json, "utf8")];
                case 4: return [2 /*return*/, _d.apply(void 0, [_j.sent(), design.top])];
            }
        });
    });
}
/** The ports in a netlist written by Yosys. */
function portsFromYosys(json, top) {
    var _a;
    var modules = JSON.parse(json).modules;
    var module = (_a = Object.values(modules).find(function (m) { var _a; return ((_a = m.attributes) === null || _a === void 0 ? void 0 : _a.top) !== undefined; })) !== null && _a !== void 0 ? _a : modules[top];
    if (!module)
        throw new design_ts_1.BuildError("Yosys found no top module ".concat(top));
    return Object.entries(module.ports).map(function (_a) {
        var name = _a[0], p = _a[1];
        return ({
            name: name,
            direction: (0, verilator_ports_ts_1.direction)(p.direction, name, top),
            width: p.bits.length,
        });
    });
}
