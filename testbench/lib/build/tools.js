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
exports.compilerVersion = exports.platform = exports.verilator = void 0;
exports.runTool = runTool;
exports.must = must;
exports.wrote = wrote;
exports.succeeded = succeeded;
exports.version = version;
exports.atLeast = atLeast;
exports.verilatorRoot = verilatorRoot;
exports.verilatorVersion = verilatorVersion;
exports.icarusVersion = icarusVersion;
exports.hasTool = hasTool;
var node_fs_1 = require("node:fs");
var promises_1 = require("node:fs/promises");
var node_path_1 = require("node:path");
var children_ts_1 = require("../children.ts");
var design_ts_1 = require("../design.ts");
/** Runs a tool without a shell and waits for its end. Throws a BuildError when it cannot be started. */
function runTool(command, args, cwd) {
    return new Promise(function (resolve, reject) {
        var child = (0, children_ts_1.startTool)(command, args, __assign({ stdio: ["ignore", "pipe", "pipe"] }, (cwd ? { cwd: cwd } : {})));
        var stdout = "";
        var stderr = "";
        child.stdout.setEncoding("utf8").on("data", function (s) {
            stdout += s;
        });
        child.stderr.setEncoding("utf8").on("data", function (s) {
            stderr += s;
        });
        child.on("error", function (e) {
            return reject(new design_ts_1.BuildError(e.code === "ENOENT" ? missing(command) : "".concat(command, ": ").concat(e.message)));
        });
        child.on("close", function (code, signal) {
            return resolve({ code: code !== null && code !== void 0 ? code : 1, stdout: stdout, stderr: signal ? "".concat(stderr, "\nended by ").concat(signal) : stderr });
        });
    });
}
/**
 * Like `runTool`, but a failing tool throws a BuildError with what it printed; so does one that ends well without
 * having written the file that `-o` names.
 */
