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
var __classPrivateFieldSet = (this && this.__classPrivateFieldSet) || function (receiver, state, value, kind, f) {
    if (kind === "m") throw new TypeError("Private method is not writable");
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a setter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot write private member to an object whose class did not declare it");
    return (kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value)), value;
};
var __classPrivateFieldGet = (this && this.__classPrivateFieldGet) || function (receiver, state, kind, f) {
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a getter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot read private member from an object whose class did not declare it");
    return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
};
var _Scoreboard_instances, _Scoreboard_cycle, _Scoreboard_name, _Scoreboard_equal, _Scoreboard_show, _Scoreboard_expected, _Scoreboard_order, _Scoreboard_head, _Scoreboard_checked, _Scoreboard_next;
Object.defineProperty(exports, "__esModule", { value: true });
exports.Scoreboard = exports.ScoreboardError = void 0;
/** What came differs from what was expected. */
var ScoreboardError = /** @class */ (function (_super) {
    __extends(ScoreboardError, _super);
    function ScoreboardError(message, index) {
        var _this = _super.call(this, message) || this;
        _this.name = "ScoreboardError";
        _this.index = index;
        return _this;
    }
    return ScoreboardError;
}(Error));
exports.ScoreboardError = ScoreboardError;
/** Compares a sequence with what is expected of it, in order or as `order` says; the first difference throws with its place. `tb` gives the cycle. */
var Scoreboard = /** @class */ (function () {
    function Scoreboard(tb, options) {
        if (options === void 0) { options = {}; }
        var _a, _b, _c;
        _Scoreboard_instances.add(this);
        _Scoreboard_cycle.set(this, void 0);
        _Scoreboard_name.set(this, void 0);
        _Scoreboard_equal.set(this, void 0);
        _Scoreboard_show.set(this, void 0);
        _Scoreboard_expected.set(this, []);
        _Scoreboard_order.set(this, void 0);
        _Scoreboard_head.set(this, 0);
        _Scoreboard_checked.set(this, 0);
        __classPrivateFieldSet(this, _Scoreboard_cycle, function () { return tb.cycle; }, "f");
        __classPrivateFieldSet(this, _Scoreboard_name, (_a = options.name) !== null && _a !== void 0 ? _a : "scoreboard", "f");
        __classPrivateFieldSet(this, _Scoreboard_equal, (_b = options.equal) !== null && _b !== void 0 ? _b : sameValue, "f");
        __classPrivateFieldSet(this, _Scoreboard_show, (_c = options.show) !== null && _c !== void 0 ? _c : showValue, "f");
        __classPrivateFieldSet(this, _Scoreboard_order, options.order, "f");
    }
    /** Adds what must come next. */
    Scoreboard.prototype.expect = function () {
        var _a;
        var values = [];
        for (var _i = 0; _i < arguments.length; _i++) {
            values[_i] = arguments[_i];
        }
        (_a = __classPrivateFieldGet(this, _Scoreboard_expected, "f")).push.apply(_a, values);
    };
    /** Compares the next value. Throws a ScoreboardError at the first difference. */
    Scoreboard.prototype.check = function (got) {
        var _a, _b, _c;
        var i = __classPrivateFieldGet(this, _Scoreboard_checked, "f");
        if (__classPrivateFieldGet(this, _Scoreboard_head, "f") === __classPrivateFieldGet(this, _Scoreboard_expected, "f").length)
            throw new ScoreboardError("".concat(__classPrivateFieldGet(this, _Scoreboard_name, "f"), ": item ").concat(i, " was not expected: got ").concat(__classPrivateFieldGet(this, _Scoreboard_show, "f").call(this, got), ", in cycle ").concat(__classPrivateFieldGet(this, _Scoreboard_cycle, "f").call(this)), i);
        __classPrivateFieldGet(this, _Scoreboard_instances, "m", _Scoreboard_next).call(this, got, i);
        var want = __classPrivateFieldGet(this, _Scoreboard_expected, "f")[__classPrivateFieldSet(this, _Scoreboard_head, (_b = __classPrivateFieldGet(this, _Scoreboard_head, "f"), _a = _b++, _b), "f"), _a];
        __classPrivateFieldSet(this, _Scoreboard_checked, (_c = __classPrivateFieldGet(this, _Scoreboard_checked, "f"), _c++, _c), "f");
        if (__classPrivateFieldGet(this, _Scoreboard_head, "f") > 1024) {
            __classPrivateFieldGet(this, _Scoreboard_expected, "f").splice(0, __classPrivateFieldGet(this, _Scoreboard_head, "f"));
            __classPrivateFieldSet(this, _Scoreboard_head, 0, "f");
        }
        if (!__classPrivateFieldGet(this, _Scoreboard_equal, "f").call(this, want, got))
            throw new ScoreboardError("".concat(__classPrivateFieldGet(this, _Scoreboard_name, "f"), ": item ").concat(i, " differs, in cycle ").concat(__classPrivateFieldGet(this, _Scoreboard_cycle, "f").call(this), "\n").concat(difference(want, got, __classPrivateFieldGet(this, _Scoreboard_show, "f"))), i);
    };
    Object.defineProperty(Scoreboard.prototype, "checked", {
        /** Items compared so far. */
        get: function () {
            return __classPrivateFieldGet(this, _Scoreboard_checked, "f");
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(Scoreboard.prototype, "pending", {
        /** Items that are still to come. */
        get: function () {
            return __classPrivateFieldGet(this, _Scoreboard_expected, "f").length - __classPrivateFieldGet(this, _Scoreboard_head, "f");
        },
        enumerable: false,
        configurable: true
    });
    /** Throws a ScoreboardError when something has not come. */
    Scoreboard.prototype.end = function () {
        if (this.pending)
            throw new ScoreboardError("".concat(__classPrivateFieldGet(this, _Scoreboard_name, "f"), ": ").concat(this.pending, " items never came; the next is item ").concat(__classPrivateFieldGet(this, _Scoreboard_checked, "f"), ": ").concat(__classPrivateFieldGet(this, _Scoreboard_show, "f").call(this, __classPrivateFieldGet(this, _Scoreboard_expected, "f")[__classPrivateFieldGet(this, _Scoreboard_head, "f")])), __classPrivateFieldGet(this, _Scoreboard_checked, "f"));
    };
    return Scoreboard;
}());
exports.Scoreboard = Scoreboard;
_Scoreboard_cycle = new WeakMap(), _Scoreboard_name = new WeakMap(), _Scoreboard_equal = new WeakMap(), _Scoreboard_show = new WeakMap(), _Scoreboard_expected = new WeakMap(), _Scoreboard_order = new WeakMap(), _Scoreboard_head = new WeakMap(), _Scoreboard_checked = new WeakMap(), _Scoreboard_instances = new WeakSet(), _Scoreboard_next = function _Scoreboard_next(got, i) {
    var _this = this;
    var order = __classPrivateFieldGet(this, _Scoreboard_order, "f");
    if (!order)
        return;
    var key = typeof order === "function" ? order(got) : undefined;
    var at = typeof order === "function"
        ? __classPrivateFieldGet(this, _Scoreboard_expected, "f").findIndex(function (v, k) { return k >= __classPrivateFieldGet(_this, _Scoreboard_head, "f") && sameValue(order(v), key); })
        : __classPrivateFieldGet(this, _Scoreboard_expected, "f").findIndex(function (v, k) { return k >= __classPrivateFieldGet(_this, _Scoreboard_head, "f") && __classPrivateFieldGet(_this, _Scoreboard_equal, "f").call(_this, v, got); });
    if (at < 0)
        throw new ScoreboardError("".concat(__classPrivateFieldGet(this, _Scoreboard_name, "f"), ": item ").concat(i, " is none of the ").concat(this.pending, " that are expected").concat(key === undefined ? "" : " for ".concat(showValue(key)), ": got ").concat(__classPrivateFieldGet(this, _Scoreboard_show, "f").call(this, got), ", in cycle ").concat(__classPrivateFieldGet(this, _Scoreboard_cycle, "f").call(this)), i);
    var v = __classPrivateFieldGet(this, _Scoreboard_expected, "f").splice(at, 1)[0];
    __classPrivateFieldGet(this, _Scoreboard_expected, "f").splice(__classPrivateFieldGet(this, _Scoreboard_head, "f"), 0, v);
};
var isList = function (v) { return Array.isArray(v) || (ArrayBuffer.isView(v) && "length" in v); };
function sameValue(a, b) {
    if (isList(a) && isList(b)) {
        if (a.length !== b.length)
            return false;
        for (var i = 0; i < a.length; i++)
            if (!sameValue(a[i], b[i]))
                return false;
        return true;
    }
    if ((typeof a === "bigint" && typeof b === "number") || (typeof a === "number" && typeof b === "bigint"))
        return BigInt(a) === BigInt(b);
    if (a !== null && b !== null && typeof a === "object" && typeof b === "object") {
        var keys = Object.keys(a);
        return (keys.length === Object.keys(b).length &&
            keys.every(function (k) { return sameValue(a[k], b[k]); }));
    }
    return Object.is(a, b);
}
function showValue(v) {
    var _a;
    if (typeof v === "bigint" || typeof v === "number")
        return "".concat(v).concat(Number.isInteger(Number(v)) && v >= 10 ? " (0x".concat(v.toString(16), ")") : "");
    if (isList(v)) {
        var items = Array.from(v, function (x) { return (typeof x === "bigint" || typeof x === "number" ? "".concat(x) : showValue(x)); });
        return items.length > 16
            ? "[".concat(items.slice(0, 16).join(", "), ", ... ").concat(items.length, " in all]")
            : "[".concat(items.join(", "), "]");
    }
    return (_a = JSON.stringify(v, function (_, x) { return (typeof x === "bigint" ? "".concat(x) : x); })) !== null && _a !== void 0 ? _a : String(v);
}
// Lists are shown around their first difference only.
function difference(want, got, show) {
    if (isList(want) && isList(got)) {
        var n = Math.min(want.length, got.length);
        var k_1 = 0;
        while (k_1 < n && sameValue(want[k_1], got[k_1]))
            k_1++;
        var at = function (v) { return (k_1 < v.length ? showValue(v[k_1]) : "nothing"); };
        var lengths = want.length === got.length ? "of ".concat(want.length) : "(".concat(want.length, " expected, ").concat(got.length, " came)");
        return "  first difference at element ".concat(k_1, " ").concat(lengths, "\n  expected ").concat(at(want), "\n  got      ").concat(at(got));
    }
    return "  expected ".concat(show(want), "\n  got      ").concat(show(got));
}
