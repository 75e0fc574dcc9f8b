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
exports.high = exports.AXI4_CHANNELS = exports.Axi4Error = exports.AXI4_BURSTS = exports.AXI4_RESPONSES = void 0;
exports.axi4Bus = axi4Bus;
exports.beatAddress = beatAddress;
exports.activeLanes = activeLanes;
exports.burstOf = burstOf;
exports.beatWords = beatWords;
exports.wordsToBytes = wordsToBytes;
exports.pausing = pausing;
/** As the two bits of bresp and rresp count them. */
exports.AXI4_RESPONSES = ["OKAY", "EXOKAY", "SLVERR", "DECERR"];
exports.AXI4_BURSTS = ["FIXED", "INCR", "WRAP"];
/** The answer to an access was not OKAY. */
var Axi4Error = /** @class */ (function (_super) {
    __extends(Axi4Error, _super);
    function Axi4Error(what, response) {
        var _this = _super.call(this, "".concat(what, ": the answer is ").concat(response)) || this;
        _this.name = "Axi4Error";
        _this.response = response;
        return _this;
    }
    return Axi4Error;
}(Error));
exports.Axi4Error = Axi4Error;
var FIELDS = {
    aw: {
        required: ["addr"],
        optional: ["id", "len", "size", "burst", "lock", "cache", "prot", "qos", "region", "user"],
    },
    w: { required: ["data"], optional: ["strb", "last", "user"] },
    b: { required: [], optional: ["id", "resp", "user"] },
    ar: {
        required: ["addr"],
        optional: ["id", "len", "size", "burst", "lock", "cache", "prot", "qos", "region", "user"],
    },
    r: { required: ["data"], optional: ["id", "resp", "last", "user"] },
};
exports.AXI4_CHANNELS = Object.keys(FIELDS);
var BY_MASTER = new Set(["aw", "w", "ar"]);
/**
 * The channels of the bus `<prefix>_awaddr` and so on: reading (ar, r), writing (aw, w, b) or both. An agent that is the
 * `slave` drives ready of aw, w, ar and all of b and r, the `master` the rest, the `monitor` nothing.
 */
