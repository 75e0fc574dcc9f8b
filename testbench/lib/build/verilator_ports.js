"use strict";
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
var __values = (this && this.__values) || function(o) {
    var s = typeof Symbol === "function" && Symbol.iterator, m = s && o[s], i = 0;
    if (m) return m.call(o);
    if (o && typeof o.length === "number") return {
        next: function () {
            if (o && i >= o.length) o = void 0;
            return { value: o && o[i++], done: !o };
        }
    };
    throw new TypeError(s ? "Object is not iterable." : "Symbol.iterator is not defined.");
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.direction = direction;
exports.portsFromXml = portsFromXml;
exports.portsFromJson = portsFromJson;
var design_ts_1 = require("../design.ts");
function portsOf(dump, top) {
    var bits = function (id, port) {
        var t = id === undefined ? undefined : dump.types.get(id);
        switch (t === null || t === void 0 ? void 0 : t.kind) {
            case "bits":
                return t.width;
            case "array":
                if (t.size === undefined)
                    throw new design_ts_1.BuildError("port ".concat(port, " of ").concat(top, " has a range that cannot be read"));
                return t.size * bits(t.of, port);
            case "struct":
                return t.members.reduce(function (n, m) { return n + bits(m, port); }, 0);
            case "union":
                return Math.max.apply(Math, t.members.map(function (m) { return bits(m, port); }));
            case "same":
                return bits(t.as, port);
            case "refused":
                throw new design_ts_1.BuildError("port ".concat(port, " of ").concat(top, " is ").concat(t.what, "; a bench can only drive packed bits: put a wrapper around the design"));
            default:
                throw new design_ts_1.BuildError("port ".concat(port, " of ").concat(top, " has a type that the library does not know"));
        }
    };
    return dump.ports.map(function (_a) {
        var name = _a.name, d = _a.direction, type = _a.type;
        return ({
            name: name,
            direction: direction(d, name, top),
            width: bits(type, name),
        });
    });
}
/** A port's direction. Throws a BuildError for one that a bench cannot use. */
function direction(text, port, top) {
    if (text === "input" || text === "output")
        return text;
    throw new design_ts_1.BuildError("port ".concat(port, " of ").concat(top, " is an ").concat(text, "; a bench can only drive inputs and read outputs: put a wrapper around the design"));
}
var FIXED = { integer: 32, int: 32, longint: 64, shortint: 16, byte: 8, time: 64 };
var sizeOf = function (left, right) {
    return left === undefined || right === undefined ? undefined : Math.abs(left - right) + 1;
};
function basic(name, left, right) {
    var _a, _b;
    if (name === "real" || name === "string" || name === "chandle")
        return { kind: "refused", what: "a ".concat(name) };
    return { kind: "bits", width: (_b = (_a = sizeOf(left, right)) !== null && _a !== void 0 ? _a : FIXED[name]) !== null && _b !== void 0 ? _b : 1 };
}
var refused = function (tag) { return ({
    kind: "refused",
    what: tag === "unpackarraydtype" ? "an unpacked array" : tag === "ifacerefdtype" ? "an interface" : "an ".concat(tag),
}); };
// Characters that C++ names cannot have, and double underscores, are written as __0 and two digits.
var plainName = function (s) {
    return s.replace(/__0([0-9A-Fa-f]{2})/g, function (_, hex) { return String.fromCharCode(Number.parseInt(hex, 16)); });
};
var ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
var decode = function (s) {
    return s.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, function (all, name) {
        var _a;
        return name.startsWith("#x")
            ? String.fromCodePoint(Number.parseInt(name.slice(2), 16))
            : name.startsWith("#")
                ? String.fromCodePoint(Number(name.slice(1)))
                : ((_a = ENTITIES[name]) !== null && _a !== void 0 ? _a : all);
    });
};
function parseXml(text) {
    var root = { tag: "", attributes: {}, children: [] };
    var stack = [root];
    var tags = /<(\/?)([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*"[^"]*")*)\s*(\/?)>/g;
    for (var m = tags.exec(text); m; m = tags.exec(text)) {
        if (m[1]) {
            stack.pop();
            continue;
        }
        var attributes = {};
        for (var _i = 0, _a = m[3].matchAll(/([\w.:-]+)\s*=\s*"([^"]*)"/g); _i < _a.length; _i++) {
            var a = _a[_i];
            attributes[a[1]] = decode(a[2]);
        }
        var e = { tag: m[2], attributes: attributes, children: [] };
        stack.at(-1).children.push(e);
        if (!m[4])
            stack.push(e);
    }
    return root;
}
function descend(e) {
    var _i, _a, c;
    return __generator(this, function (_b) {
        switch (_b.label) {
            case 0:
                _i = 0, _a = e.children;
                _b.label = 1;
            case 1:
                if (!(_i < _a.length)) return [3 /*break*/, 5];
                c = _a[_i];
                return [4 /*yield*/, c];
            case 2:
                _b.sent();
                return [5 /*yield**/, __values(descend(c))];
            case 3:
                _b.sent();
                _b.label = 4;
            case 4:
                _i++;
                return [3 /*break*/, 1];
            case 5: return [2 /*return*/];
        }
    });
}
// Constants are printed as 32'sh1f.
function constant(text) {
    var m = /^(?:\d+)?'(s?)h([0-9a-f]+)$/i.exec(text);
    if (!m)
        return undefined;
    var v = Number.parseInt(m[2], 16);
    return m[1] && v >= Math.pow(2, 31) ? v - Math.pow(2, 32) : v;
}
function xmlType(_a) {
    var _b, _c, _d, _e;
    var tag = _a.tag, a = _a.attributes, children = _a.children;
    var number = function (s) { return (s === undefined ? undefined : Number(s)); };
    var members = function () { return children.map(function (m) { var _a; return (_a = m.attributes.sub_dtype_id) !== null && _a !== void 0 ? _a : ""; }); };
    switch (tag) {
        case "basicdtype":
            return basic((_b = a.name) !== null && _b !== void 0 ? _b : "", number(a.left), number(a.right));
        case "packarraydtype": {
            var _f = (_d = (_c = children[0]) === null || _c === void 0 ? void 0 : _c.children.map(function (c) { var _a; return constant((_a = c.attributes.name) !== null && _a !== void 0 ? _a : ""); })) !== null && _d !== void 0 ? _d : [], l = _f[0], r = _f[1];
            return { kind: "array", size: sizeOf(l, r), of: (_e = a.sub_dtype_id) !== null && _e !== void 0 ? _e : "" };
        }
        case "structdtype":
            return { kind: "struct", members: members() };
        case "uniondtype":
            return { kind: "union", members: members() };
        case "enumdtype":
        case "refdtype":
        case "memberdtype":
        case "constdtype":
            return { kind: "same", as: a.sub_dtype_id };
        default:
            return refused(tag);
    }
}
/** The ports in Verilator's XML dump of a design. Throws a BuildError for one that no bench can drive. */
function portsFromXml(xml, top) {
    var all = __spreadArray([], descend(parseXml(xml)), true);
    var module = all.find(function (e) { return e.tag === "module" && e.attributes.topModule === "1"; });
    if (!module)
        throw new design_ts_1.BuildError("Verilator found no top module ".concat(top));
    var types = new Map();
    for (var _i = 0, all_1 = all; _i < all_1.length; _i++) {
        var table = all_1[_i];
        if (table.tag === "typetable")
            for (var _a = 0, _b = table.children; _a < _b.length; _a++) {
                var t = _b[_a];
                if (t.attributes.id)
                    types.set(t.attributes.id, xmlType(t));
            }
    }
    var ports = module.children
        .filter(function (e) { return e.tag === "var" && e.attributes.dir !== undefined; })
        .sort(function (x, y) { return Number(x.attributes.pinIndex) - Number(y.attributes.pinIndex); })
        .map(function (_a) {
        var _b, _c;
        var a = _a.attributes;
        return ({
            name: plainName((_c = (_b = a.origName) !== null && _b !== void 0 ? _b : a.name) !== null && _c !== void 0 ? _c : ""),
            direction: a.dir,
            type: a.dtype_id,
        });
    });
    return portsOf({ types: types, ports: ports }, top);
}
var rangeOf = function (text) {
    var m = /^\[?(-?\d+):(-?\d+)\]?$/.exec(text !== null && text !== void 0 ? text : "");
    return m ? [Number(m[1]), Number(m[2])] : [undefined, undefined];
};
// A resolved type points elsewhere with dtypep; one that points at itself has what it is made of in refDTypep.
var behind = function (n) { return (n.dtypep !== n.addr ? n.dtypep : n.refDTypep); };
function jsonType(n) {
    var _a, _b, _c, _d;
    switch (n.type) {
        case "BASICDTYPE":
            return basic.apply(void 0, __spreadArray([(_b = (_a = n.keyword) !== null && _a !== void 0 ? _a : n.name) !== null && _b !== void 0 ? _b : ""], rangeOf(n.range), false));
        case "PACKARRAYDTYPE": {
            var _e = rangeOf(n.declRange), l = _e[0], r = _e[1];
            return { kind: "array", size: sizeOf(l, r), of: (_c = n.refDTypep) !== null && _c !== void 0 ? _c : "" };
        }
        case "STRUCTDTYPE":
        case "UNIONDTYPE":
            if (n.packed !== true)
                return { kind: "refused", what: "an unpacked struct or union" };
            return {
                kind: n.type === "STRUCTDTYPE" ? "struct" : "union",
                members: ((_d = n.membersp) !== null && _d !== void 0 ? _d : []).map(function (m) { var _a; return (_a = behind(m)) !== null && _a !== void 0 ? _a : ""; }),
            };
        case "ENUMDTYPE":
        case "REFDTYPE":
        case "CONSTDTYPE":
        case "PARAMTYPEDTYPE":
            return { kind: "same", as: behind(n) };
        default:
            return refused(n.type.toLowerCase());
    }
}
/** The ports in Verilator's JSON dump of a design. Throws a BuildError for one that no bench can drive. */
function portsFromJson(json, top) {
    var _a, _b, _c, _d;
    var tree = JSON.parse(json);
    // The top is the module that no other holds: the smallest level.
    var modules = ((_a = tree.modulesp) !== null && _a !== void 0 ? _a : []).filter(function (m) { return m.type === "MODULE"; });
    var module = modules.sort(function (x, y) { var _a, _b; return ((_a = x.level) !== null && _a !== void 0 ? _a : 0) - ((_b = y.level) !== null && _b !== void 0 ? _b : 0); })[0];
    if (!module)
        throw new design_ts_1.BuildError("Verilator found no top module ".concat(top));
    var types = new Map();
    for (var _i = 0, _e = (_b = tree.miscsp) !== null && _b !== void 0 ? _b : []; _i < _e.length; _i++) {
        var table = _e[_i];
        if (table.type === "TYPETABLE")
            for (var _f = 0, _g = (_c = table.typesp) !== null && _c !== void 0 ? _c : []; _f < _g.length; _f++) {
                var t = _g[_f];
                if (t.addr)
                    types.set(t.addr, jsonType(t));
            }
    }
    var ports = ((_d = module.stmtsp) !== null && _d !== void 0 ? _d : [])
        .filter(function (v) { return v.type === "VAR" && v.direction !== undefined && v.direction !== "NONE"; })
        .map(function (v) {
        var _a, _b;
        return ({
            name: plainName((_b = (_a = v.origName) !== null && _a !== void 0 ? _a : v.name) !== null && _b !== void 0 ? _b : ""),
            direction: v.direction.toLowerCase(),
            type: v.dtypep,
        });
    });
    return portsOf({ types: types, ports: ports }, top);
}
