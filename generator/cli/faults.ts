// What goes wrong in a simulation, as messages.
import {
  BuildError,
  DesignStopped,
  HangError,
  ProtocolError,
  SimulatorDied,
  type SimulatorName,
} from "../../testbench/lib/index.ts";
import type { Diagnostic } from "../diagnostics/diagnostics.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { ClockFault } from "../verify/clocks.ts";
import type { Mismatch } from "../verify/mismatch.ts";

/** A value that the hardware computed differently. */
export function mismatchDiagnostic(sim: SimulatorName, m: Mismatch, net: QuantizedNetwork): Diagnostic {
  const node = net.nodes.find((n) => n.output === m.tensor || `${n.name}.acc` === m.tensor);
  return {
    code: "AN8003",
    severity: "error",
    message: `${sim}: ${JSON.stringify(m.tensor)} differs from the golden model in image ${m.frame}, row ${m.row}, column ${m.column}, channel ${m.channel}`,
    ...(node ? { path: node.path } : {}),
    expected: String(m.expected),
    found: `${m.actual} in clock ${m.clock} (stream ${m.stream}, beat ${m.beat})`,
    hint: m.waves ? `waves of this stretch: ${m.waves}` : "--waves keeps a waveform of this stretch",
  };
}

/** The hardware takes other clocks than predicted. */
export function clockDiagnostic(sim: SimulatorName, { what, measured, predicted, tolerance }: ClockFault): Diagnostic {
  return {
    code: "AN8006",
    severity: "error",
    message: `${sim}: the accelerator's ${what} is not as predicted`,
    expected: `${predicted} clocks${tolerance > 0 ? `, ${tolerance} more or less` : ""}`,
    found: `${measured} clocks`,
    hint: "its values are right; that its clocks are not those predicted is a bug in addernet",
  };
}

/** The message for what a simulation threw; undefined for a fault of the compiler's own. */
export function faultDiagnostic(sim: SimulatorName, e: unknown): Diagnostic | undefined {
  if (e instanceof BuildError) {
    const first = e.message.split("\n", 1)[0]!;
    const absent = /was not found|too old/.test(first);
    const lines = e.output.split("\n").filter((l) => l.trim() !== "");
    const error = lines.find((l) => /error/i.test(l)) ?? lines[0];
    return {
      code: absent ? "AN8001" : "AN8002",
      severity: "error",
      message: first,
      ...(error ? { found: error } : {}),
      ...(absent ? { hint: "scripts/setup installs it on Debian and Ubuntu; --simulator chooses another" } : {}),
    };
  }
  if (e instanceof SimulatorDied) {
    const [first, ...rest] = e.message.split("\n");
    return {
      code: "AN8002",
      severity: "error",
      message: `${sim}: ${first}`,
      ...(rest.length > 0
        ? {
            found: rest
              .filter((l) => l.trim() !== "")
              .slice(0, 4)
              .join(" | "),
          }
        : {}),
    };
  }
  if (e instanceof HangError || e instanceof ProtocolError || e instanceof DesignStopped) {
    const [first, ...rest] = e.message.split("\n");
    return {
      code: "AN8003",
      severity: "error",
      message: `${sim}: the accelerator does not behave as the golden model: ${first}`,
      ...(rest.length > 0 ? { notes: rest.filter((l) => l.trim() !== "").map((message) => ({ message })) } : {}),
    };
  }
  return undefined;
}
