/**
 * Bits that stay in logic for each block RAM that they would take: about as many as fill the LUTs that go with a block
 * RAM on the family's devices (docs/decisions/memories.md). Families that nobody measured leave it to the tool.
 */
const logicBits = { ice40: 1024, ecp5: 3072, gowin: 3072, xc7: 8192 };
/** Bits of a block RAM, and its widest word. */
const blocks = {
    ice40: [4096, 16],
    ecp5: [18432, 36],
    gowin: [18432, 36],
    xc7: [18432, 36],
};
/** The place of `rows` words of `bits` bits; without a family, or a rule for it, the tool's choice. */
export function memoryStyle(family, rows, bits) {
    const most = family && logicBits[family];
    const block = family && blocks[family];
    // A single word is a constant, no memory.
    if (most === undefined || block === undefined || rows === 1)
        return "auto";
    const taken = Math.max(Math.ceil(bits / block[1]), Math.ceil((rows * bits) / block[0]));
    return rows * bits <= most * taken ? "logic" : "block";
}
