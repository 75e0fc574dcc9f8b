// The top for a board with a serial line: bytes in, the accelerator, bytes out. Only wiring, as in the accelerator's top.

import { type CellSources, prefixModules } from "../../7-emit/emit.ts";
import { withNotice } from "../../7-emit/notice.ts";
import { outputPort, portLaneBits, STATUS_BITS, WEIGHTS_PORT, WEIGHTS_STATUS } from "../../7-emit/verilog.ts";
import type { HwGraph, HwStream } from "../../ir/hardware.ts";
import type { Target } from "../../targets/target.ts";
import { imageOf } from "../../weights/image.ts";
import { clockSource } from "./clock.ts";

/** Silence that discards a part of a frame, in bits of the line: 50 ms at 115200 baud. */
const IDLE_BITS = 5760;
/** Cells that every serial top needs; others come with the shape of the streams. */
const always = ["board_reset", "uart_rx", "uart_tx", "serial_frame", "axis_sequence"];

export interface BoardTop {
  readonly module: string;
  readonly file: string;
  /** The top and the cells that the accelerator does not bring, by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly clocksPerBit: number;
  /** Clock of the accelerator, and where it comes from. */
  readonly MHz: number;
  readonly clockFrom: string;
  /** Bytes of an image on the line and of the answer to it. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Where weights are written at run time: the image of those at hand, and its address in the board's flash, if it has one. */
  readonly weights: { readonly image: Uint8Array; readonly flashAt: number | undefined } | undefined;
  /** Whether it holds primitives of the device, a PLL say, of which open tools have no model. */
  readonly primitives: boolean;
  /** Instances that belong to the board and not to a layer. */
  readonly instances: readonly string[];
}

/** A flash's clock at most, in MHz, and the time that it needs to leave power-down, in us: more than any of its kind. */
const FLASH_MHZ = 25;
const FLASH_WAKE = 50;

/** Parameters of flash_reader at a clock in MHz. */
export const flashTiming = (MHz: number): { readonly HALF: number; readonly WAKE: number } => ({
  HALF: Math.ceil(MHz / (2 * FLASH_MHZ)),
  WAKE: Math.ceil(MHz * FLASH_WAKE),
});

const laneBytes = (s: HwStream): number => portLaneBits(s) / 8;

