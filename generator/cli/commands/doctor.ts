// Which tools this machine has, what each makes possible, and how to get what is missing.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { verilator } from "../../../testbench/lib/build/tools.ts";
import { findProgram, hintFor, packageOf } from "../../device/flow/tools.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import { columns } from "../table.ts";

interface Tool {
  readonly name: string;
  /** Program, and what makes it say its version. */
  readonly command: string;
  readonly flag?: string;
  readonly gives: string;
  readonly get: string;
  /** Oldest version that serves. */
  readonly least?: readonly [number, number];
}

const debian = (name: string): string => `Debian, Ubuntu: apt-get install ${name}; macOS: brew install ${name}`;

const tools: readonly Tool[] = [
  {
    name: "verilator",
    command: verilator(),
    gives: "verify, benches; make lint",
    get: debian("verilator"),
    least: [5, 6],
  },
  {
    name: "g++",
    command: "g++",
    gives: "verify, benches in either simulator",
    get: "Debian, Ubuntu: apt-get install g++ zlib1g-dev; macOS: xcode-select --install",
  },
  { name: "make", command: "make", gives: "the Makefile of a build", get: debian("make") },
  {
    name: "iverilog",
    command: "iverilog",
    flag: "-V",
    gives: "verify --simulator icarus; make sim-icarus",
    get: debian("iverilog").replace("brew install iverilog", "brew install icarus-verilog"),
    least: [11, 0],
  },
  {
    name: "yosys",
    command: "yosys",
    flag: "-V",
    gives: "synth, explore --synth, compare; verify --stage netlist",
    get: hintFor("yosys")!,
  },
  {
    name: "nextpnr-ice40",
    command: "nextpnr-ice40",
    gives: "place and route for iCE40",
    get: hintFor("nextpnr-ice40")!,
  },
  { name: "icepack", command: "icepack", flag: "-h", gives: "bitstreams for iCE40", get: hintFor("icepack")! },
  {
    name: "icebox_vlog",
    command: "icebox_vlog",
    flag: "-h",
    gives: "verify --stage bitstream",
    get: hintFor("icebox_vlog")!,
  },
  { name: "nextpnr-ecp5", command: "nextpnr-ecp5", gives: "place and route for ECP5", get: hintFor("nextpnr-ecp5")! },
  { name: "ecppack", command: "ecppack", gives: "bitstreams for ECP5", get: hintFor("ecppack")! },
  {
    name: "nextpnr-himbaechel",
    command: "nextpnr-himbaechel",
    gives: "place and route for Gowin",
    get: hintFor("nextpnr-himbaechel")!,
  },
  { name: "gowin_pack", command: "gowin_pack", flag: "-h", gives: "bitstreams for Gowin", get: hintFor("gowin_pack")! },
  {
    name: "vivado",
    command: "vivado",
    flag: "-version",
    gives: "synth/build.tcl and vivado/build.tcl of boards with AMD devices",
    get: "from AMD; this project runs it nowhere",
  },
  {
    name: "python3",
    command: "python3",
    gives: "host/send.py (numpy, pyserial); export-script (torch)",
    get: debian("python3"),
  },
];

/** Packages of npm that a part of the work needs. */
const modules = [
  {
    name: "koffi",
    gives: "verify, benches: the bridge to the simulator",
    get: "npm install; its prebuilt part must exist for this platform",
  },
  { name: "serialport", gives: "addernet send", get: "npm install serialport" },
] as const;

interface Found {
  readonly name: string;
  readonly version: string | null;
  readonly from: string | null;
  readonly tooOld: boolean;
  readonly gives: string;
  readonly get: string;
}

/** What a program prints about itself; undefined where it does not start or takes longer than ten seconds. */
const ask = (path: string, flag: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(path, [flag], { timeout: 10_000, maxBuffer: 1 << 20 }, (error, stdout, stderr) =>
      resolve(error && typeof error.code === "string" ? undefined : `${stdout}\n${stderr}`),
    );
  });

const versionIn = (text: string): string | undefined => /\b(\d+\.\d+(?:[.-]\w+)*)/.exec(text)?.[1];

async function look(t: Tool): Promise<Found> {
  const path = t.command.includes("/") ? t.command : findProgram(t.command);
  const printed = path === undefined ? undefined : await ask(path, t.flag ?? "--version");
  const base = { name: t.name, gives: t.gives, get: t.get };
  if (printed !== undefined) {
    const version = versionIn(printed) ?? null;
    const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
    const tooOld =
      t.least !== undefined && version !== null && (major < t.least[0] || (major === t.least[0] && minor < t.least[1]));
    return { ...base, version, from: path!, tooOld };
  }
  const packaged =
    packageOf(t.name) === undefined ? undefined : `@yowasp/${t.name === "icepack" ? "nextpnr-ice40" : t.name}`;
  return {
    ...base,
    version: packaged ? versionOf(packaged) : null,
    from: packaged ? `npm ${packaged}` : null,
    tooOld: false,
  };
}

const require = createRequire(import.meta.url);

/** Version of an npm package; null where it is not there or does not load. */
function versionOf(name: string): string | null {
  const folders = require.resolve.paths(name) ?? [];
  for (const folder of folders)
    try {
      return (require(join(folder, name, "package.json")) as { version: string }).version;
    } catch {
      // The next folder may have it.
    }
  return null;
}

function lookModule(m: (typeof modules)[number]): Found {
  let version = versionOf(m.name);
  try {
    require(m.name);
  } catch {
    version = null;
  }
  return {
    name: m.name,
    version,
    from: version === null ? null : `npm ${m.name}`,
    tooOld: false,
    gives: m.gives,
    get: m.get,
  };
}

export async function doctor(out: Console): Promise<Outcome> {
  let asked = 0;
  out.progress("tools", 0, tools.length);
  const ask = async (t: Tool): Promise<Found> => {
    const found = await look(t);
    out.progress("tools", ++asked, tools.length);
    return found;
  };
  const found = [...(await Promise.all(tools.map(ask))), ...modules.map(lookModule)];
  const missing = found.filter((f) => f.from === null || f.tooOld);
  out.line(`node ${process.versions.node} on ${process.platform} ${process.arch}`);
  out.line();
  const rows = found.map((f) => [
    f.from === null ? "missing" : f.tooOld ? "too old" : "ok",
    f.name,
    f.version ?? "",
    f.gives,
    f.from ?? "",
  ]);
  for (const l of columns([["", "tool", "version", "for", "from"], ...rows])) out.line(l);
  if (missing.length > 0) {
    out.line();
    out.line("how to get what is missing:");
    for (const f of missing) out.line(`  ${f.name}: ${f.get}`);
  }
  const has = (name: string) => !missing.some((f) => f.name === name);
  const can: readonly (readonly [string, boolean])[] = [
    ["check, quantize, infer, build, export", true],
    ["verify", has("koffi") && has("g++") && (has("verilator") || has("iverilog"))],
    ["synth", has("yosys")],
    ["bitstreams for iCE40", has("yosys") && has("nextpnr-ice40") && has("icepack")],
    ["bitstreams for ECP5", has("yosys") && has("nextpnr-ecp5") && has("ecppack")],
    ["bitstreams for Gowin", has("yosys") && has("nextpnr-himbaechel") && has("gowin_pack")],
    ["send to a board", has("serialport")],
  ];
  out.line();
  for (const [what, yes] of can) out.line(`${yes ? "yes" : "no "}  ${what}`);
  return done({ node: process.versions.node, tools: found, can: Object.fromEntries(can) });
}

export const command = defineCommand({ positionals: {}, options: {}, run: (_, out) => doctor(out) });
