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
var _Line_in, _Line_pulled, _I2cMaster_instances, _I2cMaster_clk, _I2cMaster_prefix, _I2cMaster_lines, _I2cMaster_quarter, _I2cMaster_last, _I2cMaster_queue, _I2cMaster_set, _I2cMaster_wait, _I2cMaster_rise, _I2cMaster_bit, _I2cMaster_byte, _I2cMaster_begin, _I2cMaster_send, _I2cMaster_stop;
Object.defineProperty(exports, "__esModule", { value: true });
exports.I2cDevice = exports.I2cMaster = exports.I2cError = void 0;
/** Nobody has acknowledged a byte. */
var I2cError = /** @class */ (function (_super) {
    __extends(I2cError, _super);
    function I2cError(what) {
        var _this = _super.call(this, "".concat(what, " was not acknowledged")) || this;
        _this.name = "I2cError";
        return _this;
    }
    return I2cError;
}(Error));
exports.I2cError = I2cError;
// A line is low when anybody pulls it: the design by `_o` = 0 (with `_t` = 0 or `_oe` = 1, where there is one), or an agent.
var Line = /** @class */ (function () {
    function Line(tb, who, prefix, name) {
        _Line_in.set(this, void 0);
        _Line_pulled.set(this, void 0);
        this.pulls = new Set();
        var found = tb.bus(who, prefix, {
            required: ["".concat(name, "_i")],
            optional: ["".concat(name, "_o"), "".concat(name, "_t"), "".concat(name, "_oe")],
            drives: ["".concat(name, "_i")],
        });
        __classPrivateFieldSet(this, _Line_in, found["".concat(name, "_i")], "f");
        var _a = [found["".concat(name, "_o")], found["".concat(name, "_t")], found["".concat(name, "_oe")]], o = _a[0], t = _a[1], oe = _a[2];
        var low = function (s, otherwise) { return (s ? !s.isX && s.value === 0 : otherwise); };
        var drives = function () { return (t ? low(t, true) : oe ? !oe.isX && oe.value === 1 : o !== undefined); };
        __classPrivateFieldSet(this, _Line_pulled, function () { return drives() && low(o, true); }, "f");
    }
    Object.defineProperty(Line.prototype, "level", {
        get: function () {
            return this.pulls.size || __classPrivateFieldGet(this, _Line_pulled, "f").call(this) ? 0 : 1;
        },
        enumerable: false,
        configurable: true
    });
    Line.prototype.drive = function () {
        __classPrivateFieldGet(this, _Line_in, "f").value = this.level;
    };
    return Line;
}());
_Line_in = new WeakMap(), _Line_pulled = new WeakMap();
var buses = new WeakMap();
// Several agents on a bus share its lines.
function linesOf(tb, prefix) {
    var _a;
    var known = (_a = buses.get(tb)) !== null && _a !== void 0 ? _a : new Map();
    buses.set(tb, known);
    var lines = known.get(prefix);
    if (!lines) {
        var l_1 = { scl: new Line(tb, "I2C bus", prefix, "scl"), sda: new Line(tb, "I2C bus", prefix, "sda") };
        lines = l_1;
        known.set(prefix, l_1);
        for (var _i = 0, _b = [l_1.scl, l_1.sda]; _i < _b.length; _i++) {
            var line = _b[_i];
            line.drive();
        }
        tb.clk.onEdge(function () { return undefined; }, function () {
            l_1.scl.drive();
            l_1.sda.drive();
        });
    }
    return lines;
}
/** An I2C master with seven-bit addresses, for ports `<prefix>_scl_i`, `_scl_o`, `_sda_i`, `_sda_o`. Waits for a stretched clock. */
var I2cMaster = /** @class */ (function () {
    function I2cMaster(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        var _a;
        _I2cMaster_instances.add(this);
        _I2cMaster_clk.set(this, void 0);
        _I2cMaster_prefix.set(this, void 0);
        _I2cMaster_lines.set(this, void 0);
        _I2cMaster_quarter.set(this, void 0);
        _I2cMaster_last.set(this, Promise.resolve());
        __classPrivateFieldSet(this, _I2cMaster_clk, tb.clockNamed(options.clock), "f");
        __classPrivateFieldSet(this, _I2cMaster_prefix, prefix, "f");
        __classPrivateFieldSet(this, _I2cMaster_lines, linesOf(tb, prefix), "f");
        __classPrivateFieldSet(this, _I2cMaster_quarter, (_a = options.quarter) !== null && _a !== void 0 ? _a : 5, "f");
    }
    /** Sends bytes to a device. Throws an I2cError where one is not acknowledged. */
    I2cMaster.prototype.write = function (address, bytes) {
        var _this = this;
        return __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_queue).call(this, function () { return __awaiter(_this, void 0, void 0, function () {
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0: return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_begin).call(this, address, 0)];
                    case 1:
                        _a.sent();
                        return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_send).call(this, address, bytes)];
                    case 2:
                        _a.sent();
                        return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_stop).call(this)];
                    case 3:
                        _a.sent();
                        return [2 /*return*/];
                }
            });
        }); });
    };
    /** `n` bytes of a device; behind the bytes of `first`, with a repeated start, where they are given. */
    I2cMaster.prototype.read = function (address, n, first) {
        var _this = this;
        if (first === void 0) { first = []; }
        return __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_queue).call(this, function () { return __awaiter(_this, void 0, void 0, function () {
            var bytes, k, byte, b, _a;
            return __generator(this, function (_b) {
                switch (_b.label) {
                    case 0:
                        if (!first.length) return [3 /*break*/, 3];
                        return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_begin).call(this, address, 0)];
                    case 1:
                        _b.sent();
                        return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_send).call(this, address, first)];
                    case 2:
                        _b.sent();
                        _b.label = 3;
                    case 3: return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_begin).call(this, address, 1)];
                    case 4:
                        _b.sent();
                        bytes = [];
                        k = 0;
                        _b.label = 5;
                    case 5:
                        if (!(k < n)) return [3 /*break*/, 12];
                        byte = 0;
                        b = 0;
                        _b.label = 6;
                    case 6:
                        if (!(b < 8)) return [3 /*break*/, 9];
                        _a = (byte << 1);
                        return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_bit).call(this, 1)];
                    case 7:
                        byte = _a | (_b.sent());
                        _b.label = 8;
                    case 8:
                        b++;
                        return [3 /*break*/, 6];
                    case 9: return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_bit).call(this, k === n - 1 ? 1 : 0)];
                    case 10:
                        _b.sent();
                        bytes.push(byte);
                        _b.label = 11;
                    case 11:
                        k++;
                        return [3 /*break*/, 5];
                    case 12: return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_stop).call(this)];
                    case 13:
                        _b.sent();
                        return [2 /*return*/, bytes];
                }
            });
        }); });
    };
    return I2cMaster;
}());
exports.I2cMaster = I2cMaster;
_I2cMaster_clk = new WeakMap(), _I2cMaster_prefix = new WeakMap(), _I2cMaster_lines = new WeakMap(), _I2cMaster_quarter = new WeakMap(), _I2cMaster_last = new WeakMap(), _I2cMaster_instances = new WeakSet(), _I2cMaster_queue = function _I2cMaster_queue(work) {
    var next = __classPrivateFieldGet(this, _I2cMaster_last, "f").then(work, work);
    __classPrivateFieldSet(this, _I2cMaster_last, next.catch(function () { return undefined; }), "f");
    return next;
}, _I2cMaster_set = function _I2cMaster_set(line, level) {
    if (level)
        line.pulls.delete(this);
    else
        line.pulls.add(this);
}, _I2cMaster_wait = function _I2cMaster_wait() {
    return __classPrivateFieldGet(this, _I2cMaster_clk, "f").cycles(__classPrivateFieldGet(this, _I2cMaster_quarter, "f"));
}, _I2cMaster_rise = function _I2cMaster_rise() {
    return __awaiter(this, void 0, void 0, function () {
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_set).call(this, __classPrivateFieldGet(this, _I2cMaster_lines, "f").scl, 1);
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_wait).call(this)];
                case 1:
                    _a.sent();
                    _a.label = 2;
                case 2:
                    if (!!__classPrivateFieldGet(this, _I2cMaster_lines, "f").scl.level) return [3 /*break*/, 4];
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_clk, "f").rising()];
                case 3:
                    _a.sent();
                    return [3 /*break*/, 2];
                case 4: return [2 /*return*/];
            }
        });
    });
}, _I2cMaster_bit = function _I2cMaster_bit(level) {
    return __awaiter(this, void 0, void 0, function () {
        var seen;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_set).call(this, __classPrivateFieldGet(this, _I2cMaster_lines, "f").sda, level);
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_wait).call(this)];
                case 1:
                    _a.sent();
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_rise).call(this)];
                case 2:
                    _a.sent();
                    seen = __classPrivateFieldGet(this, _I2cMaster_lines, "f").sda.level;
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_wait).call(this)];
                case 3:
                    _a.sent();
                    __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_set).call(this, __classPrivateFieldGet(this, _I2cMaster_lines, "f").scl, 0);
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_wait).call(this)];
                case 4:
                    _a.sent();
                    return [2 /*return*/, seen];
            }
        });
    });
}, _I2cMaster_byte = function _I2cMaster_byte(byte) {
    return __awaiter(this, void 0, void 0, function () {
        var b;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    b = 7;
                    _a.label = 1;
                case 1:
                    if (!(b >= 0)) return [3 /*break*/, 4];
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_bit).call(this, (byte >> b) & 1)];
                case 2:
                    _a.sent();
                    _a.label = 3;
                case 3:
                    b--;
                    return [3 /*break*/, 1];
                case 4: return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_bit).call(this, 1)];
                case 5: return [2 /*return*/, (_a.sent()) === 0];
            }
        });
    });
}, _I2cMaster_begin = function _I2cMaster_begin(address, reads) {
    return __awaiter(this, void 0, void 0, function () {
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_set).call(this, __classPrivateFieldGet(this, _I2cMaster_lines, "f").sda, 1);
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_wait).call(this)];
                case 1:
                    _a.sent();
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_rise).call(this)];
                case 2:
                    _a.sent();
                    __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_set).call(this, __classPrivateFieldGet(this, _I2cMaster_lines, "f").sda, 0);
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_wait).call(this)];
                case 3:
                    _a.sent();
                    __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_set).call(this, __classPrivateFieldGet(this, _I2cMaster_lines, "f").scl, 0);
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_wait).call(this)];
                case 4:
                    _a.sent();
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_byte).call(this, (address << 1) | reads)];
                case 5:
                    if (!!(_a.sent())) return [3 /*break*/, 7];
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_stop).call(this)];
                case 6:
                    _a.sent();
                    throw new I2cError("".concat(__classPrivateFieldGet(this, _I2cMaster_prefix, "f"), ": address 0x").concat(address.toString(16)));
                case 7: return [2 /*return*/];
            }
        });
    });
}, _I2cMaster_send = function _I2cMaster_send(address, bytes) {
    return __awaiter(this, void 0, void 0, function () {
        var k;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    k = 0;
                    _a.label = 1;
                case 1:
                    if (!(k < bytes.length)) return [3 /*break*/, 5];
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_byte).call(this, bytes[k])];
                case 2:
                    if (!!(_a.sent())) return [3 /*break*/, 4];
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_stop).call(this)];
                case 3:
                    _a.sent();
                    throw new I2cError("".concat(__classPrivateFieldGet(this, _I2cMaster_prefix, "f"), ": byte ").concat(k, " for address 0x").concat(address.toString(16)));
                case 4:
                    k++;
                    return [3 /*break*/, 1];
                case 5: return [2 /*return*/];
            }
        });
    });
}, _I2cMaster_stop = function _I2cMaster_stop() {
    return __awaiter(this, void 0, void 0, function () {
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_set).call(this, __classPrivateFieldGet(this, _I2cMaster_lines, "f").sda, 0);
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_wait).call(this)];
                case 1:
                    _a.sent();
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_rise).call(this)];
                case 2:
                    _a.sent();
                    __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_set).call(this, __classPrivateFieldGet(this, _I2cMaster_lines, "f").sda, 1);
                    return [4 /*yield*/, __classPrivateFieldGet(this, _I2cMaster_instances, "m", _I2cMaster_wait).call(this)];
                case 3:
                    _a.sent();
                    return [2 /*return*/];
            }
        });
    });
};
/** An I2C device for a design that is the master, or beside one. */
var I2cDevice = /** @class */ (function () {
    function I2cDevice(tb, prefix, options) {
        var _this = this;
        /** Bytes of each write to the address so far. */
        this.writes = [];
        var _a = linesOf(tb, prefix), scl = _a.scl, sda = _a.sda;
        var address = options.address, _b = options.reply, reply = _b === void 0 ? function () { return 255; } : _b, _c = options.accept, accept = _c === void 0 ? function () { return true; } : _c, _d = options.stretch, stretch = _d === void 0 ? 0 : _d;
        var _e = [1, 1], clock = _e[0], data = _e[1];
        // The number of the bit on the line, 8 for the acknowledgement; -1 before the first clock falls behind a start.
        var _f = [false, -1, 0, 0], active = _f[0], bit = _f[1], byte = _f[2], k = _f[3];
        var _g = [false, false, false, false], addressed = _g[0], addressing = _g[1], sending = _g[2], acknowledged = _g[3];
        var held = 0;
        var pull = function (low) {
            if (low)
                sda.pulls.add(_this);
            else
                sda.pulls.delete(_this);
        };
        var next = function () { return pull(sending && ((byte >> (7 - bit)) & 1) === 0); };
        tb.clk.onEdge(function () {
            var _a, _b, _c, _d;
            var _e = [scl.level, sda.level], c = _e[0], d = _e[1];
            if (held && --held === 0)
                scl.pulls.delete(_this);
            if (c && clock && d !== data) {
                // A start or a stop.
                _a = [!d, -1, 0, 0], active = _a[0], bit = _a[1], byte = _a[2], k = _a[3];
                _b = [false, !d, false], addressed = _b[0], addressing = _b[1], sending = _b[2];
                pull(false);
            }
            else if (active && c && !clock) {
                if (bit === 8)
                    acknowledged = d === 0;
                else if (!sending)
                    byte = ((byte << 1) | d) & 255;
            }
            else if (active && !c && clock) {
                bit++;
                if (bit === 9) {
                    bit = 0;
                    if (addressing)
                        addressing = false;
                    else {
                        k++;
                        if (sending && !acknowledged)
                            _c = [false, false], addressed = _c[0], sending = _c[1];
                    }
                    byte = sending ? reply(k) & 255 : 0;
                    next();
                }
                else if (bit === 8) {
                    if (addressing) {
                        addressed = byte >> 1 === address;
                        sending = addressed && (byte & 1) === 1;
                        if (addressed && !sending)
                            _this.writes.push([]);
                        pull(addressed);
                        // Somebody else is meant: what comes until the next start is not.
                        active = addressed;
                    }
                    else if (sending)
                        pull(false);
                    else if (addressed) {
                        var yes = accept(byte, k);
                        if (yes)
                            _this.writes.at(-1).push(byte);
                        pull(yes);
                    }
                }
                else if (sending)
                    next();
                if (stretch && addressed) {
                    scl.pulls.add(_this);
                    held = stretch;
                }
            }
            _d = [c, d], clock = _d[0], data = _d[1];
        });
    }
    return I2cDevice;
}());
exports.I2cDevice = I2cDevice;
