import { AGENT_WORDS, C, CLOCK_WORDS, H, MAX_AGENTS, wordsOf } from "./layout.js";
/** Writes the header of a fresh memory and says where everything is. */
export function layOut(memory, ports, clocks, maxCycles) {
    let at = H.PORTS;
    const offsets = ports.map((p) => {
        const o = at;
        at += wordsOf(p.width);
        return o;
    });
    memory[H.MASK] = at - H.PORTS;
    memory[H.AGENT_BASE] = at + (at - H.PORTS);
    const arena = memory[H.AGENT_BASE] + AGENT_WORDS * MAX_AGENTS;
    memory[H.WORDS] = memory.length;
    memory[H.MAX_CYCLES] = maxCycles;
    memory[H.CLOCKS] = clocks.length;
    memory[H.DUMP_TO] = 0xffffffff;
    clocks.forEach((c, i) => {
        const base = H.CLOCK_TABLE + i * CLOCK_WORDS;
        memory[base + C.PORT] = offsets[c.port];
        memory[base + C.PERIOD] = c.period;
        memory[base + C.FIRST_RISE] = c.firstRise;
    });
    return { offsets, arena };
}
/** Words of the shared memory: address space, of which only what is used takes memory. */
export const MEMORY_WORDS = 16 * 1024 * 1024;
