// Pins and clock of a board as its family's tools read them.
import type { Target } from "../../targets/target.ts";

interface Pin {
  readonly name: string;
  readonly pin: string;
  readonly standard: string;
  /** An open line to the host rests high. */
  readonly pull?: "up" | "down" | "none" | undefined;
  /** mA, where it is not the family's. */
  readonly drive?: number;
}

export interface Constraints {
  readonly path: string;
  readonly text: string;
}

/** Pins of the board's SDRAM: short lines, which weak drivers do not make ring. */
function sdramPins({ sdram, standard }: NonNullable<Target["board"]>): Pin[] {
  if (!sdram) return [];
  const { pins } = sdram;
  const bus = (name: string, of: readonly string[]) => of.map((pin, i) => [`${name}[${i}]`, pin] as const);
  const named: (readonly [string, string])[] = [
    ["clk", pins.clk],
    ["cke", pins.cke],
    ["cs_n", pins.cs],
    ["ras_n", pins.ras],
    ["cas_n", pins.cas],
    ["we_n", pins.we],
    ...bus("ba", pins.ba),
    ...bus("a", pins.a),
    ...bus("dqm", pins.dqm),
    ...bus("dq", pins.dq),
  ];
  return named.map(([name, pin]) => ({ name: `sdram_${name}`, pin, standard, pull: "none", drive: 4 }));
}

/**
 * Name and text of the constraint file; undefined for a target without pins.
 * @param loads whether weights are written at run time; @param external whether some are in the board's memory
 */
export function constraints(target: Target, module: string, loads = false, external = false): Constraints | undefined {
  const { board, family } = target;
  if (!board?.serial) return undefined;
  const pins: Pin[] = [
    { name: "clk", pin: board.clock.pin, standard: board.standard },
    { name: "rxd", pin: board.serial.rxd, standard: board.standard, pull: "up" },
    { name: "txd", pin: board.serial.txd, standard: board.standard },
    ...(board.led ? [{ ...board.led, name: "led", standard: board.led.standard ?? board.standard }] : []),
    ...(loads && board.statusLed
      ? [{ ...board.statusLed, name: "led_empty", standard: board.statusLed.standard ?? board.standard }]
      : []),
    ...(loads && board.flash
      ? (["cs", "sck", "mosi", "miso"] as const).map((p) => ({
          name: `flash_${p === "cs" ? "cs_n" : p}`,
          pin: board.flash![p],
          standard: board.standard,
        }))
      : []),
    ...(external ? sdramPins(board) : []),
    ...(board.button ? [{ ...board.button, name: "button", standard: board.button.standard ?? board.standard }] : []),
  ];
  const { MHz } = board.clock;
  const file = (extension: string, lines: string[]) => ({
    path: `${module}.${extension}`,
    text: `${lines.join("\n")}\n`,
  });
  switch (family) {
    case "ice40":
      return file("pcf", [
        `# ${target.title}`,
        ...pins.map((p) => `set_io${p.pull === "up" ? " -pullup yes" : ""} ${p.name} ${p.pin}`),
        `set_frequency clk ${MHz}`,
      ]);
    case "ecp5":
      return file("lpf", [
        `# ${target.title}`,
        ...pins.flatMap((p) => [
          `LOCATE COMP "${p.name}" SITE "${p.pin}";`,
          `IOBUF PORT "${p.name}" IO_TYPE=${p.standard}${p.pull ? ` PULLMODE=${p.pull.toUpperCase()}` : ""}${p.drive ? ` DRIVE=${p.drive}` : ""};`,
        ]),
        `FREQUENCY PORT "clk" ${MHz} MHZ;`,
      ]);
    case "gowin":
      return file("cst", [
        `// ${target.title}`,
        ...pins.flatMap((p) => [
          `IO_LOC "${p.name}" ${p.pin};`,
          `IO_PORT "${p.name}" IO_TYPE=${p.standard}${p.pull ? ` PULL_MODE=${p.pull.toUpperCase()}` : ""};`,
        ]),
      ]);
    case "xc7":
    case "xcup":
      return file("xdc", [
        `# ${target.title}`,
        ...pins.map(
          (p) =>
            `set_property -dict {PACKAGE_PIN ${p.pin} IOSTANDARD ${p.standard}${p.pull ? ` PULLTYPE PULL${p.pull.toUpperCase()}` : ""}} [get_ports ${p.name}]`,
        ),
        `create_clock -name clk -period ${(1000 / MHz).toFixed(3)} [get_ports clk]`,
      ]);
    default:
      return undefined;
  }
}
