/** Yosys' arguments that set parameters. Its -chparam takes no sign: negative numbers go as two's complement of 32 bits. */
export const chparam = (parameters: Readonly<Record<string, number | string>>): string =>
  Object.entries(parameters)
    .map(([name, v]) => `-chparam ${name} ${typeof v === "string" ? `"\\"${v}\\""` : v < 0 ? v >>> 0 : v}`)
    .join(" ");
