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
var _ApbMaster_instances, _ApbMaster_clk, _ApbMaster_prefix, _ApbMaster_s, _ApbMaster_last, _ApbMaster_access;
Object.defineProperty(exports, "__esModule", { value: true });
exports.ApbMaster = exports.ApbError = void 0;
/** An access ended with pslverr. */
var ApbError = /** @class */ (function (_super) {
    __extends(ApbError, _super);
    function ApbError(what) {
        var _this = _super.call(this, "".concat(what, ": the answer is an error (pslverr)")) || this;
        _this.name = "ApbError";
        return _this;
    }
    return ApbError;
}(Error));
exports.ApbError = ApbError;
var PORTS = {
    required: ["psel", "penable", "paddr", "pwrite", "pwdata", "prdata"],
    optional: ["pready", "pslverr", "pstrb", "pprot"],
    drives: ["psel", "penable", "paddr", "pwrite", "pwdata", "pstrb", "pprot"],
};
/** An APB master (APB2 to APB4) for the design's ports `<prefix>_psel` and so on. Accesses are done one after another. */
var ApbMaster = /** @class */ (function () {
    /** `clock` names the bus's clock; the first one by default. */
    function ApbMaster(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        _ApbMaster_instances.add(this);
        _ApbMaster_clk.set(this, void 0);
        _ApbMaster_prefix.set(this, void 0);
        _ApbMaster_s.set(this, void 0);
        _ApbMaster_last.set(this, Promise.resolve());
        __classPrivateFieldSet(this, _ApbMaster_clk, tb.clockNamed(options.clock), "f");
        __classPrivateFieldSet(this, _ApbMaster_prefix, prefix, "f");
        __classPrivateFieldSet(this, _ApbMaster_s, tb.bus("APB master", prefix, PORTS), "f");
    }
    /** Writes a word; `strobe` selects its bytes, all by default. Throws an ApbError at pslverr. */
    ApbMaster.prototype.write = function (address, data, strobe) {
        return __awaiter(this, void 0, void 0, function () {
            var pstrb;
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        pstrb = __classPrivateFieldGet(this, _ApbMaster_s, "f").pstrb;
                        if (strobe !== undefined && !pstrb)
                            throw new TypeError("APB master ".concat(__classPrivateFieldGet(this, _ApbMaster_prefix, "f"), ": the design has no pstrb"));
                        return [4 /*yield*/, __classPrivateFieldGet(this, _ApbMaster_instances, "m", _ApbMaster_access).call(this, address, data, strobe !== null && strobe !== void 0 ? strobe : (pstrb ? Math.pow(2, pstrb.width) - 1 : 0))];
                    case 1:
                        _a.sent();
                        return [2 /*return*/];
                }
            });
        });
    };
    /** Reads a word. Throws an ApbError at pslverr. */
    ApbMaster.prototype.read = function (address) {
        return __classPrivateFieldGet(this, _ApbMaster_instances, "m", _ApbMaster_access).call(this, address);
    };
    return ApbMaster;
}());
exports.ApbMaster = ApbMaster;
_ApbMaster_clk = new WeakMap(), _ApbMaster_prefix = new WeakMap(), _ApbMaster_s = new WeakMap(), _ApbMaster_last = new WeakMap(), _ApbMaster_instances = new WeakSet(), _ApbMaster_access = function _ApbMaster_access(address, data, strobe) {
    var _this = this;
    if (strobe === void 0) { strobe = 0; }
    var work = function () { return __awaiter(_this, void 0, void 0, function () {
        var s, failed, value;
        var _a;
        return __generator(this, function (_b) {
            switch (_b.label) {
                case 0:
                    s = __classPrivateFieldGet(this, _ApbMaster_s, "f");
                    // Setup, then access until the design is ready.
                    s.psel.value = 1;
                    s.penable.value = 0;
                    s.paddr.value = address;
                    s.pwrite.value = data === undefined ? 0 : 1;
                    if (data !== undefined)
                        s.pwdata.value = data;
                    if (s.pstrb)
                        s.pstrb.value = strobe;
                    if (s.pprot)
                        s.pprot.value = 0;
                    return [4 /*yield*/, __classPrivateFieldGet(this, _ApbMaster_clk, "f").rising()];
                case 1:
                    _b.sent();
                    s.penable.value = 1;
                    _b.label = 2;
                case 2: return [4 /*yield*/, __classPrivateFieldGet(this, _ApbMaster_clk, "f").rising()];
                case 3:
                    _b.sent();
                    _b.label = 4;
                case 4:
                    if (s.pready && !s.pready.value) return [3 /*break*/, 2];
                    _b.label = 5;
                case 5:
                    failed = ((_a = s.pslverr) === null || _a === void 0 ? void 0 : _a.value) === 1;
                    value = data === undefined && !failed ? s.prdata.big : 0n;
                    s.psel.value = 0;
                    s.penable.value = 0;
                    if (failed)
                        throw new ApbError("".concat(__classPrivateFieldGet(this, _ApbMaster_prefix, "f"), ": ").concat(data === undefined ? "read" : "write", " of 0x").concat(address.toString(16)));
                    return [2 /*return*/, value];
            }
        });
    }); };
    var next = __classPrivateFieldGet(this, _ApbMaster_last, "f").then(work, work);
    __classPrivateFieldSet(this, _ApbMaster_last, next.catch(function () { return undefined; }), "f");
    return next;
};
