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
var __spreadArray = (this && this.__spreadArray) || function (to, from, pack) {
    if (pack || arguments.length === 2) for (var i = 0, l = from.length, ar; i < l; i++) {
        if (ar || !(i in from)) {
            if (!ar) ar = Array.prototype.slice.call(from, 0, i);
            ar[i] = from[i];
        }
    }
    return to.concat(ar || Array.prototype.slice.call(from));
};
var _Axi4Master_instances, _Axi4Master_tb, _Axi4Master_clk, _Axi4Master_prefix, _Axi4Master_bus, _Axi4Master_paused, _Axi4Master_addresses, _Axi4Master_beats, _Axi4Master_reading, _Axi4Master_writing, _Axi4Master_wasInReset, _Axi4Master_finished, _Axi4Master_transaction, _Axi4Master_split, _Axi4Master_observe, _Axi4Master_abandon, _Axi4Master_drive, _Axi4Master_address, _Axi4Master_unexpected, _Axi4Master_readBeat, _Axi4Master_answered;
Object.defineProperty(exports, "__esModule", { value: true });
exports.Axi4Master = void 0;
var axi4_ts_1 = require("./axi4.ts");
var BOUNDARY = 4096;
/** An AXI4 master for a design with the slave ports `<prefix>_araddr`, `<prefix>_awaddr` and so on. */
var Axi4Master = /** @class */ (function () {
    function Axi4Master(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        var _this = this;
        _Axi4Master_instances.add(this);
        _Axi4Master_tb.set(this, void 0);
        _Axi4Master_clk.set(this, void 0);
        _Axi4Master_prefix.set(this, void 0);
        _Axi4Master_bus.set(this, void 0);
        _Axi4Master_paused.set(this, void 0);
        _Axi4Master_addresses.set(this, { ar: [], aw: [] });
        _Axi4Master_beats.set(this, []);
        _Axi4Master_reading.set(this, []);
        _Axi4Master_writing.set(this, []);
        _Axi4Master_wasInReset.set(this, false);
        __classPrivateFieldSet(this, _Axi4Master_tb, tb, "f");
        __classPrivateFieldSet(this, _Axi4Master_clk, tb.clockNamed(options.clock), "f");
        __classPrivateFieldSet(this, _Axi4Master_prefix, prefix, "f");
        __classPrivateFieldSet(this, _Axi4Master_bus, (0, axi4_ts_1.axi4Bus)(tb, "AXI4 master", prefix, "master"), "f");
        __classPrivateFieldSet(this, _Axi4Master_paused, (0, axi4_ts_1.pausing)(tb, options.pause), "f");
        var _a = __classPrivateFieldGet(this, _Axi4Master_bus, "f"), r = _a.r, b = _a.b;
        for (var _i = 0, _b = [r, b]; _i < _b.length; _i++) {
            var c = _b[_i];
            if (c)
                c.ready.value = 0;
        }
        __classPrivateFieldGet(this, _Axi4Master_clk, "f").onEdge(function () { return __classPrivateFieldGet(_this, _Axi4Master_instances, "m", _Axi4Master_observe).call(_this); }, function () { return __classPrivateFieldGet(_this, _Axi4Master_instances, "m", _Axi4Master_drive).call(_this); });
    }
    /** `n` bytes from any address on, in as many bursts as that takes. Throws an Axi4Error unless all answers are OKAY. */
    Axi4Master.prototype.read = function (address_1, n_1) {
        return __awaiter(this, arguments, void 0, function (address, n, options) {
            var out, parts;
            var _this = this;
            if (options === void 0) { options = {}; }
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        out = new Uint8Array(n);
                        parts = __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_split).call(this, address, n, options).map(function (b) { return __awaiter(_this, void 0, void 0, function () {
                            var beats, to, _i, beats_1, beat, _a, beat_1, byte;
                            return __generator(this, function (_b) {
                                switch (_b.label) {
                                    case 0: return [4 /*yield*/, this.readBurst(b.address, b.beats, b)];
                                    case 1:
                                        beats = _b.sent();
                                        to = b.address - address;
                                        for (_i = 0, beats_1 = beats; _i < beats_1.length; _i++) {
                                            beat = beats_1[_i];
                                            for (_a = 0, beat_1 = beat; _a < beat_1.length; _a++) {
                                                byte = beat_1[_a];
                                                if (to < n)
                                                    out[to++] = byte;
                                            }
                                        }
                                        return [2 /*return*/];
                                }
                            });
                        }); });
                        return [4 /*yield*/, Promise.all(parts)];
                    case 1:
                        _a.sent();
                        return [2 /*return*/, out];
                }
            });
        });
    };
    /** Stores bytes from any address on. Throws an Axi4Error unless all answers are OKAY. */
    Axi4Master.prototype.write = function (address_1, bytes_1) {
        return __awaiter(this, arguments, void 0, function (address, bytes, options) {
            var from, parts;
            var _this = this;
            if (options === void 0) { options = {}; }
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        from = 0;
                        parts = __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_split).call(this, address, bytes.length, options).map(function (b) {
                            var data = [];
                            var strobes = [];
                            var _loop_1 = function (i) {
                                var _a = (0, axi4_ts_1.activeLanes)((0, axi4_ts_1.beatAddress)(b, i), b.beatBytes, __classPrivateFieldGet(_this, _Axi4Master_bus, "f").bytes), low = _a[0], up = _a[1];
                                var inside = Array.from({ length: up - low + 1 }, function () { return from++; }).map(function (k) { return k < bytes.length; });
                                var start = from - inside.length;
                                data.push(Uint8Array.from(inside, function (yes, k) { return (yes ? bytes[start + k] : 0); }));
                                strobes.push(inside);
                            };
                            for (var i = 0; i < b.beats; i++) {
                                _loop_1(i);
                            }
                            from = Math.min(from, bytes.length);
                            return _this.writeBurst(b.address, data, __assign(__assign({}, b), { strobes: strobes }));
                        });
                        return [4 /*yield*/, Promise.all(parts)];
                    case 1:
                        _a.sent();
                        return [2 /*return*/];
                }
            });
        });
    };
    /** One burst: for each beat the bytes of its active lanes, lowest first. Throws an Axi4Error unless OKAY. */
    Axi4Master.prototype.readBurst = function (address_1, beats_2) {
        return __awaiter(this, arguments, void 0, function (address, beats, options) {
            var t;
            if (options === void 0) { options = {}; }
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        if (!__classPrivateFieldGet(this, _Axi4Master_bus, "f").ar)
                            throw new TypeError("AXI4 master ".concat(__classPrivateFieldGet(this, _Axi4Master_prefix, "f"), ": the design cannot be read there"));
                        t = __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_transaction).call(this, "read", address, beats, options);
                        __classPrivateFieldGet(this, _Axi4Master_addresses, "f").ar.push(t);
                        __classPrivateFieldGet(this, _Axi4Master_reading, "f").push(t);
                        return [4 /*yield*/, __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_finished).call(this, "read", t)];
                    case 1:
                        _a.sent();
                        return [2 /*return*/, t.data];
                }
            });
        });
    };
    /**
     * One burst with for each beat the bytes of its active lanes, lowest first; `strobes` leaves some of them out. Throws an
     * Axi4Error unless OKAY.
     */
    Axi4Master.prototype.writeBurst = function (address_1, data_1) {
        return __awaiter(this, arguments, void 0, function (address, data, options) {
            var t;
            var _this = this;
            if (options === void 0) { options = {}; }
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        if (!__classPrivateFieldGet(this, _Axi4Master_bus, "f").aw)
                            throw new TypeError("AXI4 master ".concat(__classPrivateFieldGet(this, _Axi4Master_prefix, "f"), ": the design cannot be written there"));
                        t = __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_transaction).call(this, "write", address, data.length, options);
                        t.strobes = options.strobes;
                        data.forEach(function (beat, i) {
                            var _a, _b, _c;
                            var _d = (0, axi4_ts_1.activeLanes)((0, axi4_ts_1.beatAddress)(t, i), t.beatBytes, __classPrivateFieldGet(_this, _Axi4Master_bus, "f").bytes), low = _d[0], up = _d[1];
                            if (beat.length !== up - low + 1)
                                throw new RangeError("".concat(__classPrivateFieldGet(_this, _Axi4Master_prefix, "f"), ": beat ").concat(i, " has ").concat(up - low + 1, " active lanes, not ").concat(beat.length));
                            var bytes = Uint8Array.from({ length: __classPrivateFieldGet(_this, _Axi4Master_bus, "f").bytes }, function () { return __classPrivateFieldGet(_this, _Axi4Master_tb, "f").rand.u32() & 255; });
                            var strobe = 0n;
                            for (var lane = low; lane <= up; lane++) {
                                bytes[lane] = beat[lane - low];
                                if ((_c = (_b = (_a = t.strobes) === null || _a === void 0 ? void 0 : _a[i]) === null || _b === void 0 ? void 0 : _b[lane - low]) !== null && _c !== void 0 ? _c : true)
                                    strobe |= 1n << BigInt(lane);
                            }
                            __classPrivateFieldGet(_this, _Axi4Master_beats, "f").push({ bytes: bytes, strobe: strobe, last: i === data.length - 1 });
                        });
                        __classPrivateFieldGet(this, _Axi4Master_addresses, "f").aw.push(t);
                        __classPrivateFieldGet(this, _Axi4Master_writing, "f").push(t);
                        return [4 /*yield*/, __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_finished).call(this, "write", t)];
                    case 1:
                        _a.sent();
                        return [2 /*return*/];
                }
            });
        });
    };
    /** Everything is answered. */
    Axi4Master.prototype.idle = function () {
        return !__classPrivateFieldGet(this, _Axi4Master_reading, "f").length && !__classPrivateFieldGet(this, _Axi4Master_writing, "f").length;
    };
    return Axi4Master;
}());
exports.Axi4Master = Axi4Master;
_Axi4Master_tb = new WeakMap(), _Axi4Master_clk = new WeakMap(), _Axi4Master_prefix = new WeakMap(), _Axi4Master_bus = new WeakMap(), _Axi4Master_paused = new WeakMap(), _Axi4Master_addresses = new WeakMap(), _Axi4Master_beats = new WeakMap(), _Axi4Master_reading = new WeakMap(), _Axi4Master_writing = new WeakMap(), _Axi4Master_wasInReset = new WeakMap(), _Axi4Master_instances = new WeakSet(), _Axi4Master_finished = function _Axi4Master_finished(what, t) {
    return __awaiter(this, void 0, void 0, function () {
        var response;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0: return [4 /*yield*/, t.done.wait()];
                case 1:
                    response = _a.sent();
                    if (response !== "OKAY")
                        throw new axi4_ts_1.Axi4Error("".concat(__classPrivateFieldGet(this, _Axi4Master_prefix, "f"), ": ").concat(what, " of 0x").concat(t.address.toString(16)), response);
                    return [2 /*return*/];
            }
        });
    });
}, _Axi4Master_transaction = function _Axi4Master_transaction(what, address, beats, options) {
    var _this = this;
    var _a = options.id, id = _a === void 0 ? 0 : _a, _b = options.burst, burst = _b === void 0 ? "INCR" : _b, _c = options.beatBytes, beatBytes = _c === void 0 ? __classPrivateFieldGet(this, _Axi4Master_bus, "f").bytes : _c;
    var fault = function (why) {
        return new RangeError("AXI4 master ".concat(__classPrivateFieldGet(_this, _Axi4Master_prefix, "f"), ": ").concat(what, " of ").concat(beats, " beats at 0x").concat(address.toString(16), ": ").concat(why));
    };
    if (!Number.isSafeInteger(address) || address < 0)
        throw fault("no such address");
    if (!(beatBytes >= 1 && beatBytes <= __classPrivateFieldGet(this, _Axi4Master_bus, "f").bytes) || beatBytes & (beatBytes - 1))
        throw fault("a beat cannot have ".concat(beatBytes, " bytes"));
    if (!(beats >= 1 && beats <= (burst === "INCR" ? 256 : 16)))
        throw fault("".concat(burst, " bursts are shorter"));
    if (burst === "WRAP" && (![2, 4, 8, 16].includes(beats) || address % beatBytes))
        throw fault("a WRAP burst has 2, 4, 8 or 16 aligned beats");
    var end = address - (address % beatBytes) + (burst === "FIXED" ? 1 : beats) * beatBytes;
    if (burst === "INCR" && Math.floor(address / BOUNDARY) !== Math.floor((end - 1) / BOUNDARY))
        throw fault("it crosses 4 KiB");
    var done = __classPrivateFieldGet(this, _Axi4Master_tb, "f").future("the answer to a ".concat(what, " of 0x").concat(address.toString(16), " on ").concat(__classPrivateFieldGet(this, _Axi4Master_prefix, "f")));
    return {
        id: id,
        burst: burst,
        beatBytes: beatBytes,
        address: address,
        beats: beats,
        exclusive: false,
        done: done,
        data: [],
        strobes: undefined,
        response: "OKAY",
    };
}, _Axi4Master_split = function _Axi4Master_split(address, n, options) {
    var _a, _b, _c;
    var _d = options.id, id = _d === void 0 ? 0 : _d, _e = options.beatBytes, beatBytes = _e === void 0 ? __classPrivateFieldGet(this, _Axi4Master_bus, "f").bytes : _e;
    if (((_a = options.burst) !== null && _a !== void 0 ? _a : "INCR") !== "INCR")
        throw new RangeError("read and write are made of INCR bursts; see readBurst");
    var bursts = [];
    var most = ((_b = __classPrivateFieldGet(this, _Axi4Master_bus, "f").ar) === null || _b === void 0 ? void 0 : _b.fields.len) || ((_c = __classPrivateFieldGet(this, _Axi4Master_bus, "f").aw) === null || _c === void 0 ? void 0 : _c.fields.len) ? 256 : 1;
    for (var at = address; at < address + n;) {
        var start = at - (at % beatBytes);
        var end = Math.min(address + n, (Math.floor(at / BOUNDARY) + 1) * BOUNDARY, start + most * beatBytes);
        var beats = Math.ceil((end - start) / beatBytes);
        bursts.push({ id: id, address: at, beats: beats, beatBytes: beatBytes, burst: "INCR", exclusive: false });
        at = start + beats * beatBytes;
    }
    return bursts;
}, _Axi4Master_observe = function _Axi4Master_observe() {
    var _a = __classPrivateFieldGet(this, _Axi4Master_bus, "f"), b = _a.b, r = _a.r;
    if (__classPrivateFieldGet(this, _Axi4Master_tb, "f").inReset) {
        // What was under way is lost; what is asked for in the reset waits for its end.
        if (!__classPrivateFieldGet(this, _Axi4Master_wasInReset, "f"))
            __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_abandon).call(this);
        __classPrivateFieldSet(this, _Axi4Master_wasInReset, true, "f");
        return;
    }
    __classPrivateFieldSet(this, _Axi4Master_wasInReset, false, "f");
    if (r && (0, axi4_ts_1.high)(r.valid) && (0, axi4_ts_1.high)(r.ready))
        __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_readBeat).call(this, r);
    if (b && (0, axi4_ts_1.high)(b.valid) && (0, axi4_ts_1.high)(b.ready))
        __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_answered).call(this, b);
}, _Axi4Master_abandon = function _Axi4Master_abandon() {
    var lost = __spreadArray(__spreadArray([], __classPrivateFieldGet(this, _Axi4Master_reading, "f"), true), __classPrivateFieldGet(this, _Axi4Master_writing, "f"), true);
    for (var _i = 0, _a = [__classPrivateFieldGet(this, _Axi4Master_reading, "f"), __classPrivateFieldGet(this, _Axi4Master_writing, "f"), __classPrivateFieldGet(this, _Axi4Master_beats, "f"), __classPrivateFieldGet(this, _Axi4Master_addresses, "f").ar, __classPrivateFieldGet(this, _Axi4Master_addresses, "f").aw]; _i < _a.length; _i++) {
        var list = _a[_i];
        list.length = 0;
    }
    for (var _b = 0, lost_1 = lost; _b < lost_1.length; _b++) {
        var t = lost_1[_b];
        t.done.reject(new Error("".concat(__classPrivateFieldGet(this, _Axi4Master_prefix, "f"), ": a reset came before the answer for 0x").concat(t.address.toString(16))));
    }
}, _Axi4Master_drive = function _Axi4Master_drive() {
    var _this = this;
    var _a, _b;
    var _c = __classPrivateFieldGet(this, _Axi4Master_bus, "f"), aw = _c.aw, w = _c.w, b = _c.b, ar = _c.ar, r = _c.r;
    if (__classPrivateFieldGet(this, _Axi4Master_tb, "f").inReset) {
        for (var _i = 0, _d = [aw, w, ar]; _i < _d.length; _i++) {
            var c = _d[_i];
            if (c)
                c.valid.value = 0;
        }
        for (var _e = 0, _f = [b, r]; _e < _f.length; _e++) {
            var c = _f[_e];
            if (c)
                c.ready.value = 0;
        }
        return;
    }
    for (var _g = 0, _h = [r, b]; _g < _h.length; _g++) {
        var c = _h[_g];
        if (c)
            c.ready.value = __classPrivateFieldGet(this, _Axi4Master_paused, "f").call(this, c.name) ? 0 : 1;
    }
    for (var _j = 0, _k = [ar, aw]; _j < _k.length; _j++) {
        var c = _k[_j];
        if (c)
            __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_address).call(this, c, __classPrivateFieldGet(this, _Axi4Master_addresses, "f")[c.name]);
    }
    if (w && !((0, axi4_ts_1.high)(w.valid) && !(0, axi4_ts_1.high)(w.ready))) {
        var beat = __classPrivateFieldGet(this, _Axi4Master_paused, "f").call(this, "w") ? undefined : __classPrivateFieldGet(this, _Axi4Master_beats, "f").shift();
        w.valid.value = beat ? 1 : 0;
        var bytes = (_a = beat === null || beat === void 0 ? void 0 : beat.bytes) !== null && _a !== void 0 ? _a : Uint8Array.from({ length: __classPrivateFieldGet(this, _Axi4Master_bus, "f").bytes }, function () { return __classPrivateFieldGet(_this, _Axi4Master_tb, "f").rand.u32() & 255; });
        w.fields.data.setWords((0, axi4_ts_1.beatWords)(bytes));
        if (w.fields.strb)
            w.fields.strb.big = (_b = beat === null || beat === void 0 ? void 0 : beat.strobe) !== null && _b !== void 0 ? _b : 0n;
        if (w.fields.last)
            w.fields.last.value = (beat === null || beat === void 0 ? void 0 : beat.last) ? 1 : 0;
    }
}, _Axi4Master_address = function _Axi4Master_address(c, queue) {
    if ((0, axi4_ts_1.high)(c.valid) && !(0, axi4_ts_1.high)(c.ready))
        return;
    var t = __classPrivateFieldGet(this, _Axi4Master_paused, "f").call(this, c.name) ? undefined : queue.shift();
    c.valid.value = t ? 1 : 0;
    if (!t)
        return;
    var _a = c.fields, addr = _a.addr, id = _a.id, len = _a.len, size = _a.size, burst = _a.burst, cache = _a.cache, prot = _a.prot, lock = _a.lock, qos = _a.qos, region = _a.region, user = _a.user;
    addr.big = BigInt(t.address);
    if (id)
        id.big = BigInt(t.id);
    else if (t.id)
        throw new RangeError("".concat(__classPrivateFieldGet(this, _Axi4Master_prefix, "f"), ": the design has no ids"));
    if (len)
        len.value = t.beats - 1;
    else if (t.beats > 1)
        throw new RangeError("".concat(__classPrivateFieldGet(this, _Axi4Master_prefix, "f"), ": the design has no bursts"));
    if (size)
        size.value = Math.log2(t.beatBytes);
    if (burst)
        burst.value = axi4_ts_1.AXI4_BURSTS.indexOf(t.burst);
    // Modifiable, bufferable, normal memory.
    if (cache)
        cache.value = 3;
    for (var _i = 0, _b = [prot, lock, qos, region, user]; _i < _b.length; _i++) {
        var s = _b[_i];
        if (s)
            s.big = 0n;
    }
}, _Axi4Master_unexpected = function _Axi4Master_unexpected(what, id) {
    __classPrivateFieldGet(this, _Axi4Master_tb, "f").fail(new RangeError("".concat(__classPrivateFieldGet(this, _Axi4Master_prefix, "f"), ": ").concat(what, " for id ").concat(id, ", which has no request, in cycle ").concat(__classPrivateFieldGet(this, _Axi4Master_clk, "f").cycle)));
}, _Axi4Master_readBeat = function _Axi4Master_readBeat(r) {
    var _this = this;
    var _a;
    var _b = r.fields, idPort = _b.id, data = _b.data, resp = _b.resp, last = _b.last;
    var id = idPort ? Number(idPort.big) : 0;
    var t = __classPrivateFieldGet(this, _Axi4Master_reading, "f").find(function (x) { return x.id === id && !__classPrivateFieldGet(_this, _Axi4Master_addresses, "f").ar.includes(x); });
    if (!t) {
        __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_unexpected).call(this, "read data came", id);
        return;
    }
    var _c = (0, axi4_ts_1.activeLanes)((0, axi4_ts_1.beatAddress)(t, t.data.length), t.beatBytes, __classPrivateFieldGet(this, _Axi4Master_bus, "f").bytes), low = _c[0], up = _c[1];
    var response = axi4_ts_1.AXI4_RESPONSES[(_a = resp === null || resp === void 0 ? void 0 : resp.value) !== null && _a !== void 0 ? _a : 0];
    // The worst answer of all beats counts.
    if (axi4_ts_1.AXI4_RESPONSES.indexOf(response) > axi4_ts_1.AXI4_RESPONSES.indexOf(t.response))
        t.response = response;
    t.data.push((0, axi4_ts_1.wordsToBytes)(data.words(), __classPrivateFieldGet(this, _Axi4Master_bus, "f").bytes).slice(low, up + 1));
    var ends = t.data.length === t.beats;
    if (last && (0, axi4_ts_1.high)(last) !== ends)
        __classPrivateFieldGet(this, _Axi4Master_tb, "f").fail(new RangeError("".concat(__classPrivateFieldGet(this, _Axi4Master_prefix, "f"), ": rlast ").concat(ends ? "is missing at" : "came with", " beat ").concat(t.data.length, " of a burst of ").concat(t.beats, ", in cycle ").concat(__classPrivateFieldGet(this, _Axi4Master_clk, "f").cycle)));
    if (!ends)
        return;
    __classPrivateFieldGet(this, _Axi4Master_reading, "f").splice(__classPrivateFieldGet(this, _Axi4Master_reading, "f").indexOf(t), 1);
    t.done.resolve(t.response);
}, _Axi4Master_answered = function _Axi4Master_answered(b) {
    var _this = this;
    var _a, _b;
    var id = b.fields.id ? Number(b.fields.id.big) : 0;
    var t = __classPrivateFieldGet(this, _Axi4Master_writing, "f").find(function (x) { return x.id === id && !__classPrivateFieldGet(_this, _Axi4Master_addresses, "f").aw.includes(x); });
    if (!t) {
        __classPrivateFieldGet(this, _Axi4Master_instances, "m", _Axi4Master_unexpected).call(this, "an answer came", id);
        return;
    }
    __classPrivateFieldGet(this, _Axi4Master_writing, "f").splice(__classPrivateFieldGet(this, _Axi4Master_writing, "f").indexOf(t), 1);
    t.done.resolve(axi4_ts_1.AXI4_RESPONSES[(_b = (_a = b.fields.resp) === null || _a === void 0 ? void 0 : _a.value) !== null && _b !== void 0 ? _b : 0]);
};
