// The Vivado script of a Zynq board: the top as IP, a block design with processor and DMA, bitstream, .xsa and .hwh.
import { memoryPortNames } from "../../7-emit/verilog.ts";
import type { Target } from "../../targets/target.ts";
import { INSTANCE } from "./pynq.ts";
import { slackCheck } from "./tcl.ts";
import type { ZynqTop } from "./zynq.ts";

interface Processor {
  readonly ip: string;
  readonly automation: string;
  readonly config: (MHz: number) => Readonly<Record<string, string>>;
  readonly clock: string;
  readonly reset: string;
  readonly master: readonly [port: string, clock: string];
  readonly slave: readonly [port: string, clock: string];
  /** Further ports to the processor's memory, for weights, and what switches each on. */
  readonly weights: readonly {
    readonly port: string;
    readonly clock: string;
    readonly config: Readonly<Record<string, string>>;
  }[];
}

const processors: Readonly<Record<"zynq-7000" | "zynq-ultrascale+", Processor>> = {
  "zynq-7000": {
    ip: "processing_system7",
    automation: 'make_external "FIXED_IO, DDR" apply_board_preset',
    config: (MHz) => ({
      PCW_FPGA0_PERIPHERAL_FREQMHZ: String(MHz),
      PCW_USE_M_AXI_GP0: "1",
      PCW_USE_S_AXI_HP0: "1",
    }),
    clock: "FCLK_CLK0",
    reset: "FCLK_RESET0_N",
    master: ["M_AXI_GP0", "M_AXI_GP0_ACLK"],
    slave: ["S_AXI_HP0", "S_AXI_HP0_ACLK"],
    weights: [1, 2, 3].map((n) => ({
      port: `S_AXI_HP${n}`,
      clock: `S_AXI_HP${n}_ACLK`,
      config: { [`PCW_USE_S_AXI_HP${n}`]: "1" },
    })),
  },
  "zynq-ultrascale+": {
    ip: "zynq_ultra_ps_e",
    automation: "apply_board_preset",
    config: (MHz) => ({
      PSU__CRL_APB__PL0_REF_CTRL__FREQMHZ: String(MHz),
      PSU__USE__M_AXI_GP0: "1",
      PSU__USE__M_AXI_GP1: "0",
      PSU__USE__M_AXI_GP2: "0",
      PSU__USE__S_AXI_GP2: "1",
    }),
    clock: "pl_clk0",
    reset: "pl_resetn0",
    master: ["M_AXI_HPM0_FPD", "maxihpm0_fpd_aclk"],
    slave: ["S_AXI_HP0_FPD", "saxihp0_fpd_aclk"],
    // The processor's general ports 2 to 5 are its high-performance ports 0 to 3 (UG1085).
    weights: [1, 2, 3].map((n) => ({
      port: `S_AXI_HP${n}_FPD`,
      clock: `saxihp${n}_fpd_aclk`,
      config: { [`PSU__USE__S_AXI_GP${n + 2}`]: "1" },
    })),
  },
};

/**
 * The accelerator's ports to memory: the SmartConnect in front of a port of the processor that is each one's own, and
 * which of its inputs; those that find none share that of the images.
 */
const memoryPorts = (p: Processor, ports: number) =>
  (ports === 0 ? [] : memoryPortNames(ports)).map((name, i) =>
    i < p.weights.length
      ? { name, own: p.weights[i]!, connect: ports === 1 ? "weights" : `weights${i}`, input: "S00_AXI" }
      : { name, own: undefined, connect: "data", input: `S0${2 + i - p.weights.length}_AXI` },
  );

/** Constraint file of the shell: its LED; clocks come from the processor. */
export function zynqConstraints(target: Target): string {
  const { led } = target.processor!;
  return [
    `# ${target.title}`,
    `set_property -dict {PACKAGE_PIN ${led.pin} IOSTANDARD ${led.standard ?? "LVCMOS33"}} [get_ports led]`,
    "",
  ].join("\n");
}

/**
 * @param name of the network; @param sources Verilog files; @param memories memory files, relative to the folder
 * @param MHz clock of the accelerator; @param ports to the processor's memory for weights, 4 at most: the fourth shares that
 * of the images
 */