/** The serial top; `present` are the paths that the build already has. @param most the fastest clock in MHz that it may run at. */
export function boardTop(
  g: HwGraph,
  target: Target,
  most: number,
  cells: CellSources,
  present: Iterable<string>,
): BoardTop {
  const board = target.board!;
  const serial = board.serial!;
  const clock = clockSource(target, g.name, most);
  const { MHz } = clock;
  const flash = g.weights && board.flash;
  const clk = clock.verilog.length > 0 ? "core_clk" : "clk";
  const clocksPerBit = Math.round((MHz * 1e6) / serial.baud);
  const module = `${g.name}_board`;
  const used = new Set([...always, ...clock.cells]);
  const instances = ["u_pll", "u_divide", "u_reset", "u_rx", "u_frame", "u_answer", "u_tx"];
  const inBytes = g.input.lanes * laneBytes(g.input);
  const bytesIn = g.input.pixels * g.input.channels * laneBytes(g.input);
  const bytesOut = g.outputs.reduce((n, o) => n + o.stream.pixels * o.stream.channels * laneBytes(o.stream), 0);
  const body: string[] = [...clock.verilog];
  /** Connections of serial_command but for the answers. */
  const commands: string[] = [];
  const cell = (name: string, params: string, instance: string, ports: string[]) => {
    used.add(name);
    if (!instances.includes(instance)) instances.push(instance);
    body.push(
      `    ${g.name}_${name}${params ? ` #(${params})` : ""} ${instance} (`,
      ports.map((p) => `        ${p}`).join(",\n"),
      "    );",
    );
  };
  const stream = (name: string, bits: number) => {
    body.push(`    wire [${bits - 1}:0] ${name}_tdata;`, `    wire ${name}_tvalid, ${name}_tready, ${name}_tlast;`);
    return name;
  };
  const axis = (port: string, wire: string) =>
    ["tdata", "tvalid", "tready", "tlast"].map((s) => `.${port}_${s}(${wire}_${s})`).join(", ");

  const requests = [
    ...(board.button ? [`${board.button.activeLow ? "!" : ""}button`] : []),
    ...(clk === "clk" ? [] : ["!locked"]),
  ];
  body.push("    wire rst;");
  cell("board_reset", "", "u_reset", [`.clk(${clk}), .request(${requests.join(" || ") || "1'b0"}), .rst(rst)`]);
  body.push("", "    // image", "    wire [7:0] rx_data;", "    wire rx_valid, rx_broken, busy;");
  const bytesTo = g.weights
    ? { valid: "frame_valid", broken: "frame_broken" }
    : { valid: "rx_valid", broken: "rx_broken" };
  if (g.weights) body.push("    wire frame_valid, frame_broken;");
  cell("uart_rx", ".CLKS_PER_BIT(CLKS_PER_BIT)", "u_rx", [
    `.clk(${clk}), .rst(rst), .rxd(rxd)`,
    ".byte_data(rx_data), .byte_valid(rx_valid), .byte_broken(rx_broken)",
  ]);
  let from = stream("frame", 8);
  cell("serial_frame", `.BYTES(${bytesIn}), .IDLE(${IDLE_BITS}*CLKS_PER_BIT)`, "u_frame", [
    `.clk(${clk}), .rst(rst), .byte_data(rx_data), .byte_valid(${bytesTo.valid}), .byte_broken(${bytesTo.broken})`,
    axis("m_axis", "frame"),
    ".busy(busy)",
  ]);
  if (inBytes > 1) {
    const wide = stream("image", 8 * inBytes);
    const params = `.BITS(8), .IN_LANES(1), .OUT_LANES(${inBytes}), .CHANNELS(${g.input.channels * laneBytes(g.input)})`;
    cell("axis_widen", params, "u_image", [`.clk(${clk}), .rst(rst)`, axis("s_axis", from), axis("m_axis", wide)]);
    from = wide;
  }
  if (g.weights) {
    body.push(
      "",
      `    // weights: ${flash ? "from the flash at first, later " : ""}from the line`,
      "    wire line_valid, line_give_up, load_tready, load_over;",
      `    wire [${STATUS_BITS - 1}:0] ${WEIGHTS_STATUS};`,
    );
    stream("weights", 32);
    let [data, valid, held] = ["rx_data", "line_valid", "1'b0"];
    if (flash) {
      body.push("    wire [7:0] flash_tdata;", "    wire flash_tvalid, flash_busy;");
      cell("flash_reader", ".ADDRESS(FLASH_ADDRESS), .HALF(FLASH_HALF), .WAKE(FLASH_WAKE)", "u_flash", [
        `.clk(${clk}), .rst(rst)`,
        ["cs_n", "sck", "mosi", "miso"].map((p) => `.flash_${p}(flash_${p})`).join(", "),
        ".m_axis_tdata(flash_tdata), .m_axis_tvalid(flash_tvalid), .m_axis_tready(load_tready)",
        ".stop(load_over), .busy(flash_busy)",
      ]);
      held = "flash_busy";
      data = "flash_busy ? flash_tdata : rx_data";
      valid = "flash_busy ? flash_tvalid : line_valid";
    }
    cell("weights_bytes", `.WORDS(${g.weights.words})`, "u_words", [
      `.clk(${clk}), .rst(rst)`,
      `.s_axis_tdata(${data}), .s_axis_tvalid(${valid}), .s_axis_tready(load_tready)`,
      `.give_up(line_give_up), ${axis("m_axis", "weights")}, .over(load_over)`,
    ]);
    commands.push(
      `.clk(${clk}), .rst(rst), .byte_data(rx_data), .byte_valid(rx_valid), .byte_broken(rx_broken)`,
      ".frame_valid(frame_valid), .frame_broken(frame_broken), .frame_whole(frame_tvalid)",
      ".load_valid(line_valid), .load_give_up(line_give_up), .load_over(load_over)",
      `.held(${held}), .status(${WEIGHTS_STATUS})`,
    );
    if (!flash) body.push("    wire unused_ready = &{1'b0, load_tready};");
  }
  body.push("", "    // accelerator");
  const outs = g.outputs.map((o, i) => stream(`out_${i}`, o.stream.lanes * portLaneBits(o.stream)));
  body.push(
    `    ${g.name} #(.MEM_DIR(MEM_DIR)) core (`,
    [`        .clk(${clk}), .rst(rst)`, `        ${axis("s_axis", from)}`]
      .concat(outs.map((o, i) => `        ${axis(outputPort(g, i), o)}`))
      .concat(g.weights ? [`        ${axis(WEIGHTS_PORT, "weights")}, .${WEIGHTS_STATUS}(${WEIGHTS_STATUS})`] : [])
      .join(",\n"),
    "    );",
    "",
    "    // answer: the outputs one after another",
  );
  const bytes = g.outputs.map(({ stream: s }, i) => {
    let at = outs[i]!;
    const bits = s.lanes * portLaneBits(s);
    if (i > 0) {
      // A frame of each later output waits until the ones before it have left.
      const to = stream(`waiting_${i}`, bits);
      cell("axis_fifo", `.WIDTH(${bits}), .DEPTH(${s.beatsPerFrame})`, `u_wait_${i}`, [
        `.clk(${clk}), .rst(rst)`,
        axis("s_axis", at),
        axis("m_axis", to),
      ]);
      at = to;
    }
    if (bits > 8) {
      const to = stream(`bytes_${i}`, 8);
      const params = `.BITS(8), .IN_LANES(${bits / 8}), .OUT_LANES(1), .CHANNELS(${s.channels * laneBytes(s)})`;
      cell("axis_narrow", params, `u_bytes_${i}`, [`.clk(${clk}), .rst(rst)`, axis("s_axis", at), axis("m_axis", to)]);
      at = to;
    }
    return at;
  });
  const all = (signal: string) =>
    `{${[...bytes]
      .reverse()
      .map((b) => `${b}_${signal}`)
      .join(", ")}}`;
  stream("answer", 8);
  cell("axis_sequence", `.WIDTH(8), .N(${bytes.length})`, "u_answer", [
    `.clk(${clk}), .rst(rst)`,
    ["tdata", "tvalid", "tready", "tlast"].map((s) => `.s_axis_${s}(${all(s)})`).join(", "),
    axis("m_axis", "answer"),
  ]);
  let answer = "answer";
  if (g.weights) {
    answer = stream("reply", 8);
    cell("serial_command", `.IDLE(${IDLE_BITS}*CLKS_PER_BIT)`, "u_command", [
      ...commands,
      axis("s_axis", "answer"),
      axis("m_axis", answer),
    ]);
  }
  cell("uart_tx", ".CLKS_PER_BIT(CLKS_PER_BIT)", "u_tx", [
    `.clk(${clk}), .rst(rst)`,
    axis("s_axis", answer),
    ".txd(txd)",
  ]);
  const lit = (p: { readonly activeLow: boolean }, when: string) => (p.activeLow ? `!(${when})` : when);
  const statusLed = g.weights && board.statusLed;
  // Without a second one it tells of both.
  const shows = g.weights
    ? `busy || ${WEIGHTS_STATUS}[1]${flash ? " || flash_busy" : ""}${statusLed ? "" : ` || !${WEIGHTS_STATUS}[0]`}`
    : "busy";
  if (board.led)
    body.push("", `    assign led = ${g.weights ? lit(board.led, shows) : `${board.led.activeLow ? "!" : ""}busy`};`);
  else body.push("    wire unused = &{1'b0, busy};");
  if (statusLed) body.push(`    assign led_empty = ${lit(statusLed, `!${WEIGHTS_STATUS}[0]`)};`);

  const ports = [
    "input  wire clk",
    ...(board.button
      ? [`input  wire button,${board.button.activeLow ? "   // low: reset" : "   // high: reset"}`]
      : []),
    "input  wire rxd,   // from the host",
    "output wire txd,   // to the host",
    ...(board.led
      ? [
          `output wire led${" ".repeat(4)}// ${board.led.activeLow ? "low" : "high"} while an image arrives or enters${
            g.weights ? `, or weights do${statusLed ? "" : ", and until there are any"}` : ""
          }`,
        ]
      : []),
    ...(statusLed
      ? [`output wire led_empty   // ${statusLed.activeLow ? "low" : "high"} until weights are loaded`]
      : []),
    ...(flash
      ? [
          "output wire flash_cs_n",
          "output wire flash_sck",
          "output wire flash_mosi   // to the flash",
          "input  wire flash_miso   // from the flash",
        ]
      : []),
  ].map((p, i, list) => {
    const [code, note] = p.split(/,?\s*\/\/ /);
    return `    ${code!.replace(/,$/, "").trimEnd()}${i < list.length - 1 ? "," : ""}${note ? `   // ${note}` : ""}`;
  });
  const text = [
    `// ${g.name} behind a serial line, for ${target.title}; generated by addernet-rtl`,
    "//",
    `// Clock: ${Number(MHz.toFixed(4))} MHz, ${clock.how}.`,
    `// ${serial.baud} baud, 8N1. An image is ${bytesIn} bytes, in the order of s_axis of ${g.name}. The answer is ${bytesOut} bytes:`,
    ...g.outputs.map(
      (o) =>
        `//   ${o.stream.pixels * o.stream.channels} values of ${laneBytes(o.stream)} byte${laneBytes(o.stream) > 1 ? "s, the lowest first," : ""} of output ${o.name}`,
    ),
    "// The host waits for the answer before it sends the next image; 50 ms of silence discard a part of an image.",
    ...(g.weights
      ? [
          '// Each message begins with a byte: "F" an image follows; "W" an image of weights (addernet weights pack) follows,',
          '// answered after 50 ms of silence by a byte of status; "S" asks for the status at once.',
          "// Status: bit 0 loaded, 1 loading, 4 to 6 error of the last weights, 7 the flash is being read.",
          ...(flash ? [`// After each reset weights are read from the flash, from byte ${flash.weightsAt} on.`] : []),
        ]
      : []),
    "",
    "`default_nettype none",
    "",
    `module ${module} #(`,
    '    parameter         MEM_DIR      = "mem/",',
    `    parameter integer CLKS_PER_BIT = ${clocksPerBit}${flash ? "," : ""}   // ${Number(MHz.toFixed(4))} MHz / ${serial.baud} baud`,
    ...(flash
      ? [
          `    parameter integer FLASH_ADDRESS = ${flash.weightsAt},   // bytes`,
          `    parameter integer FLASH_HALF    = ${flashTiming(MHz).HALF},   // clocks of half a period of its clock`,
          `    parameter integer FLASH_WAKE    = ${flashTiming(MHz).WAKE}   // clocks until it has left power-down`,
        ]
      : []),
    ") (",
    ...ports,
    ");",
    "",
    ...body,
    "",
    "endmodule",
    "",
    "`default_nettype wire",
    "",
  ].join("\n");

  const have = new Set(present);
  const files = new Map<string, string>();
  for (const name of [...used].sort()) {
    const path = `rtl/${g.name}_${name}.v`;
    if (!have.has(path)) files.set(path, prefixModules(cells.get(name)!, g.name, cells));
  }
  const file = `rtl/${module}.v`;
  files.set(file, withNotice(text));
  return {
    module,
    file,
    files,
    clocksPerBit,
    MHz,
    clockFrom: clock.how,
    bytesIn,
    bytesOut,
    weights: g.weights && {
      image: new Uint8Array(imageOf(g.name, g.weights).buffer),
      flashAt: flash?.weightsAt,
    },
    primitives: clock.verilog.length > 0 && clock.cells.length === 0,
    instances,
  };
}
