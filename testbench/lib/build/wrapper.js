"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.WRAPPER = void 0;
exports.verilatorWrapper = verilatorWrapper;
exports.icarusWrapper = icarusWrapper;
exports.clockPorts = clockPorts;
var design_ts_1 = require("../design.ts");
var verilog_ts_1 = require("./verilog.ts");
/** Name of the module around the design; its ports or variables are p0, p1, … whatever the design's are called. */
exports.WRAPPER = "addernet_tb";
var range = function (width) { return (width === 1 ? "" : "[".concat(width - 1, ":0] ")); };
function instance(design, ports) {
    var _a;
    var params = Object.entries((_a = design.params) !== null && _a !== void 0 ? _a : {}).map(function (_a) {
        var k = _a[0], v = _a[1];
        return ".".concat((0, verilog_ts_1.identifier)(k), "(").concat((0, verilog_ts_1.literal)(v), ")");
    });
    var pins = ports.map(function (p, i) { return "    .".concat((0, verilog_ts_1.identifier)(p.name), "(p").concat(i, ")"); });
    return "  ".concat((0, verilog_ts_1.identifier)(design.top)).concat(params.length ? " #(".concat(params.join(", "), ")") : "", " ").concat((0, verilog_ts_1.identifier)(design.top), " (\n").concat(pins.join(",\n"), "\n  );");
}
/** The wrapper as a module with ports, for Verilator. */
function verilatorWrapper(design, ports) {
    var list = ports.map(function (p, i) { return "  ".concat(p.direction, " wire ").concat(range(p.width), "p").concat(i); });
    return "`timescale 1ns/1ps\nmodule ".concat(exports.WRAPPER, " (\n").concat(list.join(",\n"), "\n);\n").concat(instance(design, ports), "\nendmodule\n");
}
/** The wrapper as a root module whose variables the VPI module drives, for Icarus. */
function icarusWrapper(design, ports) {
    var list = ports.map(function (p, i) { return "  ".concat(p.direction === "input" ? "reg" : "wire", " ").concat(range(p.width), "p").concat(i, ";"); });
    return "`timescale 1ns/1ps\nmodule ".concat(exports.WRAPPER, ";\n").concat(list.join("\n"), "\n  reg dump_now, dump_end;\n  reg [8*4096-1:0] dump_file;\n  initial {dump_now, dump_end} = 2'b00;\n  always @(posedge dump_now) if ($value$plusargs(\"tb_dump=%s\", dump_file)) begin\n    $dumpfile(dump_file);\n    $dumpvars(0, ").concat(exports.WRAPPER, ");\n  end\n  always @(posedge dump_end) $dumpoff;\n").concat(instance(design, ports), "\nendmodule\n");
}
/** Indices into `ports` of the design's clocks. Throws when a clock is not an input of one bit. */
function clockPorts(design, ports) {
    return (0, design_ts_1.clocksOf)(design).map(function (_a) {
        var name = _a.name;
        var i = ports.findIndex(function (p) { return p.name === name; });
        var p = ports[i];
        if ((p === null || p === void 0 ? void 0 : p.direction) !== "input" || p.width !== 1)
            throw new TypeError("clock ".concat(name, " is not an input of one bit of ").concat(design.top, "; its ports are ").concat(ports.map(function (q) { return q.name; }).join(", ")));
        return i;
    });
}
