// From Verilog to a netlist, and from a netlist to a placed design and its bitstream.
import { InputError, inputError } from "../../diagnostics/diagnostics.js";
import { families } from "../../targets/index.js";
import { openOperands, readNetlist } from "./netlist.js";
import { hasTool, hintFor, runTool } from "./tools.js";
const text = (b) => new TextDecoder().decode(b);
/** Synthesizes `top` from `sources` (paths among `files`) for a target's family. */
export async function synthesize(files, sources, top, target, options) {
    const family = families[target.family];
    const script = [
        `read_verilog ${sources.join(" ")}`,
        ...(options.prepare ?? []),
        `${family.synth(options.dsp || options.modelled === true).replaceAll("TOP", top)}${options.modelled ? ` ${family.modelled}` : ""}`,
        "check",
        "stat",
        `write_json ${top}.json`,
        `write_verilog -noattr ${top}_netlist.v`,
    ].join("\n");
    const run = await runTool("yosys", ["-s", "synth.ys"], new Map([...files, ["synth.ys", script]]), options);
    const json = text(run.files.get(`${top}.json`));
    const open = openOperands(readNetlist(json, top), family);
    if (open.length > 0)
        throw inputError({
            code: "AN8002",
            message: `yosys left ${open.length} operands without a value: the netlist would not compute what the design does`,
            found: open.slice(0, 4).join(", "),
            hint: "--no-dsp keeps multipliers out of DSP blocks, where this was seen; please report the network",
        });
    return {
        json,
        verilog: text(run.files.get(`${top}_netlist.v`)),
        log: run.log,
        tool: run.origin,
        seconds: run.seconds,
    };
}
const common = (top, o) => [
    "--json",
    `${top}.json`,
    "--report",
    "timing.json",
    "--seed",
    String(o.seed),
    // A clock that is not reached is no failure: the caller lowers it.
    "--timing-allow-fail",
];
const flows = {
    ice40: {
        pnr: "nextpnr-ice40",
        pack: "icepack",
        args: (top, t, o) => [
            `--${t.device.pnr.device}`,
            ...["--package", t.device.pnr.package, "--pcf", `${top}.pcf`, "--asc", `${top}.asc`, "--freq", String(o.MHz)],
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
            `--${t.device.pnr.device}`,
            ...[
                "--package",
                t.device.pnr.package,
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
            ...["--device", t.device.pnr.device, "--vopt", `family=${t.device.pnr.package}`, "--vopt", `cst=${top}.cst`],
            ...["--write", `${top}_pnr.json`, "--freq", String(o.MHz)],
            ...common(top, o),
        ],
        routed: (top) => `${top}_pnr.json`,
        bitstream: (top) => `${top}.fs`,
        packArgs: (top, t) => ["-d", t.device.pnr.package, "-o", `${top}.fs`, `${top}_pnr.json`],
    },
};
/** What keeps this target from being placed here, in words; undefined where nothing does. */
export function whyNotPlaced(target) {
    const flow = flows[target.family];
    if (!target.device)
        return "a bare family has no device to place on";
    if (!flow || !target.device.pnr)
        return `no open tool of this project places ${target.device.part}`;
    if (!target.board?.serial)
        return "the board has no serial line for a complete top";
    const missing = [flow.pnr, flow.pack].filter((t) => !hasTool(t));
    return missing.length > 0
        ? missing.map((t) => `${t} is not installed (${hintFor(t) ?? "no package of it is known"})`).join("; ")
        : undefined;
}
/** What nextpnr says of a design that has more cells than places. */
const noRoom = /no BELs remaining|unable to (?:place|find (?:legal )?(?:a )?placement)|utili[sz]ation limit|no space|exceeds/i;
/** nextpnr; AN5003 where it finds no room, so that a smaller fold may be tried. */
async function route(flow, top, target, given, options) {
    try {
        return await runTool(flow.pnr, flow.args(top, target, options), given, options);
    }
    catch (e) {
        const found = e instanceof InputError ? e.diagnostics[0]?.found : undefined;
        if (found === undefined || !noRoom.test(found))
            throw e;
        throw inputError({
            code: "AN5003",
            message: `the design does not fit ${target.title}: ${flow.pnr} finds no place for every cell`,
            found,
            hint: "a lower --fps takes fewer lanes; another --seed may place a design that nearly fits",
        });
    }
}
/** Places, routes and packs a netlist of a board's top; `constraint` is its constraint file. */
export async function place(top, json, constraint, target, options) {
    const flow = flows[target.family];
    const given = new Map([
        [`${top}.json`, json],
        [constraint.path, constraint.text],
    ]);
    const run = await route(flow, top, target, given, options);
    const routed = run.files.get(flow.routed(top));
    const packed = await runTool(flow.pack, flow.packArgs(top, target), new Map([[flow.routed(top), routed]]), options);
    const bitstream = flow.bitstream(top);
    return {
        report: text(run.files.get("timing.json")),
        files: new Map([
            [flow.routed(top), routed],
            [bitstream, packed.files.get(bitstream)],
        ]),
        bitstream,
        log: run.log,
        tool: run.origin,
        seconds: run.seconds,
    };
}
