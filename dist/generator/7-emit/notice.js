// Who owns the Verilog that the compiler writes: whoever ran it. NOTICE says the same at length.
const NOTICE = [
    "// SPDX-License-Identifier: 0BSD",
    "// Written by addernet-rtl as part of your design: yours to use, change and license, under no condition of ours.",
];
/** A Verilog file with the notice as its first two lines. */
export const withNotice = (verilog) => `${NOTICE.join("\n")}\n${verilog}`;
