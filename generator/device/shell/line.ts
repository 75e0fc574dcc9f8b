// What passes a board's serial line: an image's values in order and the values of all outputs, each with its lowest byte first.

/** A tensor on the line. */
export interface LineStream {
  /** Bits of a value there, whole bytes. */
  readonly portLaneBits: number;
  /** Height, width, channels. */
  readonly shape: readonly number[];
  readonly signed: boolean;
}

/** The bytes of a tensor's values. */
export function lineBytes(data: ArrayLike<number>, { portLaneBits }: Pick<LineStream, "portLaneBits">): Uint8Array {
  const lane = portLaneBits / 8;
  const bytes = new Uint8Array(data.length * lane);
  for (let i = 0, at = 0; i < data.length; i++)
    for (let b = 0; b < lane; b++) bytes[at++] = Math.floor(data[i]! / 256 ** b) & 255;
  return bytes;
}

/** Values of an answer by output. */
export function lineValues(answer: Uint8Array, outputs: readonly LineStream[]): number[][] {
  let at = 0;
  return outputs.map(({ portLaneBits, shape, signed }) => {
    const lane = portLaneBits / 8;
    return Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
      let value = 0;
      for (let b = 0; b < lane; b++) value += answer[at + b]! * 256 ** b;
      if (signed && answer[at + lane - 1]! >= 128) value -= 256 ** lane;
      at += lane;
      return value;
    });
  });
}

/** The class in an answer: the last output where it is one value, else the place of its largest. */
export function lineClass(values: readonly (readonly number[])[]): number {
  const last = values.at(-1)!;
  return last.length === 1 ? last[0]! : last.indexOf(Math.max(...last));
}

/** Where an answer is not the expected one, in words; undefined where it is. */
export function lineDifference(
  got: readonly (readonly number[])[],
  wanted: readonly (readonly number[])[],
  names: readonly string[],
): string | undefined {
  for (const [n, name] of names.entries()) {
    const at = wanted[n]!.findIndex((v, i) => v !== got[n]![i]);
    if (at >= 0) return `${name}[${at}] is ${got[n]![at]}, golden has ${wanted[n]![at]}`;
  }
  return undefined;
}
