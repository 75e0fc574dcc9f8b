"use strict";
var __classPrivateFieldGet = (this && this.__classPrivateFieldGet) || function (receiver, state, kind, f) {
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a getter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot read private member from an object whose class did not declare it");
    return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
};
var __classPrivateFieldSet = (this && this.__classPrivateFieldSet) || function (receiver, state, value, kind, f) {
    if (kind === "m") throw new TypeError("Private method is not writable");
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a setter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot write private member to an object whose class did not declare it");
    return (kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value)), value;
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
var _AxisAgent_generator, _AxisAgent_hook, _AxisAgent_hold;
Object.defineProperty(exports, "__esModule", { value: true });
exports.AxisAgent = void 0;
exports.wordsToBig = wordsToBig;
exports.bigToWords = bigToWords;
var layout_ts_1 = require("./layout.ts");
var rand_ts_1 = require("./rand.ts");
/** The native record of one stream agent. */
var AxisAgent = /** @class */ (function () {
    function AxisAgent(tb, prefix, kind, role, options, queue) {
        if (queue === void 0) { queue = true; }
        var _this = this;
        var _a;
        _AxisAgent_generator.set(this, void 0);
        _AxisAgent_hook.set(this, void 0);
        _AxisAgent_hold.set(this, false);
        var host = tb.host;
        this.host = host;
        this.prefix = prefix;
        this.role = role;
        var scheduler = host.scheduler;
        this.memory = scheduler.memory;
        var m = this.memory;
        var index = options.clock === undefined ? 0 : scheduler.clocks.findIndex(function (c) { return c.name === options.clock; });
        if (index < 0)
            throw new TypeError("".concat(role, " ").concat(prefix, ": no clock ").concat(options.clock));
        this.clock = index;
        var find = function (suffix) { return host.ports.findIndex(function (p) { return p.name === "".concat(prefix, "_").concat(suffix); }); };
        var must = function (suffix) {
            var i = find(suffix);
            if (i < 0)
                throw new TypeError("".concat(role, " ").concat(prefix, ": ").concat(host.top, " has no port ").concat(prefix, "_").concat(suffix, "; its ports are ").concat(host.ports.map(function (p) { return p.name; }).join(", ")));
            return i;
        };
        var valid = must("tvalid");
        var ready = find("tready");
        var payload = layout_ts_1.FIELD_NAMES.map(function (f, k) { return (k === layout_ts_1.FIELD.DATA ? must(f) : find(f)); });
        var claim = function (i) {
            var p = host.ports[i];
            if (!p)
                return;
            if (p.direction !== "input")
                throw new TypeError("".concat(role, " ").concat(prefix, ": ").concat(p.name, " is an output of ").concat(host.top, ", so ").concat(role === "source" ? "a sink or monitor" : "a source or monitor", " belongs there"));
            var owner = host.driven.get(p.name);
            if (owner)
                throw new TypeError("".concat(role, " ").concat(prefix, ": ").concat(p.name, " is driven by ").concat(owner, " already"));
            host.driven.set(p.name, "".concat(role, " ").concat(prefix));
        };
        if (kind === layout_ts_1.KIND.SOURCE)
            for (var _i = 0, _b = __spreadArray([valid], payload, true); _i < _b.length; _i++) {
                var i = _b[_i];
                claim(i);
            }
        if (kind === layout_ts_1.KIND.SINK)
            claim(ready);
        var words = 0;
        this.fields = payload.map(function (i, k) {
            var _a;
            var port = host.ports[i];
            var w = port ? (0, layout_ts_1.wordsOf)(port.width) : k === layout_ts_1.FIELD.LAST ? 1 : 0;
            var place = { at: words, words: w, width: (_a = port === null || port === void 0 ? void 0 : port.width) !== null && _a !== void 0 ? _a : (k === layout_ts_1.FIELD.LAST ? 1 : 0), port: port === null || port === void 0 ? void 0 : port.name };
            words += w;
            return place;
        });
        this.beatWords = words;
        this.entry = kind === layout_ts_1.KIND.SOURCE ? words : words + 1;
        this.capacity = queue ? powerOfTwo((_a = options.capacity) !== null && _a !== void 0 ? _a : Math.max(64, Math.floor(65536 / this.entry))) : 1;
        this.ring = queue ? host.allocate(this.capacity * this.entry) : 0;
        var number = m[layout_ts_1.H.AGENTS];
        if (number >= layout_ts_1.MAX_AGENTS)
            throw new RangeError("a run can have ".concat(layout_ts_1.MAX_AGENTS, " stream agents at most"));
        this.at = m[layout_ts_1.H.AGENT_BASE] + number * layout_ts_1.AGENT_WORDS;
        var seed = (0, rand_ts_1.hash32)("".concat(host.rand.seed, "/").concat(role, "/").concat(prefix, "/").concat(number));
        var set = function (k, v) {
            m[_this.at + k] = v;
        };
        set(layout_ts_1.A.CLOCK, index);
        set(layout_ts_1.A.VALID, host.offsets[valid]);
        set(layout_ts_1.A.READY, ready < 0 ? 0 : host.offsets[ready]);
        set(layout_ts_1.A.ENTRY, this.entry);
        set(layout_ts_1.A.RING, this.ring);
        set(layout_ts_1.A.CAPACITY, this.capacity);
        set(layout_ts_1.A.RANDOM, seed || 1);
        set(layout_ts_1.A.NOISE, (0, rand_ts_1.hash32)("".concat(seed, "/noise")) || 1);
        set(layout_ts_1.A.DATA_BITS, this.fields[layout_ts_1.FIELD.DATA].width);
        payload.forEach(function (i, k) {
            set(layout_ts_1.A.FIELD + 2 * k, i < 0 ? 0 : host.offsets[i]);
            set(layout_ts_1.A.FIELD + 2 * k + 1, _this.fields[k].words);
        });
        set(layout_ts_1.A.KIND, kind);
        m[layout_ts_1.H.AGENTS] = number + 1;
        scheduler.agents.push(this);
        if (options.pause !== undefined)
            this.setPauseGenerator(options.pause);
    }
    AxisAgent.prototype.get = function (k) {
        return this.memory[this.at + k];
    };
    AxisAgent.prototype.set = function (k, v) {
        this.memory[this.at + k] = v;
    };
    Object.defineProperty(AxisAgent.prototype, "transfers", {
        /** Beats transferred so far. */
        get: function () {
            return this.get(layout_ts_1.A.BEATS);
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(AxisAgent.prototype, "stalls", {
        /** Clocks with valid high and ready low so far. */
        get: function () {
            return this.get(layout_ts_1.A.STALLS);
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(AxisAgent.prototype, "lastCycle", {
        /** Cycle of the latest transfer, 0 before the first. */
        get: function () {
            return this.get(layout_ts_1.A.LAST_CYCLE);
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(AxisAgent.prototype, "pause", {
        /** True holds the stream until it is set to false again. */
        get: function () {
            return __classPrivateFieldGet(this, _AxisAgent_hold, "f");
        },
        set: function (on) {
            __classPrivateFieldSet(this, _AxisAgent_hold, on, "f");
            if (!__classPrivateFieldGet(this, _AxisAgent_generator, "f"))
                this.set(layout_ts_1.A.HOLD, on ? 1 : 0);
        },
        enumerable: false,
        configurable: true
    });
    /** Pauses by a probability or a sequence with one value a clock; a sequence that ends stops pausing. */
    AxisAgent.prototype.setPauseGenerator = function (pause) {
        var _this = this;
        this.clearPauseGenerator();
        if (typeof pause === "number" || "kind" in pause) {
            var probability = typeof pause === "number" ? pause : pause.probability;
            if (!(probability >= 0 && probability < 1))
                throw new RangeError("a pause probability is at least 0 and below 1, not ".concat(probability));
            this.set(layout_ts_1.A.PAUSE, Math.round(probability * Math.pow(2, 32)));
            if (typeof pause !== "number")
                this.set(layout_ts_1.A.RANDOM, pause.seed || 1);
            return;
        }
        var generator = pause[Symbol.iterator]();
        __classPrivateFieldSet(this, _AxisAgent_generator, generator, "f");
        var hook = function () {
            var next = generator.next();
            if (next.done)
                _this.clearPauseGenerator();
            else
                _this.set(layout_ts_1.A.HOLD, next.value || __classPrivateFieldGet(_this, _AxisAgent_hold, "f") ? 1 : 0);
        };
        __classPrivateFieldSet(this, _AxisAgent_hook, hook, "f");
        this.host.scheduler.clocks[this.clock].hooks.push(hook);
    };
    AxisAgent.prototype.clearPauseGenerator = function () {
        __classPrivateFieldSet(this, _AxisAgent_generator, undefined, "f");
        var hooks = this.host.scheduler.clocks[this.clock].hooks;
        if (__classPrivateFieldGet(this, _AxisAgent_hook, "f"))
            hooks.splice(hooks.indexOf(__classPrivateFieldGet(this, _AxisAgent_hook, "f")), 1);
        __classPrivateFieldSet(this, _AxisAgent_hook, undefined, "f");
        this.set(layout_ts_1.A.PAUSE, 0);
        this.set(layout_ts_1.A.HOLD, __classPrivateFieldGet(this, _AxisAgent_hold, "f") ? 1 : 0);
    };
    AxisAgent.prototype.describe = function () {
        var _this = this;
        var level = function (k) { return ["0", "1", "x"][_this.get(k)]; };
        var now = this.get(layout_ts_1.A.STALL_NOW);
        return ("stream ".concat(this.prefix, " (").concat(this.role, "): tvalid=").concat(level(layout_ts_1.A.SEEN_VALID), " tready=").concat(level(layout_ts_1.A.SEEN_READY), ", ") +
            "".concat(this.transfers, " beats in ").concat(this.get(layout_ts_1.A.FRAMES), " frames").concat(this.transfers ? ", the last in cycle ".concat(this.lastCycle) : "") +
            "".concat(now ? ", stalled for ".concat(now, " cycles") : "").concat(this.state()));
    };
    /** What a hang report says besides the handshake. */
    AxisAgent.prototype.state = function () {
        return "";
    };
    AxisAgent.prototype.arm = function (bit) {
        this.set(layout_ts_1.A.WAKE, this.get(layout_ts_1.A.WAKE) | bit);
    };
    AxisAgent.prototype.disarm = function (bit) {
        this.set(layout_ts_1.A.WAKE, this.get(layout_ts_1.A.WAKE) & ~bit);
    };
    return AxisAgent;
}());
exports.AxisAgent = AxisAgent;
_AxisAgent_generator = new WeakMap(), _AxisAgent_hook = new WeakMap(), _AxisAgent_hold = new WeakMap();
function powerOfTwo(n) {
    var p = 1;
    while (p < n)
        p *= 2;
    return p;
}
/** The value of some 32-bit words, lowest first. */
function wordsToBig(words, at, n) {
    var r = 0n;
    for (var k = n - 1; k >= 0; k--)
        r = (r << 32n) | BigInt(words[at + k]);
    return r;
}
function bigToWords(v, width, to, at, what) {
    if (typeof v === "number") {
        if (!Number.isSafeInteger(v))
            throw new RangeError("".concat(what, ": ").concat(v, " is not a whole number"));
        if (width <= 32 && v >= 0 && v <= Math.pow(2, width) - 1) {
            to[at] = v;
            return;
        }
    }
    var limit = 1n << BigInt(width);
    var b = BigInt(v);
    if (b >= limit || b < -(limit >> 1n))
        throw new RangeError("".concat(what, ": ").concat(v, " does not fit into ").concat(width, " bits"));
    var rest = BigInt.asUintN(width, b);
    for (var k = 0; k < (0, layout_ts_1.wordsOf)(width); k++) {
        to[at + k] = Number(rest & 0xffffffffn);
        rest >>= 32n;
    }
}
