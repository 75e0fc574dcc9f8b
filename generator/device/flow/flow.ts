// From Verilog to a netlist, and from a netlist to a placed design and its bitstream.
import { InputError, inputError } from "../../diagnostics/diagnostics.ts";
import type { Target } from "../../targets/index.ts";
import { families } from "../../targets/index.ts";
import { type Module, openOperands, readNetlist } from "./netlist.ts";
import { type ToolFiles, type Tools, type WithTools, writtenBy } from "./run.ts";

export interface Netlist {
  /** Yosys' JSON, one flat module. */
  readonly json: string;
  readonly verilog: string;
  readonly log: string;
  readonly tool: string;
  readonly seconds: number;
  /** DSP blocks were allowed, and Yosys had to do without them: with them it lost part of a sum. */
  readonly withoutDsp: boolean;
}

export interface SynthOptions extends WithTools {
  /** Multipliers may become DSP blocks. */
  readonly dsp: boolean;
  /** Only cells that have simulation models. */
  readonly modelled?: boolean;
  /** More commands between reading and synthesis. */
  readonly prepare?: readonly string[];
}

const text = (b: Uint8Array): string => new TextDecoder().decode(b);

/** What a tool's file says. AN8002 where it is not of the form that it should be, as after a full disk. */
function readable<T>(tool: string, name: string, read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw inputError({
      code: "AN8002",
      message: `${tool} wrote a ${name} that cannot be read`,
      found: e instanceof Error ? e.message : String(e),
    });
  }
}

/** What Yosys says where a driven wire becomes a constant x. */
const undefinedWins = /Driver-driver conflict .*constant 1'x .*Resolved using constant/;

/** Synthesizes `top` from `sources` (paths among `files`) for a target's family. */
export async function synthesize(
  files: ToolFiles,
  sources: readonly string[],
  top: string,
  target: Target,
  options: SynthOptions,
): Promise<Netlist> {
  const family = families[target.family];
  const script = [
    `read_verilog ${families[target.family].ternary ? "-DTERNARY_PRIMITIVES " : ""}${sources.join(" ")}`,
    ...(options.prepare ?? []),
    `${family.synth(options.dsp || options.modelled === true, options.modelled).replaceAll("TOP", top)}${options.modelled ? ` ${family.modelled}` : ""}`,
    "check",
    "stat",
    `write_json ${top}.json`,
    `write_verilog -noattr ${top}_netlist.v`,
  ].join("\n");
  const run = await options.tools.run("yosys", ["-s", "synth.ys"], new Map([...files, ["synth.ys", script]]), options);
  // Packing an adder into a DSP block, Yosys 0.55 takes a sum's carry out for undefined, and what follows it goes.
  if (undefinedWins.test(run.log)) {
    if (options.dsp && !options.modelled) {
      const again = await synthesize(files, sources, top, target, { ...options, dsp: false });
      return { ...again, withoutDsp: true };
    }
    throw inputError({
      code: "AN8002",
      message: "yosys took a value for undefined that the design drives: the netlist would not compute what it does",
      found: undefinedWins.exec(run.log)![0].slice(0, 300),
    });
  }
  const json = text(writtenBy("yosys", run, `${top}.json`));
  const module = readable<Module>("yosys", `${top}.json`, () => readNetlist(json, top));
  const open = openOperands(module, family);
  if (open.length > 0)
    throw inputError({
      code: "AN8002",
      message: `yosys left ${open.length} operands without a value: the netlist would not compute what the design does`,
      found: open.slice(0, 4).join(", "),
      hint: "--no-dsp keeps multipliers out of DSP blocks, where this was seen; please report the network",
    });
  return {
    json,
    verilog: text(writtenBy("yosys", run, `${top}_netlist.v`)),
    log: run.log,
    tool: run.origin,
    seconds: run.seconds,
    withoutDsp: false,
  };
}

export interface Placed {
  /** nextpnr's JSON report. */
  readonly report: string;
  /** Bitstream and what it was made from, by file name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly bitstream: string;
  readonly log: string;
  readonly tool: string;
  readonly seconds: number;
}

export interface PlaceOptions extends WithTools {
  /** Clock to aim at in MHz. */
  readonly MHz: number;
  readonly seed: number;
}

interface Flow {
  readonly pnr: string;
  readonly pack: string;
  readonly args: (top: string, target: Target, options: PlaceOptions) => string[];
  readonly routed: (top: string) => string;
  readonly bitstream: (top: string) => string;
  readonly packArgs: (top: string, target: Target) => string[];
}

const common = (top: string, o: PlaceOptions) => [
  "--json",
  `${top}.json`,
  "--report",
  "timing.json",
  "--seed",
  String(o.seed),
  // A clock that is not reached is no failure: the caller lowers it.
  "--timing-allow-fail",
];

