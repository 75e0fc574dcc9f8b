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
exports.openVerilator = openVerilator;
exports.parseLog = parseLog;
var node_fs_1 = require("node:fs");
var koffi_1 = require("koffi");
var backend_ts_1 = require("./backend.ts");
var design_ts_1 = require("./design.ts");
var layout_ts_1 = require("./layout.ts");
var native_library_ts_1 = require("./native_library.ts");
// Libraries stay loaded: loading one again for each run would grow the process.
var loaded = new Map();
function load(path) {
    var l = loaded.get(path);
    if (!l) {
        var so = (0, native_library_ts_1.loadNative)(path);
        l = {
            open: so.func("int tb_open(uintptr_t, uint32_t, const char *)"),
            run: so.func("void tb_run(int)"),
            finish: so.func("void tb_finish(int)"),
            log: so.func("const char *tb_log(int)"),
            clearLog: so.func("void tb_clear_log(int)"),
            close: so.func("void tb_close(int)"),
            command: so.func("void tb_command(int)"),
            writeCoverage: so.func("int tb_write_coverage(int, const char *)"),
        };
        loaded.set(path, l);
    }
    return l;
}
/** Starts an instance of a model. */
function openVerilator(model, _a) {
    var prepare = _a.prepare, initSeed = _a.initSeed, waves = _a.waves;
    var memory = new Uint32Array(backend_ts_1.MEMORY_WORDS);
    prepare(memory);
    var lib = load(model.library);
    var handle = lib.open(koffi_1.default.address(memory), initSeed, waves !== null && waves !== void 0 ? waves : "");
    if (handle < 0)
        throw new design_ts_1.BuildError("cannot write waves to ".concat(waves));
    var open = true;
    var inside;
    var run = lib.run;
    return {
        sim: "verilator",
        memory: memory,
        run: function () { return run(handle); },
        find: function (path) {
            if (!model.internals)
                throw new backend_ts_1.MoreAccess({ internals: true, force: [] });
            inside !== null && inside !== void 0 ? inside : (inside = insideOf(model.internals));
            return inside.found.get(path);
        },
        names: function (path) { var _a; return __spreadArray([], ((_a = inside === null || inside === void 0 ? void 0 : inside.names.get(path)) !== null && _a !== void 0 ? _a : []), true); },
        command: function (what) {
            memory[layout_ts_1.H.COMMAND] = what;
            lib.command(handle);
        },
        takeLog: function () {
            if (!open || memory[layout_ts_1.H.LOG_BYTES] === 0)
                return [];
            var entries = parseLog(lib.log(handle));
            lib.clearLog(handle);
            return entries;
        },
        finish: function () {
            if (open)
                lib.finish(handle);
        },
        writeCoverage: function (file) { return lib.writeCoverage(handle, file) !== 0; },
        close: function () {
            return __awaiter(this, void 0, void 0, function () {
                return __generator(this, function (_a) {
                    if (open)
                        lib.close(handle);
                    open = false;
                    return [2 /*return*/];
                });
            });
        },
    };
}
function insideOf(variables) {
    var found = new Map();
    var names = new Map();
    variables.forEach(function (_a, id) {
        var _b;
        var path = _a.path, width = _a.width, dims = _a.dims, constant = _a.constant, forceable = _a.forceable;
        found.set(path, { kind: "signal", id: id, width: width, dims: dims, constant: constant, forceable: forceable });
        var parts = path.split(".");
        for (var n = parts.length; n > 0; n--) {
            var parent_1 = parts.slice(0, n - 1).join(".");
            if (parent_1 && !found.has(parent_1))
                found.set(parent_1, { kind: "scope" });
            var list = (_b = names.get(parent_1)) !== null && _b !== void 0 ? _b : new Set();
            names.set(parent_1, list.add(parts[n - 1]));
        }
    });
    return { found: found, names: names };
}
/** Entries of the native log: `kind time bytes`, a new line, then the text. */
function parseLog(text) {
    var out = [];
    var bytes = Buffer.from(text, "utf8");
    var partial = "";
    var pending;
    for (var at = 0; at < bytes.length;) {
        var eol = bytes.indexOf(10, at);
        var _a = bytes.toString("utf8", at, eol).split(" "), kind = _a[0], time = _a[1], length_1 = _a[2];
        var body = bytes.toString("utf8", eol + 1, eol + 1 + Number(length_1));
        at = eol + 1 + Number(length_1);
        var ns = Number(time) / 1000;
        if (kind === "D") {
            partial += body;
            var lines = partial.split("\n");
            partial = lines.pop();
            for (var _i = 0, lines_1 = lines; _i < lines_1.length; _i++) {
                var line_1 = lines_1[_i];
                out.push(printed(line_1, ns));
            }
            continue;
        }
        if (partial)
            out.push(printed(partial, ns));
        partial = "";
        var _b = body.split("\n"), _c = _b[0], file = _c === void 0 ? "" : _c, _d = _b[1], line = _d === void 0 ? "0" : _d, _e = _b[2], scope = _e === void 0 ? "" : _e, message = _b.slice(3);
        pending = { file: file, line: Number(line), scope: scope.replace(/^TOP\./, "") };
        var previous = out.at(-1);
        if (kind === "F")
            out.push(__assign({ time: ns, kind: "finish", text: "$finish" }, pending));
        else if (previous &&
            (previous.kind === "error" || previous.kind === "fatal") &&
            previous.line === pending.line &&
            previous.time === ns) {
            // The message came as text just before, with the file's name alone and the same word for $error and $fatal.
            previous.file = pending.file;
            if (sourceLine(pending.file, pending.line).includes("$fatal"))
                previous.kind = "fatal";
            if (!previous.scope)
                previous.scope = pending.scope;
        }
        else
            out.push(__assign({ time: ns, kind: kind === "X" ? "fatal" : "stop", text: message.join("\n") || "$stop" }, pending));
    }
    if (partial)
        out.push(printed(partial, 0));
    return out;
}
// [15000] %Error: file.v:8: Assertion failed in TOP.addernet_tb.t: message
var SEVERITY = /^\[\d+\] (%Error|%Fatal|%Warning|%Info|-Info): (.+?):(\d+): (?:Assertion failed in )?(\S+?): ?(.*)$/;
function printed(line, time) {
    var m = SEVERITY.exec(line);
    if (!m)
        return { time: time, kind: "display", text: line };
    var file = m[2];
    var number = Number(m[3]);
    var kinds = {
        "%Error": "error",
        "%Fatal": "fatal",
        "%Warning": "warning",
        "%Info": "info",
        "-Info": "info",
    };
    var kind = kinds[m[1]];
    return { time: time, kind: kind, text: m[5], file: file, line: number, scope: m[4].replace(/^TOP\./, "") };
}
function sourceLine(file, line) {
    var _a;
    try {
        return (_a = (0, node_fs_1.readFileSync)(file, "utf8").split("\n")[line - 1]) !== null && _a !== void 0 ? _a : "";
    }
    catch (_b) {
        return "";
    }
}