export function vivadoScript(
  name: string,
  target: Target,
  top: ZynqTop,
  sources: readonly string[],
  memories: readonly string[],
  MHz: number,
  ports = 0,
): string {
  const { kind, boardPart } = target.processor!;
  const p = processors[kind];
  const memory = memoryPorts(p, ports);
  const own = memory.filter((m) => m.own !== undefined);
  const bus = (bits: number) => Math.max(32, bits);
  const list = (items: readonly string[]) => items.map((i) => `    ${i}`);
  const dict = (config: Readonly<Record<string, string>>) =>
    Object.entries(config).map(([k, v]) => `    CONFIG.${k} {${v}}`);
  const clocked = [
    `ps/${p.master[1]}`,
    `ps/${p.slave[1]}`,
    ...own.flatMap((m) => [`ps/${m.own!.clock}`, `${m.connect}/aclk`]),
    "reset/slowest_sync_clk",
    "control/aclk",
    "data/aclk",
    "dma/s_axi_lite_aclk",
    "dma/m_axi_mm2s_aclk",
    "dma/m_axi_s2mm_aclk",
    `${INSTANCE}/aclk`,
  ];
  const reset = [
    "control/aresetn",
    "data/aresetn",
    ...own.map((m) => `${m.connect}/aresetn`),
    "dma/axi_resetn",
    `${INSTANCE}/aresetn`,
  ];
  const buses: readonly (readonly [string, string])[] = [
    [`ps/${p.master[0]}`, "control/S00_AXI"],
    ["control/M00_AXI", `${INSTANCE}/s_axil`],
    ["control/M01_AXI", "dma/S_AXI_LITE"],
    ["dma/M_AXI_MM2S", "data/S00_AXI"],
    ["dma/M_AXI_S2MM", "data/S01_AXI"],
    ["data/M00_AXI", `ps/${p.slave[0]}`],
    ...memory.flatMap((m): (readonly [string, string])[] => [
      [`${INSTANCE}/${m.name}`, `${m.connect}/${m.input}`],
      ...(m.own ? [[`${m.connect}/M00_AXI`, `ps/${m.own.port}`] as const] : []),
    ]),
    ["dma/M_AXIS_MM2S", `${INSTANCE}/s_axis`],
    [`${INSTANCE}/m_axis`, "dma/S_AXIS_S2MM"],
  ];
  return [
    `# ${name} for ${target.title}, generated by addernet-rtl.`,
    "# vivado -mode batch -source vivado/build.tcl        gives pynq/*.bit, pynq/*.hwh and vivado/build/*.xsa",
    "",
    "set here [file dirname [file dirname [file normalize [info script]]]]",
    "set out $here/vivado/build",
    `set part ${target.device!.part}`,
    "set sources {",
    ...list(sources),
    "}",
    "set memories {",
    ...list(memories),
    "}",
    "",
    "proc newest {ip} { return [lindex [lsort -dictionary [get_ipdefs -all xilinx.com:ip:$ip:*]] end] }",
    ...slackCheck,
    "file mkdir $out",
    "",
    "# 1. the accelerator as IP",
    "create_project -force -part $part ip $out/ip_project",
    "foreach source $sources { add_files -norecurse [list $here/$source] }",
    "foreach memory $memories { add_files -norecurse [list $here/$memory] }",
    `set_property top ${top.module} [current_fileset]`,
    "update_compile_order -fileset sources_1",
    "ipx::package_project -root_dir $out/ip -vendor addernet-rtl -library nets -taxonomy /UserIP -import_files -force",
    "set core [ipx::current_core]",
    `set_property name ${top.module} $core`,
    "set_property version 1.0 $core",
    `set_property display_name {${name}, a streaming AdderNet} $core`,
    "ipx::update_checksums $core",
    "ipx::check_integrity $core",
    "ipx::save_core $core",
    "close_project",
    "",
    "# 2. processor, DMA and accelerator",
    `create_project -force -part $part ${name} $out/project`,
    "# The board's files set the processor's memory and pins; without them the image on the board has done that.",
    `set preset [expr {[llength [get_board_parts -quiet ${boardPart}]] > 0}]`,
    `if {$preset} { set_property board_part ${boardPart} [current_project] }`,
    "set_property ip_repo_paths [list $out/ip] [current_project]",
    "update_ip_catalog",
    "create_bd_design system",
    `create_bd_cell -type ip -vlnv [newest ${p.ip}] ps`,
    `apply_bd_automation -rule xilinx.com:bd_rule:${p.ip} -config [list ${p.automation} $preset] [get_bd_cells ps]`,
    "set_property -dict {",
    ...dict({ ...p.config(MHz), ...Object.assign({}, ...own.map((m) => m.own!.config)) }),
    "} [get_bd_cells ps]",
    "create_bd_cell -type ip -vlnv [newest proc_sys_reset] reset",
    "create_bd_cell -type ip -vlnv [newest smartconnect] control",
    "set_property -dict {CONFIG.NUM_SI 1 CONFIG.NUM_MI 2} [get_bd_cells control]",
    "create_bd_cell -type ip -vlnv [newest smartconnect] data",
    `set_property -dict {CONFIG.NUM_SI ${2 + memory.length - own.length} CONFIG.NUM_MI 1} [get_bd_cells data]`,
    // Widths and protocols of accelerator and processor differ; images do not wait for weights.
    ...own.flatMap(({ connect }) => [
      `create_bd_cell -type ip -vlnv [newest smartconnect] ${connect}`,
      `set_property -dict {CONFIG.NUM_SI 1 CONFIG.NUM_MI 1} [get_bd_cells ${connect}]`,
    ]),
    "create_bd_cell -type ip -vlnv [newest axi_dma] dma",
    "set_property -dict {",
    ...dict({
      c_include_sg: "0",
      c_sg_length_width: "26",
      c_m_axi_mm2s_data_width: String(bus(top.beatBitsIn)),
      c_m_axis_mm2s_tdata_width: String(top.beatBitsIn),
      c_m_axi_s2mm_data_width: String(bus(top.beatBitsOut)),
    }),
    "} [get_bd_cells dma]",
    `create_bd_cell -type ip -vlnv addernet-rtl:nets:${top.module}:1.0 ${INSTANCE}`,
    `set_property CONFIG.MEM_DIR $here/mem/ [get_bd_cells ${INSTANCE}]`,
    "create_bd_port -dir O led",
    "",
    `connect_bd_net [get_bd_pins ps/${p.clock}] ${clocked.map((c) => `[get_bd_pins ${c}]`).join(" ")}`,
    `connect_bd_net [get_bd_pins ps/${p.reset}] [get_bd_pins reset/ext_reset_in]`,
    `connect_bd_net [get_bd_pins reset/peripheral_aresetn] ${reset.map((c) => `[get_bd_pins ${c}]`).join(" ")}`,
    `connect_bd_net [get_bd_pins ${INSTANCE}/busy] [get_bd_ports led]`,
    ...buses.map(([a, b]) => `connect_bd_intf_net [get_bd_intf_pins ${a}] [get_bd_intf_pins ${b}]`),
    "assign_bd_address",
    "validate_bd_design",
    "save_bd_design",
    "add_files -norecurse [make_wrapper -files [get_files system.bd] -top]",
    "set_property top system_wrapper [current_fileset]",
    `add_files -fileset constrs_1 -norecurse [list $here/vivado/${name}.xdc]`,
    "",
    "# 3. bitstream",
    "launch_runs impl_1 -to_step write_bitstream -jobs 4",
    "wait_on_run impl_1",
    'if {[get_property PROGRESS [get_runs impl_1]] ne "100%"} { error "implementation failed: see $out/project" }',
    "open_run impl_1",
    "report_timing_summary -file $out/timing.txt",
    "report_utilization -hierarchical -file $out/utilization.txt",
    "check_slack vivado/build/timing.txt",
    `write_hw_platform -fixed -include_bit -force -file $out/${name}.xsa`,
    `file copy -force $out/project/${name}.runs/impl_1/system_wrapper.bit $here/pynq/${name}.bit`,
    "# Vivado has kept the hand-off in either folder.",
    `set handoff [glob -directory $out/project ${name}.{gen,srcs}/sources_1/bd/system/hw_handoff/system.hwh]`,
    `file copy -force [lindex $handoff 0] $here/pynq/${name}.hwh`,
    "",
  ].join("\n");
}
