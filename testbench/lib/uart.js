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
var _UartSource_instances, _UartSource_tb, _UartSource_line, _UartSource_options, _UartSource_last, _UartSource_queue, _UartSource_frame, _UartSource_levels, _UartSink_instances, _UartSink_received, _UartSink_tb, _UartSink_line, _UartSink_options, _UartSink_bit, _UartSink_frame;
Object.defineProperty(exports, "__esModule", { value: true });
exports.UartSink = exports.UartError = exports.UartSource = void 0;
var parityOf = function (v, parity) {
    var p = parity === "odd" ? 1 : 0;
    for (var x = v; x; x >>>= 1)
        p ^= x & 1;
    return p;
};
/** Sends bytes on a serial line into the design. */
var UartSource = /** @class */ (function () {
    function UartSource(tb, line, options) {
        _UartSource_instances.add(this);
        _UartSource_tb.set(this, void 0);
        _UartSource_line.set(this, void 0);
        _UartSource_options.set(this, void 0);
        _UartSource_last.set(this, Promise.resolve());
        __classPrivateFieldSet(this, _UartSource_tb, tb, "f");
        __classPrivateFieldSet(this, _UartSource_line, line, "f");
        __classPrivateFieldSet(this, _UartSource_options, options, "f");
        tb.claim(line, "uart source ".concat(line.name));
        line.value = 1;
    }
    /**
     * Sends one byte after another; resolves after the last stop bit. `fault` spoils each of them: a wrong parity bit, or
     * a low level in the place of the first stop bit with an idle bit behind it.
     */
    UartSource.prototype.send = function (bytes, fault) {
        var _this = this;
        var _a;
        if (fault === "parity" && ((_a = __classPrivateFieldGet(this, _UartSource_options, "f").parity) !== null && _a !== void 0 ? _a : "none") === "none")
            throw new TypeError("".concat(__classPrivateFieldGet(this, _UartSource_line, "f").name, ": without a parity bit there is none to spoil"));
        return __classPrivateFieldGet(this, _UartSource_instances, "m", _UartSource_queue).call(this, function () { return __awaiter(_this, void 0, void 0, function () {
            var i;
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        i = 0;
                        _a.label = 1;
                    case 1:
                        if (!(i < bytes.length)) return [3 /*break*/, 4];
                        return [4 /*yield*/, __classPrivateFieldGet(this, _UartSource_instances, "m", _UartSource_levels).call(this, __classPrivateFieldGet(this, _UartSource_instances, "m", _UartSource_frame).call(this, bytes[i], fault))];
                    case 2:
                        _a.sent();
                        _a.label = 3;
                    case 3:
                        i++;
                        return [3 /*break*/, 1];
                    case 4: return [2 /*return*/];
                }
            });
        }); });
    };
    /** Holds the line low, two frames long by default, and then high for one bit. */
    UartSource.prototype.sendBreak = function (bitTimes) {
        var _this = this;
        if (bitTimes === void 0) { bitTimes = 2 * __classPrivateFieldGet(this, _UartSource_instances, "m", _UartSource_frame).call(this, 0).length; }
        return __classPrivateFieldGet(this, _UartSource_instances, "m", _UartSource_queue).call(this, function () { return __classPrivateFieldGet(_this, _UartSource_instances, "m", _UartSource_levels).call(_this, __spreadArray(__spreadArray([], Array(bitTimes).fill(0), true), [1], false)); });
    };
    return UartSource;
}());
exports.UartSource = UartSource;
_UartSource_tb = new WeakMap(), _UartSource_line = new WeakMap(), _UartSource_options = new WeakMap(), _UartSource_last = new WeakMap(), _UartSource_instances = new WeakSet(), _UartSource_queue = function _UartSource_queue(work) {
    __classPrivateFieldSet(this, _UartSource_last, __classPrivateFieldGet(this, _UartSource_last, "f").then(work), "f");
    return __classPrivateFieldGet(this, _UartSource_last, "f");
}, _UartSource_frame = function _UartSource_frame(byte, fault) {
    var _a = __classPrivateFieldGet(this, _UartSource_options, "f"), _b = _a.bits, bits = _b === void 0 ? 8 : _b, _c = _a.parity, parity = _c === void 0 ? "none" : _c, _d = _a.stopBits, stopBits = _d === void 0 ? 1 : _d;
    var levels = __spreadArray([0], Array.from({ length: bits }, function (_, k) { return (byte >>> k) & 1; }), true);
    if (parity !== "none")
        levels.push(parityOf(byte, parity) ^ (fault === "parity" ? 1 : 0));
    var stop = Array(stopBits).fill(1);
    return __spreadArray(__spreadArray([], levels, true), (fault === "framing" ? __spreadArray([0], stop, true) : stop), true);
}, _UartSource_levels = function _UartSource_levels(levels) {
    return __awaiter(this, void 0, void 0, function () {
        var _i, levels_1, level;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    _i = 0, levels_1 = levels;
                    _a.label = 1;
                case 1:
                    if (!(_i < levels_1.length)) return [3 /*break*/, 4];
                    level = levels_1[_i];
                    __classPrivateFieldGet(this, _UartSource_line, "f").value = level;
                    return [4 /*yield*/, __classPrivateFieldGet(this, _UartSource_tb, "f").cycles(__classPrivateFieldGet(this, _UartSource_options, "f").clocksPerBit)];
                case 2:
                    _a.sent();
                    _a.label = 3;
                case 3:
                    _i++;
                    return [3 /*break*/, 1];
                case 4: return [2 /*return*/];
            }
        });
    });
};
var FAULT_TEXT = {
    parity: "wrong parity of",
    framing: "no stop bit after",
    break: "a break instead of a frame:",
};
/** A serial frame with wrong parity or without its stop bit, or a line that stays low: a break. */
var UartError = /** @class */ (function (_super) {
    __extends(UartError, _super);
    function UartError(line, kind, byte, cycle) {
        var _this = _super.call(this, "".concat(line, ": ").concat(FAULT_TEXT[kind], " byte 0x").concat(byte.toString(16), " in cycle ").concat(cycle)) || this;
        _this.name = "UartError";
        _this.kind = kind;
        _this.byte = byte;
        _this.cycle = cycle;
        return _this;
    }
    return UartError;
}(Error));
exports.UartError = UartError;
/** Receives bytes from a serial line of the design. */
var UartSink = /** @class */ (function () {
    function UartSink(tb, line, options) {
        var _this = this;
        _UartSink_instances.add(this);
        /** Broken frames, with `onError: "record"`. */
        this.errors = [];
        _UartSink_received.set(this, []);
        _UartSink_tb.set(this, void 0);
        _UartSink_line.set(this, void 0);
        _UartSink_options.set(this, void 0);
        __classPrivateFieldSet(this, _UartSink_tb, tb, "f");
        __classPrivateFieldSet(this, _UartSink_line, line, "f");
        __classPrivateFieldSet(this, _UartSink_options, options, "f");
        tb.start(function () { return __awaiter(_this, void 0, void 0, function () {
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0: return [4 /*yield*/, tb.until(function () { return !line.isX && line.value === 0; })];
                    case 1:
                        _a.sent();
                        return [4 /*yield*/, tb.cycles(Math.floor(options.clocksPerBit / 2))];
                    case 2:
                        _a.sent();
                        if (!(line.value === 0)) return [3 /*break*/, 4];
                        return [4 /*yield*/, __classPrivateFieldGet(this, _UartSink_instances, "m", _UartSink_frame).call(this)];
                    case 3:
                        _a.sent();
                        _a.label = 4;
                    case 4: return [3 /*break*/, 0];
                    case 5: return [2 /*return*/];
                }
            });
        }); }, "uart sink ".concat(line.name));
    }
    /** The next byte. */
    UartSink.prototype.recv = function () {
        return __awaiter(this, void 0, void 0, function () {
            var _this = this;
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        if (!!__classPrivateFieldGet(this, _UartSink_received, "f").length) return [3 /*break*/, 2];
                        return [4 /*yield*/, __classPrivateFieldGet(this, _UartSink_tb, "f").until(function () { return __classPrivateFieldGet(_this, _UartSink_received, "f").length > 0; })];
                    case 1:
                        _a.sent();
                        _a.label = 2;
                    case 2: return [2 /*return*/, __classPrivateFieldGet(this, _UartSink_received, "f").shift()];
                }
            });
        });
    };
    /** Bytes that nobody has taken yet. */
    UartSink.prototype.count = function () {
        return __classPrivateFieldGet(this, _UartSink_received, "f").length;
    };
    return UartSink;
}());
exports.UartSink = UartSink;
_UartSink_received = new WeakMap(), _UartSink_tb = new WeakMap(), _UartSink_line = new WeakMap(), _UartSink_options = new WeakMap(), _UartSink_instances = new WeakSet(), _UartSink_bit = function _UartSink_bit() {
    return __awaiter(this, void 0, void 0, function () {
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0: return [4 /*yield*/, __classPrivateFieldGet(this, _UartSink_tb, "f").cycles(__classPrivateFieldGet(this, _UartSink_options, "f").clocksPerBit)];
                case 1:
                    _a.sent();
                    return [2 /*return*/, __classPrivateFieldGet(this, _UartSink_line, "f").value];
            }
        });
    });
}, _UartSink_frame = function _UartSink_frame() {
    return __awaiter(this, void 0, void 0, function () {
        var _a, _b, bits, _c, parity, _d, stopBits, _e, onError, byte, k, _f, check, _g, stop, k, fault, error;
        var _this = this;
        return __generator(this, function (_h) {
            switch (_h.label) {
                case 0:
                    _a = __classPrivateFieldGet(this, _UartSink_options, "f"), _b = _a.bits, bits = _b === void 0 ? 8 : _b, _c = _a.parity, parity = _c === void 0 ? "none" : _c, _d = _a.stopBits, stopBits = _d === void 0 ? 1 : _d, _e = _a.onError, onError = _e === void 0 ? "fail" : _e;
                    byte = 0;
                    k = 0;
                    _h.label = 1;
                case 1:
                    if (!(k < bits)) return [3 /*break*/, 4];
                    _f = byte;
                    return [4 /*yield*/, __classPrivateFieldGet(this, _UartSink_instances, "m", _UartSink_bit).call(this)];
                case 2:
                    byte = _f | (_h.sent()) << k;
                    _h.label = 3;
                case 3:
                    k++;
                    return [3 /*break*/, 1];
                case 4:
                    byte >>>= 0;
                    if (!(parity === "none")) return [3 /*break*/, 5];
                    _g = 0;
                    return [3 /*break*/, 7];
                case 5: return [4 /*yield*/, __classPrivateFieldGet(this, _UartSink_instances, "m", _UartSink_bit).call(this)];
                case 6:
                    _g = _h.sent();
                    _h.label = 7;
                case 7:
                    check = _g;
                    stop = 1;
                    k = 0;
                    _h.label = 8;
                case 8:
                    if (!(k < stopBits && stop)) return [3 /*break*/, 11];
                    return [4 /*yield*/, __classPrivateFieldGet(this, _UartSink_instances, "m", _UartSink_bit).call(this)];
                case 9:
                    stop = _h.sent();
                    _h.label = 10;
                case 10:
                    k++;
                    return [3 /*break*/, 8];
                case 11:
                    fault = !stop
                        ? byte === 0 && check === 0
                            ? "break"
                            : "framing"
                        : parity !== "none" && check !== parityOf(byte, parity)
                            ? "parity"
                            : undefined;
                    if (!fault) {
                        __classPrivateFieldGet(this, _UartSink_received, "f").push(byte);
                        return [2 /*return*/];
                    }
                    error = new UartError(__classPrivateFieldGet(this, _UartSink_line, "f").name, fault, byte, __classPrivateFieldGet(this, _UartSink_tb, "f").cycle);
                    if (onError === "fail")
                        throw error;
                    this.errors.push(error);
                    if (!!stop) return [3 /*break*/, 13];
                    return [4 /*yield*/, __classPrivateFieldGet(this, _UartSink_tb, "f").until(function () { return __classPrivateFieldGet(_this, _UartSink_line, "f").value === 1; })];
                case 12:
                    _h.sent();
                    _h.label = 13;
                case 13: return [2 /*return*/];
            }
        });
    });
};
