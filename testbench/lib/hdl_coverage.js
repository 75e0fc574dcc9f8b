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
exports.HdlCoverage = void 0;
exports.hdlCoverage = hdlCoverage;
// Line and toggle coverage that Verilator counts: read, merged, held against a threshold, reported.
var node_fs_1 = require("node:fs");
var node_path_1 = require("node:path");
var wrapper_ts_1 = require("./build/wrapper.ts");
var coverage_ts_1 = require("./coverage.ts");
var share = function (points) {
    var covered = points.filter(function (p) { return p.hits > 0; }).length;
    return { covered: covered, points: points.length, percent: points.length ? (100 * covered) / points.length : 100 };
};
/** Coverage of the design's source, added up over instances and runs. */
var HdlCoverage = /** @class */ (function () {
    function HdlCoverage(points) {
        this.points = points;
    }
    Object.defineProperty(HdlCoverage.prototype, "line", {
        get: function () {
            return share(this.points.filter(function (p) { return p.kind === "line"; }));
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(HdlCoverage.prototype, "toggle", {
        get: function () {
            return share(this.points.filter(function (p) { return p.kind === "toggle"; }));
        },
        enumerable: false,
        configurable: true
    });
    /** Throws a CoverageError that lists what was not reached when a share in percent is below what is asked. */
    HdlCoverage.prototype.check = function (least) {
        var _loop_1 = function (kind) {
            var _b = [least[kind], this_1[kind]], want = _b[0], got = _b[1];
            if (want === undefined || got.percent >= want)
                return "continue";
            var missing = this_1.points
                .filter(function (p) { return p.kind === kind && !p.hits; })
                .map(function (p) { return "".concat((0, node_path_1.basename)(p.file), ":").concat(p.line, " ").concat(p.what); });
            var some = missing.slice(0, 20).map(function (m) { return "  ".concat(m); });
            if (missing.length > 20)
                some.push("  ... ".concat(missing.length - 20, " more"));
            throw new coverage_ts_1.CoverageError("".concat(kind, " coverage: ").concat(got.covered, " of ").concat(got.points, " (").concat(got.percent.toFixed(1), " %), ").concat(want, " % are needed; never reached:\n").concat(some.join("\n")), missing);
        };
        var this_1 = this;
        for (var _i = 0, _a = ["line", "toggle"]; _i < _a.length; _i++) {
            var kind = _a[_i];
            _loop_1(kind);
        }
    };
    /** Writes `hdl-coverage.json` and `hdl-coverage.html`, with the source, into a folder. */
    HdlCoverage.prototype.write = function (dir) {
        (0, node_fs_1.mkdirSync)(dir, { recursive: true });
        var _a = this, line = _a.line, toggle = _a.toggle, points = _a.points;
        (0, node_fs_1.writeFileSync)((0, node_path_1.join)(dir, "hdl-coverage.json"), "".concat(JSON.stringify({ line: line, toggle: toggle, points: points }, null, 1), "\n"));
        var files = __spreadArray([], new Set(points.map(function (p) { return p.file; })), true).sort();
        var text = function (s) { return "".concat(s.covered, " of ").concat(s.points, " (").concat(s.percent.toFixed(1), " %)"); };
        var body = files.map(function (file) {
            var of = points.filter(function (p) { return p.file === file; });
            var source;
            try {
                source = (0, node_fs_1.readFileSync)(file, "utf8").split("\n");
            }
            catch (_a) {
                source = [];
            }
            var lines = source.map(function (s, k) {
                var here = of.filter(function (p) { return p.line === k + 1; });
                var missed = here.filter(function (p) { return !p.hits; });
                var mark = here.length === 0 ? "" : missed.length ? ' class="miss"' : ' class="hit"';
                var note = missed.length ? " title=\"".concat((0, coverage_ts_1.escapeHtml)("never: ".concat(missed.map(function (p) { return p.what; }).join(", "))), "\"") : "";
                return "<span".concat(mark).concat(note, ">").concat(String(k + 1).padStart(5), "  ").concat((0, coverage_ts_1.escapeHtml)(s), "</span>");
            });
            var kinds = ["line", "toggle"].map(function (k) { return "".concat(k, " ").concat(text(share(of.filter(function (p) { return p.kind === k; })))); });
            return "<h2>".concat((0, coverage_ts_1.escapeHtml)((0, node_path_1.basename)(file)), "</h2><p>").concat(kinds.join(", "), "</p>\n<pre>").concat(lines.join("\n"), "</pre>");
        });
        var title = "Line and toggle coverage";
        var head = "<h1>".concat(title, "</h1><p>line ").concat(text(line), ", toggle ").concat(text(toggle), "</p>");
        (0, node_fs_1.writeFileSync)((0, node_path_1.join)(dir, "hdl-coverage.html"), (0, coverage_ts_1.htmlPage)(title, "".concat(head, "\n").concat(body.join("\n"))));
    };
    return HdlCoverage;
}());
exports.HdlCoverage = HdlCoverage;
// C '\x01f\x02file\x01l\x02line\x01t\x02kind\x01o\x02comment\x01page\x02v_line/top\x01h\x02hierarchy' hits
function pointsOf(text) {
    var _a, _b, _c;
    var out = [];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the file keeps keys and values apart with them.
    for (var _i = 0, _d = text.matchAll(/^C '((?:\x01[^\x02']*\x02[^\x01']*)+)' (\d+)$/gm); _i < _d.length; _i++) {
        var m = _d[_i];
        var field = new Map(m[1]
            .split("\x01")
            .slice(1)
            .map(function (f) { return f.split("\x02"); }));
        var page = (_a = field.get("page")) !== null && _a !== void 0 ? _a : "";
        if (page.endsWith("/".concat(wrapper_ts_1.WRAPPER)))
            continue;
        var kind = page.startsWith("v_toggle") ? "toggle" : "line";
        var file = (_b = field.get("f")) !== null && _b !== void 0 ? _b : "";
        out.push({ kind: kind, file: file, line: Number(field.get("l")), what: (_c = field.get("o")) !== null && _c !== void 0 ? _c : "", hits: Number(m[2]) });
    }
    return out;
}
/** What Verilator has written in runs with `coverage: dir`: some files, or all of a folder. Throws where there is none. */
function hdlCoverage() {
    var paths = [];
    for (var _i = 0; _i < arguments.length; _i++) {
        paths[_i] = arguments[_i];
    }
    var files = paths.flatMap(function (p) {
        return p.endsWith(".dat")
            ? [p]
            : (0, node_fs_1.readdirSync)(p)
                .filter(function (f) { return f.endsWith(".dat"); })
                .sort()
                .map(function (f) { return (0, node_path_1.join)(p, f); });
    });
    if (!files.length)
        throw new RangeError("no coverage was written to ".concat(paths.join(", ")));
    var merged = new Map();
    for (var _a = 0, files_1 = files; _a < files_1.length; _a++) {
        var f = files_1[_a];
        for (var _b = 0, _c = pointsOf((0, node_fs_1.readFileSync)(f, "utf8")); _b < _c.length; _b++) {
            var p = _c[_b];
            if (f.endsWith(".start.dat") && p.kind === "toggle")
                p.hits = 0;
            var key = JSON.stringify([p.kind, p.file, p.line, p.what]);
            var known = merged.get(key);
            if (known)
                known.hits += p.hits;
            else
                merged.set(key, p);
        }
    }
    var order = function (a, b) {
        return a.file !== b.file
            ? a.file < b.file
                ? -1
                : 1
            : a.line - b.line || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0);
    };
    return new HdlCoverage(__spreadArray([], merged.values(), true).sort(order));
}
