import type { Design } from "./design.ts";

type Value = number | bigint | string;
/** A design with some parameters set, and a name for the test that takes it. */
export interface Variant<P extends string, G> {
  name: string;
  design: Design<P>;
  /** The parameters that were chosen. */
  params: G;
}

/**
 * Every combination of some parameters (generics) of one or more designs, for `test.each(variants(fifo, { W: [8, 32] }))`
 * with "$name" as the title. `where` leaves combinations out. Throws a RangeError where nothing is left to test.
 */
export function variants<P extends string, G extends Record<string, readonly Value[]>>(
  designs: Design<P> | readonly Design<P>[],
  grid: G,
  where: (params: { [K in keyof G]: G[K][number] }) => boolean = () => true,
): Variant<P, { [K in keyof G]: G[K][number] }>[] {
  type Chosen = { [K in keyof G]: G[K][number] };
  let chosen: Record<string, Value>[] = [{}];
  for (const [name, values] of Object.entries(grid))
    chosen = chosen.flatMap((c) => values.map((v) => ({ ...c, [name]: v })));
  const list = Array.isArray(designs) ? (designs as readonly Design<P>[]) : [designs as Design<P>];
  const out = list.flatMap((d) =>
    chosen
      .filter((c) => where(c as Chosen))
      .map((c) => ({
        name: [d.top, ...Object.entries(c).map(([k, v]) => `${k}=${v}`)].join(" "),
        design: { ...d, params: { ...d.params, ...c } },
        params: c as Chosen,
      })),
  );
  if (!out.length) throw new RangeError("no variant of the design is left to test");
  return out;
}
