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
var _Axi4Memory_instances, _Axi4Memory_tb, _Axi4Memory_clk, _Axi4Memory_prefix, _Axi4Memory_bus, _Axi4Memory_options, _Axi4Memory_paused, _Axi4Memory_pages, _Axi4Memory_reads, _Axi4Memory_writes, _Axi4Memory_answers, _Axi4Memory_data, _Axi4Memory_streaming, _Axi4Memory_noise, _Axi4Memory_latency, _Axi4Memory_page, _Axi4Memory_byte, _Axi4Memory_store, _Axi4Memory_observe, _Axi4Memory_drive, _Axi4Memory_take, _Axi4Memory_due, _Axi4Memory_writeData, _Axi4Memory_choose, _Axi4Memory_answer, _Axi4Memory_readData;
Object.defineProperty(exports, "__esModule", { value: true });
exports.Axi4Memory = void 0;
var axi4_ts_1 = require("./axi4.ts");
var rand_ts_1 = require("./rand.ts");
var PAGE = 4096;
/**
 * An AXI4 slave with memory behind it, for a design that is the master of `<prefix>_araddr`, `<prefix>_awaddr` and so on
 * (read channels, write channels or both): bursts FIXED, INCR and WRAP, narrow and unaligned beats, strobes. Bytes that
 * nobody has written, lanes outside a beat and the payload of an idle channel are noise.
 */