const flows: Partial<Record<Target["family"], Flow>> = {
  ice40: {
    pnr: "nextpnr-ice40",
    pack: "icepack",
    args: (top, t, o) => [
      `--${t.device!.pnr!.device}`,
      ...["--package", t.device!.pnr!.package, "--pcf", `${top}.pcf`, "--asc", `${top}.asc`, "--freq", String(o.MHz)],
      ...common(top, o),
    ],
    routed: (top) => `${top}.asc`,
    bitstream: (top) => `${top}.bin`,
    packArgs: (top) => [`${top}.asc`, `${top}.bin`],
  },
  ecp5: {
    pnr: "nextpnr-ecp5",
    pack: "ecppack",
    args: (top, t, o) => [
      `--${t.device!.pnr!.device}`,
      ...[
        "--package",
        t.device!.pnr!.package,
        "--lpf",
        `${top}.lpf`,
        "--textcfg",
        `${top}.config`,
        "--freq",
        String(o.MHz),
      ],
      ...common(top, o),
    ],
    routed: (top) => `${top}.config`,
    bitstream: (top) => `${top}.bit`,
    packArgs: (top) => ["--compress", `${top}.config`, `${top}.bit`],
  },
  gowin: {
    pnr: "nextpnr-himbaechel",
    pack: "gowin_pack",
    args: (top, t, o) => [
      ...["--device", t.device!.pnr!.device, "--vopt", `family=${t.device!.pnr!.package}`, "--vopt", `cst=${top}.cst`],
      ...["--write", `${top}_pnr.json`, "--freq", String(o.MHz)],
      ...common(top, o),
    ],
    routed: (top) => `${top}_pnr.json`,
    bitstream: (top) => `${top}.fs`,
    packArgs: (top, t) => ["-d", t.device!.pnr!.package, "-o", `${top}.fs`, `${top}_pnr.json`],
  },
};

/** What keeps this target from being placed here, in words; undefined where nothing does. */
export function whyNotPlaced(target: Target, tools: Tools): string | undefined {
  const flow = flows[target.family];
  if (!target.device) return "a bare family has no device to place on";
  if (!flow || !target.device.pnr) return `no open tool of this project places ${target.device.part}`;
  if (!target.board?.serial) return "the board has no serial line for a complete top";
  const missing = [flow.pnr, flow.pack].filter((t) => !tools.has(t));
  return missing.length > 0
    ? missing.map((t) => `${t} is not installed (${tools.hint(t) ?? "no package of it is known"})`).join("; ")
    : undefined;
}

/** What nextpnr says of a design that has more cells than places. */
const noRoom =
  /no BELs remaining|unable to (?:place|find (?:legal )?(?:a )?placement)|utili[sz]ation limit|no space|exceeds/i;

/** nextpnr; AN5003 where it finds no room, so that a smaller fold may be tried. */
async function route(flow: Flow, top: string, target: Target, given: ToolFiles, options: PlaceOptions) {
  try {
    return await options.tools.run(flow.pnr, flow.args(top, target, options), given, options);
  } catch (e) {
    const found = e instanceof InputError ? e.diagnostics[0]?.found : undefined;
    if (found === undefined || !noRoom.test(found)) throw e;
    throw inputError({
      code: "AN5003",
      message: `the design does not fit ${target.title}: ${flow.pnr} finds no place for every cell`,
      found,
      hint: "a lower --fps needs fewer lanes; another --seed may place a design that nearly fits",
    });
  }
}

/** Places, routes and packs a netlist of a board's top; `constraint` is its constraint file. */
export async function place(
  top: string,
  json: string,
  constraint: { readonly path: string; readonly text: string },
  target: Target,
  options: PlaceOptions,
): Promise<Placed> {
  const flow = flows[target.family]!;
  const given = new Map<string, string | Uint8Array>([
    [`${top}.json`, json],
    [constraint.path, constraint.text],
  ]);
  const run = await route(flow, top, target, given, options);
  const routed = writtenBy(flow.pnr, run, flow.routed(top));
  const report = text(writtenBy(flow.pnr, run, "timing.json"));
  readable(flow.pnr, "timing.json", () => JSON.parse(report));
  const packed = await options.tools.run(
    flow.pack,
    flow.packArgs(top, target),
    new Map([[flow.routed(top), routed]]),
    options,
  );
  const bitstream = flow.bitstream(top);
  return {
    report,
    files: new Map([
      [flow.routed(top), routed],
      [bitstream, writtenBy(flow.pack, packed, bitstream)],
    ]),
    bitstream,
    log: run.log,
    tool: run.origin,
    seconds: run.seconds,
  };
}
