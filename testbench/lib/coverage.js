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
var _Coverage_instances, _Coverage_points, _Coverage_crosses, _Coverage_items, _Coverage_add;
Object.defineProperty(exports, "__esModule", { value: true });
exports.htmlPage = exports.escapeHtml = exports.Coverage = exports.CoverageError = void 0;
exports.summarize = summarize;
exports.checkCoverage = checkCoverage;
exports.mergeCoverage = mergeCoverage;
exports.writeCoverageReport = writeCoverageReport;
// Functional coverage: bins of values and their crosses, counted while benches run, merged over runs, reported.
var node_fs_1 = require("node:fs");
var node_path_1 = require("node:path");
/** Something that a bench had to reach was not reached. */
var CoverageError = /** @class */ (function (_super) {
    __extends(CoverageError, _super);
    function CoverageError(message, missing) {
        var _this = _super.call(this, message) || this;
        _this.name = "CoverageError";
        _this.missing = missing;
        return _this;
    }
    return CoverageError;
}(Error));
exports.CoverageError = CoverageError;
var takes = function (bin, v) {
    if (typeof bin === "function")
        return bin(v);
    if (bin instanceof Set)
        return bin.has(v);
    if (Array.isArray(bin)) {
        var _a = bin, low = _a[0], high = _a[1];
        return (typeof v === "number" || typeof v === "bigint") && v >= low && v <= high;
    }
    if (typeof bin === "bigint" || typeof v === "bigint")
        return ((typeof v === "number" || typeof v === "bigint") &&
            (typeof bin === "number" || typeof bin === "bigint") &&
            BigInt(v) === BigInt(bin));
    return bin === v;
};
var CROSS = " x ";
/** A coverage model. Make it outside of `run` and sample it inside: counts add up over runs. */
var Coverage = /** @class */ (function () {
    function Coverage(name) {
        _Coverage_instances.add(this);
        _Coverage_points.set(this, new Map());
        _Coverage_crosses.set(this, new Map());
        _Coverage_items.set(this, new Map());
        this.name = name;
    }
    /** A value to watch. Bins may overlap. Throws a RangeError where there are none, or the name is taken. */
    Coverage.prototype.point = function (name, options) {
        var _a;
        __classPrivateFieldGet(this, _Coverage_instances, "m", _Coverage_add).call(this, name, "point", (_a = options.atLeast) !== null && _a !== void 0 ? _a : 1, Object.keys(options.bins));
        __classPrivateFieldGet(this, _Coverage_points, "f").set(name, options);
        return this;
    };
    /** All combinations of the bins of some points. */
    Coverage.prototype.cross = function (name, points, options) {
        var _a;
        if (options === void 0) { options = {}; }
        if (points.length < 2)
            throw new RangeError("cross ".concat(name, ": two points at least"));
        var bins = [[]];
        var _loop_1 = function (p) {
            var point = __classPrivateFieldGet(this_1, _Coverage_points, "f").get(p);
            if (!point)
                throw new RangeError("cross ".concat(name, ": there is no point ").concat(p));
            bins = bins.flatMap(function (b) { return Object.keys(point.bins).map(function (k) { return __spreadArray(__spreadArray([], b, true), [k], false); }); });
        };
        var this_1 = this;
        for (var _i = 0, points_1 = points; _i < points_1.length; _i++) {
            var p = points_1[_i];
            _loop_1(p);
        }
        var kept = bins.filter(function (b) { var _a; return !((_a = options.ignore) === null || _a === void 0 ? void 0 : _a.call.apply(_a, __spreadArray([options], b, false))); });
        __classPrivateFieldGet(this, _Coverage_instances, "m", _Coverage_add).call(this, name, "cross", (_a = options.atLeast) !== null && _a !== void 0 ? _a : 1, kept.map(function (b) { return b.join(CROSS); }));
        __classPrivateFieldGet(this, _Coverage_crosses, "f").set(name, points);
        return this;
    };
    /** Counts one observation: a value for each point, or for some. Throws a RangeError for a point that there is not. */
    Coverage.prototype.sample = function (values) {
        var hits = new Map();
        var _loop_2 = function (name_1, v) {
            var point = __classPrivateFieldGet(this_2, _Coverage_points, "f").get(name_1);
            if (!point)
                throw new RangeError("coverage ".concat(this_2.name, ": there is no point ").concat(name_1));
            var of = Object.entries(point.bins).filter(function (_a) {
                var bin = _a[1];
                return takes(bin, v);
            });
            hits.set(name_1, of.map(function (_a) {
                var k = _a[0];
                return k;
            }));
            var bins = __classPrivateFieldGet(this_2, _Coverage_items, "f").get(name_1).bins;
            for (var _h = 0, of_1 = of; _h < of_1.length; _h++) {
                var k = of_1[_h][0];
                bins[k]++;
            }
        };
        var this_2 = this;
        for (var _i = 0, _a = Object.entries(values); _i < _a.length; _i++) {
            var _b = _a[_i], name_1 = _b[0], v = _b[1];
            _loop_2(name_1, v);
        }
        for (var _c = 0, _d = __classPrivateFieldGet(this, _Coverage_crosses, "f"); _c < _d.length; _c++) {
            var _e = _d[_c], name_2 = _e[0], points = _e[1];
            if (!points.every(function (p) { return hits.has(p); }))
                continue;
            var keys = [[]];
            var _loop_3 = function (p) {
                keys = keys.flatMap(function (k) { return hits.get(p).map(function (b) { return __spreadArray(__spreadArray([], k, true), [b], false); }); });
            };
            for (var _f = 0, points_2 = points; _f < points_2.length; _f++) {
                var p = points_2[_f];
                _loop_3(p);
            }
            var bins = __classPrivateFieldGet(this, _Coverage_items, "f").get(name_2).bins;
            for (var _g = 0, keys_1 = keys; _g < keys_1.length; _g++) {
                var k = keys_1[_g];
                var bin = k.join(CROSS);
                if (bin in bins)
                    bins[bin]++;
            }
        }
    };
    Object.defineProperty(Coverage.prototype, "data", {
        get: function () {
            return structuredClone({ name: this.name, items: __spreadArray([], __classPrivateFieldGet(this, _Coverage_items, "f").values(), true) });
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(Coverage.prototype, "summary", {
        get: function () {
            return summarize(this.data);
        },
        enumerable: false,
        configurable: true
    });
    /** Throws a CoverageError that lists what is missing when less than `percent` of all bins are covered. */
    Coverage.prototype.check = function (percent) {
        if (percent === void 0) { percent = 100; }
        checkCoverage(this.data, percent);
    };
    /** Writes the counts into a folder, under a name that no other process uses; `mergeCoverage` reads them all. */
    Coverage.prototype.write = function (dir) {
        (0, node_fs_1.mkdirSync)(dir, { recursive: true });
        var path = (0, node_path_1.join)(dir, "".concat(this.name.replace(/[^\w.-]+/g, "_").slice(0, 80), ".").concat(process.pid, ".coverage.json"));
        (0, node_fs_1.writeFileSync)(path, "".concat(JSON.stringify(this.data, null, 1), "\n"));
        return path;
    };
    return Coverage;
}());
exports.Coverage = Coverage;
_Coverage_points = new WeakMap(), _Coverage_crosses = new WeakMap(), _Coverage_items = new WeakMap(), _Coverage_instances = new WeakSet(), _Coverage_add = function _Coverage_add(name, kind, atLeast, bins) {
    if (__classPrivateFieldGet(this, _Coverage_items, "f").has(name))
        throw new RangeError("coverage ".concat(this.name, ": ").concat(name, " is there already"));
    if (!bins.length)
        throw new RangeError("coverage ".concat(this.name, ": ").concat(name, " has no bins"));
    __classPrivateFieldGet(this, _Coverage_items, "f").set(name, { name: name, kind: kind, atLeast: atLeast, bins: Object.fromEntries(bins.map(function (b) { return [b, 0]; })) });
};
/** How much of a model is covered. */
function summarize(_a) {
    var items = _a.items;
    var missing = [];
    var bins = 0;
    for (var _i = 0, items_1 = items; _i < items_1.length; _i++) {
        var item = items_1[_i];
        for (var _b = 0, _c = Object.entries(item.bins); _b < _c.length; _b++) {
            var _d = _c[_b], bin = _d[0], hits = _d[1];
            bins++;
            if (hits < item.atLeast)
                missing.push("".concat(item.name, ": ").concat(bin));
        }
    }
    var covered = bins - missing.length;
    return { covered: covered, bins: bins, percent: bins ? (100 * covered) / bins : 100, missing: missing };
}
/** Throws a CoverageError when less than `percent` of the bins are covered. */
function checkCoverage(data, percent) {
    if (percent === void 0) { percent = 100; }
    var s = summarize(data);
    if (s.percent >= percent)
        return;
    var some = s.missing.slice(0, 20).map(function (m) { return "  ".concat(m); });
    if (s.missing.length > 20)
        some.push("  ... ".concat(s.missing.length - 20, " more"));
    throw new CoverageError("coverage ".concat(data.name, ": ").concat(s.covered, " of ").concat(s.bins, " bins (").concat(s.percent.toFixed(1), " %), ").concat(percent, " % are needed; missing:\n").concat(some.join("\n")), s.missing);
}
/**
 * The models in some files or folders of files, those of the same name added up, by name. Throws a RangeError where two of a
 * name have different bins: they come from different versions of a bench.
 */
function mergeCoverage() {
    var paths = [];
    for (var _i = 0; _i < arguments.length; _i++) {
        paths[_i] = arguments[_i];
    }
    var models = new Map();
    var add = function (data, from) {
        var known = models.get(data.name);
        if (!known) {
            models.set(data.name, structuredClone(data));
            return;
        }
        var shape = function (d) {
            return JSON.stringify(d.items.map(function (i) { return [i.name, i.kind, i.atLeast, Object.keys(i.bins)]; }));
        };
        if (shape(known) !== shape(data))
            throw new RangeError("".concat(from, ": coverage ").concat(data.name, " has other bins than before"));
        known.items.forEach(function (item, k) {
            for (var _i = 0, _a = Object.keys(item.bins); _i < _a.length; _i++) {
                var bin = _a[_i];
                item.bins[bin] += data.items[k].bins[bin];
            }
        });
    };
    var _loop_4 = function (p) {
        if (typeof p !== "string") {
            add(p, "a model");
            return "continue";
        }
        var files = p.endsWith(".json")
            ? [p]
            : (0, node_fs_1.readdirSync)(p)
                .filter(function (f) { return f.endsWith(".coverage.json"); })
                .sort()
                .map(function (f) { return (0, node_path_1.join)(p, f); });
        for (var _b = 0, files_1 = files; _b < files_1.length; _b++) {
            var f = files_1[_b];
            add(JSON.parse((0, node_fs_1.readFileSync)(f, "utf8")), f);
        }
    };
    for (var _a = 0, paths_1 = paths; _a < paths_1.length; _a++) {
        var p = paths_1[_a];
        _loop_4(p);
    }
    return __spreadArray([], models.values(), true).sort(function (a, b) { return (a.name < b.name ? -1 : 1); });
}
var escapeHtml = function (s) {
    return s.replace(/[&<>"']/g, function (c) { return ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c]; });
};
exports.escapeHtml = escapeHtml;
var htmlPage = function (title, body) { return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>".concat((0, exports.escapeHtml)(title), "</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>\nbody { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1d2330; }\ntable { border-collapse: collapse; margin: 0.5rem 0 1.5rem; }\nth, td { text-align: left; padding: 0.15rem 0.8rem 0.15rem 0; border-bottom: 1px solid #dde1e8; }\ntd.n { text-align: right; font-variant-numeric: tabular-nums; }\n.miss { background: #fde4e1; } .hit { background: #e3f4e4; }\npre { line-height: 1.35; margin: 0; } pre span { display: block; }\n</style></head><body>\n").concat(body, "\n</body></html>\n"); };
exports.htmlPage = htmlPage;
/** Writes `coverage.json` and `index.html` of some models into a folder. */
function writeCoverageReport(models, dir) {
    (0, node_fs_1.mkdirSync)(dir, { recursive: true });
    var of = models.map(function (m) { return (__assign(__assign({}, m), { summary: summarize(m) })); });
    (0, node_fs_1.writeFileSync)((0, node_path_1.join)(dir, "coverage.json"), "".concat(JSON.stringify(of, null, 1), "\n"));
    var body = of.map(function (m) {
        var items = m.items.map(function (item) {
            var rows = Object.entries(item.bins).map(function (_a) {
                var bin = _a[0], hits = _a[1];
                return "<tr class=\"".concat(hits < item.atLeast ? "miss" : "hit", "\"><td>").concat((0, exports.escapeHtml)(bin), "</td><td class=\"n\">").concat(hits, "</td></tr>");
            });
            var least = item.atLeast > 1 ? ", ".concat(item.atLeast, " hits a bin") : "";
            return "<h3>".concat((0, exports.escapeHtml)(item.name), " <small>").concat(item.kind).concat(least, "</small></h3>\n<table><tr><th>bin</th><th>hits</th></tr>\n").concat(rows.join("\n"), "\n</table>");
        });
        var _a = m.summary, covered = _a.covered, bins = _a.bins, percent = _a.percent;
        return "<h2>".concat((0, exports.escapeHtml)(m.name), ": ").concat(percent.toFixed(1), " %</h2><p>").concat(covered, " of ").concat(bins, " bins are covered.</p>\n").concat(items.join("\n"));
    });
    (0, node_fs_1.writeFileSync)((0, node_path_1.join)(dir, "index.html"), (0, exports.htmlPage)("Functional coverage", "<h1>Functional coverage</h1>\n".concat(body.join("\n"))));
}
