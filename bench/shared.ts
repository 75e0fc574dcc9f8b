// What several measurements share.

export interface Shape {
  readonly PE: number;
  readonly SIMD: number;
}

/** PE x SIMD as the command line gives it. */
export function shapeOf(text: string): Shape {
  const m = /^([1-9]\d*)x([1-9]\d*)$/.exec(text);
  if (!m) throw new RangeError(`"${text}" is no shape: PE x SIMD, as 8x16`);
  return { PE: Number(m[1]), SIMD: Number(m[2]) };
}

export const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
