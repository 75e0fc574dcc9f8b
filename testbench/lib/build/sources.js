"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.designParts = designParts;
var node_fs_1 = require("node:fs");
var design_ts_1 = require("../design.ts");
var cache_ts_1 = require("./cache.ts");
/** Everything about a design that decides what a simulator makes of it, for a cache key. */
function designParts(design) {
    var _a, _b, _c, _d, _e, _f;
    var parts = [
        design.top,
        JSON.stringify([
            Object.entries((_a = design.params) !== null && _a !== void 0 ? _a : {}).map(function (_a) {
                var k = _a[0], v = _a[1];
                return [k, typeof v, "".concat(v)];
            }),
            Object.entries((_b = design.defines) !== null && _b !== void 0 ? _b : {}),
            (_c = design.clocks) !== null && _c !== void 0 ? _c : [],
            (_d = design.lint) !== null && _d !== void 0 ? _d : "off",
            (_e = design.includeDirs) !== null && _e !== void 0 ? _e : [],
        ]),
    ];
    for (var _i = 0, _g = design.sources; _i < _g.length; _i++) {
        var path = _g[_i];
        try {
            parts.push(path, (0, node_fs_1.readFileSync)(path));
        }
        catch (e) {
            throw new design_ts_1.BuildError("cannot read ".concat(path, ": ").concat(e.message));
        }
    }
    for (var _h = 0, _j = (_f = design.includeDirs) !== null && _f !== void 0 ? _f : []; _h < _j.length; _h++) {
        var dir = _j[_h];
        parts.push.apply(parts, (0, cache_ts_1.treeParts)(dir));
    }
    return parts;
}
