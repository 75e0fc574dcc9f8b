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
exports.variants = variants;
/**
 * Every combination of some parameters (generics) of one or more designs, for `test.each(variants(fifo, { W: [8, 32] }))`
 * with "$name" as the title. `where` leaves combinations out. Throws a RangeError where nothing is left to test.
 */
function variants(designs, grid, where) {
    if (where === void 0) { where = function () { return true; }; }
    var chosen = [{}];
    var _loop_1 = function (name_1, values) {
        chosen = chosen.flatMap(function (c) { return values.map(function (v) {
            var _a;
            return (__assign(__assign({}, c), (_a = {}, _a[name_1] = v, _a)));
        }); });
    };
    for (var _i = 0, _a = Object.entries(grid); _i < _a.length; _i++) {
        var _b = _a[_i], name_1 = _b[0], values = _b[1];
        _loop_1(name_1, values);
    }
    var list = Array.isArray(designs) ? designs : [designs];
    var out = list.flatMap(function (d) {
        return chosen
            .filter(function (c) { return where(c); })
            .map(function (c) { return ({
            name: __spreadArray([d.top], Object.entries(c).map(function (_a) {
                var k = _a[0], v = _a[1];
                return "".concat(k, "=").concat(v);
            }), true).join(" "),
            design: __assign(__assign({}, d), { params: __assign(__assign({}, d.params), c) }),
            params: c,
        }); });
    });
    if (!out.length)
        throw new RangeError("no variant of the design is left to test");
    return out;
}
