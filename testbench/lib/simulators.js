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
exports.simulatorChoices = exports.simulators = exports.SIMULATORS = void 0;
exports.chosenSimulators = chosenSimulators;
var design_ts_1 = require("./design.ts");
var known = {
    verilator: {
        title: "Verilator",
        startsWithX: false,
        build: function (design_1, _a) { return __awaiter(void 0, [design_1, _a], void 0, function (design, _b) {
            var buildVerilator, openVerilator, model;
            var waves = _b.waves, coverage = _b.coverage, access = _b.access;
            return __generator(this, function (_c) {
                switch (_c.label) {
                    case 0: return [4 /*yield*/, Promise.resolve().then(function () { return require("./build/verilator.ts"); })];
                    case 1:
                        buildVerilator = (_c.sent()).buildVerilator;
                        return [4 /*yield*/, Promise.resolve().then(function () { return require("./verilator_backend.ts"); })];
                    case 2:
                        openVerilator = (_c.sent()).openVerilator;
                        return [4 /*yield*/, buildVerilator(design, { waves: waves, coverage: coverage }, access)];
                    case 3:
                        model = _c.sent();
                        return [2 /*return*/, __assign(__assign({}, model), { open: function (start) { return __awaiter(void 0, void 0, void 0, function () { return __generator(this, function (_a) {
                                    return [2 /*return*/, openVerilator(model, start)];
                                }); }); } })];
                }
            });
        }); },
    },
    icarus: {
        title: "Icarus Verilog",
        startsWithX: true,
        // Any model can write waves and shows its inside here.
        build: function (design_1, _a) { return __awaiter(void 0, [design_1, _a], void 0, function (design, _b) {
            var buildIcarus, openIcarus, model;
            var coverage = _b.coverage;
            return __generator(this, function (_c) {
                switch (_c.label) {
                    case 0:
                        if (coverage)
                            throw new design_ts_1.BuildError("Icarus Verilog counts no coverage: take it on verilator");
                        return [4 /*yield*/, Promise.resolve().then(function () { return require("./build/icarus.ts"); })];
                    case 1:
                        buildIcarus = (_c.sent()).buildIcarus;
                        return [4 /*yield*/, Promise.resolve().then(function () { return require("./icarus_backend.ts"); })];
                    case 2:
                        openIcarus = (_c.sent()).openIcarus;
                        return [4 /*yield*/, buildIcarus(design)];
                    case 3:
                        model = _c.sent();
                        return [2 /*return*/, __assign(__assign({}, model), { open: function (start) { return openIcarus(model, start); } })];
                }
            });
        }); },
    },
};
/** The simulators by name. */
exports.SIMULATORS = known;
/** Their names, the usual one first: `test.each(simulators)`. */
exports.simulators = Object.keys(known);
/** What a command line offers: each of them, or `all`. */
exports.simulatorChoices = __spreadArray(__spreadArray([], exports.simulators, true), ["all"], false);
/** The simulators that a choice of the command line means. Throws a RangeError for anything else. */
function chosenSimulators(choice) {
    if (choice === "all")
        return exports.simulators;
    var name = exports.simulators.find(function (s) { return s === choice; });
    if (!name)
        throw new RangeError("no simulator ".concat(JSON.stringify(choice), "; there are ").concat(exports.simulatorChoices.join(", ")));
    return [name];
}
