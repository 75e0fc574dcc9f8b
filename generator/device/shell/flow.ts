// How FuseSoC builds the bitstream of a board: Edalize's flow for the family, with the board's device and pins.
import type { ShellProject } from "../../7-emit/fusesoc.ts";
import type { Target } from "../../targets/target.ts";

/**
 * The top of a board as the project files name it.
 * @param files its Verilog beyond the accelerator's; @param models whether open tools know every module in it
 * @param constraint path of the pins' file; @param MHz clock that place and route is asked for
 */
export function shellProject(
  target: Target,
  top: string,
  files: readonly string[],
  models: boolean,
  constraint: string | undefined,
  MHz: number,
): ShellProject {
  const shell = { top, files, models };
  const { device, family } = target;
  if (constraint === undefined || !device) return shell;
  const pnr = device.pnr;
  const place = pnr ? [`--${pnr.device}`, "--package", pnr.package, "--freq", String(MHz)] : [];
  switch (family) {
    case "ice40":
      return {
        ...shell,
        flow: {
          name: "icestorm",
          options: { nextpnr_options: place },
          constraints: { path: constraint, type: "PCF" },
        },
      };
    case "ecp5":
      return {
        ...shell,
        flow: { name: "trellis", options: { nextpnr_options: place }, constraints: { path: constraint, type: "LPF" } },
      };
    case "gowin":
      return {
        ...shell,
        flow: {
          name: "apicula",
          options: { device: device.part, device_family: pnr?.package.endsWith("C") ? "C" : "" },
          constraints: { path: constraint, type: "CST" },
        },
      };
    case "xc7":
    case "xcup":
      return {
        ...shell,
        flow: { name: "vivado", options: { part: device.part }, constraints: { path: constraint, type: "xdc" } },
      };
    default:
      return shell;
  }
}
