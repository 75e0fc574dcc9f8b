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
var __spreadArray = (this && this.__spreadArray) || function (to, from, pack) {
    if (pack || arguments.length === 2) for (var i = 0, l = from.length, ar; i < l; i++) {
        if (ar || !(i in from)) {
            if (!ar) ar = Array.prototype.slice.call(from, 0, i);
            ar[i] = from[i];
        }
    }
    return to.concat(ar || Array.prototype.slice.call(from));
};
var _WishboneMaster_instances, _WishboneMaster_clk, _WishboneMaster_prefix, _WishboneMaster_s, _WishboneMaster_last, _WishboneMaster_cycle;
Object.defineProperty(exports, "__esModule", { value: true });
exports.WishboneMaster = exports.WishboneError = void 0;
/** A cycle ended with err or rty. */
var WishboneError = /** @class */ (function (_super) {
    __extends(WishboneError, _super);
    function WishboneError(what, end) {
        var _this = _super.call(this, "".concat(what, ": the cycle ended with ").concat(end)) || this;
        _this.name = "WishboneError";
        _this.end = end;
        return _this;
    }
    return WishboneError;
}(Error));
exports.WishboneError = WishboneError;
// Of a slave: what comes in, and what goes out.
var IN = ["cyc", "stb", "we", "adr", "dat_w", "sel"];
var OUT = ["dat_r", "ack", "err", "rty", "stall"];
/**
 * A Wishbone B4 master for a slave with the ports `<prefix>_cyc_i`, `<prefix>_dat_i`, `<prefix>_dat_o` and so on, or
 * `<prefix>_cyc`, `<prefix>_dat_w`, `<prefix>_dat_r`. Classic cycles; pipelined ones where the design has `stall`.
 */
var WishboneMaster = /** @class */ (function () {
    /** `clock` names the bus's clock; the first one by default. */
    function WishboneMaster(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        _WishboneMaster_instances.add(this);
        _WishboneMaster_clk.set(this, void 0);
        _WishboneMaster_prefix.set(this, void 0);
        _WishboneMaster_s.set(this, void 0);
        _WishboneMaster_last.set(this, Promise.resolve());
        __classPrivateFieldSet(this, _WishboneMaster_clk, tb.clockNamed(options.clock), "f");
        __classPrivateFieldSet(this, _WishboneMaster_prefix, prefix, "f");
        var suffixed = tb.hasPort("".concat(prefix, "_cyc_i"));
        // Seen from the slave, data that is written comes in at dat_i.
        var suffix = function (n) { return (IN.includes(n) ? "_i" : "_o"); };
        var port = function (n) { return (suffixed ? "".concat(n.replace(/_[wr]$/, "")).concat(suffix(n)) : n); };
        var found = tb.bus("Wishbone master", prefix, {
            required: ["cyc", "stb", "we", "adr", "ack"].map(port),
            optional: ["dat_w", "dat_r", "sel", "err", "rty", "stall"].map(port),
            drives: IN.map(port),
        });
        var s = {};
        for (var _i = 0, _a = __spreadArray(__spreadArray([], IN, true), OUT, true); _i < _a.length; _i++) {
            var n = _a[_i];
            if (found[port(n)])
                s[n] = found[port(n)];
        }
        __classPrivateFieldSet(this, _WishboneMaster_s, s, "f");
    }
    /** Writes a word; `select` chooses its bytes, all by default. Throws a WishboneError at err or rty. */
    WishboneMaster.prototype.write = function (address, data, select) {
        return __awaiter(this, void 0, void 0, function () {
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0: return [4 /*yield*/, __classPrivateFieldGet(this, _WishboneMaster_instances, "m", _WishboneMaster_cycle).call(this, address, data, select)];
                    case 1:
                        _a.sent();
                        return [2 /*return*/];
                }
            });
        });
    };
    /** Reads a word. Throws a WishboneError at err or rty. */
    WishboneMaster.prototype.read = function (address) {
        return __classPrivateFieldGet(this, _WishboneMaster_instances, "m", _WishboneMaster_cycle).call(this, address);
    };
    return WishboneMaster;
}());
exports.WishboneMaster = WishboneMaster;
_WishboneMaster_clk = new WeakMap(), _WishboneMaster_prefix = new WeakMap(), _WishboneMaster_s = new WeakMap(), _WishboneMaster_last = new WeakMap(), _WishboneMaster_instances = new WeakSet(), _WishboneMaster_cycle = function _WishboneMaster_cycle(address, data, select) {
    var _this = this;
    var work = function () { return __awaiter(_this, void 0, void 0, function () {
        var s, end, value;
        var _a, _b, _c, _d, _e;
        return __generator(this, function (_f) {
            switch (_f.label) {
                case 0:
                    s = __classPrivateFieldGet(this, _WishboneMaster_s, "f");
                    s.cyc.value = 1;
                    s.stb.value = 1;
                    s.we.value = data === undefined ? 0 : 1;
                    s.adr.value = address;
                    if (s.sel)
                        s.sel.value = select !== null && select !== void 0 ? select : Math.pow(2, s.sel.width) - 1;
                    if (data !== undefined && s.dat_w)
                        s.dat_w.value = data;
                    _f.label = 1;
                case 1: return [4 /*yield*/, __classPrivateFieldGet(this, _WishboneMaster_clk, "f").rising()];
                case 2:
                    _f.sent();
                    // A pipelined slave has taken the strobe when it does not stall.
                    if (s.stall && s.stb.value && !s.stall.value)
                        s.stb.value = 0;
                    if (s.ack.value || ((_a = s.err) === null || _a === void 0 ? void 0 : _a.value) || ((_b = s.rty) === null || _b === void 0 ? void 0 : _b.value))
                        return [3 /*break*/, 4];
                    _f.label = 3;
                case 3: return [3 /*break*/, 1];
                case 4:
                    end = s.ack.value ? undefined : ((_c = s.err) === null || _c === void 0 ? void 0 : _c.value) ? "err" : "rty";
                    value = data === undefined && !end ? ((_e = (_d = s.dat_r) === null || _d === void 0 ? void 0 : _d.big) !== null && _e !== void 0 ? _e : 0n) : 0n;
                    s.cyc.value = 0;
                    s.stb.value = 0;
                    // A classic slave may hold its answer until the strobe has gone.
                    return [4 /*yield*/, __classPrivateFieldGet(this, _WishboneMaster_clk, "f").rising()];
                case 5:
                    // A classic slave may hold its answer until the strobe has gone.
                    _f.sent();
                    if (end)
                        throw new WishboneError("".concat(__classPrivateFieldGet(this, _WishboneMaster_prefix, "f"), ": ").concat(data === undefined ? "read" : "write", " of 0x").concat(address.toString(16)), end);
                    return [2 /*return*/, value];
            }
        });
    }); };
    var next = __classPrivateFieldGet(this, _WishboneMaster_last, "f").then(work, work);
    __classPrivateFieldSet(this, _WishboneMaster_last, next.catch(function () { return undefined; }), "f");
    return next;
};
