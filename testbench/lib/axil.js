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
var _AxilMaster_instances, _AxilMaster_clk, _AxilMaster_prefix, _AxilMaster_s, _AxilMaster_last, _AxilMaster_queue;
Object.defineProperty(exports, "__esModule", { value: true });
exports.AxilMaster = exports.AxilError = void 0;
/** The answer to an access was not OKAY. */
var AxilError = /** @class */ (function (_super) {
    __extends(AxilError, _super);
    function AxilError(what, resp) {
        var _this = _super.call(this, "".concat(what, ": the answer is ").concat(["OKAY", "EXOKAY", "SLVERR", "DECERR"][resp])) || this;
        _this.name = "AxilError";
        _this.resp = resp;
        return _this;
    }
    return AxilError;
}(Error));
exports.AxilError = AxilError;
var PORTS = {
    required: [
        "awaddr",
        "awvalid",
        "awready",
        "wdata",
        "wvalid",
        "wready",
        "bvalid",
        "bready",
        "araddr",
        "arvalid",
        "arready",
        "rdata",
        "rvalid",
        "rready",
    ],
    optional: ["wstrb", "awprot", "arprot", "bresp", "rresp"],
    drives: [
        "awaddr",
        "awvalid",
        "wdata",
        "wvalid",
        "wstrb",
        "awprot",
        "bready",
        "araddr",
        "arvalid",
        "arprot",
        "rready",
    ],
};
/** An AXI4-Lite master for the design's ports `<prefix>_awaddr` and so on. Accesses are done one after another. */
var AxilMaster = /** @class */ (function () {
    /** `clock` names the bus's clock; the first one by default. */
    function AxilMaster(tb, prefix, options) {
        if (options === void 0) { options = {}; }
        _AxilMaster_instances.add(this);
        _AxilMaster_clk.set(this, void 0);
        _AxilMaster_prefix.set(this, void 0);
        _AxilMaster_s.set(this, void 0);
        _AxilMaster_last.set(this, Promise.resolve());
        __classPrivateFieldSet(this, _AxilMaster_clk, tb.clockNamed(options.clock), "f");
        __classPrivateFieldSet(this, _AxilMaster_prefix, prefix, "f");
        __classPrivateFieldSet(this, _AxilMaster_s, tb.bus("AXI4-Lite master", prefix, PORTS), "f");
    }
    /** Writes a word; `strobe` selects its bytes, all by default. Throws an AxilError unless the answer is OKAY. */
    AxilMaster.prototype.write = function (address, data, strobe) {
        var _this = this;
        return __classPrivateFieldGet(this, _AxilMaster_instances, "m", _AxilMaster_queue).call(this, function () { return __awaiter(_this, void 0, void 0, function () {
            var s, left, resp;
            var _a, _b;
            return __generator(this, function (_c) {
                switch (_c.label) {
                    case 0:
                        s = __classPrivateFieldGet(this, _AxilMaster_s, "f");
                        s.awaddr.value = address;
                        s.awvalid.value = 1;
                        s.wdata.value = data;
                        s.wvalid.value = 1;
                        if (s.wstrb)
                            s.wstrb.value = strobe !== null && strobe !== void 0 ? strobe : Math.pow(2, s.wstrb.width) - 1;
                        s.bready.value = 1;
                        left = 2;
                        _c.label = 1;
                    case 1:
                        if (!(left > 0)) return [3 /*break*/, 4];
                        return [4 /*yield*/, __classPrivateFieldGet(this, _AxilMaster_clk, "f").rising()];
                    case 2:
                        _c.sent();
                        if (s.awvalid.value && s.awready.value) {
                            s.awvalid.value = 0;
                            left--;
                        }
                        if (s.wvalid.value && s.wready.value) {
                            s.wvalid.value = 0;
                            left--;
                        }
                        _c.label = 3;
                    case 3: return [3 /*break*/, 1];
                    case 4: return [4 /*yield*/, __classPrivateFieldGet(this, _AxilMaster_clk, "f").rising()];
                    case 5:
                        _c.sent();
                        _c.label = 6;
                    case 6:
                        if (!s.bvalid.value) return [3 /*break*/, 4];
                        _c.label = 7;
                    case 7:
                        s.bready.value = 0;
                        resp = (_b = (_a = s.bresp) === null || _a === void 0 ? void 0 : _a.value) !== null && _b !== void 0 ? _b : 0;
                        if (resp !== 0)
                            throw new AxilError("".concat(__classPrivateFieldGet(this, _AxilMaster_prefix, "f"), ": write of 0x").concat(address.toString(16)), resp);
                        return [2 /*return*/];
                }
            });
        }); });
    };
    /** Reads a word. Throws an AxilError unless the answer is OKAY. */
    AxilMaster.prototype.read = function (address) {
        var _this = this;
        return __classPrivateFieldGet(this, _AxilMaster_instances, "m", _AxilMaster_queue).call(this, function () { return __awaiter(_this, void 0, void 0, function () {
            var s, resp;
            var _a, _b;
            return __generator(this, function (_c) {
                switch (_c.label) {
                    case 0:
                        s = __classPrivateFieldGet(this, _AxilMaster_s, "f");
                        s.araddr.value = address;
                        s.arvalid.value = 1;
                        s.rready.value = 1;
                        _c.label = 1;
                    case 1: return [4 /*yield*/, __classPrivateFieldGet(this, _AxilMaster_clk, "f").rising()];
                    case 2:
                        _c.sent();
                        _c.label = 3;
                    case 3:
                        if (!s.arready.value) return [3 /*break*/, 1];
                        _c.label = 4;
                    case 4:
                        s.arvalid.value = 0;
                        _c.label = 5;
                    case 5: return [4 /*yield*/, __classPrivateFieldGet(this, _AxilMaster_clk, "f").rising()];
                    case 6:
                        _c.sent();
                        _c.label = 7;
                    case 7:
                        if (!s.rvalid.value) return [3 /*break*/, 5];
                        _c.label = 8;
                    case 8:
                        s.rready.value = 0;
                        resp = (_b = (_a = s.rresp) === null || _a === void 0 ? void 0 : _a.value) !== null && _b !== void 0 ? _b : 0;
                        if (resp !== 0)
                            throw new AxilError("".concat(__classPrivateFieldGet(this, _AxilMaster_prefix, "f"), ": read of 0x").concat(address.toString(16)), resp);
                        return [2 /*return*/, s.rdata.big];
                }
            });
        }); });
    };
    return AxilMaster;
}());
exports.AxilMaster = AxilMaster;
_AxilMaster_clk = new WeakMap(), _AxilMaster_prefix = new WeakMap(), _AxilMaster_s = new WeakMap(), _AxilMaster_last = new WeakMap(), _AxilMaster_instances = new WeakSet(), _AxilMaster_queue = function _AxilMaster_queue(work) {
    var next = __classPrivateFieldGet(this, _AxilMaster_last, "f").then(work, work);
    __classPrivateFieldSet(this, _AxilMaster_last, next.catch(function () { return undefined; }), "f");
    return next;
};
