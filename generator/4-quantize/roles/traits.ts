// What stage 4 asks of a role beside quantizing it: a row for each role, a column for each question.
import type { GraphNode } from "../../ir/graph.ts";
import type { QuantizeRole } from "../../layers/define.ts";
import { layerOf } from "../../layers/index.ts";

export type RoleName = QuantizeRole["role"];
export type RoleOf<R extends RoleName> = Extract<QuantizeRole, { readonly role: R }>;

export interface Traits<R extends RoleName = RoleName> {
  /** Whether it becomes a node of its own, which has folds and operands. */
  readonly isNode: boolean;
  /** What may become part of the node that it starts. */
  readonly fuses: readonly ("affine" | "activation")[];
  /** As what it may become part of the node before it; nothing at all goes along with any. */
  readonly fusesAs?: "affine" | "activation" | "nothing";
  /** Integers pass with their scale and zero point. */
  readonly keepsIntegers: boolean;
  /** Its inputs come under one scale, or scales a power of two apart. */
  readonly meetsInputs: boolean;
  /** Its inputs come under the very scale of its result. */
  readonly sharesScale: boolean;
  /** What the bits of an input meet. */
  meets(role: RoleOf<R>): "distances" | "products" | "sum";
  /** What it makes of logits; undefined where it needs numbers with a scale. */
  behindLogits(role: RoleOf<R>): "index" | "same values" | undefined;
  /** The window whose margin reads real zeros. */
  zeros?(role: RoleOf<R>, node: GraphNode): ReturnType<NonNullable<RoleOf<"anchor">["zeros"]>> | undefined;
  /** Distance of the input's pixels under that window, where real zeros lie between them. */
  inserts?(role: RoleOf<R>, node: GraphNode): readonly [number, number] | undefined;
}

const plain = {
  isNode: true,
  fuses: [],
  keepsIntegers: false,
  meetsInputs: false,
  sharesScale: false,
  meets: () => "distances",
  behindLogits: () => undefined,
} as const satisfies Traits;

const traits: { readonly [R in RoleName]: Traits<R> } = {
  anchor: {
    ...plain,
    fuses: ["affine", "activation"],
    meets: ({ meets }) => meets ?? "distances",
    zeros: (role, node) => role.zeros?.(node),
    inserts: (role, node) => {
      const apart = role.inserts?.(node);
      return apart?.some((n) => n > 1) ? apart : undefined;
    },
  },
  affine: { ...plain, fuses: ["affine", "activation"], fusesAs: "affine" },
  activation: { ...plain, fuses: ["affine", "activation"], fusesAs: "activation" },
  join: { ...plain, fuses: ["activation"], meetsInputs: true, meets: () => "sum" },
  gather: { ...plain, meetsInputs: true, sharesScale: true },
  table: plain,
  same: {
    ...plain,
    keepsIntegers: true,
    behindLogits: ({ reshapes }) => (reshapes ? "same values" : undefined),
    zeros: (role, node) => role.zeros?.(node),
  },
  head: { ...plain, behindLogits: () => "index" },
  none: {
    ...plain,
    isNode: false,
    fusesAs: "nothing",
    keepsIntegers: true,
    behindLogits: () => "same values",
  },
};

export const roleDataOf = (node: GraphNode): QuantizeRole => layerOf(node.kind).quantize;

/** The row of a layer's role; its functions take the role's own data. */
export const traitsOf = (node: GraphNode): Traits => traits[roleDataOf(node).role] as Traits;
