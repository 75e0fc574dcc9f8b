// What goes wrong in a simulation, as messages.
import { BuildError, DesignStopped, HangError, ProtocolError } from "../../testbench/lib/index.js";
/** A value that the hardware computed differently. */
export function mismatchDiagnostic(sim, m, net) {
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
/** The message for what a simulation threw; undefined for a fault of the compiler's own. */
export function faultDiagnostic(sim, e) {
    if (e instanceof BuildError) {
        const first = e.message.split("\n", 1)[0];
        const absent = /was not found|too old/.test(first);
        const said = e.output.split("\n").filter((l) => l.trim() !== "");
        const error = said.find((l) => /error/i.test(l)) ?? said[0];
        return {
            code: absent ? "AN8001" : "AN8002",
            severity: "error",
            message: first,
            ...(error ? { found: error } : {}),
            ...(absent ? { hint: "scripts/setup installs it on Debian and Ubuntu; --simulator chooses another" } : {}),
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