function axi4Bus(tb, who, prefix, role) {
    var _a;
    var bus = {};
    var reads = tb.hasPort("".concat(prefix, "_araddr"));
    var writes = tb.hasPort("".concat(prefix, "_awaddr"));
    var _loop_1 = function (name_1) {
        var reading = name_1 === "ar" || name_1 === "r";
        // A bus without any address is a misspelt prefix: the missing read channel says so.
        if (reading ? !reads && writes : !writes)
            return "continue";
        var _b = FIELDS[name_1], required = _b.required, optional = _b.optional;
        var p = function (f) { return "".concat(name_1).concat(f); };
        var driver = BY_MASTER.has(name_1) ? "master" : "slave";
        var drives = role === "monitor" ? [] : role === driver ? __spreadArray(__spreadArray(["valid"], required, true), optional, true) : ["ready"];
        var found = tb.bus(who, prefix, {
            required: __spreadArray(["valid", "ready"], required, true).map(p),
            optional: optional.map(p),
            drives: drives.map(p),
        });
        var fields = {};
        for (var _c = 0, _d = __spreadArray(__spreadArray([], required, true), optional, true); _c < _d.length; _c++) {
            var f = _d[_c];
            if (found[p(f)])
                fields[f] = found[p(f)];
        }
        bus[name_1] = { name: name_1, valid: found[p("valid")], ready: found[p("ready")], fields: fields };
    };
    for (var _i = 0, AXI4_CHANNELS_1 = exports.AXI4_CHANNELS; _i < AXI4_CHANNELS_1.length; _i++) {
        var name_1 = AXI4_CHANNELS_1[_i];
        _loop_1(name_1);
    }
    var data = ((_a = bus.r) !== null && _a !== void 0 ? _a : bus.w).fields.data;
    if (data.width % 8 || data.width & (data.width - 1))
        throw new TypeError("".concat(who, " ").concat(prefix, ": ").concat(data.name, " has ").concat(data.width, " bits, and a bus 8, 16, 32 and so on"));
    return __assign(__assign({}, bus), { bytes: data.width / 8 });
}
/** Address of beat `i` of a burst. */
function beatAddress(_a, i) {
    var address = _a.address, beats = _a.beats, beatBytes = _a.beatBytes, burst = _a.burst;
    if (burst === "FIXED" || i === 0)
        return address;
    var aligned = address - (address % beatBytes);
    if (burst === "INCR")
        return aligned + i * beatBytes;
    var total = beats * beatBytes;
    var low = address - (address % total);
    return low + ((aligned - low + i * beatBytes) % total);
}
/** First and last byte lane that a beat at an address uses. */
function activeLanes(address, beatBytes, busBytes) {
    var first = address % busBytes;
    var start = address - (address % beatBytes);
    return [first, (start % busBytes) + beatBytes - 1];
}
/** What an address channel says at a transfer. Throws a RangeError for an address beyond 2^53. */
function burstOf(_a, busBytes) {
    var _b, _c, _d, _e, _f, _g, _h;
    var f = _a.fields;
    var address = Number(f.addr.big);
    if (!Number.isSafeInteger(address))
        throw new RangeError("".concat(f.addr.name, ": an address beyond 2^53 is not simulated"));
    return {
        id: f.id ? Number(f.id.big) : 0,
        address: address,
        beats: ((_c = (_b = f.len) === null || _b === void 0 ? void 0 : _b.value) !== null && _c !== void 0 ? _c : 0) + 1,
        beatBytes: f.size ? Math.pow(2, f.size.value) : busBytes,
        burst: (_f = exports.AXI4_BURSTS[(_e = (_d = f.burst) === null || _d === void 0 ? void 0 : _d.value) !== null && _e !== void 0 ? _e : 1]) !== null && _f !== void 0 ? _f : "INCR",
        exclusive: ((_h = (_g = f.lock) === null || _g === void 0 ? void 0 : _g.value) !== null && _h !== void 0 ? _h : 0) === 1,
    };
}
/** True where a signal is known and 1. */
var high = function (s) { return !s.isX && s.value === 1; };
exports.high = high;
/** Bytes of a beat into 32-bit words, lowest first. */
function beatWords(bytes) {
    var words = new Uint32Array(Math.ceil(bytes.length / 4));
    for (var k = 0; k < bytes.length; k++)
        words[k >>> 2] |= bytes[k] << (8 * (k & 3));
    return words;
}
function wordsToBytes(words, n) {
    return Uint8Array.from({ length: n }, function (_, k) { return (words[k >>> 2] >>> (8 * (k & 3))) & 255; });
}
/** For each channel, whether it pauses in this clock; asked once a clock. */
function pausing(tb, pauses) {
    var of = new Map();
    var _loop_2 = function (c) {
        var p = pauses !== undefined && typeof pauses === "object" && !(Symbol.iterator in pauses)
            ? pauses[c]
            : pauses;
        if (p === undefined || p === 0)
            of.set(c, function () { return false; });
        else if (typeof p === "number") {
            if (!(p > 0 && p < 1))
                throw new RangeError("a pause must be from 0 to below 1, not ".concat(p));
            of.set(c, function () { return tb.rand.bool(p); });
        }
        else {
            var sequence_1 = p[Symbol.iterator]();
            // A sequence that has ended pauses no more.
            of.set(c, function () { return Boolean(sequence_1.next().value); });
        }
    };
    for (var _i = 0, AXI4_CHANNELS_2 = exports.AXI4_CHANNELS; _i < AXI4_CHANNELS_2.length; _i++) {
        var c = AXI4_CHANNELS_2[_i];
        _loop_2(c);
    }
    return function (channel) { return of.get(channel)(); };
}
