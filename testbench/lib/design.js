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
Object.defineProperty(exports, "__esModule", { value: true });
exports.clocksOf = exports.BuildError = void 0;
exports.picoseconds = picoseconds;
/** Something is wrong with the design or a tool, before any simulation; `output` is what the tool printed. */
var BuildError = /** @class */ (function (_super) {
    __extends(BuildError, _super);
    function BuildError(message, output) {
        if (output === void 0) { output = ""; }
        var _this = _super.call(this, output ? "".concat(message, "\n").concat(output) : message) || this;
        _this.name = "BuildError";
        _this.output = output;
        return _this;
    }
    return BuildError;
}(Error));
exports.BuildError = BuildError;
var clocksOf = function (design) { var _a; return (_a = design.clocks) !== null && _a !== void 0 ? _a : [{ name: "clk" }]; };
exports.clocksOf = clocksOf;
/** Picoseconds of a time in nanoseconds. Throws a RangeError when it is not a positive number. */
function picoseconds(ns) {
    var ps = Math.round(ns * 1000);
    if (!(ps > 0) || !Number.isSafeInteger(ps))
        throw new RangeError("a time must be a positive number of nanoseconds, not ".concat(ns));
    return ps;
}
