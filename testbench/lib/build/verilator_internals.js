"use strict";
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
exports.internalsOf = internalsOf;
exports.internalsTable = internalsTable;
var design_ts_1 = require("../design.ts");
var wrapper_ts_1 = require("./wrapper.ts");
var ELEMENT = { CData: 1, SData: 2, IData: 4, QData: 8 };
// VlUnpacked<VlUnpacked<CData/*3:0*/, 5>, 3> name;
function typeOf(text) {
    var sizes = [];
    var t = text.trim();
    for (var m_1 = /^VlUnpacked<(.*),\s*(\d+)>$/.exec(t); m_1; m_1 = /^VlUnpacked<(.*),\s*(\d+)>$/.exec(t)) {
        sizes.push(Number(m_1[2]));
        t = m_1[1].trim();
    }
    var m = /^(?:(CData|SData|IData|QData)|VlWide<(\d+)>)\/\*(\d+):(\d+)\*\/$/.exec(t);
    if (!m)
        return undefined;
    return { width: Number(m[3]) - Number(m[4]) + 1, bytes: m[1] ? ELEMENT[m[1]] : 4 * Number(m[2]), sizes: sizes };
}
/**
 * The variables in what Verilator generated with --public-flat-rw: its table of scopes has their paths and declared
 * bounds, the classes their C++ types. `symbols` is the text of Vmodel__Syms*.cpp, `headers` that of all headers.
 * Throws a BuildError when a version of Verilator writes something else.
 */
function internalsOf(symbols, headers, top) {
    var _a, _b, _c;
    var types = new Map();
    for (var _i = 0, _d = headers.matchAll(/^\s*(?:static constexpr |VL_(?:IN|OUT)\w*\(&?)?((?:VlUnpacked<[^;]*>|[CSIQ]Data|VlWide<\d+>)(?:\/\*\d+:\d+\*\/)?)\s+(\w+)(?:\s*=[^;]*)?;/gm); _i < _d.length; _i++) {
        var m = _d[_i];
        types.set(m[2], m[1]);
    }
    var members = new Set(__spreadArray([], headers.matchAll(/\b(\w+__Vforce(?:En|Val))\b/g), true).map(function (m) { return m[1]; }));
    var scopes = new Map();
    for (var _e = 0, _f = symbols.matchAll(/(__Vscopep?_\w+)(?:\.configure\(this, name\(\), | = new VerilatedScope\{this, )"([^"]*)"/g); _e < _f.length; _e++) {
        var m = _f[_e];
        scopes.set(m[1], m[2]);
    }
    var prefix = "".concat(wrapper_ts_1.WRAPPER, ".").concat(top);
    var variables = [];
    var seen = 0;
    // scope.varInsert(__Vfinal,"name", &(TOP.x), false, VLVT_UINT8,VLVD_NODIR|VLVF_PUB_RW,2 ,15,0 ,0,7), or with an arrow.
    var inserts = /(__Vscopep?_\w+)(?:\.|->)(?:varInsert|forceableVarInsert)\((?:__Vfinal,)?"([^"]*)", (?:const_cast<void\*>\(static_cast<const void\*>\(&\(([^)]*)\)\)\)|&\(([^)]*)\)), (true|false), \w+,\s*([\w|]+),(.*)\);$/;
    var _loop_1 = function (line) {
        var m = inserts.exec(line.trim().replace(/^\/\/UNSUP /, ""));
        if (!m)
            return "continue";
        seen++;
        var scope = (_a = scopes.get(m[1])) !== null && _a !== void 0 ? _a : "";
        if (scope !== prefix && !scope.startsWith("".concat(prefix, ".")))
            return "continue";
        var name_1 = m[2];
        var at = (_b = m[3]) !== null && _b !== void 0 ? _b : m[4];
        if (/__Vforce(En|Val|Rd)$/.test(name_1))
            return "continue";
        var member = at.split(".").at(-1).split("::").at(-1);
        var type = typeOf((_c = types.get(member)) !== null && _c !== void 0 ? _c : "");
        if (!type)
            return "continue";
        // The ranges behind the last brace: those of unpacked dimensions come before the packed ones, and 5.006 the other way.
        var numbers = m[7].slice(m[7].lastIndexOf("}") + 1);
        var ranges = __spreadArray([], numbers.matchAll(/\s,(-?\d+),(-?\d+)/g), true).map(function (r) { return [Number(r[1]), Number(r[2])]; });
        var size = function (_a) {
            var l = _a[0], r = _a[1];
            return Math.abs(l - r) + 1;
        };
        var n = type.sizes.length;
        var fits = function (r) { return r.length === n && r.every(function (x, k) { return size(x) === type.sizes[k]; }); };
        var _j = [ranges.slice(0, n), ranges.slice(ranges.length - n)], front = _j[0], back = _j[1];
        var newer = m[1].startsWith("__Vscopep_");
        var dims = n === 0
            ? []
            : fits(newer ? front : back)
                ? newer
                    ? front
                    : back
                : fits(newer ? back : front)
                    ? newer
                        ? back
                        : front
                    : type.sizes.map(function (s) { return [0, s - 1]; });
        variables.push({
            path: __spreadArray(__spreadArray([], scope
                .slice(prefix.length + 1)
                .split(".")
                .filter(Boolean), true), [
                name_1,
            ], false).join("."),
            at: at,
            width: type.width,
            bytes: type.bytes,
            dims: dims,
            constant: m[5] === "true",
            forceable: members.has("".concat(member, "__VforceEn")) && members.has("".concat(member, "__VforceVal")),
        });
    };
    for (var _g = 0, _h = symbols.split("\n"); _g < _h.length; _g++) {
        var line = _h[_g];
        _loop_1(line);
    }
    if (!seen)
        throw new design_ts_1.BuildError("the internal signals of ".concat(top, " cannot be found in what this version of Verilator writes; Icarus shows them"));
    return variables;
}
/** A table of them for the glue. `S` is the model's symbol table. */
function internalsTable(variables) {
    var rows = variables.map(function (v) {
        var at = function (suffix) { return "(void*)&(S.".concat(v.at).concat(suffix, ")"); };
        var count = v.dims.reduce(function (n, _a) {
            var l = _a[0], r = _a[1];
            return n * (Math.abs(l - r) + 1);
        }, 1);
        var force = v.forceable ? "".concat(at("__VforceEn"), ", ").concat(at("__VforceVal")) : "nullptr, nullptr";
        return "      {".concat(at(""), ", ").concat(force, ", ").concat(v.width, "u, ").concat(v.bytes, "u, ").concat(count, "u},");
    });
    return rows.join("\n");
}
