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
var _Logger_instances, _Logger_name, _Logger_time, _Logger_take, _Logger_say;
Object.defineProperty(exports, "__esModule", { value: true });
exports.messageLine = exports.Logger = exports.LOG_LEVELS = void 0;
exports.logLevel = logLevel;
exports.LOG_LEVELS = ["debug", "info", "warning", "error", "silent"];
/** The level of `$TB_LOG`, `info` by default. Throws a RangeError for nonsense. */
function logLevel() {
    var text = process.env.TB_LOG || "info";
    var level = exports.LOG_LEVELS.find(function (l) { return l === text; });
    if (!level)
        throw new RangeError("TB_LOG must be one of ".concat(exports.LOG_LEVELS.join(", "), ", not ").concat(JSON.stringify(text)));
    return level;
}
/** Says what a bench or an agent does, with the simulated time; made by `tb.logger(name)`. */
var Logger = /** @class */ (function () {
    function Logger(name, time, take) {
        _Logger_instances.add(this);
        _Logger_name.set(this, void 0);
        _Logger_time.set(this, void 0);
        _Logger_take.set(this, void 0);
        __classPrivateFieldSet(this, _Logger_name, name, "f");
        __classPrivateFieldSet(this, _Logger_time, time, "f");
        __classPrivateFieldSet(this, _Logger_take, take, "f");
    }
    Logger.prototype.debug = function (text) {
        __classPrivateFieldGet(this, _Logger_instances, "m", _Logger_say).call(this, "debug", text);
    };
    Logger.prototype.info = function (text) {
        __classPrivateFieldGet(this, _Logger_instances, "m", _Logger_say).call(this, "info", text);
    };
    Logger.prototype.warning = function (text) {
        __classPrivateFieldGet(this, _Logger_instances, "m", _Logger_say).call(this, "warning", text);
    };
    Logger.prototype.error = function (text) {
        __classPrivateFieldGet(this, _Logger_instances, "m", _Logger_say).call(this, "error", text);
    };
    return Logger;
}());
exports.Logger = Logger;
_Logger_name = new WeakMap(), _Logger_time = new WeakMap(), _Logger_take = new WeakMap(), _Logger_instances = new WeakSet(), _Logger_say = function _Logger_say(level, text) {
    __classPrivateFieldGet(this, _Logger_take, "f").call(this, { time: __classPrivateFieldGet(this, _Logger_time, "f").call(this), level: level, name: __classPrivateFieldGet(this, _Logger_name, "f"), text: typeof text === "string" ? text : text() });
};
/** A message as a line: `     75.00 ns  INFO     driver: frame 3`. */
var messageLine = function (m) {
    return "".concat(m.time.toFixed(2).padStart(12), " ns  ").concat(m.level.toUpperCase().padEnd(8), " ").concat(m.name, ": ").concat(m.text);
};
exports.messageLine = messageLine;
