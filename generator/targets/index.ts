// All targets by name: boards, and bare families for counts without a device.
import { inputError } from "../diagnostics/diagnostics.ts";
import { didYouMean } from "../diagnostics/print.ts";
import artyA35 from "./boards/arty-a7-35t.ts";
import artyA100 from "./boards/arty-a7-100t.ts";
import hx8k from "./boards/ice40-hx8k.ts";
import icebreaker from "./boards/icebreaker.ts";
import kv260 from "./boards/kv260.ts";
import pynqZ2 from "./boards/pynq-z2.ts";
import tangnano9k from "./boards/tangnano9k.ts";
import tangnano20k from "./boards/tangnano20k.ts";
import ulx3s25 from "./boards/ulx3s-25f.ts";
import ulx3s85 from "./boards/ulx3s-85f.ts";
import zcu104 from "./boards/zcu104.ts";
import { families, type L1Choice } from "./families.ts";
import { FAMILIES, type Target, type TargetInput, targetSchema } from "./target.ts";

export { type Cost, type FamilyFacts, families, L1_CIRCUITS, type L1Choice, resourcesOf } from "./families.ts";
export { FAMILIES, type Family, type Target } from "./target.ts";

const boards: readonly TargetInput[] = [
  icebreaker,
  hx8k,
  ulx3s25,
  ulx3s85,
  tangnano9k,
  tangnano20k,
  artyA35,
  artyA100,
  pynqZ2,
  zcu104,
  kv260,
];
const bare: readonly TargetInput[] = FAMILIES.map((family) => ({
  name: family,
  title: `${families[family].title}, any device`,
  family,
}));

export const targets: ReadonlyMap<string, Target> = new Map(
  [...boards, ...bare].map((t) => [t.name, targetSchema.parse(t)]),
);

/** The L1 circuit that was asked for, or else the one with the least logic on the target. */
export const l1Of = (target: Target | undefined, asked: L1Choice | undefined): L1Choice =>
  asked ?? (target ? families[target.family].l1 : 0);

/**
 * Whether multipliers become DSP blocks: asked for, there are any (a bare iCE40 is one of those without), and Yosys knows
 * how (of Gowin's it knows nothing).
 */
export const usesDsp = (target: Target, asked: boolean): boolean =>
  asked && target.family !== "gowin" && (target.device ? target.device.resources.dsp > 0 : target.family !== "ice40");

/** The target of this name; AN8004 with the nearest name where there is none. */
export function targetOf(name: string): Target {
  const found = targets.get(name);
  if (found) return found;
  const near = didYouMean(name, [...targets.keys()]);
  throw inputError({
    code: "AN8004",
    message: `there is no target ${JSON.stringify(name)}`,
    expected: `one of ${[...targets.keys()].join(", ")}`,
    ...(near ? { hint: `did you mean ${JSON.stringify(near)}?` } : {}),
  });
}
