// Which cells a cell instantiates, by its text.

/** Code lines of Verilog without their comments. */
const codeOf = (text: string): string[] => text.split("\n").map((l) => l.split("//", 1)[0]!);

/** The given cells and all that they use, sorted. Throws where the text of one is missing. */
export function withSubcells(cells: Iterable<string>, sources: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>();
  const visit = (cell: string) => {
    if (found.has(cell)) return;
    const text = sources.get(cell);
    if (text === undefined) throw new Error(`templates/${cell}.v is missing`);
    found.add(cell);
    const words = new Set(codeOf(text).flatMap((l) => l.match(/\b\w+\b/g) ?? []));
    for (const other of sources.keys()) if (words.has(other)) visit(other);
  };
  for (const cell of cells) visit(cell);
  return [...found].sort();
}
