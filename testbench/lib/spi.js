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
var _SpiMaster_clk, _SpiMaster_lines, _SpiMaster_options, _SpiMaster_last, _SpiDevice_clk, _SpiDevice_lines, _SpiDevice_options;
Object.defineProperty(exports, "__esModule", { value: true });
exports.SpiDevice = exports.SpiMaster = void 0;
// `<prefix>_sck` or `_sclk`, `_mosi`, `_miso`, and `_cs_n`, `_ss_n` or `_cs`.
function linesOf(tb, who, prefix, drives) {
    var name = function () {
        var _a;
        var of = [];
        for (var _i = 0; _i < arguments.length; _i++) {
            of[_i] = arguments[_i];
        }
        return (_a = of.find(function (n) { return tb.hasPort("".concat(prefix, "_").concat(n)); })) !== null && _a !== void 0 ? _a : of[0];
    };
    var cs = name("cs_n", "ss_n", "csn", "cs", "ss");
    var names = { sck: name("sck", "sclk"), mosi: "mosi", miso: "miso", cs: cs };
    var found = tb.bus(who, prefix, { required: Object.values(names), drives: drives.map(function (d) { return names[d]; }) });
    var active = /n$/.test(cs) ? 0 : 1;
    return { sck: found[names.sck], mosi: found.mosi, miso: found.miso, cs: found[cs], active: active };
}
var order = function (word, bits, lsbFirst, k) {
    return (word >>> (lsbFirst ? k : bits - 1 - k)) & 1;
};
/** An SPI master for a design that is a device. */
var SpiMaster = /** @class */ (function () {
    function SpiMaster(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        _SpiMaster_clk.set(this, void 0);
        _SpiMaster_lines.set(this, void 0);
        _SpiMaster_options.set(this, void 0);
        _SpiMaster_last.set(this, Promise.resolve());
        __classPrivateFieldSet(this, _SpiMaster_clk, tb.clockNamed(options.clock), "f");
        __classPrivateFieldSet(this, _SpiMaster_lines, linesOf(tb, "SPI master", prefix, ["sck", "mosi", "cs"]), "f");
        __classPrivateFieldSet(this, _SpiMaster_options, __assign({ mode: 0, bits: 8, lsbFirst: false, halfPeriod: 4 }, options), "f");
        __classPrivateFieldGet(this, _SpiMaster_lines, "f").cs.value = 1 - __classPrivateFieldGet(this, _SpiMaster_lines, "f").active;
        __classPrivateFieldGet(this, _SpiMaster_lines, "f").sck.value = __classPrivateFieldGet(this, _SpiMaster_options, "f").mode >> 1;
    }
    /** Sends words while the device is selected; the words that came back. */
    SpiMaster.prototype.transfer = function (words) {
        var _this = this;
        var work = function () { return __awaiter(_this, void 0, void 0, function () {
            var _a, sck, mosi, miso, cs, active, _b, mode, bits, lsbFirst, halfPeriod, idle, late, half, back, w, got, k, bit;
            var _this = this;
            return __generator(this, function (_c) {
                switch (_c.label) {
                    case 0:
                        _a = __classPrivateFieldGet(this, _SpiMaster_lines, "f"), sck = _a.sck, mosi = _a.mosi, miso = _a.miso, cs = _a.cs, active = _a.active;
                        _b = __classPrivateFieldGet(this, _SpiMaster_options, "f"), mode = _b.mode, bits = _b.bits, lsbFirst = _b.lsbFirst, halfPeriod = _b.halfPeriod;
                        idle = mode >> 1;
                        late = (mode & 1) === 1;
                        half = function () { return __classPrivateFieldGet(_this, _SpiMaster_clk, "f").cycles(halfPeriod); };
                        back = [];
                        cs.value = active;
                        return [4 /*yield*/, half()];
                    case 1:
                        _c.sent();
                        w = 0;
                        _c.label = 2;
                    case 2:
                        if (!(w < words.length)) return [3 /*break*/, 9];
                        got = 0;
                        k = 0;
                        _c.label = 3;
                    case 3:
                        if (!(k < bits)) return [3 /*break*/, 7];
                        // CPHA 0 samples at the first edge of a bit, CPHA 1 at the second; the other one changes the data.
                        if (late)
                            sck.value = 1 - idle;
                        mosi.value = order(words[w], bits, lsbFirst, k);
                        return [4 /*yield*/, half()];
                    case 4:
                        _c.sent();
                        sck.value = late ? idle : 1 - idle;
                        bit = miso.value;
                        got |= bit << (lsbFirst ? k : bits - 1 - k);
                        return [4 /*yield*/, half()];
                    case 5:
                        _c.sent();
                        if (!late)
                            sck.value = idle;
                        _c.label = 6;
                    case 6:
                        k++;
                        return [3 /*break*/, 3];
                    case 7:
                        back.push(got >>> 0);
                        _c.label = 8;
                    case 8:
                        w++;
                        return [3 /*break*/, 2];
                    case 9: return [4 /*yield*/, half()];
                    case 10:
                        _c.sent();
                        cs.value = 1 - active;
                        return [4 /*yield*/, half()];
                    case 11:
                        _c.sent();
                        return [2 /*return*/, back];
                }
            });
        }); };
        var next = __classPrivateFieldGet(this, _SpiMaster_last, "f").then(work, work);
        __classPrivateFieldSet(this, _SpiMaster_last, next.catch(function () { return undefined; }), "f");
        return next;
    };
    return SpiMaster;
}());
exports.SpiMaster = SpiMaster;
_SpiMaster_clk = new WeakMap(), _SpiMaster_lines = new WeakMap(), _SpiMaster_options = new WeakMap(), _SpiMaster_last = new WeakMap();
/** An SPI device for a design that is the master: keeps the words that come, and answers with `reply`. */
var SpiDevice = /** @class */ (function () {
    function SpiDevice(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        var _this = this;
        /** Words of each selection so far. */
        this.transfers = [];
        /** The next word to send, from the words that came in this selection so far; 0 by default. */
        this.reply = function () { return 0; };
        _SpiDevice_clk.set(this, void 0);
        _SpiDevice_lines.set(this, void 0);
        _SpiDevice_options.set(this, void 0);
        __classPrivateFieldSet(this, _SpiDevice_clk, tb.clockNamed(options.clock), "f");
        __classPrivateFieldSet(this, _SpiDevice_lines, linesOf(tb, "SPI device", prefix, ["miso"]), "f");
        __classPrivateFieldSet(this, _SpiDevice_options, __assign({ mode: 0, bits: 8, lsbFirst: false }, options), "f");
        var _a = [false, __classPrivateFieldGet(this, _SpiDevice_options, "f").mode >> 1], selected = _a[0], level = _a[1];
        var words = [];
        var _b = [0, 0, 0], got = _b[0], at = _b[1], out = _b[2];
        var _c = __classPrivateFieldGet(this, _SpiDevice_lines, "f"), sck = _c.sck, mosi = _c.mosi, miso = _c.miso, cs = _c.cs, active = _c.active;
        var _d = __classPrivateFieldGet(this, _SpiDevice_options, "f"), mode = _d.mode, bits = _d.bits, lsbFirst = _d.lsbFirst;
        var next;
        var show = function () {
            next = order(out, bits, lsbFirst, at);
        };
        __classPrivateFieldGet(this, _SpiDevice_clk, "f").onEdge(function () {
            var _a, _b;
            if (cs.isX || sck.isX || tb.inReset)
                return;
            var now = cs.value === active;
            if (now && !selected) {
                words = [];
                _this.transfers.push(words);
                _a = [0, 0, _this.reply(words)], got = _a[0], at = _a[1], out = _a[2];
                level = mode >> 1;
                if (!(mode & 1))
                    show();
            }
            selected = now;
            if (!selected || sck.value === level)
                return;
            level = sck.value;
            var first = level !== mode >> 1;
            if (first === ((mode & 1) === 0)) {
                got |= mosi.value << (lsbFirst ? at : bits - 1 - at);
                at++;
                if (at < bits)
                    return;
                words.push(got >>> 0);
                _b = [0, 0, _this.reply(words)], got = _b[0], at = _b[1], out = _b[2];
            }
            else
                show();
        }, function () {
            if (next !== undefined)
                miso.value = next;
            next = undefined;
        });
    }
    /** The words of the next whole selection. */
    SpiDevice.prototype.recv = function () {
        return __awaiter(this, void 0, void 0, function () {
            var _a, cs, active, before;
            var _this = this;
            return __generator(this, function (_b) {
                switch (_b.label) {
                    case 0:
                        _a = __classPrivateFieldGet(this, _SpiDevice_lines, "f"), cs = _a.cs, active = _a.active;
                        before = this.transfers.length;
                        return [4 /*yield*/, __classPrivateFieldGet(this, _SpiDevice_clk, "f").until(function () { return _this.transfers.length > before && cs.value !== active; })];
                    case 1:
                        _b.sent();
                        return [2 /*return*/, this.transfers[before]];
                }
            });
        });
    };
    return SpiDevice;
}());
exports.SpiDevice = SpiDevice;
_SpiDevice_clk = new WeakMap(), _SpiDevice_lines = new WeakMap(), _SpiDevice_options = new WeakMap();
