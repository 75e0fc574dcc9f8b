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
var _AxisFrame_instances, _AxisFrame_words, _AxisFrame_at, _AxisFrame_entry, _AxisFrame_fields, _AxisFrame_field, _AxisFrame_all, _Queue_list, _Queue_head, _AxisSource_instances, _AxisSource_backlog, _AxisSource_waiters, _AxisSource_sent, _AxisSource_release, _AxisSource_arm, _AxisSource_queue, _AxisSource_refill, _AxisSource_pack, _AxisSource_packBytes, _AxisSink_instances, _AxisSink_frames, _AxisSink_waiters, _AxisSink_bulk, _AxisSink_head, _AxisSink_scanned, _AxisSink_collect, _AxisMonitor_instances, _AxisMonitor_frameWaiters, _AxisMonitor_cleared, _AxisMonitor_check;
Object.defineProperty(exports, "__esModule", { value: true });
exports.AxisMonitor = exports.ProtocolError = exports.AXIS_RULES = exports.AxisSink = exports.AxisSource = exports.AxisFrame = void 0;
var axis_port_ts_1 = require("./axis_port.ts");
var layout_ts_1 = require("./layout.ts");
/** A frame as it was received, beat by beat. */
var AxisFrame = /** @class */ (function () {
    /** `length` entries of `entry` words each, from word `at` on. */
    function AxisFrame(words, at, length, entry, fields) {
        _AxisFrame_instances.add(this);
        _AxisFrame_words.set(this, void 0);
        _AxisFrame_at.set(this, void 0);
        _AxisFrame_entry.set(this, void 0);
        _AxisFrame_fields.set(this, void 0);
        __classPrivateFieldSet(this, _AxisFrame_words, words, "f");
        __classPrivateFieldSet(this, _AxisFrame_at, at, "f");
        __classPrivateFieldSet(this, _AxisFrame_entry, entry, "f");
        __classPrivateFieldSet(this, _AxisFrame_fields, fields, "f");
        this.length = length;
    }
    /** Word `k` of the data of beat `i`. */
    AxisFrame.prototype.word = function (i, k) {
        if (k === void 0) { k = 0; }
        return __classPrivateFieldGet(this, _AxisFrame_words, "f")[__classPrivateFieldGet(this, _AxisFrame_at, "f") + i * __classPrivateFieldGet(this, _AxisFrame_entry, "f") + 1 + k];
    };
    /** Cycle in which beat `i` was transferred. */
    AxisFrame.prototype.cycle = function (i) {
        return __classPrivateFieldGet(this, _AxisFrame_words, "f")[__classPrivateFieldGet(this, _AxisFrame_at, "f") + i * __classPrivateFieldGet(this, _AxisFrame_entry, "f")];
    };
    /** Data of beat `i`. */
    AxisFrame.prototype.big = function (i) {
        return __classPrivateFieldGet(this, _AxisFrame_instances, "m", _AxisFrame_field).call(this, i, layout_ts_1.FIELD.DATA);
    };
    Object.defineProperty(AxisFrame.prototype, "tdata", {
        /** Data of all beats. */
        get: function () {
            return __classPrivateFieldGet(this, _AxisFrame_instances, "m", _AxisFrame_all).call(this, layout_ts_1.FIELD.DATA);
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(AxisFrame.prototype, "tkeep", {
        get: function () {
            return __classPrivateFieldGet(this, _AxisFrame_instances, "m", _AxisFrame_all).call(this, layout_ts_1.FIELD.KEEP);
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(AxisFrame.prototype, "tuser", {
        get: function () {
            return __classPrivateFieldGet(this, _AxisFrame_instances, "m", _AxisFrame_all).call(this, layout_ts_1.FIELD.USER);
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(AxisFrame.prototype, "tid", {
        get: function () {
            return __classPrivateFieldGet(this, _AxisFrame_instances, "m", _AxisFrame_all).call(this, layout_ts_1.FIELD.ID);
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(AxisFrame.prototype, "tdest", {
        get: function () {
            return __classPrivateFieldGet(this, _AxisFrame_instances, "m", _AxisFrame_all).call(this, layout_ts_1.FIELD.DEST);
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(AxisFrame.prototype, "numbers", {
        /** Data of all beats as numbers. Throws a RangeError past 53 bits. */
        get: function () {
            return this.tdata.map(function (v) {
                var n = Number(v);
                if (!Number.isSafeInteger(n))
                    throw new RangeError("beat of ".concat(v, " does not fit into a number: use tdata"));
                return n;
            });
        },
        enumerable: false,
        configurable: true
    });
    Object.defineProperty(AxisFrame.prototype, "bytes", {
        /** The bytes that tkeep selects, lane 0 first. */
        get: function () {
            var lanes = __classPrivateFieldGet(this, _AxisFrame_fields, "f")[layout_ts_1.FIELD.DATA].width >>> 3;
            var out = [];
            for (var i = 0; i < this.length; i++) {
                var keep = __classPrivateFieldGet(this, _AxisFrame_fields, "f")[layout_ts_1.FIELD.KEEP].words ? __classPrivateFieldGet(this, _AxisFrame_instances, "m", _AxisFrame_field).call(this, i, layout_ts_1.FIELD.KEEP) : -1n;
                for (var b = 0; b < lanes; b++)
                    if ((keep >> BigInt(b)) & 1n)
                        out.push((this.word(i, b >>> 2) >>> (8 * (b & 3))) & 0xff);
            }
            return Uint8Array.from(out);
        },
        enumerable: false,
        configurable: true
    });
    return AxisFrame;
}());
exports.AxisFrame = AxisFrame;
_AxisFrame_words = new WeakMap(), _AxisFrame_at = new WeakMap(), _AxisFrame_entry = new WeakMap(), _AxisFrame_fields = new WeakMap(), _AxisFrame_instances = new WeakSet(), _AxisFrame_field = function _AxisFrame_field(i, f) {
    var _a = __classPrivateFieldGet(this, _AxisFrame_fields, "f")[f], at = _a.at, words = _a.words;
    return (0, axis_port_ts_1.wordsToBig)(__classPrivateFieldGet(this, _AxisFrame_words, "f"), __classPrivateFieldGet(this, _AxisFrame_at, "f") + i * __classPrivateFieldGet(this, _AxisFrame_entry, "f") + 1 + at, words);
}, _AxisFrame_all = function _AxisFrame_all(f) {
    var _this = this;
    return __classPrivateFieldGet(this, _AxisFrame_fields, "f")[f].words ? Array.from({ length: this.length }, function (_, i) { return __classPrivateFieldGet(_this, _AxisFrame_instances, "m", _AxisFrame_field).call(_this, i, f); }) : [];
};
/** First in, first out, in constant time. */
var Queue = /** @class */ (function () {
    function Queue() {
        _Queue_list.set(this, []);
        _Queue_head.set(this, 0);
    }
    Object.defineProperty(Queue.prototype, "length", {
        get: function () {
            return __classPrivateFieldGet(this, _Queue_list, "f").length - __classPrivateFieldGet(this, _Queue_head, "f");
        },
        enumerable: false,
        configurable: true
    });
    Queue.prototype.first = function () {
        return __classPrivateFieldGet(this, _Queue_list, "f")[__classPrivateFieldGet(this, _Queue_head, "f")];
    };
    Queue.prototype.push = function (item) {
        __classPrivateFieldGet(this, _Queue_list, "f").push(item);
    };
    Queue.prototype.shift = function () {
        var _a, _b;
        var item = __classPrivateFieldGet(this, _Queue_list, "f")[__classPrivateFieldSet(this, _Queue_head, (_b = __classPrivateFieldGet(this, _Queue_head, "f"), _a = _b++, _b), "f"), _a];
        if (__classPrivateFieldGet(this, _Queue_head, "f") >= __classPrivateFieldGet(this, _Queue_list, "f").length)
            this.clear();
        else if (__classPrivateFieldGet(this, _Queue_head, "f") > 1024 && __classPrivateFieldGet(this, _Queue_head, "f") * 2 > __classPrivateFieldGet(this, _Queue_list, "f").length) {
            __classPrivateFieldSet(this, _Queue_list, __classPrivateFieldGet(this, _Queue_list, "f").slice(__classPrivateFieldGet(this, _Queue_head, "f")), "f");
            __classPrivateFieldSet(this, _Queue_head, 0, "f");
        }
        return item;
    };
    Queue.prototype.clear = function () {
        __classPrivateFieldSet(this, _Queue_list, [], "f");
        __classPrivateFieldSet(this, _Queue_head, 0, "f");
    };
    Queue.prototype.items = function () {
        return __classPrivateFieldGet(this, _Queue_list, "f").slice(__classPrivateFieldGet(this, _Queue_head, "f"));
    };
    return Queue;
}());
_Queue_list = new WeakMap(), _Queue_head = new WeakMap();
/** Drives a stream into the design. */
var AxisSource = /** @class */ (function (_super) {
    __extends(AxisSource, _super);
    function AxisSource(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        var _this = _super.call(this, tb, prefix, layout_ts_1.KIND.SOURCE, "source", options) || this;
        _AxisSource_instances.add(_this);
        // Beats that have no place in the native queue yet.
        _AxisSource_backlog.set(_this, new Queue());
        _AxisSource_waiters.set(_this, new Queue());
        _AxisSource_sent.set(_this, 0);
        return _this;
    }
    /** Queues a frame, last on its last beat; resolves when its last beat has been transferred. */
    AxisSource.prototype.send = function (frame) {
        this.sendNowait(frame);
        return this.wait();
    };
    /** Queues a frame. */
    AxisSource.prototype.sendNowait = function (frame) {
        __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_queue).call(this, frame instanceof Uint8Array ? __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_packBytes).call(this, frame) : __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_pack).call(this, "tdata" in frame ? frame : { tdata: frame }));
    };
    /**
     * Queues many beats: `words` holds `wordsPerBeat` words for each, lowest first, and `lastFlags` says which beats
     * are the last of their frames (all but the final one are not, by default). Bits above the width are dropped.
     */
    AxisSource.prototype.sendBeats = function (words, wordsPerBeat, lastFlags) {
        var data = this.fields[layout_ts_1.FIELD.DATA];
        if (wordsPerBeat !== data.words)
            throw new RangeError("".concat(this.prefix, ": a beat has ").concat(data.words, " words of data, not ").concat(wordsPerBeat));
        if (words.length % wordsPerBeat)
            throw new RangeError("".concat(this.prefix, ": ").concat(words.length, " words are no whole number of beats"));
        var n = words.length / wordsPerBeat;
        var out = new Uint32Array(n * this.beatWords);
        var last = this.fields[layout_ts_1.FIELD.LAST];
        var keep = this.fields[layout_ts_1.FIELD.KEEP];
        var top = data.width % 32 ? Math.pow(2, (data.width % 32)) - 1 : 0xffffffff;
        for (var i = 0; i < n; i++) {
            var o = i * this.beatWords;
            for (var k = 0; k < wordsPerBeat; k++)
                out[o + k] = words[i * wordsPerBeat + k];
            out[o + wordsPerBeat - 1] &= top;
            out[o + last.at] = (lastFlags ? lastFlags[i] : i === n - 1) ? 1 : 0;
            if (keep.words)
                (0, axis_port_ts_1.bigToWords)(-1n, keep.width, out, o + keep.at, "".concat(this.prefix, "_tkeep"));
        }
        __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_queue).call(this, out);
        return this.wait();
    };
    /** Resolves when everything queued so far has been transferred. */
    AxisSource.prototype.wait = function () {
        var _this = this;
        if (this.idle())
            return Promise.resolve();
        var target = __classPrivateFieldGet(this, _AxisSource_sent, "f");
        var list = [];
        __classPrivateFieldGet(this, _AxisSource_waiters, "f").push({ at: target, waiter: list });
        var scheduler = this.host.scheduler;
        __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_arm).call(this);
        return scheduler.wait(function () { return "".concat(_this.prefix, " to send (").concat(_this.count(), " beats are left)"); }, list);
    };
    /** Beats that have not been transferred yet. */
    AxisSource.prototype.count = function () {
        return (__classPrivateFieldGet(this, _AxisSource_sent, "f") - this.get(layout_ts_1.A.BEATS)) >>> 0;
    };
    AxisSource.prototype.empty = function () {
        return this.count() === 0;
    };
    /** Nothing queued and nothing offered. */
    AxisSource.prototype.idle = function () {
        return this.count() === 0;
    };
    /** Drops what is queued; a beat that is being offered is still transferred. */
    AxisSource.prototype.clear = function () {
        __classPrivateFieldGet(this, _AxisSource_backlog, "f").clear();
        var keep = this.get(layout_ts_1.A.ACTIVE);
        this.set(layout_ts_1.A.HEAD, (this.get(layout_ts_1.A.TAIL) + keep) >>> 0);
        __classPrivateFieldSet(this, _AxisSource_sent, (this.get(layout_ts_1.A.BEATS) + keep) >>> 0, "f");
        for (var _i = 0, _a = __classPrivateFieldGet(this, _AxisSource_waiters, "f").items(); _i < _a.length; _i++) {
            var w = _a[_i];
            w.at = Math.min(w.at, __classPrivateFieldGet(this, _AxisSource_sent, "f"));
        }
        __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_release).call(this);
    };
    AxisSource.prototype.service = function (_fired) {
        __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_refill).call(this);
        __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_release).call(this);
    };
    AxisSource.prototype.waiters = function () {
        return __classPrivateFieldGet(this, _AxisSource_waiters, "f").items().map(function (w) { return w.waiter; });
    };
    AxisSource.prototype.wants = function () {
        return __classPrivateFieldGet(this, _AxisSource_waiters, "f").items().some(function (w) { return w.waiter.length > 0; });
    };
    AxisSource.prototype.state = function () {
        return this.count() ? ", ".concat(this.count(), " beats left to send") : ", nothing to send";
    };
    return AxisSource;
}(axis_port_ts_1.AxisAgent));
exports.AxisSource = AxisSource;
_AxisSource_backlog = new WeakMap(), _AxisSource_waiters = new WeakMap(), _AxisSource_sent = new WeakMap(), _AxisSource_instances = new WeakSet(), _AxisSource_release = function _AxisSource_release() {
    var done = this.get(layout_ts_1.A.BEATS);
    while (__classPrivateFieldGet(this, _AxisSource_waiters, "f").length && ((done - __classPrivateFieldGet(this, _AxisSource_waiters, "f").first().at) | 0) >= 0) {
        this.host.scheduler.wakeAll(__classPrivateFieldGet(this, _AxisSource_waiters, "f").shift().waiter);
    }
    __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_arm).call(this);
}, _AxisSource_arm = function _AxisSource_arm() {
    var _a;
    var first = (_a = __classPrivateFieldGet(this, _AxisSource_waiters, "f").first()) === null || _a === void 0 ? void 0 : _a.at;
    var refill = __classPrivateFieldGet(this, _AxisSource_backlog, "f").length ? (this.get(layout_ts_1.A.HEAD) - (this.capacity >>> 2)) >>> 0 : undefined;
    var next = first === undefined ? refill : refill === undefined || ((first - refill) | 0) < 0 ? first : refill;
    if (next === undefined)
        this.disarm(layout_ts_1.WAKE.BEATS);
    else {
        this.set(layout_ts_1.A.WAKE_BEATS, next);
        this.arm(layout_ts_1.WAKE.BEATS);
    }
}, _AxisSource_queue = function _AxisSource_queue(words) {
    if (words.length === 0)
        return;
    __classPrivateFieldSet(this, _AxisSource_sent, (__classPrivateFieldGet(this, _AxisSource_sent, "f") + words.length / this.beatWords) >>> 0, "f");
    __classPrivateFieldGet(this, _AxisSource_backlog, "f").push({ words: words, at: 0 });
    __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_refill).call(this);
    __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_arm).call(this);
}, _AxisSource_refill = function _AxisSource_refill() {
    var m = this.memory;
    var head = this.get(layout_ts_1.A.HEAD);
    var room = this.capacity - ((head - this.get(layout_ts_1.A.TAIL)) >>> 0);
    while (room > 0 && __classPrivateFieldGet(this, _AxisSource_backlog, "f").length) {
        var chunk = __classPrivateFieldGet(this, _AxisSource_backlog, "f").first();
        var slot = head & (this.capacity - 1);
        var beats = Math.min(room, this.capacity - slot, (chunk.words.length - chunk.at) / this.beatWords);
        m.set(chunk.words.subarray(chunk.at, chunk.at + beats * this.beatWords), this.ring + slot * this.entry);
        chunk.at += beats * this.beatWords;
        head = (head + beats) >>> 0;
        room -= beats;
        if (chunk.at === chunk.words.length)
            __classPrivateFieldGet(this, _AxisSource_backlog, "f").shift();
    }
    this.set(layout_ts_1.A.HEAD, head);
}, _AxisSource_pack = function _AxisSource_pack(frame) {
    var _this = this;
    var n = frame.tdata.length;
    if (n === 0)
        throw new RangeError("".concat(this.prefix, ": a frame has one beat at least"));
    var out = new Uint32Array(n * this.beatWords);
    var data = this.fields[layout_ts_1.FIELD.DATA];
    frame.tdata.forEach(function (beat, i) {
        var o = i * _this.beatWords;
        if (beat instanceof Uint32Array) {
            if (beat.length !== data.words)
                throw new RangeError("".concat(_this.prefix, ": a beat has ").concat(data.words, " words, not ").concat(beat.length));
            out.set(beat, o + data.at);
            if (data.width % 32)
                out[o + data.words - 1] &= Math.pow(2, (data.width % 32)) - 1;
        }
        else
            (0, axis_port_ts_1.bigToWords)(beat, data.width, out, o + data.at, "".concat(_this.prefix, "_tdata"));
        out[o + _this.fields[layout_ts_1.FIELD.LAST].at] = i === n - 1 ? 1 : 0;
    });
    var side = function (f, value, otherwise) {
        var place = _this.fields[f];
        if (!place.words) {
            if (value !== undefined)
                throw new TypeError("".concat(_this.host.top, " has no port ").concat(_this.prefix, "_").concat(layout_ts_1.FIELD_NAMES[f]));
            return;
        }
        for (var i = 0; i < n; i++) {
            var v = typeof value === "object" ? value[i] : value;
            (0, axis_port_ts_1.bigToWords)(v !== null && v !== void 0 ? v : otherwise, place.width, out, i * _this.beatWords + place.at, "".concat(_this.prefix, "_").concat(layout_ts_1.FIELD_NAMES[f]));
        }
    };
    side(layout_ts_1.FIELD.KEEP, frame.tkeep, -1n);
    side(layout_ts_1.FIELD.USER, frame.tuser, 0n);
    side(layout_ts_1.FIELD.ID, frame.tid, 0n);
    side(layout_ts_1.FIELD.DEST, frame.tdest, 0n);
    return out;
}, _AxisSource_packBytes = function _AxisSource_packBytes(bytes) {
    var _a = this.fields[layout_ts_1.FIELD.DATA], width = _a.width, words = _a.words;
    var lanes = width >>> 3;
    if (width % 8)
        throw new TypeError("".concat(this.prefix, "_tdata has ").concat(width, " bits: it cannot carry bytes"));
    var rest = bytes.length % lanes;
    if (rest && !this.fields[layout_ts_1.FIELD.KEEP].words)
        throw new RangeError("".concat(bytes.length, " bytes do not fill beats of ").concat(lanes, ", and there is no ").concat(this.prefix, "_tkeep"));
    var tdata = [];
    for (var o = 0; o < bytes.length; o += lanes) {
        var beat = new Uint32Array(words);
        for (var b = 0; b < lanes && o + b < bytes.length; b++)
            beat[b >>> 2] |= bytes[o + b] << (8 * (b & 3));
        tdata.push(beat);
    }
    if (!this.fields[layout_ts_1.FIELD.KEEP].words)
        return __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_pack).call(this, { tdata: tdata });
    var all = (1n << BigInt(lanes)) - 1n;
    return __classPrivateFieldGet(this, _AxisSource_instances, "m", _AxisSource_pack).call(this, {
        tdata: tdata,
        tkeep: tdata.map(function (_, i) { return (rest && i === tdata.length - 1 ? (1n << BigInt(rest)) - 1n : all); }),
    });
};
/** Entries copied out of a native queue: they grow as needed. */
var Recorder = /** @class */ (function () {
    function Recorder(entry) {
        this.words = new Uint32Array(0);
        this.count = 0;
        this.entry = entry;
    }
    Recorder.prototype.reserve = function (beats) {
        var need = (this.count + beats) * this.entry;
        if (need <= this.words.length)
            return;
        var grown = new Uint32Array(Math.max(need, this.words.length * 2, 64 * this.entry));
        grown.set(this.words.subarray(0, this.count * this.entry));
        this.words = grown;
    };
    return Recorder;
}());
var AxisReceiver = /** @class */ (function (_super) {
    __extends(AxisReceiver, _super);
    function AxisReceiver() {
        var _this = _super !== null && _super.apply(this, arguments) || this;
        _this.recorder = new Recorder(_this.entry);
        return _this;
    }
    // Fails the run when a rule was broken.
    AxisReceiver.prototype.judge = function (fired) {
        if (!(fired & layout_ts_1.WAKE.RULE))
            return;
        var rule = this.get(layout_ts_1.A.RULE);
        var field = rule === 2 || rule === 5 ? "".concat(this.prefix, "_").concat(layout_ts_1.FIELD_NAMES[this.get(layout_ts_1.A.RULE_FIELD)]) : "";
        var detail = rule === 7 || rule === 8
            ? ": a frame has ".concat(this.get(layout_ts_1.A.FRAME_BEATS), " beats")
            : rule === 9
                ? ": the limit is ".concat(this.get(layout_ts_1.A.MAX_STALL), " cycles")
                : "";
        this.host.violation(new ProtocolError(this.prefix, rule, this.get(layout_ts_1.A.RULE_CYCLE), field, detail));
    };
    // Moves what the native side has recorded to this side.
    AxisReceiver.prototype.drain = function () {
        var m = this.memory;
        var tail = this.get(layout_ts_1.A.TAIL);
        var n = (this.get(layout_ts_1.A.HEAD) - tail) >>> 0;
        if (n === 0)
            return;
        var r = this.recorder;
        r.reserve(n);
        while (n > 0) {
            var slot = tail & (this.capacity - 1);
            var beats = Math.min(n, this.capacity - slot);
            var from = this.ring + slot * this.entry;
            r.words.set(m.subarray(from, from + beats * this.entry), r.count * this.entry);
            r.count += beats;
            tail = (tail + beats) >>> 0;
            n -= beats;
        }
        this.set(layout_ts_1.A.TAIL, tail);
    };
    return AxisReceiver;
}(axis_port_ts_1.AxisAgent));
/** Takes a stream out of the design. */
var AxisSink = /** @class */ (function (_super) {
    __extends(AxisSink, _super);
    function AxisSink(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        var _this = _super.call(this, tb, prefix, layout_ts_1.KIND.SINK, "sink", options) || this;
        _AxisSink_instances.add(_this);
        _AxisSink_frames.set(_this, []);
        _AxisSink_waiters.set(_this, []);
        _AxisSink_bulk.set(_this, []);
        _AxisSink_head.set(_this, 0);
        // Beats of the recorder that belong to no finished frame yet start here.
        _AxisSink_scanned.set(_this, 0);
        _this.set(layout_ts_1.A.RECORD, 1);
        _this.set(layout_ts_1.A.CHECKS, (1 << 3) | (1 << 5));
        return _this;
    }
    /** The next frame, as soon as its last beat has been transferred. */
    AxisSink.prototype.recv = function () {
        var _this = this;
        var frame = this.recvNowait();
        if (frame)
            return Promise.resolve(frame);
        var scheduler = this.host.scheduler;
        var p = scheduler.wait(function () { return "a frame from ".concat(_this.prefix); }, __classPrivateFieldGet(this, _AxisSink_waiters, "f"));
        this.set(layout_ts_1.A.WAKE_FRAMES, (this.get(layout_ts_1.A.FRAMES) + 1) >>> 0);
        this.arm(layout_ts_1.WAKE.FRAMES);
        return p;
    };
    /** The next `n` frames, waking up once: the fastest way to take many. */
    AxisSink.prototype.recvFrames = function (n) {
        return __awaiter(this, void 0, void 0, function () {
            var scheduler, waiting;
            var _this = this;
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        scheduler = this.host.scheduler;
                        _a.label = 1;
                    case 1:
                        if (!(this.count() < n)) return [3 /*break*/, 3];
                        waiting = scheduler.wait(function () { return "".concat(n, " frames from ").concat(_this.prefix); }, __classPrivateFieldGet(this, _AxisSink_bulk, "f"));
                        this.set(layout_ts_1.A.WAKE_FRAMES, (this.get(layout_ts_1.A.FRAMES) + n - this.count()) >>> 0);
                        this.arm(layout_ts_1.WAKE.FRAMES);
                        return [4 /*yield*/, waiting];
                    case 2:
                        _a.sent();
                        return [3 /*break*/, 1];
                    case 3: return [2 /*return*/, Array.from({ length: n }, function () { return _this.recvNowait(); })];
                }
            });
        });
    };
    /** The next frame if one is complete. */
    AxisSink.prototype.recvNowait = function () {
        var _a, _b;
        __classPrivateFieldGet(this, _AxisSink_instances, "m", _AxisSink_collect).call(this);
        if (__classPrivateFieldGet(this, _AxisSink_head, "f") === __classPrivateFieldGet(this, _AxisSink_frames, "f").length)
            return undefined;
        var f = __classPrivateFieldGet(this, _AxisSink_frames, "f")[__classPrivateFieldSet(this, _AxisSink_head, (_b = __classPrivateFieldGet(this, _AxisSink_head, "f"), _a = _b++, _b), "f"), _a];
        if (__classPrivateFieldGet(this, _AxisSink_head, "f") === __classPrivateFieldGet(this, _AxisSink_frames, "f").length) {
            __classPrivateFieldGet(this, _AxisSink_frames, "f").length = 0;
            __classPrivateFieldSet(this, _AxisSink_head, 0, "f");
        }
        return f;
    };
    /** Complete frames that nobody has taken yet. */
    AxisSink.prototype.count = function () {
        __classPrivateFieldGet(this, _AxisSink_instances, "m", _AxisSink_collect).call(this);
        return __classPrivateFieldGet(this, _AxisSink_frames, "f").length - __classPrivateFieldGet(this, _AxisSink_head, "f");
    };
    AxisSink.prototype.empty = function () {
        return this.count() === 0;
    };
    /** No frame has begun without having ended. */
    AxisSink.prototype.idle = function () {
        return this.get(layout_ts_1.A.FRAME_POS) === 0;
    };
    /** Resolves when a frame is there to take, without taking it. */
    AxisSink.prototype.wait = function () {
        return __awaiter(this, void 0, void 0, function () {
            var f;
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0: return [4 /*yield*/, this.recv()];
                    case 1:
                        f = _a.sent();
                        __classPrivateFieldGet(this, _AxisSink_frames, "f").splice(__classPrivateFieldGet(this, _AxisSink_head, "f"), 0, f);
                        return [2 /*return*/];
                }
            });
        });
    };
    /** Drops the frames that nobody has taken; during a reset also the beats of the frame that it cut off. */
    AxisSink.prototype.clear = function () {
        __classPrivateFieldGet(this, _AxisSink_instances, "m", _AxisSink_collect).call(this);
        __classPrivateFieldGet(this, _AxisSink_frames, "f").length = __classPrivateFieldSet(this, _AxisSink_head, 0, "f");
        if (this.memory[layout_ts_1.H.IN_RESET])
            this.recorder.count = __classPrivateFieldSet(this, _AxisSink_scanned, 0, "f");
    };
    AxisSink.prototype.service = function (fired) {
        var _a, _b;
        this.judge(fired);
        __classPrivateFieldGet(this, _AxisSink_instances, "m", _AxisSink_collect).call(this);
        var scheduler = this.host.scheduler;
        while (__classPrivateFieldGet(this, _AxisSink_waiters, "f").length && __classPrivateFieldGet(this, _AxisSink_head, "f") < __classPrivateFieldGet(this, _AxisSink_frames, "f").length) {
            scheduler.wake(__classPrivateFieldGet(this, _AxisSink_waiters, "f").shift(), __classPrivateFieldGet(this, _AxisSink_frames, "f")[__classPrivateFieldSet(this, _AxisSink_head, (_b = __classPrivateFieldGet(this, _AxisSink_head, "f"), _a = _b++, _b), "f"), _a]);
        }
        if (__classPrivateFieldGet(this, _AxisSink_head, "f") === __classPrivateFieldGet(this, _AxisSink_frames, "f").length)
            __classPrivateFieldGet(this, _AxisSink_frames, "f").length = __classPrivateFieldSet(this, _AxisSink_head, 0, "f");
        if (__classPrivateFieldGet(this, _AxisSink_waiters, "f").length)
            this.set(layout_ts_1.A.WAKE_FRAMES, (this.get(layout_ts_1.A.FRAMES) + 1) >>> 0);
        else if (!__classPrivateFieldGet(this, _AxisSink_bulk, "f").length || fired & layout_ts_1.WAKE.FRAMES)
            this.disarm(layout_ts_1.WAKE.FRAMES);
        if (fired & layout_ts_1.WAKE.FRAMES)
            scheduler.wakeAll(__classPrivateFieldGet(this, _AxisSink_bulk, "f"));
    };
    AxisSink.prototype.waiters = function () {
        return [__classPrivateFieldGet(this, _AxisSink_waiters, "f"), __classPrivateFieldGet(this, _AxisSink_bulk, "f")];
    };
    AxisSink.prototype.wants = function () {
        return __classPrivateFieldGet(this, _AxisSink_waiters, "f").length > 0 || __classPrivateFieldGet(this, _AxisSink_bulk, "f").length > 0;
    };
    AxisSink.prototype.state = function () {
        var open = this.get(layout_ts_1.A.FRAME_POS);
        return open ? ", ".concat(open, " beats of a frame without tlast so far") : "";
    };
    return AxisSink;
}(AxisReceiver));
exports.AxisSink = AxisSink;
_AxisSink_frames = new WeakMap(), _AxisSink_waiters = new WeakMap(), _AxisSink_bulk = new WeakMap(), _AxisSink_head = new WeakMap(), _AxisSink_scanned = new WeakMap(), _AxisSink_instances = new WeakSet(), _AxisSink_collect = function _AxisSink_collect() {
    this.drain();
    var r = this.recorder;
    var last = 1 + this.fields[layout_ts_1.FIELD.LAST].at;
    var done = r.count;
    while (done > __classPrivateFieldGet(this, _AxisSink_scanned, "f") && !(r.words[(done - 1) * r.entry + last] & 1))
        done--;
    if (done > __classPrivateFieldGet(this, _AxisSink_scanned, "f")) {
        // One block for all frames that are complete: an array for each would cost more than simulating them.
        var block = r.words.slice(0, done * r.entry);
        var from = 0;
        for (var i = __classPrivateFieldGet(this, _AxisSink_scanned, "f"); i < done; i++)
            if (block[i * r.entry + last] & 1) {
                __classPrivateFieldGet(this, _AxisSink_frames, "f").push(new AxisFrame(block, from * r.entry, i + 1 - from, r.entry, this.fields));
                from = i + 1;
            }
        r.words.copyWithin(0, done * r.entry, r.count * r.entry);
        r.count -= done;
    }
    __classPrivateFieldSet(this, _AxisSink_scanned, r.count, "f");
};
/** Number and meaning of each protocol rule. */
exports.AXIS_RULES = {
    1: "tvalid fell before the beat was transferred",
    2: "the payload changed while tvalid waited for tready",
    3: "tvalid is unknown (x) after reset",
    4: "tready is unknown (x) after reset",
    5: "the payload is unknown (x) while tvalid is high",
    6: "tvalid is high in reset",
    7: "tlast came too early",
    8: "tlast is missing on the last beat of a frame",
    9: "the beat has waited too long for tready",
    10: "tkeep has a hole, or a beat that is not the last lacks bytes",
};
/** A stream broke a rule of the protocol. */
var ProtocolError = /** @class */ (function (_super) {
    __extends(ProtocolError, _super);
    function ProtocolError(stream, rule, cycle, field, detail) {
        var _this = _super.call(this, "".concat(stream, ": rule AXIS-").concat(rule, ": ").concat(exports.AXIS_RULES[rule]).concat(field ? " (".concat(field, ")") : "", ", in cycle ").concat(cycle).concat(detail)) || this;
        _this.name = "ProtocolError";
        _this.rule = rule;
        _this.stream = stream;
        _this.cycle = cycle;
        return _this;
    }
    return ProtocolError;
}(Error));
exports.ProtocolError = ProtocolError;
/** Watches a stream: records its beats, checks its rules, drives nothing. */
var AxisMonitor = /** @class */ (function (_super) {
    __extends(AxisMonitor, _super);
    function AxisMonitor(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        var _this = this;
        var _a;
        var record = (_a = options.record) !== null && _a !== void 0 ? _a : true;
        _this = _super.call(this, tb, prefix, layout_ts_1.KIND.MONITOR, record ? "monitor" : "protocol check", options, record) || this;
        _AxisMonitor_instances.add(_this);
        _AxisMonitor_frameWaiters.set(_this, []);
        // Beats that `clear` has made forgotten.
        _AxisMonitor_cleared.set(_this, 0);
        if (record)
            _this.set(layout_ts_1.A.RECORD, 1);
        var check = options.check;
        if (check !== false)
            __classPrivateFieldGet(_this, _AxisMonitor_instances, "m", _AxisMonitor_check).call(_this, check !== null && check !== void 0 ? check : {});
        var monitor = _this;
        var r = _this.recorder;
        var data = _this.fields[layout_ts_1.FIELD.DATA];
        var last = 1 + _this.fields[layout_ts_1.FIELD.LAST].at;
        var at = function (i) {
            if (i >= r.count)
                monitor.drain();
            if (!(i >= 0 && i < r.count))
                throw new RangeError("".concat(prefix, ": no beat ").concat(i, "; there are ").concat(r.count));
            return i * r.entry;
        };
        _this.beats = {
            get count() {
                monitor.drain();
                return r.count;
            },
            words: data.words,
            word: function (i, k) {
                if (k === void 0) { k = 0; }
                // `at` may replace r.words: the place comes first.
                var place = at(i);
                return r.words[place + 1 + k];
            },
            big: function (i) {
                var place = at(i);
                return (0, axis_port_ts_1.wordsToBig)(r.words, place + 1, data.words);
            },
            last: function (i) {
                var place = at(i);
                return (r.words[place + last] & 1) === 1;
            },
            cycle: function (i) {
                var place = at(i);
                return r.words[place];
            },
        };
        return _this;
    }
    /** Resolves when `n` beats have been seen since the start, or since `clear`. */
    AxisMonitor.prototype.waitBeats = function (n) {
        var _this = this;
        var until = (__classPrivateFieldGet(this, _AxisMonitor_cleared, "f") + n) >>> 0;
        if (((this.get(layout_ts_1.A.BEATS) - until) | 0) >= 0)
            return Promise.resolve();
        var scheduler = this.host.scheduler;
        this.set(layout_ts_1.A.WAKE_BEATS, until);
        this.arm(layout_ts_1.WAKE.BEATS);
        return scheduler.wait(function () { return "beat ".concat(n, " of ").concat(_this.prefix); }, __classPrivateFieldGet(this, _AxisMonitor_frameWaiters, "f"));
    };
    Object.defineProperty(AxisMonitor.prototype, "data", {
        /** All beats seen so far as data values. */
        get: function () {
            var _this = this;
            return Array.from({ length: this.beats.count }, function (_, i) { return _this.beats.big(i); });
        },
        enumerable: false,
        configurable: true
    });
    /** Forgets the beats so far. */
    AxisMonitor.prototype.clear = function () {
        this.drain();
        this.recorder.count = 0;
        __classPrivateFieldSet(this, _AxisMonitor_cleared, this.get(layout_ts_1.A.BEATS), "f");
    };
    AxisMonitor.prototype.waiters = function () {
        return [__classPrivateFieldGet(this, _AxisMonitor_frameWaiters, "f")];
    };
    AxisMonitor.prototype.wants = function () {
        return __classPrivateFieldGet(this, _AxisMonitor_frameWaiters, "f").length > 0;
    };
    AxisMonitor.prototype.service = function (fired) {
        if (this.get(layout_ts_1.A.RECORD))
            this.drain();
        this.judge(fired);
        if (fired & layout_ts_1.WAKE.BEATS) {
            this.disarm(layout_ts_1.WAKE.BEATS);
            this.host.scheduler.wakeAll(__classPrivateFieldGet(this, _AxisMonitor_frameWaiters, "f"));
        }
    };
    return AxisMonitor;
}(AxisReceiver));
exports.AxisMonitor = AxisMonitor;
_AxisMonitor_frameWaiters = new WeakMap(), _AxisMonitor_cleared = new WeakMap(), _AxisMonitor_instances = new WeakSet(), _AxisMonitor_check = function _AxisMonitor_check(check) {
    var _a, _b, _c;
    var rules = 2046;
    for (var _i = 0, _d = (_a = check.except) !== null && _a !== void 0 ? _a : []; _i < _d.length; _i++) {
        var rule = _d[_i];
        rules &= ~(1 << rule);
    }
    this.set(layout_ts_1.A.CHECKS, rules);
    this.set(layout_ts_1.A.SHADOW, this.host.allocate(this.beatWords));
    this.set(layout_ts_1.A.MAX_STALL, (_b = check.maxStall) !== null && _b !== void 0 ? _b : 0);
    this.set(layout_ts_1.A.FRAME_BEATS, (_c = check.frameBeats) !== null && _c !== void 0 ? _c : 0);
};