function must(what_1, command_1, args_1) {
    return __awaiter(this, arguments, void 0, function (what, command, args, cwd) {
        var ran, _a, _b, output;
        if (cwd === void 0) { cwd = "."; }
        return __generator(this, function (_c) {
            switch (_c.label) {
                case 0:
                    _a = succeeded;
                    _b = [what, command];
                    return [4 /*yield*/, runTool(command, args, cwd)];
                case 1:
                    ran = _a.apply(void 0, _b.concat([_c.sent()]));
                    output = args.indexOf("-o");
                    if (output >= 0)
                        wrote(what, command, (0, node_path_1.resolve)(cwd, args[output + 1]), ran);
                    return [2 /*return*/, ran];
            }
        });
    });
}
/** Throws a BuildError when a tool that ended well has not written its file. */
function wrote(what, command, file, ran) {
    var _a;
    if ((_a = (0, node_fs_1.statSync)(file, { throwIfNoEntry: false })) === null || _a === void 0 ? void 0 : _a.size)
        return;
    throw new design_ts_1.BuildError("".concat(what, ": ").concat((0, node_path_1.basename)(command), " ended without an error, but wrote no ").concat((0, node_path_1.basename)(file)), shorten(ran.stderr + ran.stdout));
}
/** Throws a BuildError with what a tool printed when it failed. */
function succeeded(what, command, ran) {
    if (ran.code !== 0)
        throw new design_ts_1.BuildError("".concat(what, ": ").concat((0, node_path_1.basename)(command), " failed with status ").concat(ran.code), shorten(ran.stderr + ran.stdout));
    return ran;
}
var shorten = function (s) {
    var lines = s.trim().split("\n");
    return lines.length <= 60
        ? lines.join("\n")
        : __spreadArray(__spreadArray([], lines.slice(0, 60), true), ["... ".concat(lines.length - 60, " more lines")], false).join("\n");
};
var PACKAGES = {
    verilator: "Verilator 5.006 or newer (Debian: apt-get install verilator)",
    iverilog: "Icarus Verilog 11 or newer (Debian: apt-get install iverilog)",
    vvp: "Icarus Verilog 11 or newer (Debian: apt-get install iverilog)",
    "iverilog-vpi": "Icarus Verilog 11 or newer (Debian: apt-get install iverilog)",
    yosys: "Yosys 0.23 or newer (Debian: apt-get install yosys)",
    "g++": "a C++17 compiler (Debian: apt-get install g++)",
};
var missing = function (command) {
    var _a;
    return command === process.env[VERILATOR]
        ? "".concat(command, ", which ").concat(VERILATOR, " names, was not found; the test bench library needs ").concat(PACKAGES.verilator)
        : "".concat(command, " was not found on PATH; the test bench library needs ").concat((_a = PACKAGES[command]) !== null && _a !== void 0 ? _a : command);
};
var versions = new Map();
/** First line that the tool prints about its version, asked once a process. */
function version(command, flag) {
    var v = versions.get(command);
    if (!v) {
        v = runTool(command, [flag]).then(function (r) { return "".concat(r.stdout).concat(r.stderr).split("\n")[0].trim(); });
        v.catch(function () { return versions.delete(command); });
        versions.set(command, v);
    }
    return v;
}
/** Throws a BuildError when the version text names an older version than `least`. */
function atLeast(tool, text, least) {
    var _a;
    var m = /(\d+)\.(\d+)/.exec(text);
    if (!m)
        throw new design_ts_1.BuildError("cannot read a version in what ".concat(tool, " says: ").concat(text));
    var _b = [Number(m[1]), Number(m[2])], major = _b[0], minor = _b[1];
    if (major < least[0] || (major === least[0] && minor < least[1]))
        throw new design_ts_1.BuildError("".concat(tool, " is too old: \"").concat(text, "\"; the test bench library needs ").concat((_a = PACKAGES[tool]) !== null && _a !== void 0 ? _a : tool));
}
var VERILATOR = "ADDERNET_VERILATOR";
/** The Verilator to use: the path or name in `$ADDERNET_VERILATOR`, otherwise `verilator` on PATH. */
var verilator = function () { return process.env[VERILATOR] || "verilator"; };
exports.verilator = verilator;
var roots = new Map();
/** Where Verilator's runtime lies. Throws a BuildError when there is no Verilator. */
function verilatorRoot() {
    var command = (0, exports.verilator)();
    var root = roots.get(command);
    if (!root) {
        root = must("cannot find Verilator's files", command, ["--getenv", "VERILATOR_ROOT"]).then(function (r) { return r.stdout.trim(); });
        root.catch(function () { return roots.delete(command); });
        roots.set(command, root);
    }
    return root;
}
/** What Verilator says about its version, with its number. Throws a BuildError when it is missing or too old. */
function verilatorVersion() {
    return __awaiter(this, void 0, void 0, function () {
        var v, header, _a, text, number;
        var _b;
        return __generator(this, function (_c) {
            switch (_c.label) {
                case 0: return [4 /*yield*/, version((0, exports.verilator)(), "--version")];
                case 1:
                    v = _c.sent();
                    if (!!/\d+\.\d+/.test(v)) return [3 /*break*/, 4];
                    _a = node_path_1.join;
                    return [4 /*yield*/, verilatorRoot()];
                case 2:
                    header = _a.apply(void 0, [_c.sent(), "include/verilated_config.h"]);
                    return [4 /*yield*/, (0, promises_1.readFile)(header, "utf8").catch(function () { return ""; })];
                case 3:
                    text = _c.sent();
                    number = (_b = /#define\s+VERILATOR_VERSION\s+"([^"]+)"/.exec(text)) === null || _b === void 0 ? void 0 : _b[1];
                    if (number)
                        v = "Verilator ".concat(number, " ").concat(v);
                    _c.label = 4;
                case 4:
                    atLeast("verilator", v, [5, 6]);
                    return [2 /*return*/, v];
            }
        });
    });
}
function icarusVersion() {
    return __awaiter(this, void 0, void 0, function () {
        var v;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0: return [4 /*yield*/, version("iverilog", "-V")];
                case 1:
                    v = _a.sent();
                    atLeast("iverilog", v, [11, 0]);
                    return [2 /*return*/, v];
            }
        });
    });
}
/** What compiled code runs on: machines that share a cache need not be of one sort. */
exports.platform = "".concat(process.platform, " ").concat(process.arch);
var compilerVersion = function () { return version("g++", "--version"); };
exports.compilerVersion = compilerVersion;
/** True when the tool can be started at all. */
function hasTool(command) {
    return __awaiter(this, void 0, void 0, function () {
        var _a;
        return __generator(this, function (_b) {
            switch (_b.label) {
                case 0:
                    _b.trys.push([0, 2, , 3]);
                    return [4 /*yield*/, version(command, "-V")];
                case 1:
                    _b.sent();
                    return [2 /*return*/, true];
                case 2:
                    _a = _b.sent();
                    return [2 /*return*/, false];
                case 3: return [2 /*return*/];
            }
        });
    });
}
