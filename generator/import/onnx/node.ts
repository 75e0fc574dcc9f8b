// One node of the model with its attributes; what a rule does not read is refused, so that nothing is ignored.
import type { InputError } from "../../diagnostics/diagnostics.ts";
import { shown, unmapped } from "./error.ts";
import type { Reader } from "./evaluate.ts";
import type { NodeMessage } from "./proto.ts";
import { type Constant, type ReadBeside, readTensor } from "./tensors.ts";

const utf8 = new TextDecoder();

export class Node implements Reader {
  readonly message: NodeMessage;
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly label: string;
  readonly #beside: ReadBeside;
  readonly #read = new Set<string>();

  readonly #budget: { left: number };

  constructor(message: NodeMessage, beside: ReadBeside, budget: { left: number }) {
    this.#budget = budget;
    this.message = message;
    this.op = message.opType;
    this.domain = message.domain === "ai.onnx" ? "" : message.domain;
    this.label = `node ${shown(message.name || message.output[0] || "")} (${this.domain ? `${this.domain}.` : ""}${this.op})`;
    this.#beside = beside;
  }

  refuse(why: string, hint?: string): InputError {
    return unmapped(`${this.label} cannot be mapped: ${why}`, hint === undefined ? {} : { hint });
  }

  #attribute(name: string) {
    this.#read.add(name);
    return this.message.attribute.find((a) => a.name === name);
  }

  has(name: string): boolean {
    return this.message.attribute.some((a) => a.name === name);
  }

  int(name: string, fallback: number): number {
    return this.#attribute(name)?.i ?? fallback;
  }
  float(name: string, fallback: number): number {
    return this.#attribute(name)?.f ?? fallback;
  }
  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name)?.ints;
  }
  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name)?.floats;
  }
  text(name: string, fallback: string): string {
    const found = this.#attribute(name);
    return found ? utf8.decode(found.s) : fallback;
  }
  tensor(name: string): Constant | undefined {
    const found = this.#attribute(name);
    return found?.t ? readTensor(found.t, this.#beside) : undefined;
  }
  spend(count: number): void {
    this.#budget.left -= count;
    if (this.#budget.left < 0)
      throw this.refuse("what the model computes of constants, or spells out, is more than is looked at");
  }

  /** Takes attributes that cannot change what the rule maps; why stands at each call. */
  skip(...names: readonly string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Throws where the model gives an attribute that nothing has read. */
  settle(): void {
    const left = this.message.attribute.map((a) => a.name).filter((name) => !this.#read.has(name));
    if (left.length > 0) throw this.refuse(`its attribute ${left.map(shown).join(", ")} is not known`);
  }
}
