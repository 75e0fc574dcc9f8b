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
var _Signal_instances, _Signal_context, _Signal_at, _Signal_words, _Signal_writable, _Signal_mask, _Signal_max, _Signal_read, _Signal_check, _Signal_range, _Signal_over, _InternalSignal_instances, _InternalSignal_inside, _InternalSignal_found, _InternalSignal_element, _InternalSignal_fetch, _Internals_instances, _Internals_backend, _Internals_top, _Internals_allocate, _Internals_restart, _Internals_known, _Internals_slot, _Internals_again, _Internals_ask, _Internals_look, _Internals_array, _Internals_scope, _Internals_blocks;
Object.defineProperty(exports, "__esModule", { value: true });
exports.Internals = exports.Signal = exports.UnknownValueError = void 0;
exports.retire = retire;
exports.makeDut = makeDut;
var backend_ts_1 = require("./backend.ts");
var layout_ts_1 = require("./layout.ts");
/** Thrown on reading a value that the simulator does not know. */
var UnknownValueError = /** @class */ (function (_super) {
    __extends(UnknownValueError, _super);
    function UnknownValueError(name, bits) {
        var _this = _super.call(this, "".concat(name, " is ").concat(bits, ": reading an unknown value; ask .isX first")) || this;
        _this.name = "UnknownValueError";
        return _this;
    }
    return UnknownValueError;
}(Error));
exports.UnknownValueError = UnknownValueError;
var DEAD = new Uint32Array(0);
/**
 * A port of the design. Outputs read as the design's registers see them at the present clock edge; what is written to
 * an input reaches the design just after that edge.
 */
