// Pins and clock of a board as its family's tools read them.
import type { Target } from "../targets/target.ts";

/** Name and text of the constraint file; undefined for a target without pins. */
export function constraints(target: Target, module: string): { path: string; text: string } | undefined {
  const { board, family } = target;
  if (!board?.serial) return undefined;
  const pins: [name: string, pin: string, standard: string][] = [
    ["clk", board.clock.pin, board.standard],
    ["rxd", board.serial.rxd, board.standard],
    ["txd", board.serial.txd, board.standard],
    ...(board.led ? [["led", board.led.pin, board.led.standard ?? board.standard] as [string, string, string]] : []),
    ...(board.button
      ? [["button", board.button.pin, board.button.standard ?? board.standard] as [string, string, string]]
      : []),
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
        ...pins.map(([n, p]) => `set_io ${n} ${p}`),
        `set_frequency clk ${MHz}`,
      ]);
    case "ecp5":
      return file("lpf", [
        `# ${target.title}`,
        ...pins.flatMap(([n, p, s]) => [`LOCATE COMP "${n}" SITE "${p}";`, `IOBUF PORT "${n}" IO_TYPE=${s};`]),
        `FREQUENCY PORT "clk" ${MHz} MHZ;`,
      ]);
    case "gowin":
      return file("cst", [
        `// ${target.title}`,
        ...pins.flatMap(([n, p, s]) => [`IO_LOC "${n}" ${p};`, `IO_PORT "${n}" IO_TYPE=${s};`]),
      ]);
    case "xc7":
    case "xcup":
      return file("xdc", [
        `# ${target.title}`,
        ...pins.map(([n, p, s]) => `set_property -dict {PACKAGE_PIN ${p} IOSTANDARD ${s}} [get_ports ${n}]`),
        `create_clock -name clk -period ${(1000 / MHz).toFixed(3)} [get_ports clk]`,
      ]);
    default:
      return undefined;
  }
}
