/** Rows of text as lines of aligned columns. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((r) => r[c]!.length)));
  return rows.map((r) =>
    r
      .map((s, c) => s.padEnd(widths[c]!))
      .join("  ")
      .trimEnd(),
  );
}

/** A share as text. */
export const percent = (v: number): string => `${(100 * v).toFixed(2)} %`;
