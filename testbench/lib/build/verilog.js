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
exports.identifier = identifier;
exports.literal = literal;
exports.checkDesign = checkDesign;
var node_path_1 = require("node:path");
var design_ts_1 = require("../design.ts");
/** A name as Verilog source: escaped when it is not a plain identifier. */
function identifier(name) {
    if (/^[A-Za-z_][A-Za-z0-9_$]*$/.test(name) && !KEYWORDS.has(name))
        return name;
    if (name === "" || /[^!-~]/.test(name))
        throw new design_ts_1.BuildError("".concat(JSON.stringify(name), " cannot be a Verilog name"));
    return "\\".concat(name, " ");
}
/** A parameter value as Verilog source. */
function literal(value) {
    if (typeof value === "string") {
        if (/[^ -~]/.test(value))
            throw new design_ts_1.BuildError("a string parameter must be printable ASCII: ".concat(JSON.stringify(value)));
        return "\"".concat(value.replace(/[\\"]/g, function (c) { return "\\".concat(c); }), "\"");
    }
    if (typeof value === "number" && !Number.isInteger(value)) {
        if (!Number.isFinite(value))
            throw new design_ts_1.BuildError("a parameter cannot be ".concat(value));
        return /[.e]/.test("".concat(value)) ? "".concat(value) : "".concat(value, ".0");
    }
    var v = BigInt(value);
    if (v >= -(Math.pow(2n, 31n)) && v < Math.pow(2n, 31n))
        return "".concat(v);
    var bits = (v < 0n ? -v : v).toString(2).length + 1;
    return v < 0n ? "-".concat(bits, "'sd").concat(-v) : "".concat(bits, "'sd").concat(v);
}
/** Throws a BuildError for paths and names that no simulator could take. */
function checkDesign(design) {
    var _a, _b, _c;
    identifier(design.top);
    if (design.sources.length === 0)
        throw new design_ts_1.BuildError("design ".concat(design.top, " has no sources"));
    for (var _i = 0, _d = __spreadArray(__spreadArray([], design.sources, true), ((_a = design.includeDirs) !== null && _a !== void 0 ? _a : []), true); _i < _d.length; _i++) {
        var path = _d[_i];
        if (!(0, node_path_1.isAbsolute)(path) || path.includes("\0"))
            throw new design_ts_1.BuildError("not an absolute path: ".concat(JSON.stringify(path)));
    }
    for (var _e = 0, _f = design.sources; _e < _f.length; _e++) {
        var path = _f[_e];
        if (/\.vhdl?$/i.test(path))
            throw new design_ts_1.BuildError("".concat(path, " is VHDL, which neither simulator reads; translate it first: ghdl synth --out=verilog -e ").concat(design.top, " > ").concat(design.top, ".v"));
    }
    for (var _g = 0, _h = Object.entries((_b = design.params) !== null && _b !== void 0 ? _b : {}); _g < _h.length; _g++) {
        var _j = _h[_g], name_1 = _j[0], value = _j[1];
        identifier(name_1);
        literal(value);
    }
    for (var _k = 0, _l = Object.keys((_c = design.defines) !== null && _c !== void 0 ? _c : {}); _k < _l.length; _k++) {
        var name_2 = _l[_k];
        if (!/^[A-Za-z_][A-Za-z0-9_$]*$/.test(name_2))
            throw new design_ts_1.BuildError("".concat(JSON.stringify(name_2), " cannot be a Verilog macro"));
    }
}
var KEYWORDS = new Set("always and assign automatic begin bit buf byte case casex casez cell config const deassign default defparam design\n  disable do edge else end endcase endconfig endfunction endgenerate endmodule endprimitive endspecify endtable endtask\n  enum event for force forever fork function generate genvar if ifnone import include initial inout input instance int\n  integer interface join large liblist library localparam logic longint macromodule medium modport module nand negedge\n  new nmos nor not notif0 notif1 null or output package packed parameter pmos posedge primitive priority program\n  property protected pull0 pull1 pulldown pullup rand real realtime ref reg release repeat return rnmos rpmos rtran\n  scalared shortint signed small specify specparam static string strong0 strong1 struct super supply0 supply1 table\n  task this time tran tri tri0 tri1 triand trior trireg type typedef union unique unsigned use var vectored virtual\n  void wait wand weak0 weak1 while wire with wor xnor xor".split(/\s+/));
