// Cells around an accelerator: a board's serial line, its reset.
import { clog2, counterBits, defineShellCell } from "./define.js";
export const shellCells = [
    defineShellCell({
        module: "axis_sequence",
        params: { WIDTH: "int", N: "int" },
        structure: (p) => ({ logic: { choice: p.N > 1 ? p.N * p.WIDTH : 0 }, ff: clog2(p.N) }),
    }),
    defineShellCell({
        module: "uart_rx",
        params: { CLKS_PER_BIT: "int" },
        constants: (p) => ({ COUNT_BITS: counterBits(p.CLKS_PER_BIT) }),
        structure: (p) => ({
            logic: { clocks: counterBits(p.CLKS_PER_BIT) },
            ff: counterBits(p.CLKS_PER_BIT) + 24,
        }),
    }),
    defineShellCell({
        module: "uart_tx",
        params: { CLKS_PER_BIT: "int" },
        constants: (p) => ({ COUNT_BITS: counterBits(p.CLKS_PER_BIT) }),
        structure: (p) => ({
            logic: { clocks: counterBits(p.CLKS_PER_BIT) },
            ff: counterBits(p.CLKS_PER_BIT) + 14,
        }),
    }),
    defineShellCell({
        module: "serial_frame",
        params: { BYTES: "int", IDLE: "int" },
        constants: (p) => ({ ADDR_BITS: counterBits(p.BYTES) }),
        structure: (p) => {
            const idle = counterBits(p.IDLE + 1);
            const bytes = counterBits(p.BYTES);
            return {
                logic: { counters: bytes + idle },
                ff: bytes + idle + 4,
                memories: [{ name: "memory", rows: p.BYTES, bits: 8, oneAddress: true }],
            };
        },
    }),
    defineShellCell({
        module: "board_reset",
        params: { CLOCKS: "int" },
        constants: (p) => ({ BITS: clog2(p.CLOCKS + 1) }),
        structure: (p) => ({ ff: counterBits(p.CLOCKS + 1) + 3 }),
    }),
];
