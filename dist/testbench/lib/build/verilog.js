import { isAbsolute } from "node:path";
import { BuildError } from "../design.js";
/** A name as Verilog source: escaped when it is not a plain identifier. */
export function identifier(name) {
    if (/^[A-Za-z_][A-Za-z0-9_$]*$/.test(name) && !KEYWORDS.has(name))
        return name;
    if (name === "" || /[^!-~]/.test(name))
        throw new BuildError(`${JSON.stringify(name)} cannot be a Verilog name`);
    return `\\${name} `;
}
/** A parameter value as Verilog source. */
export function literal(value) {
    if (typeof value === "string") {
        if (/[^ -~]/.test(value))
            throw new BuildError(`a string parameter must be printable ASCII: ${JSON.stringify(value)}`);
        return `"${value.replace(/[\\"]/g, (c) => `\\${c}`)}"`;
    }
    if (typeof value === "number" && !Number.isInteger(value)) {
        if (!Number.isFinite(value))
            throw new BuildError(`a parameter cannot be ${value}`);
        return /[.e]/.test(`${value}`) ? `${value}` : `${value}.0`;
    }
    const v = BigInt(value);
    if (v >= -(2n ** 31n) && v < 2n ** 31n)
        return `${v}`;
    const bits = (v < 0n ? -v : v).toString(2).length + 1;
    return v < 0n ? `-${bits}'sd${-v}` : `${bits}'sd${v}`;
}
/** Throws a BuildError for paths and names that no simulator could take. */
export function checkDesign(design) {
    identifier(design.top);
    if (design.sources.length === 0)
        throw new BuildError(`design ${design.top} has no sources`);
    for (const path of [...design.sources, ...(design.includeDirs ?? [])])
        if (!isAbsolute(path) || path.includes("\0"))
            throw new BuildError(`not an absolute path: ${JSON.stringify(path)}`);
    for (const [name, value] of Object.entries(design.params ?? {})) {
        identifier(name);
        literal(value);
    }
    for (const name of Object.keys(design.defines ?? {}))
        if (!/^[A-Za-z_][A-Za-z0-9_$]*$/.test(name))
            throw new BuildError(`${JSON.stringify(name)} cannot be a Verilog macro`);
}
const KEYWORDS = new Set(`always and assign automatic begin bit buf byte case casex casez cell config const deassign default defparam design
  disable do edge else end endcase endconfig endfunction endgenerate endmodule endprimitive endspecify endtable endtask
  enum event for force forever fork function generate genvar if ifnone import include initial inout input instance int
  integer interface join large liblist library localparam logic longint macromodule medium modport module nand negedge
  new nmos nor not notif0 notif1 null or output package packed parameter pmos posedge primitive priority program
  property protected pull0 pull1 pulldown pullup rand real realtime ref reg release repeat return rnmos rpmos rtran
  scalared shortint signed small specify specparam static string strong0 strong1 struct super supply0 supply1 table
  task this time tran tri tri0 tri1 triand trior trireg type typedef union unique unsigned use var vectored virtual
  void wait wand weak0 weak1 while wire with wor xnor xor`.split(/\s+/));
