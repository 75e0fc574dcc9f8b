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
var _Axi4Checker_instances, _Axi4Checker_tb, _Axi4Checker_clk, _Axi4Checker_prefix, _Axi4Checker_bus, _Axi4Checker_except, _Axi4Checker_options, _Axi4Checker_channels, _Axi4Checker_reads, _Axi4Checker_writes, _Axi4Checker_early, _Axi4Checker_complete, _Axi4Checker_broken, _Axi4Checker_edge, _Axi4Checker_handshake, _Axi4Checker_mayBeUnknown, _Axi4Checker_open, _Axi4Checker_writeBeat, _Axi4Checker_answer, _Axi4Checker_readBeat;
Object.defineProperty(exports, "__esModule", { value: true });
exports.Axi4Checker = exports.Axi4ProtocolError = exports.AXI4_RULES = void 0;
var axi4_ts_1 = require("./axi4.ts");
var layout_ts_1 = require("./layout.ts");
/** Number and meaning of each rule of the AXI4 protocol check. */
exports.AXI4_RULES = {
    1: "valid fell before the transfer",
    2: "the payload changed while valid waited for ready",
    3: "valid is unknown (x) after reset",
    4: "ready is unknown (x) after reset",
    5: "the payload is unknown (x) while valid is high",
    6: "valid is high in reset",
    7: "an INCR burst crosses a boundary of 4 KiB",
    8: "a WRAP burst does not have 2, 4, 8 or 16 beats",
    9: "a WRAP burst does not start at a multiple of its beats' bytes",
    10: "a beat is wider than the bus",
    11: "the burst type is reserved",
    12: "a FIXED burst has more than 16 beats",
    13: "the cache bits are a reserved combination",
    14: "an exclusive access has not 1 to 128 bytes, a power of two, aligned, in 16 beats at most",
    15: "wlast is not on exactly the last beat of its burst",
    16: "a strobe lies outside the lanes of its beat",
    17: "a write is answered that has not been transferred",
    18: "read data without a request of its id",
    19: "rlast is not on exactly the last beat of its burst",
    20: "EXOKAY for an access that is not exclusive",
    21: "valid has waited too long for ready",
    22: "a request has no answer",
};
/** A bus broke a rule of the protocol. */
var Axi4ProtocolError = /** @class */ (function (_super) {
    __extends(Axi4ProtocolError, _super);
    function Axi4ProtocolError(bus, channel, rule, cycle, detail) {
        if (detail === void 0) { detail = ""; }
        var _this = _super.call(this, "".concat(bus, ", ").concat(channel, ": rule AXI4-").concat(rule, ": ").concat(exports.AXI4_RULES[rule]).concat(detail && " (".concat(detail, ")"), ", in cycle ").concat(cycle)) || this;
        _this.name = "Axi4ProtocolError";
        _this.rule = rule;
        _this.bus = bus;
        _this.channel = channel;
        _this.cycle = cycle;
        return _this;
    }
    return Axi4ProtocolError;
}(Error));
exports.Axi4ProtocolError = Axi4ProtocolError;
/** Watches an AXI4 bus of the design, on either side, and fails the run at the first broken rule. Drives nothing. */
var Axi4Checker = /** @class */ (function () {
    function Axi4Checker(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        var _this = this;
        var _a;
        _Axi4Checker_instances.add(this);
        _Axi4Checker_tb.set(this, void 0);
        _Axi4Checker_clk.set(this, void 0);
        _Axi4Checker_prefix.set(this, void 0);
        _Axi4Checker_bus.set(this, void 0);
        _Axi4Checker_except.set(this, void 0);
        _Axi4Checker_options.set(this, void 0);
        _Axi4Checker_channels.set(this, void 0);
        _Axi4Checker_reads.set(this, []);
        /** Writes whose address was transferred, those that lack data first, and beats that came before their address. */
        _Axi4Checker_writes.set(this, []);
        _Axi4Checker_early.set(this, []);
        _Axi4Checker_complete.set(this, []);
        __classPrivateFieldSet(this, _Axi4Checker_tb, tb, "f");
        __classPrivateFieldSet(this, _Axi4Checker_clk, tb.clockNamed(options.clock), "f");
        __classPrivateFieldSet(this, _Axi4Checker_prefix, prefix, "f");
        __classPrivateFieldSet(this, _Axi4Checker_options, options, "f");
        for (var _i = 0, _b = (_a = options.except) !== null && _a !== void 0 ? _a : []; _i < _b.length; _i++) {
            var rule = _b[_i];
            if (!(rule in exports.AXI4_RULES))
                throw new RangeError("AXI4 check ".concat(prefix, ": there is no rule ").concat(rule));
        }
        __classPrivateFieldSet(this, _Axi4Checker_except, new Set(options.except), "f");
        __classPrivateFieldSet(this, _Axi4Checker_bus, (0, axi4_ts_1.axi4Bus)(tb, "AXI4 check", prefix, "monitor"), "f");
        var _c = __classPrivateFieldGet(this, _Axi4Checker_bus, "f"), aw = _c.aw, w = _c.w, b = _c.b, ar = _c.ar, r = _c.r;
        __classPrivateFieldSet(this, _Axi4Checker_channels, [aw, w, b, ar, r].flatMap(function (c) { return (c ? [{ c: c, stalled: undefined, waited: 0 }] : []); }), "f");
        __classPrivateFieldGet(this, _Axi4Checker_clk, "f").onEdge(function () { return __classPrivateFieldGet(_this, _Axi4Checker_instances, "m", _Axi4Checker_edge).call(_this); });
    }
    /** Rule 22 at the end of a bench: throws when a request is still unanswered. */
    Axi4Checker.prototype.end = function () {
        var _a, _b;
        var open = (_b = (_a = __classPrivateFieldGet(this, _Axi4Checker_reads, "f")[0]) !== null && _a !== void 0 ? _a : __classPrivateFieldGet(this, _Axi4Checker_complete, "f")[0]) !== null && _b !== void 0 ? _b : __classPrivateFieldGet(this, _Axi4Checker_writes, "f")[0];
        if (!open)
            return;
        var channel = open === __classPrivateFieldGet(this, _Axi4Checker_reads, "f")[0] ? "ar" : "aw";
        throw new Axi4ProtocolError(__classPrivateFieldGet(this, _Axi4Checker_prefix, "f"), channel, 22, __classPrivateFieldGet(this, _Axi4Checker_clk, "f").cycle, "0x".concat(open.address.toString(16), " of cycle ").concat(open.since));
    };
    return Axi4Checker;
}());
exports.Axi4Checker = Axi4Checker;
_Axi4Checker_tb = new WeakMap(), _Axi4Checker_clk = new WeakMap(), _Axi4Checker_prefix = new WeakMap(), _Axi4Checker_bus = new WeakMap(), _Axi4Checker_except = new WeakMap(), _Axi4Checker_options = new WeakMap(), _Axi4Checker_channels = new WeakMap(), _Axi4Checker_reads = new WeakMap(), _Axi4Checker_writes = new WeakMap(), _Axi4Checker_early = new WeakMap(), _Axi4Checker_complete = new WeakMap(), _Axi4Checker_instances = new WeakSet(), _Axi4Checker_broken = function _Axi4Checker_broken(channel, rule, detail) {
    if (detail === void 0) { detail = ""; }
    if (!__classPrivateFieldGet(this, _Axi4Checker_except, "f").has(rule))
        __classPrivateFieldGet(this, _Axi4Checker_tb, "f").fail(new Axi4ProtocolError(__classPrivateFieldGet(this, _Axi4Checker_prefix, "f"), channel, rule, __classPrivateFieldGet(this, _Axi4Checker_clk, "f").cycle, detail));
}, _Axi4Checker_edge = function _Axi4Checker_edge() {
    var memory = __classPrivateFieldGet(this, _Axi4Checker_tb, "f").host.scheduler.memory;
    if (__classPrivateFieldGet(this, _Axi4Checker_tb, "f").inReset) {
        for (var _i = 0, _a = __classPrivateFieldGet(this, _Axi4Checker_channels, "f"); _i < _a.length; _i++) {
            var s = _a[_i];
            s.stalled = undefined;
            s.waited = 0;
            if (memory[layout_ts_1.H.RESET_EDGES] >= 3 && (0, axi4_ts_1.high)(s.c.valid))
                __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, s.c.name, 6);
        }
        for (var _b = 0, _c = [__classPrivateFieldGet(this, _Axi4Checker_reads, "f"), __classPrivateFieldGet(this, _Axi4Checker_writes, "f"), __classPrivateFieldGet(this, _Axi4Checker_early, "f"), __classPrivateFieldGet(this, _Axi4Checker_complete, "f")]; _b < _c.length; _b++) {
            var list = _c[_b];
            list.length = 0;
        }
        return;
    }
    if (memory[layout_ts_1.H.CHECK_X] !== 1)
        return;
    for (var _d = 0, _e = __classPrivateFieldGet(this, _Axi4Checker_channels, "f"); _d < _e.length; _d++) {
        var s = _e[_d];
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_handshake).call(this, s);
    }
    // Answers before requests: none comes in the clock of its request.
    var _f = __classPrivateFieldGet(this, _Axi4Checker_bus, "f"), aw = _f.aw, w = _f.w, b = _f.b, ar = _f.ar, r = _f.r;
    var moves = function (c) {
        return c !== undefined && (0, axi4_ts_1.high)(c.valid) && (0, axi4_ts_1.high)(c.ready);
    };
    if (moves(r))
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_readBeat).call(this, r);
    if (moves(b))
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_answer).call(this, b);
    if (moves(ar))
        __classPrivateFieldGet(this, _Axi4Checker_reads, "f").push(__classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_open).call(this, ar));
    if (moves(aw))
        __classPrivateFieldGet(this, _Axi4Checker_writes, "f").push(__classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_open).call(this, aw));
    if (moves(w)) {
        var _g = w.fields, strb = _g.strb, last = _g.last;
        var all = (1n << BigInt(__classPrivateFieldGet(this, _Axi4Checker_bus, "f").bytes)) - 1n;
        __classPrivateFieldGet(this, _Axi4Checker_early, "f").push({ strobe: strb ? strb.big : all, last: last ? (0, axi4_ts_1.high)(last) : true });
    }
    while (__classPrivateFieldGet(this, _Axi4Checker_early, "f").length && __classPrivateFieldGet(this, _Axi4Checker_writes, "f").length)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_writeBeat).call(this, __classPrivateFieldGet(this, _Axi4Checker_writes, "f")[0], __classPrivateFieldGet(this, _Axi4Checker_early, "f").shift());
    var limit = __classPrivateFieldGet(this, _Axi4Checker_options, "f").maxLatency;
    if (limit !== undefined)
        for (var _h = 0, _j = [
            [__classPrivateFieldGet(this, _Axi4Checker_reads, "f"), "ar"],
            [__classPrivateFieldGet(this, _Axi4Checker_complete, "f"), "aw"],
            [__classPrivateFieldGet(this, _Axi4Checker_writes, "f"), "aw"],
        ]; _h < _j.length; _h++) {
            var _k = _j[_h], list = _k[0], channel = _k[1];
            if (list[0] && __classPrivateFieldGet(this, _Axi4Checker_clk, "f").cycle - list[0].since > limit)
                __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, channel, 22, "0x".concat(list[0].address.toString(16), " of cycle ").concat(list[0].since, ", the limit is ").concat(limit));
        }
}, _Axi4Checker_handshake = function _Axi4Checker_handshake(s) {
    var c = s.c;
    if (c.valid.isX)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 3);
    if (c.ready.isX)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 4);
    var valid = (0, axi4_ts_1.high)(c.valid);
    if (s.stalled) {
        if (!valid)
            __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 1);
        else {
            var _loop_1 = function (f, before) {
                var now = c.fields[f].words();
                if (before.some(function (v, k) { return v !== now[k]; }))
                    __classPrivateFieldGet(this_1, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this_1, c.name, 2, c.fields[f].name);
            };
            var this_1 = this;
            for (var _i = 0, _a = s.stalled; _i < _a.length; _i++) {
                var _b = _a[_i], f = _b[0], before = _b[1];
                _loop_1(f, before);
            }
        }
    }
    if (valid)
        for (var _c = 0, _d = Object.values(c.fields); _c < _d.length; _c++) {
            var f = _d[_c];
            if (f.isX && !__classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_mayBeUnknown).call(this, c, f.name))
                __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 5, f.name);
        }
    var waits = valid && !(0, axi4_ts_1.high)(c.ready);
    s.waited = waits ? s.waited + 1 : 0;
    if (__classPrivateFieldGet(this, _Axi4Checker_options, "f").maxStall !== undefined && s.waited > __classPrivateFieldGet(this, _Axi4Checker_options, "f").maxStall)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 21, "the limit is ".concat(__classPrivateFieldGet(this, _Axi4Checker_options, "f").maxStall));
    s.stalled = waits ? new Map(Object.entries(c.fields).map(function (_a) {
        var f = _a[0], signal = _a[1];
        return [f, signal.words()];
    })) : undefined;
}, _Axi4Checker_mayBeUnknown = function _Axi4Checker_mayBeUnknown(c, name) {
    var _a = c.fields, data = _a.data, strb = _a.strb, resp = _a.resp, id = _a.id;
    if (name !== (data === null || data === void 0 ? void 0 : data.name))
        return false;
    if (resp && !resp.isX && resp.value >= 2)
        return true;
    var lanes = (1n << BigInt(__classPrivateFieldGet(this, _Axi4Checker_bus, "f").bytes)) - 1n;
    if (c.name === "w" && strb && !strb.isX)
        lanes = strb.big;
    if (c.name === "r") {
        var of = __classPrivateFieldGet(this, _Axi4Checker_reads, "f").find(function (o) { return o.id === (id && !id.isX ? Number(id.big) : 0); });
        if (!of)
            return true;
        var _b = (0, axi4_ts_1.activeLanes)((0, axi4_ts_1.beatAddress)(of, of.beat), of.beatBytes, __classPrivateFieldGet(this, _Axi4Checker_bus, "f").bytes), low = _b[0], up = _b[1];
        lanes = ((1n << BigInt(up - low + 1)) - 1n) << BigInt(low);
    }
    var bits = data.bits;
    for (var lane = 0; lane < __classPrivateFieldGet(this, _Axi4Checker_bus, "f").bytes; lane++)
        if ((lanes >> BigInt(lane)) & 1n &&
            bits.slice(bits.length - 8 * (lane + 1), bits.length - 8 * lane).includes("x"))
            return false;
    return true;
}, _Axi4Checker_open = function _Axi4Checker_open(c) {
    var b = (0, axi4_ts_1.burstOf)(c, __classPrivateFieldGet(this, _Axi4Checker_bus, "f").bytes);
    var _a = c.fields, burst = _a.burst, cache = _a.cache;
    if ((burst === null || burst === void 0 ? void 0 : burst.value) === 3)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 11);
    if (b.beatBytes > __classPrivateFieldGet(this, _Axi4Checker_bus, "f").bytes)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 10, "".concat(b.beatBytes, " bytes"));
    var at = "0x".concat(b.address.toString(16), ", ").concat(b.beats, " beats of ").concat(b.beatBytes, " bytes");
    if (b.burst === "WRAP") {
        if (![2, 4, 8, 16].includes(b.beats))
            __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 8, at);
        if (b.address % b.beatBytes)
            __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 9, at);
    }
    else if (b.burst === "FIXED") {
        if (b.beats > 16)
            __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 12, at);
    }
    else {
        var last = b.address - (b.address % b.beatBytes) + b.beats * b.beatBytes - 1;
        if (Math.floor(b.address / 4096) !== Math.floor(last / 4096))
            __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 7, at);
    }
    // Allocate bits without modifiable.
    if (cache && cache.value & 12 && !(cache.value & 2))
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 13, "0b".concat(cache.value.toString(2)));
    var total = b.beats * b.beatBytes;
    if (b.exclusive && (total > 128 || total & (total - 1) || b.address % total || b.beats > 16))
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, c.name, 14, at);
    return __assign(__assign({}, b), { since: __classPrivateFieldGet(this, _Axi4Checker_clk, "f").cycle, beat: 0 });
}, _Axi4Checker_writeBeat = function _Axi4Checker_writeBeat(to, _a) {
    var strobe = _a.strobe, last = _a.last;
    var _b = (0, axi4_ts_1.activeLanes)((0, axi4_ts_1.beatAddress)(to, to.beat), to.beatBytes, __classPrivateFieldGet(this, _Axi4Checker_bus, "f").bytes), low = _b[0], up = _b[1];
    var lanes = ((1n << BigInt(up - low + 1)) - 1n) << BigInt(low);
    if (strobe & ~lanes)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, "w", 16, "beat ".concat(to.beat, ": lanes ").concat(low, " to ").concat(up, ", strobe 0b").concat(strobe.toString(2)));
    to.beat++;
    var full = to.beat === to.beats;
    if (full !== last)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, "w", 15, "beat ".concat(to.beat, " of ").concat(to.beats));
    if (full || last) {
        __classPrivateFieldGet(this, _Axi4Checker_writes, "f").shift();
        __classPrivateFieldGet(this, _Axi4Checker_complete, "f").push(to);
    }
}, _Axi4Checker_answer = function _Axi4Checker_answer(b) {
    var _a = b.fields, id = _a.id, resp = _a.resp;
    var of = id ? Number(id.big) : 0;
    var k = __classPrivateFieldGet(this, _Axi4Checker_complete, "f").findIndex(function (o) { return o.id === of; });
    if (k < 0) {
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, "b", 17, id ? "id ".concat(of) : "");
        return;
    }
    var done = __classPrivateFieldGet(this, _Axi4Checker_complete, "f").splice(k, 1)[0];
    if (resp && axi4_ts_1.AXI4_RESPONSES[resp.value] === "EXOKAY" && !done.exclusive)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, "b", 20);
}, _Axi4Checker_readBeat = function _Axi4Checker_readBeat(r) {
    var _a = r.fields, id = _a.id, resp = _a.resp, last = _a.last;
    var of = id ? Number(id.big) : 0;
    var k = __classPrivateFieldGet(this, _Axi4Checker_reads, "f").findIndex(function (o) { return o.id === of; });
    if (k < 0) {
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, "r", 18, id ? "id ".concat(of) : "");
        return;
    }
    var open = __classPrivateFieldGet(this, _Axi4Checker_reads, "f")[k];
    open.beat++;
    var full = open.beat === open.beats;
    if (last && (0, axi4_ts_1.high)(last) !== full)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, "r", 19, "beat ".concat(open.beat, " of ").concat(open.beats));
    if (resp && axi4_ts_1.AXI4_RESPONSES[resp.value] === "EXOKAY" && !open.exclusive)
        __classPrivateFieldGet(this, _Axi4Checker_instances, "m", _Axi4Checker_broken).call(this, "r", 20);
    if (full || (last && (0, axi4_ts_1.high)(last)))
        __classPrivateFieldGet(this, _Axi4Checker_reads, "f").splice(k, 1);
};
