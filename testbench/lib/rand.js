"use strict";
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
var _Rand_state, _Rand_forks;
Object.defineProperty(exports, "__esModule", { value: true });
exports.seedFor = exports.stallCorners = exports.Rand = void 0;
exports.hash32 = hash32;
exports.globalSeed = globalSeed;
/** 32-bit hash of a text (FNV-1a with a final mix). */
function hash32(text) {
    var h = 0x811c9dc5;
    for (var i = 0; i < text.length; i++)
        h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    return mix(h);
}
function mix(x) {
    var h = x | 0;
    h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
    return (h ^ (h >>> 15)) >>> 0;
}
/** Random numbers that depend on a seed alone. */
var Rand = /** @class */ (function () {
    function Rand(seed) {
        _Rand_state.set(this, void 0);
        _Rand_forks.set(this, 0);
        this.seed = seed >>> 0;
        __classPrivateFieldSet(this, _Rand_state, this.seed, "f");
    }
    /** A whole number from 0 to 2^32 - 1. */
    Rand.prototype.u32 = function () {
        __classPrivateFieldSet(this, _Rand_state, (__classPrivateFieldGet(this, _Rand_state, "f") + 0x9e3779b9) | 0, "f");
        return mix(__classPrivateFieldGet(this, _Rand_state, "f"));
    };
    /** A number in [0, 1). */
    Rand.prototype.float = function () {
        return this.u32() / Math.pow(2, 32);
    };
    /** A whole number from `low` to `high`, both included. Throws a RangeError when there is none. */
    Rand.prototype.int = function (low, high) {
        var n = high - low + 1;
        if (!(n >= 1) || n > Math.pow(2, 32))
            throw new RangeError("no range: ".concat(low, " to ").concat(high));
        return low + Math.floor(this.float() * n);
    };
    /** True with probability `p`. */
    Rand.prototype.bool = function (p) {
        if (p === void 0) { p = 0.5; }
        return this.float() < p;
    };
    /** A number of `n` random bits. */
    Rand.prototype.bits = function (n) {
        var v = 0n;
        for (var k = 0; k < n; k += 32)
            v = (v << 32n) | BigInt(this.u32());
        return BigInt.asUintN(n, v);
    };
    Rand.prototype.pick = function (items) {
        if (items.length === 0)
            throw new RangeError("nothing to pick from");
        return items[this.int(0, items.length - 1)];
    };
    /** The items in random order, as a new array. */
    Rand.prototype.shuffle = function (items) {
        var _a;
        var a = __spreadArray([], items, true);
        for (var i = a.length - 1; i > 0; i--) {
            var k = this.int(0, i);
            _a = [a[k], a[i]], a[i] = _a[0], a[k] = _a[1];
        }
        return a;
    };
    /** An independent generator; its seed depends on `name`, or on how many were made before it. */
    Rand.prototype.fork = function (name) {
        var _a, _b;
        return new Rand(hash32("".concat(this.seed, "/").concat(name !== null && name !== void 0 ? name : "#".concat((__classPrivateFieldSet(this, _Rand_forks, (_b = __classPrivateFieldGet(this, _Rand_forks, "f"), _a = _b++, _b), "f"), _a)))));
    };
    /** A pause with probability `p` in each clock, drawn at simulator speed. */
    Rand.prototype.bernoulli = function (p) {
        return { kind: "bernoulli", probability: p, seed: this.fork().seed };
    };
    return Rand;
}());
exports.Rand = Rand;
_Rand_state = new WeakMap(), _Rand_forks = new WeakMap();
/** How fast a stream's two ends are, in the four combinations that find most handshake faults. */
exports.stallCorners = [
    { name: "free running", source: 0, sink: 0 },
    { name: "starved input", source: 0.7, sink: 0 },
    { name: "blocked output", source: 0, sink: 0.7 },
    { name: "both stalled", source: 0.5, sink: 0.5 },
];
var global;
/** Seed of the whole test run: `TB_SEED` when set (a number, or `random`), otherwise 1. */
function globalSeed() {
    if (global === undefined) {
        var text = process.env.TB_SEED;
        global = !text
            ? 1
            : text === "random"
                ? (Math.random() * Math.pow(2, 32)) >>> 0
                : /^\d+$/.test(text)
                    ? Number(text) >>> 0
                    : hash32(text);
        if (text)
            console.info("test bench: global seed ".concat(global, " (TB_SEED=").concat(global, " repeats this run)"));
    }
    return global;
}
/** Seed of one test, from the global seed and its name. */
var seedFor = function (name) { return hash32("".concat(globalSeed(), ":").concat(name)); };
exports.seedFor = seedFor;
