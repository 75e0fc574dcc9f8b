"use strict";
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
exports.vcdVariables = vcdVariables;
exports.failingStreams = failingStreams;
exports.gtkwaveFile = gtkwaveFile;
exports.surferFile = surferFile;
exports.writeSaveFiles = writeSaveFiles;
var node_fs_1 = require("node:fs");
var node_path_1 = require("node:path");
var axis_ts_1 = require("./axis.ts");
var layout_ts_1 = require("./layout.ts");
var scheduler_ts_1 = require("./scheduler.ts");
/** The variables that a VCD declares, in their order. */
function vcdVariables(header) {
    var _a;
    var out = [];
    var scopes = [];
    for (var _i = 0, _b = header.matchAll(/\$(scope|upscope|var|enddefinitions)\b([^$]*(?:\$(?!end\b)[^$]*)*)\$end/g); _i < _b.length; _i++) {
        var m = _b[_i];
        var words = m[2].trim().split(/\s+/);
        if (m[1] === "scope")
            scopes.push((_a = words[1]) !== null && _a !== void 0 ? _a : "");
        else if (m[1] === "upscope")
            scopes.pop();
        else if (m[1] === "var")
            out.push({ path: __spreadArray(__spreadArray([], scopes, true), [words[3]], false).join("."), range: words.slice(4).join("") });
        else
            break;
    }
    return out;
}
var HEADER_LIMIT = 64 * 1024 * 1024;
function readHeader(path) {
    var file = (0, node_fs_1.openSync)(path, "r");
    try {
        var text = "";
        var chunk = Buffer.alloc(1 << 16);
        while (text.length < HEADER_LIMIT && !text.includes("$enddefinitions $end")) {
            var n = (0, node_fs_1.readSync)(file, chunk);
            if (n === 0)
                break;
            text += chunk.toString("latin1", 0, n);
        }
        return text;
    }
    finally {
        (0, node_fs_1.closeSync)(file);
    }
}
/** The streams that an error is about: its own, those that wait at a hang, otherwise those that moved in its clock. */
function failingStreams(error, scheduler) {
    if (error instanceof axis_ts_1.ProtocolError)
        return [error.stream];
    var m = scheduler.memory;
    var hang = error instanceof scheduler_ts_1.HangError;
    var names = scheduler.agents
        .filter(function (a) {
        return hang
            ? a.wants() || m[a.at + layout_ts_1.A.STALLED] === 1
            : m[a.at + layout_ts_1.A.BEATS] > 0 && m[a.at + layout_ts_1.A.LAST_CYCLE] === scheduler.cycles(m[a.at + layout_ts_1.A.CLOCK]);
    })
        .map(function (a) { return a.prefix; });
    return __spreadArray([], new Set(names), true);
}
var SUFFIX = /_t(data|valid|ready|last|keep|strb|user|id|dest)$/;
// The clocks and the failing streams first, then every other port in the design's order.
function groups(_a, variables) {
    var top = _a.top, ports = _a.ports, clocks = _a.clocks, streams = _a.streams;
    // A port has its own name inside the design's scope and the name p<index> in the wrapper's.
    var find = function (end) {
        return variables.find(function (_a) {
            var path = _a.path;
            return path === end || path.endsWith(".".concat(end));
        });
    };
    var signals = ports.flatMap(function (p, i) {
        var _a;
        var variable = (_a = find("addernet_tb.".concat(top, ".").concat(p.name))) !== null && _a !== void 0 ? _a : find("addernet_tb.p".concat(i));
        return variable ? [{ name: p.name, variable: variable }] : [];
    });
    var taken = new Set();
    var take = function (title, wanted) {
        var mine = signals.filter(function (_a) {
            var name = _a.name;
            return !taken.has(name) && wanted(name);
        });
        for (var _i = 0, mine_1 = mine; _i < mine_1.length; _i++) {
            var name_1 = mine_1[_i].name;
            taken.add(name_1);
        }
        return { title: title, signals: mine };
    };
    return __spreadArray(__spreadArray([
        take("clocks", function (name) { return clocks.includes(name); })
    ], streams.map(function (s) { return take(s, function (name) { return name.startsWith("".concat(s, "_t")) && SUFFIX.test(name); }); }), true), [
        take("other ports", function () { return true; }),
    ], false).filter(function (g) { return g.signals.length > 0; });
}
/** Save file of GTKWave: the marker is at the failure. */
function gtkwaveFile(options, variables) {
    var ps = Math.round(options.time * 1000);
    var lines = ["[dumpfile] \"".concat(options.vcd, "\""), "[timestart] ".concat(Math.max(0, ps - 200000)), "*-16.0 ".concat(ps)];
    for (var _i = 0, _a = groups(options, variables); _i < _a.length; _i++) {
        var _b = _a[_i], title = _b.title, signals = _b.signals;
        lines.push("@200", "-".concat(title));
        for (var _c = 0, signals_1 = signals; _c < signals_1.length; _c++) {
            var _d = signals_1[_c], name_2 = _d.name, variable = _d.variable;
            lines.push("@22", "+{".concat(name_2, "} ").concat(variable.path).concat(variable.range));
        }
    }
    return "".concat(lines.join("\n"), "\n");
}
/** Command file of Surfer: the cursor is at the failure. */
function surferFile(options, variables) {
    var lines = ["# surfer --command-file <this file>"];
    // In a command file # begins a comment and ; a further command: such a path is opened by hand.
    if ((0, node_path_1.isAbsolute)(options.vcd) && !/[#;\s]/.test(options.vcd))
        lines.push("load_file ".concat(options.vcd));
    for (var _i = 0, _a = groups(options, variables); _i < _a.length; _i++) {
        var _b = _a[_i], title = _b.title, signals = _b.signals;
        lines.push("divider_add ".concat(title));
        for (var _c = 0, signals_2 = signals; _c < signals_2.length; _c++) {
            var variable = signals_2[_c].variable;
            if (!/[#;\s]/.test(variable.path))
                lines.push("variable_add ".concat(variable.path));
        }
    }
    lines.push("zoom_fit", "cursor_set ".concat(Math.round(options.time * 1000)), "goto_cursor");
    return "".concat(lines.join("\n"), "\n");
}
/** Writes the save files of both viewers beside the VCD. */
function writeSaveFiles(options) {
    var variables = vcdVariables(readHeader(options.vcd));
    var base = options.vcd.replace(/\.vcd$/, "");
    (0, node_fs_1.writeFileSync)("".concat(base, ".gtkw"), gtkwaveFile(options, variables));
    (0, node_fs_1.writeFileSync)("".concat(base, ".sucl"), surferFile(options, variables));
}