var Signal = /** @class */ (function () {
    /** `mask` is the distance from the value to its X bits. */
    function Signal(port, at, context, writable, mask) {
        if (mask === void 0) { mask = context.mask; }
        _Signal_instances.add(this);
        _Signal_context.set(this, void 0);
        _Signal_at.set(this, void 0);
        _Signal_words.set(this, void 0);
        _Signal_writable.set(this, void 0);
        _Signal_mask.set(this, void 0);
        _Signal_max.set(this, void 0);
        this.name = port.name;
        this.width = port.width;
        this.direction = port.direction;
        __classPrivateFieldSet(this, _Signal_context, context, "f");
        __classPrivateFieldSet(this, _Signal_at, at, "f");
        __classPrivateFieldSet(this, _Signal_words, (0, layout_ts_1.wordsOf)(port.width), "f");
        __classPrivateFieldSet(this, _Signal_writable, writable, "f");
        __classPrivateFieldSet(this, _Signal_mask, mask, "f");
        __classPrivateFieldSet(this, _Signal_max, Math.pow(2, port.width) - 1, "f");
    }
    Object.defineProperty(Signal.prototype, "value", {
        /** The value as an unsigned number. Throws on X or Z, and for ports wider than 32 bits: use `big` there. */
        get: function () {
            var memory = __classPrivateFieldGet(this, _Signal_context, "f").memory;
            if (__classPrivateFieldGet(this, _Signal_words, "f") !== 1)
                throw new RangeError("".concat(this.name, " has ").concat(this.width, " bits: read .big"));
            var v = memory[__classPrivateFieldGet(this, _Signal_at, "f")];
            if (v === undefined)
                throw __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_over).call(this);
            if (memory[__classPrivateFieldGet(this, _Signal_at, "f") + __classPrivateFieldGet(this, _Signal_mask, "f")])
                throw new UnknownValueError(this.name, this.bits);
            return v;
        },
        /** Takes an unsigned value, or a negative one in two's complement. Throws a RangeError when it does not fit. */
        set: function (v) {
            if (typeof v === "bigint" || __classPrivateFieldGet(this, _Signal_words, "f") !== 1) {
                this.big = BigInt(v);
                return;
            }
            if (!(v <= __classPrivateFieldGet(this, _Signal_max, "f") && v >= -(__classPrivateFieldGet(this, _Signal_max, "f") + 1) / 2) || !Number.isInteger(v))
                throw __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_range).call(this, v);
            __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_check).call(this);
            __classPrivateFieldGet(this, _Signal_context, "f").memory[__classPrivateFieldGet(this, _Signal_at, "f")] = this.width === 32 ? v : v & __classPrivateFieldGet(this, _Signal_max, "f");
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(Signal.prototype, "signed", {
        /** The value as a number in two's complement, up to 32 bits. */
        get: function () {
            var v = this.value;
            return v >= Math.pow(2, (this.width - 1)) ? v - Math.pow(2, this.width) : v;
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(Signal.prototype, "big", {
        /** The value as an unsigned BigInt, of any width. Throws on X or Z. */
        get: function () {
            if (this.isX)
                throw new UnknownValueError(this.name, this.bits);
            return __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_read).call(this, __classPrivateFieldGet(this, _Signal_at, "f"));
        },
        set: function (v) {
            var limit = 1n << BigInt(this.width);
            if (v >= limit || v < -(limit >> 1n))
                throw __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_range).call(this, v);
            __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_check).call(this);
            var memory = __classPrivateFieldGet(this, _Signal_context, "f").memory;
            var rest = BigInt.asUintN(this.width, v);
            for (var k = 0; k < __classPrivateFieldGet(this, _Signal_words, "f"); k++) {
                memory[__classPrivateFieldGet(this, _Signal_at, "f") + k] = Number(rest & 0xffffffffn);
                rest >>= 32n;
            }
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(Signal.prototype, "isX", {
        /** True when any bit is X or Z. Always false on Verilator, which has no X. */
        get: function () {
            var memory = __classPrivateFieldGet(this, _Signal_context, "f").memory;
            if (memory.length === 0)
                throw __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_over).call(this);
            for (var k = 0; k < __classPrivateFieldGet(this, _Signal_words, "f"); k++)
                if (memory[__classPrivateFieldGet(this, _Signal_at, "f") + __classPrivateFieldGet(this, _Signal_mask, "f") + k])
                    return true;
            return false;
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(Signal.prototype, "bits", {
        /** The bits, highest first, with x for every unknown one. */
        get: function () {
            var v = __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_read).call(this, __classPrivateFieldGet(this, _Signal_at, "f"));
            var x = __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_read).call(this, __classPrivateFieldGet(this, _Signal_at, "f") + __classPrivateFieldGet(this, _Signal_mask, "f"));
            var s = "";
            for (var i = this.width - 1; i >= 0; i--)
                s += (x >> BigInt(i)) & 1n ? "x" : (v >> BigInt(i)) & 1n ? "1" : "0";
            return s;
        },
        enumerable: false,
        configurable: true
    });
    /** Copies the value's 32-bit words, lowest first, without looking for X. */
    Signal.prototype.words = function () {
        return __classPrivateFieldGet(this, _Signal_context, "f").memory.slice(__classPrivateFieldGet(this, _Signal_at, "f"), __classPrivateFieldGet(this, _Signal_at, "f") + __classPrivateFieldGet(this, _Signal_words, "f"));
    };
    /** Sets the value from 32-bit words, lowest first. Throws a RangeError when there are too many or too few. */
    Signal.prototype.setWords = function (words) {
        if (words.length !== __classPrivateFieldGet(this, _Signal_words, "f"))
            throw new RangeError("".concat(this.name, " has ").concat(__classPrivateFieldGet(this, _Signal_words, "f"), " words, not ").concat(words.length));
        __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_check).call(this);
        var memory = __classPrivateFieldGet(this, _Signal_context, "f").memory;
        for (var k = 0; k < __classPrivateFieldGet(this, _Signal_words, "f"); k++)
            memory[__classPrivateFieldGet(this, _Signal_at, "f") + k] = words[k];
        if (this.width % 32)
            memory[__classPrivateFieldGet(this, _Signal_at, "f") + __classPrivateFieldGet(this, _Signal_words, "f") - 1] &= Math.pow(2, (this.width % 32)) - 1;
    };
    /** The same as setting `value`. */
    Signal.prototype.write = function (v) {
        this.value = v;
    };
    /** Holds an internal signal at a value, whatever the design assigns, until `release`. A port is driven instead. */
    Signal.prototype.force = function (_v) {
        throw new TypeError("".concat(this.name, " is a port: drive it, or force the signal inside the design"));
    };
    /** Ends `force`: a register keeps the value until the design assigns it, a wire takes its driver's at once. */
    Signal.prototype.release = function () {
        throw new TypeError("".concat(this.name, " is a port, which cannot be forced"));
    };
    Signal.prototype.toString = function () {
        return "".concat(this.name, "=").concat(this.isX ? "'b".concat(this.bits) : "'h".concat(this.big.toString(16)));
    };
    Object.defineProperty(Signal.prototype, "refusal", {
        get: function () {
            return this.direction === "output" ? "is an output" : "is a clock that the library drives";
        },
        enumerable: false,
        configurable: true
    });
    return Signal;
}());
exports.Signal = Signal;
_Signal_context = new WeakMap(), _Signal_at = new WeakMap(), _Signal_words = new WeakMap(), _Signal_writable = new WeakMap(), _Signal_mask = new WeakMap(), _Signal_max = new WeakMap(), _Signal_instances = new WeakSet(), _Signal_read = function _Signal_read(at) {
    var _a;
    var memory = __classPrivateFieldGet(this, _Signal_context, "f").memory;
    var r = 0n;
    for (var k = __classPrivateFieldGet(this, _Signal_words, "f") - 1; k >= 0; k--)
        r = (r << 32n) | BigInt((_a = memory[at + k]) !== null && _a !== void 0 ? _a : 0);
    return r;
}, _Signal_check = function _Signal_check() {
    if (!__classPrivateFieldGet(this, _Signal_writable, "f"))
        throw new TypeError("".concat(this.name, " ").concat(this.refusal, ": it cannot be written"));
    if (__classPrivateFieldGet(this, _Signal_context, "f").readOnly)
        throw new TypeError("".concat(this.name, " cannot be written in the read-only phase; wait for an edge first"));
    if (__classPrivateFieldGet(this, _Signal_context, "f").memory === DEAD)
        throw __classPrivateFieldGet(this, _Signal_instances, "m", _Signal_over).call(this);
}, _Signal_range = function _Signal_range(v) {
    return new RangeError("".concat(v, " does not fit into ").concat(this.name, " (").concat(this.width, " bits)"));
}, _Signal_over = function _Signal_over() {
    return new Error("".concat(this.name, " was used after the end of its run"));
};
/** Cuts all signals of a run off the memory, so that a stray task cannot touch the next run. */
function retire(context) {
    context.memory = DEAD;
}
/** A signal inside the design: every look asks the simulator, so it costs about a microsecond. */
var InternalSignal = /** @class */ (function (_super) {
    __extends(InternalSignal, _super);
    function InternalSignal(inside, name, found, element) {
        var _this = this;
        var words = (0, layout_ts_1.wordsOf)(found.width);
        _this = _super.call(this, { name: name, width: found.width, direction: "output" }, inside.slot + layout_ts_1.G.DATA, inside.context, !found.constant, words) || this;
        _InternalSignal_instances.add(_this);
        _InternalSignal_inside.set(_this, void 0);
        _InternalSignal_found.set(_this, void 0);
        _InternalSignal_element.set(_this, void 0);
        __classPrivateFieldSet(_this, _InternalSignal_inside, inside, "f");
        __classPrivateFieldSet(_this, _InternalSignal_found, found, "f");
        __classPrivateFieldSet(_this, _InternalSignal_element, element, "f");
        return _this;
    }
    Object.defineProperty(InternalSignal.prototype, "value", {
        get: function () {
            __classPrivateFieldGet(this, _InternalSignal_instances, "m", _InternalSignal_fetch).call(this);
            return _super.prototype.value;
        },
        set: function (v) {
            _super.prototype.value = v;
            // The base class sends wide values through `big`.
            if (typeof v === "number" && this.width <= 32)
                __classPrivateFieldGet(this, _InternalSignal_inside, "f").command(layout_ts_1.COMMAND.WRITE, __classPrivateFieldGet(this, _InternalSignal_found, "f"), __classPrivateFieldGet(this, _InternalSignal_element, "f"));
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(InternalSignal.prototype, "big", {
        get: function () {
            __classPrivateFieldGet(this, _InternalSignal_instances, "m", _InternalSignal_fetch).call(this);
            return _super.prototype.big;
        },
        set: function (v) {
            _super.prototype.big = v;
            __classPrivateFieldGet(this, _InternalSignal_inside, "f").command(layout_ts_1.COMMAND.WRITE, __classPrivateFieldGet(this, _InternalSignal_found, "f"), __classPrivateFieldGet(this, _InternalSignal_element, "f"));
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(InternalSignal.prototype, "isX", {
        get: function () {
            __classPrivateFieldGet(this, _InternalSignal_instances, "m", _InternalSignal_fetch).call(this);
            return _super.prototype.isX;
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(InternalSignal.prototype, "bits", {
        get: function () {
            __classPrivateFieldGet(this, _InternalSignal_instances, "m", _InternalSignal_fetch).call(this);
            return _super.prototype.bits;
        },
        enumerable: false,
        configurable: true
    });
    InternalSignal.prototype.words = function () {
        __classPrivateFieldGet(this, _InternalSignal_instances, "m", _InternalSignal_fetch).call(this);
        return _super.prototype.words.call(this);
    };
    InternalSignal.prototype.setWords = function (words) {
        _super.prototype.setWords.call(this, words);
        __classPrivateFieldGet(this, _InternalSignal_inside, "f").command(layout_ts_1.COMMAND.WRITE, __classPrivateFieldGet(this, _InternalSignal_found, "f"), __classPrivateFieldGet(this, _InternalSignal_element, "f"));
    };
    InternalSignal.prototype.force = function (v) {
        if (__classPrivateFieldGet(this, _InternalSignal_found, "f").constant)
            throw new TypeError("".concat(this.name, " is a parameter: it cannot be forced"));
        if (__classPrivateFieldGet(this, _InternalSignal_found, "f").dims.length)
            throw new TypeError("".concat(this.name, " is an element of an array, which no simulator can force"));
        __classPrivateFieldGet(this, _InternalSignal_inside, "f").wantForce(this.name, __classPrivateFieldGet(this, _InternalSignal_found, "f"));
        _super.prototype.big = BigInt(v);
        __classPrivateFieldGet(this, _InternalSignal_inside, "f").command(layout_ts_1.COMMAND.FORCE, __classPrivateFieldGet(this, _InternalSignal_found, "f"), __classPrivateFieldGet(this, _InternalSignal_element, "f"));
    };
    InternalSignal.prototype.release = function () {
        if (!__classPrivateFieldGet(this, _InternalSignal_found, "f").forceable)
            return;
        __classPrivateFieldGet(this, _InternalSignal_inside, "f").command(layout_ts_1.COMMAND.RELEASE, __classPrivateFieldGet(this, _InternalSignal_found, "f"), __classPrivateFieldGet(this, _InternalSignal_element, "f"));
    };
    Object.defineProperty(InternalSignal.prototype, "refusal", {
        get: function () {
            return "is a parameter";
        },
        enumerable: false,
        configurable: true
    });
    return InternalSignal;
}(Signal));
_InternalSignal_inside = new WeakMap(), _InternalSignal_found = new WeakMap(), _InternalSignal_element = new WeakMap(), _InternalSignal_instances = new WeakSet(), _InternalSignal_fetch = function _InternalSignal_fetch() {
    __classPrivateFieldGet(this, _InternalSignal_inside, "f").command(layout_ts_1.COMMAND.READ, __classPrivateFieldGet(this, _InternalSignal_found, "f"), __classPrivateFieldGet(this, _InternalSignal_element, "f"));
};
/** The inside of a design, looked up when it is asked for. */
var Internals = /** @class */ (function () {
    /** `restart` gives the run up in favour of one on a model with more access. */
    function Internals(backend, top, context, allocate, restart) {
        _Internals_instances.add(this);
        _Internals_backend.set(this, void 0);
        _Internals_top.set(this, void 0);
        _Internals_allocate.set(this, void 0);
        _Internals_restart.set(this, void 0);
        _Internals_known.set(this, new Map());
        _Internals_slot.set(this, 0);
        __classPrivateFieldSet(this, _Internals_backend, backend, "f");
        __classPrivateFieldSet(this, _Internals_top, top, "f");
        this.context = context;
        __classPrivateFieldSet(this, _Internals_allocate, allocate, "f");
        __classPrivateFieldSet(this, _Internals_restart, restart, "f");
    }
    Object.defineProperty(Internals.prototype, "slot", {
        /** Where values pass between the two sides; taken from the memory at first use. */
        get: function () {
            if (!__classPrivateFieldGet(this, _Internals_slot, "f")) {
                __classPrivateFieldSet(this, _Internals_slot, __classPrivateFieldGet(this, _Internals_allocate, "f").call(this, layout_ts_1.ARGUMENT_WORDS), "f");
                __classPrivateFieldGet(this, _Internals_backend, "f").memory[layout_ts_1.H.ARGUMENT] = __classPrivateFieldGet(this, _Internals_slot, "f");
            }
            return __classPrivateFieldGet(this, _Internals_slot, "f");
        },
        enumerable: false,
        configurable: true
    });
    Internals.prototype.command = function (what, found, element) {
        var _a = this.context, memory = _a.memory, readOnly = _a.readOnly;
        if (memory.length === 0)
            return;
        if (what !== layout_ts_1.COMMAND.READ && readOnly)
            throw new TypeError("nothing can be written in the read-only phase; wait for an edge first");
        memory[this.slot + layout_ts_1.G.ID] = found.id;
        memory[this.slot + layout_ts_1.G.ELEMENT] = element;
        __classPrivateFieldGet(this, _Internals_backend, "f").command(what);
    };
    Internals.prototype.wantForce = function (path, found) {
        if (!found.forceable)
            __classPrivateFieldGet(this, _Internals_instances, "m", _Internals_again).call(this, { internals: true, force: [path.split(".").at(-1)] });
    };
    /** The signal, array or scope at a path; undefined when there is none. */
    Internals.prototype.at = function (path) {
        var x = __classPrivateFieldGet(this, _Internals_known, "f").get(path);
        if (x === undefined) {
            x = __classPrivateFieldGet(this, _Internals_instances, "m", _Internals_look).call(this, path);
            if (x !== undefined)
                __classPrivateFieldGet(this, _Internals_known, "f").set(path, x);
        }
        return x;
    };
    /** Names in a scope for a message. */
    Internals.prototype.said = function (path) {
        var names = __spreadArray([], new Set(__classPrivateFieldGet(this, _Internals_backend, "f").names(path)), true);
        return names.length === 0
            ? "nothing"
            : names.length > 40
                ? "".concat(names.slice(0, 40).join(", "), ", ...")
                : names.join(", ");
    };
    /** What is said of a name of the top module that is not there. */
    Internals.prototype.unknown = function (name, ports) {
        return new TypeError("".concat(__classPrivateFieldGet(this, _Internals_top, "f"), " has no port ").concat(name, "; its ports are ").concat(ports, "; inside it are ").concat(this.said("")));
    };
    return Internals;
}());
exports.Internals = Internals;
_Internals_backend = new WeakMap(), _Internals_top = new WeakMap(), _Internals_allocate = new WeakMap(), _Internals_restart = new WeakMap(), _Internals_known = new WeakMap(), _Internals_slot = new WeakMap(), _Internals_instances = new WeakSet(), _Internals_again = function _Internals_again(access) {
    var e = new backend_ts_1.MoreAccess(access);
    __classPrivateFieldGet(this, _Internals_restart, "f").call(this, e);
    throw e;
}, _Internals_ask = function _Internals_ask(path) {
    if (this.context.memory.length === 0)
        throw new Error("".concat(path, " was used after the end of its run"));
    // The argument's place has to be there before the simulator writes to it.
    void this.slot;
    try {
        return __classPrivateFieldGet(this, _Internals_backend, "f").find(path);
    }
    catch (e) {
        if (e instanceof backend_ts_1.MoreAccess)
            __classPrivateFieldGet(this, _Internals_instances, "m", _Internals_again).call(this, e.access);
        throw e;
    }
}, _Internals_look = function _Internals_look(path) {
    var found = __classPrivateFieldGet(this, _Internals_instances, "m", _Internals_ask).call(this, path);
    if ((found === null || found === void 0 ? void 0 : found.kind) === "signal")
        return found.dims.length ? __classPrivateFieldGet(this, _Internals_instances, "m", _Internals_array).call(this, path, found, 0) : new InternalSignal(this, path, found, 0);
    if (found)
        return __classPrivateFieldGet(this, _Internals_instances, "m", _Internals_scope).call(this, path);
    // An element of an array, or the name of generate blocks without a number.
    var indexed = /^(.*?)((?:\[-?\d+\])+)$/.exec(path);
    if (indexed) {
        var x = this.at(indexed[1]);
        for (var _i = 0, _a = indexed[2].matchAll(/\[(-?\d+)\]/g); _i < _a.length; _i++) {
            var m = _a[_i];
            x = x === null || x === void 0 ? void 0 : x[m[1]];
        }
        return x;
    }
    return __classPrivateFieldGet(this, _Internals_instances, "m", _Internals_blocks).call(this, path);
}, _Internals_array = function _Internals_array(path, found, base, depth) {
    var _this = this;
    if (depth === void 0) { depth = 0; }
    var _a = found.dims[depth], left = _a[0], right = _a[1];
    var _b = [Math.min(left, right), Math.max(left, right)], low = _b[0], high = _b[1];
    var inner = found.dims.slice(depth + 1).reduce(function (n, _a) {
        var l = _a[0], r = _a[1];
        return n * (Math.abs(l - r) + 1);
    }, 1);
    var cache = new Map();
    var element = function (i) {
        var x = cache.get(i);
        if (x === undefined) {
            var at = base + (left <= right ? i - left : left - i) * inner;
            var name_1 = "".concat(path, "[").concat(i, "]");
            x =
                depth + 1 < found.dims.length
                    ? __classPrivateFieldGet(_this, _Internals_instances, "m", _Internals_array).call(_this, name_1, found, at, depth + 1)
                    : new InternalSignal(_this, name_1, found, at);
            cache.set(i, x);
        }
        return x;
    };
    return new Proxy(Object.create(null), {
        get: function (_target, name) {
            if (name === "length")
                return high - low + 1;
            if (name === "name")
                return path;
            if (name === "width")
                return found.width;
            if (typeof name === "symbol" || QUIET.has(name))
                return undefined;
            var i = Number(name);
            if (!Number.isInteger(i))
                throw new TypeError("".concat(path, " is an array: ").concat(path, "[").concat(low, "] is its first element; it has no ").concat(name));
            if (i < low || i > high)
                throw new RangeError("".concat(path, " has the elements ").concat(low, " to ").concat(high, ", not ").concat(i));
            return element(i);
        },
    });
}, _Internals_scope = function _Internals_scope(path) {
    var _this = this;
    return new Proxy(Object.create(null), {
        get: function (_target, name) {
            if (typeof name === "symbol" || QUIET.has(name))
                return undefined;
            var x = _this.at("".concat(path, ".").concat(name));
            if (x === undefined)
                throw new TypeError("".concat(path, " has no ").concat(name, "; it has ").concat(_this.said(path)));
            return x;
        },
        set: function (_target, name) {
            throw new TypeError("".concat(path, " is a scope: ").concat(path, ".").concat(String(name), " is set by its value, or does not exist"));
        },
    });
}, _Internals_blocks = function _Internals_blocks(path) {
    var _this = this;
    var at = path.lastIndexOf(".");
    var name = path.slice(at + 1);
    var siblings = __classPrivateFieldGet(this, _Internals_backend, "f").names(at < 0 ? "" : path.slice(0, at));
    var mine = siblings.filter(function (s) { return s.startsWith("".concat(name, "[")); });
    if (!mine.length)
        return undefined;
    return new Proxy(Object.create(null), {
        get: function (_target, index) {
            if (index === "length")
                return mine.length;
            if (typeof index === "symbol" || QUIET.has(index))
                return undefined;
            var x = mine.includes("".concat(name, "[").concat(index, "]")) ? _this.at("".concat(path, "[").concat(index, "]")) : undefined;
            if (x === undefined)
                throw new TypeError("".concat(path, " has no block ").concat(index, "; there are ").concat(mine.join(", ")));
            return x;
        },
    });
};
// What runtimes and test runners ask of any object.
var QUIET = new Set([
    "then",
    "toJSON",
    "constructor",
    "asymmetricMatch",
    "nodeType",
    "tagName",
    "$$typeof",
    "inspect",
]);
function makeDut(signals, internals) {
    // A proxy as the prototype costs nothing on names that exist.
    var inside = new Proxy(Object.create(null), {
        get: function (_, name) {
            if (typeof name === "symbol" || QUIET.has(name))
                return undefined;
            var x = internals.at(name);
            if (x === undefined)
                throw internals.unknown(name, signals.map(function (s) { return s.name; }).join(", "));
            return x;
        },
    });
    var dut = Object.create(inside);
    for (var _i = 0, signals_1 = signals; _i < signals_1.length; _i++) {
        var s = signals_1[_i];
        Object.defineProperty(dut, s.name, { value: s, enumerable: true });
    }
    return dut;
}