var Axi4Memory = /** @class */ (function () {
    function Axi4Memory(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        var _this = this;
        _Axi4Memory_instances.add(this);
        /** Every burst taken so far, in order. */
        this.accesses = [];
        /** Data that was transferred, without lanes outside the beats and bytes without a strobe. */
        this.bytesRead = 0;
        this.bytesWritten = 0;
        _Axi4Memory_tb.set(this, void 0);
        _Axi4Memory_clk.set(this, void 0);
        _Axi4Memory_prefix.set(this, void 0);
        _Axi4Memory_bus.set(this, void 0);
        _Axi4Memory_options.set(this, void 0);
        _Axi4Memory_paused.set(this, void 0);
        _Axi4Memory_pages.set(this, new Map());
        _Axi4Memory_reads.set(this, []);
        _Axi4Memory_writes.set(this, []);
        _Axi4Memory_answers.set(this, []);
        _Axi4Memory_data.set(this, []);
        _Axi4Memory_streaming.set(this, void 0);
        _Axi4Memory_noise.set(this, void 0);
        __classPrivateFieldSet(this, _Axi4Memory_tb, tb, "f");
        __classPrivateFieldSet(this, _Axi4Memory_clk, tb.clockNamed(options.clock), "f");
        __classPrivateFieldSet(this, _Axi4Memory_prefix, prefix, "f");
        __classPrivateFieldSet(this, _Axi4Memory_options, options, "f");
        __classPrivateFieldSet(this, _Axi4Memory_bus, (0, axi4_ts_1.axi4Bus)(tb, "AXI4 memory", prefix, "slave"), "f");
        var _a = __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_latency).call(this), least = _a[0], most = _a[1];
        if (!(least >= 0 && most >= least && Number.isInteger(least) && Number.isInteger(most)))
            throw new RangeError("AXI4 memory ".concat(prefix, ": no latency ").concat(JSON.stringify(options.latency)));
        __classPrivateFieldSet(this, _Axi4Memory_paused, (0, axi4_ts_1.pausing)(tb, options.pause), "f");
        __classPrivateFieldSet(this, _Axi4Memory_noise, new rand_ts_1.Rand(tb.seed ^ 0x5eed), "f");
        __classPrivateFieldGet(this, _Axi4Memory_clk, "f").onEdge(function () { return __classPrivateFieldGet(_this, _Axi4Memory_instances, "m", _Axi4Memory_observe).call(_this); }, function () { return __classPrivateFieldGet(_this, _Axi4Memory_instances, "m", _Axi4Memory_drive).call(_this); });
    }
    /** `n` bytes from an address on, without a simulated access. */
    Axi4Memory.prototype.read = function (address, n) {
        var _this = this;
        return Uint8Array.from({ length: n }, function (_, k) { return __classPrivateFieldGet(_this, _Axi4Memory_instances, "m", _Axi4Memory_byte).call(_this, address + k); });
    };
    /** Stores bytes without a simulated access. */
    Axi4Memory.prototype.write = function (address, bytes) {
        for (var k = 0; k < bytes.length; k++)
            __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_store).call(this, address + k, bytes[k]);
    };
    /** Nothing is left to answer. */
    Axi4Memory.prototype.idle = function () {
        return !__classPrivateFieldGet(this, _Axi4Memory_reads, "f").length && !__classPrivateFieldGet(this, _Axi4Memory_writes, "f").length && !__classPrivateFieldGet(this, _Axi4Memory_answers, "f").length && !__classPrivateFieldGet(this, _Axi4Memory_data, "f").length;
    };
    return Axi4Memory;
}());
exports.Axi4Memory = Axi4Memory;
_Axi4Memory_tb = new WeakMap(), _Axi4Memory_clk = new WeakMap(), _Axi4Memory_prefix = new WeakMap(), _Axi4Memory_bus = new WeakMap(), _Axi4Memory_options = new WeakMap(), _Axi4Memory_paused = new WeakMap(), _Axi4Memory_pages = new WeakMap(), _Axi4Memory_reads = new WeakMap(), _Axi4Memory_writes = new WeakMap(), _Axi4Memory_answers = new WeakMap(), _Axi4Memory_data = new WeakMap(), _Axi4Memory_streaming = new WeakMap(), _Axi4Memory_noise = new WeakMap(), _Axi4Memory_instances = new WeakSet(), _Axi4Memory_latency = function _Axi4Memory_latency() {
    var _a = __classPrivateFieldGet(this, _Axi4Memory_options, "f").latency, latency = _a === void 0 ? 1 : _a;
    return typeof latency === "number" ? [latency, latency] : latency;
}, _Axi4Memory_page = function _Axi4Memory_page(address) {
    var n = Math.floor(address / PAGE);
    var page = __classPrivateFieldGet(this, _Axi4Memory_pages, "f").get(n);
    if (!page) {
        // The same noise whatever is looked at first.
        var rand_1 = new rand_ts_1.Rand(__classPrivateFieldGet(this, _Axi4Memory_tb, "f").seed ^ Math.imul(n + 1, 0x9e3779b1));
        page = Uint8Array.from({ length: PAGE }, function () { return rand_1.u32() & 255; });
        __classPrivateFieldGet(this, _Axi4Memory_pages, "f").set(n, page);
    }
    return page;
}, _Axi4Memory_byte = function _Axi4Memory_byte(address) {
    return __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_page).call(this, address)[address % PAGE];
}, _Axi4Memory_store = function _Axi4Memory_store(address, byte) {
    __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_page).call(this, address)[address % PAGE] = byte;
}, _Axi4Memory_observe = function _Axi4Memory_observe() {
    var _a = __classPrivateFieldGet(this, _Axi4Memory_bus, "f"), aw = _a.aw, w = _a.w, ar = _a.ar;
    if (__classPrivateFieldGet(this, _Axi4Memory_tb, "f").inReset) {
        for (var _i = 0, _b = [__classPrivateFieldGet(this, _Axi4Memory_reads, "f"), __classPrivateFieldGet(this, _Axi4Memory_writes, "f"), __classPrivateFieldGet(this, _Axi4Memory_answers, "f"), __classPrivateFieldGet(this, _Axi4Memory_data, "f")]; _i < _b.length; _i++) {
            var list = _b[_i];
            list.length = 0;
        }
        __classPrivateFieldSet(this, _Axi4Memory_streaming, undefined, "f");
        return;
    }
    if (ar && (0, axi4_ts_1.high)(ar.valid) && (0, axi4_ts_1.high)(ar.ready))
        __classPrivateFieldGet(this, _Axi4Memory_reads, "f").push(__classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_take).call(this, ar, "read"));
    if (aw && (0, axi4_ts_1.high)(aw.valid) && (0, axi4_ts_1.high)(aw.ready))
        __classPrivateFieldGet(this, _Axi4Memory_writes, "f").push(__classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_take).call(this, aw, "write"));
    if (w && (0, axi4_ts_1.high)(w.valid) && (0, axi4_ts_1.high)(w.ready)) {
        var _c = w.fields, data = _c.data, strb = _c.strb, last = _c.last;
        __classPrivateFieldGet(this, _Axi4Memory_data, "f").push({
            bytes: (0, axi4_ts_1.wordsToBytes)(data.words(), __classPrivateFieldGet(this, _Axi4Memory_bus, "f").bytes),
            strobe: strb ? strb.big : (1n << BigInt(__classPrivateFieldGet(this, _Axi4Memory_bus, "f").bytes)) - 1n,
            last: last ? (0, axi4_ts_1.high)(last) : true,
        });
    }
    __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_writeData).call(this);
}, _Axi4Memory_drive = function _Axi4Memory_drive() {
    var _a;
    var _b = __classPrivateFieldGet(this, _Axi4Memory_bus, "f"), aw = _b.aw, w = _b.w, b = _b.b, ar = _b.ar, r = _b.r;
    if (__classPrivateFieldGet(this, _Axi4Memory_tb, "f").inReset) {
        for (var _i = 0, _c = [aw, w, ar]; _i < _c.length; _i++) {
            var c = _c[_i];
            if (c)
                c.ready.value = 0;
        }
        for (var _d = 0, _e = [b, r]; _d < _e.length; _d++) {
            var c = _e[_d];
            if (c)
                c.valid.value = 0;
        }
        return;
    }
    var limit = (_a = __classPrivateFieldGet(this, _Axi4Memory_options, "f").outstanding) !== null && _a !== void 0 ? _a : 16;
    if (ar)
        ar.ready.value = __classPrivateFieldGet(this, _Axi4Memory_reads, "f").length < limit && !__classPrivateFieldGet(this, _Axi4Memory_paused, "f").call(this, "ar") ? 1 : 0;
    if (aw)
        aw.ready.value = __classPrivateFieldGet(this, _Axi4Memory_writes, "f").length + __classPrivateFieldGet(this, _Axi4Memory_answers, "f").length < limit && !__classPrivateFieldGet(this, _Axi4Memory_paused, "f").call(this, "aw") ? 1 : 0;
    // Data may come before its address, but not without end.
    if (w)
        w.ready.value = __classPrivateFieldGet(this, _Axi4Memory_data, "f").length < 256 && !__classPrivateFieldGet(this, _Axi4Memory_paused, "f").call(this, "w") ? 1 : 0;
    if (b)
        __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_answer).call(this, b);
    if (r)
        __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_readData).call(this, r);
}, _Axi4Memory_take = function _Axi4Memory_take(c, kind) {
    var _a, _b, _c;
    var access = __assign(__assign({}, (0, axi4_ts_1.burstOf)(c, __classPrivateFieldGet(this, _Axi4Memory_bus, "f").bytes)), { kind: kind, cycle: __classPrivateFieldGet(this, _Axi4Memory_clk, "f").cycle });
    this.accesses.push(access);
    var _d = __classPrivateFieldGet(this, _Axi4Memory_options, "f"), _e = _d.base, base = _e === void 0 ? 0 : _e, _f = _d.size, size = _f === void 0 ? Number.MAX_SAFE_INTEGER : _f;
    var inside = access.address >= base && access.address + access.beats * access.beatBytes <= base + size;
    var response = (_c = (_b = (_a = __classPrivateFieldGet(this, _Axi4Memory_options, "f")).respond) === null || _b === void 0 ? void 0 : _b.call(_a, access)) !== null && _c !== void 0 ? _c : (inside ? "OKAY" : "DECERR");
    return __assign(__assign({}, access), { due: __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_due).call(this), response: response, beat: 0 });
}, _Axi4Memory_due = function _Axi4Memory_due() {
    var _a = __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_latency).call(this), least = _a[0], most = _a[1];
    return __classPrivateFieldGet(this, _Axi4Memory_clk, "f").cycle + (least === most ? least : __classPrivateFieldGet(this, _Axi4Memory_tb, "f").rand.int(least, most));
}, _Axi4Memory_writeData = function _Axi4Memory_writeData() {
    while (__classPrivateFieldGet(this, _Axi4Memory_data, "f").length && __classPrivateFieldGet(this, _Axi4Memory_writes, "f").length) {
        var to = __classPrivateFieldGet(this, _Axi4Memory_writes, "f")[0];
        var _a = __classPrivateFieldGet(this, _Axi4Memory_data, "f").shift(), bytes = _a.bytes, strobe = _a.strobe, last = _a.last;
        var at = (0, axi4_ts_1.beatAddress)(to, to.beat);
        var _b = (0, axi4_ts_1.activeLanes)(at, to.beatBytes, __classPrivateFieldGet(this, _Axi4Memory_bus, "f").bytes), low = _b[0], up = _b[1];
        for (var lane = low; lane <= up; lane++)
            if ((strobe >> BigInt(lane)) & 1n && (to.response === "OKAY" || to.response === "EXOKAY")) {
                __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_store).call(this, at - low + lane, bytes[lane]);
                this.bytesWritten++;
            }
        to.beat++;
        var full = to.beat === to.beats;
        if (full !== last)
            __classPrivateFieldGet(this, _Axi4Memory_tb, "f").fail(new RangeError("".concat(__classPrivateFieldGet(this, _Axi4Memory_prefix, "f"), ": wlast ").concat(last ? "came with" : "is missing at", " beat ").concat(to.beat, " of a burst of ").concat(to.beats, ", in cycle ").concat(__classPrivateFieldGet(this, _Axi4Memory_clk, "f").cycle)));
        if (full || last) {
            __classPrivateFieldGet(this, _Axi4Memory_writes, "f").shift();
            to.due = __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_due).call(this);
            __classPrivateFieldGet(this, _Axi4Memory_answers, "f").push(to);
        }
    }
}, _Axi4Memory_choose = function _Axi4Memory_choose(list) {
    var now = __classPrivateFieldGet(this, _Axi4Memory_clk, "f").cycle;
    if (!__classPrivateFieldGet(this, _Axi4Memory_options, "f").reorder)
        return list[0] && list[0].due <= now ? list[0] : undefined;
    var heads = new Map();
    for (var _i = 0, list_1 = list; _i < list_1.length; _i++) {
        var p = list_1[_i];
        if (!heads.has(p.id))
            heads.set(p.id, p);
    }
    var due = __spreadArray([], heads.values(), true).filter(function (p) { return p.due <= now; });
    return due.length ? due[__classPrivateFieldGet(this, _Axi4Memory_tb, "f").rand.int(0, due.length - 1)] : undefined;
}, _Axi4Memory_answer = function _Axi4Memory_answer(b) {
    if ((0, axi4_ts_1.high)(b.valid) && !(0, axi4_ts_1.high)(b.ready))
        return;
    var p = __classPrivateFieldGet(this, _Axi4Memory_paused, "f").call(this, "b") ? undefined : __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_choose).call(this, __classPrivateFieldGet(this, _Axi4Memory_answers, "f"));
    b.valid.value = p ? 1 : 0;
    var _a = b.fields, id = _a.id, resp = _a.resp, user = _a.user;
    if (id)
        id.big = p ? BigInt(p.id) : __classPrivateFieldGet(this, _Axi4Memory_noise, "f").bits(id.width);
    if (resp)
        resp.value = p ? axi4_ts_1.AXI4_RESPONSES.indexOf(p.response) : __classPrivateFieldGet(this, _Axi4Memory_noise, "f").u32() & 3;
    if (user)
        user.big = __classPrivateFieldGet(this, _Axi4Memory_noise, "f").bits(user.width);
    if (p)
        __classPrivateFieldGet(this, _Axi4Memory_answers, "f").splice(__classPrivateFieldGet(this, _Axi4Memory_answers, "f").indexOf(p), 1);
}, _Axi4Memory_readData = function _Axi4Memory_readData(r) {
    var _this = this;
    if ((0, axi4_ts_1.high)(r.valid) && !(0, axi4_ts_1.high)(r.ready))
        return;
    var current = __classPrivateFieldGet(this, _Axi4Memory_streaming, "f");
    var change = !current || (__classPrivateFieldGet(this, _Axi4Memory_options, "f").interleave && __classPrivateFieldGet(this, _Axi4Memory_options, "f").reorder);
    var p = __classPrivateFieldGet(this, _Axi4Memory_paused, "f").call(this, "r") ? undefined : change ? __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_choose).call(this, __classPrivateFieldGet(this, _Axi4Memory_reads, "f")) : current;
    r.valid.value = p ? 1 : 0;
    var _a = r.fields, id = _a.id, data = _a.data, resp = _a.resp, last = _a.last, user = _a.user;
    var bytes = Uint8Array.from({ length: __classPrivateFieldGet(this, _Axi4Memory_bus, "f").bytes }, function () { return __classPrivateFieldGet(_this, _Axi4Memory_noise, "f").u32() & 255; });
    if (user)
        user.big = __classPrivateFieldGet(this, _Axi4Memory_noise, "f").bits(user.width);
    if (p) {
        var at = (0, axi4_ts_1.beatAddress)(p, p.beat);
        var _b = (0, axi4_ts_1.activeLanes)(at, p.beatBytes, __classPrivateFieldGet(this, _Axi4Memory_bus, "f").bytes), low = _b[0], up = _b[1];
        if (p.response === "OKAY" || p.response === "EXOKAY") {
            for (var lane = low; lane <= up; lane++)
                bytes[lane] = __classPrivateFieldGet(this, _Axi4Memory_instances, "m", _Axi4Memory_byte).call(this, at - low + lane);
            this.bytesRead += up - low + 1;
        }
        p.beat++;
        var ends = p.beat === p.beats;
        __classPrivateFieldSet(this, _Axi4Memory_streaming, ends ? undefined : p, "f");
        if (ends)
            __classPrivateFieldGet(this, _Axi4Memory_reads, "f").splice(__classPrivateFieldGet(this, _Axi4Memory_reads, "f").indexOf(p), 1);
        if (id)
            id.big = BigInt(p.id);
        if (resp)
            resp.value = axi4_ts_1.AXI4_RESPONSES.indexOf(p.response);
        if (last)
            last.value = ends ? 1 : 0;
    }
    else {
        if (id)
            id.big = __classPrivateFieldGet(this, _Axi4Memory_noise, "f").bits(id.width);
        if (resp)
            resp.value = __classPrivateFieldGet(this, _Axi4Memory_noise, "f").u32() & 3;
        if (last)
            last.value = __classPrivateFieldGet(this, _Axi4Memory_noise, "f").u32() & 1;
    }
    data.setWords((0, axi4_ts_1.beatWords)(bytes));
};
