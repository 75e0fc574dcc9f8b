// A module as a graph: ports, wires, instances and assigns. Types only; stage 7 prints it (7-emit/module.ts).

/** A port or a wire. */
export interface Net {
  readonly name: string;
  readonly bits: number;
}

/** What is read: nets, constants, and the little logic that a module of wiring has. */
export type Expr =
  | Net
  /** Bits `high` to `low` of a net; one bit where they are equal. */
  | { readonly of: Net; readonly high: number; readonly low: number }
  | { readonly constant: bigint; readonly bits: number }
  /** Each bit of `bits` is one. */
  | { readonly ones: number }
  /** The first one is the highest. */
  | { readonly joined: readonly Expr[] }
  | { readonly not: Expr }
  /** `||` of single bits, `|` bit by bit. */
  | { readonly either: readonly Expr[] }
  | { readonly bitwiseOr: readonly Expr[] }
  | { readonly when: Net; readonly value: Expr; readonly otherwise: Expr };

/** What a connection of an instance drives: a net, or several, the first one the highest. */
export interface Driven {
  readonly drives: Net | readonly Net[];
}

/** A number, a string, one of the module's own parameters (times a number), or 32-bit words, the highest first. */
export type Parameter =
  | number
  | { readonly text: string }
  | { readonly real: string }
  /** As Verilog writes it: 4'd3. */
  | { readonly constant: bigint; readonly bits: number }
  | { readonly parameter: string; readonly times?: number }
  | { readonly words: readonly { readonly value: number; readonly note: string }[] };

/** Connections by port, a row for each line of the file; undefined leaves an output open. */
export type Connections = Readonly<Record<string, Expr | Driven | undefined>>;

export interface ModuleInstance {
  readonly is: "instance";
  /** A cell of templates/, or any other module by its name. */
  readonly of: { readonly cell: string } | { readonly module: string };
  readonly name: string;
  readonly parameters: readonly Readonly<Record<string, Parameter>>[];
  readonly connections: readonly Connections[];
  /** In front of it, without its parentheses and stars. */
  readonly attributes?: string;
}

export type ModuleItem =
  /** Starts a paragraph; without text only that. */
  | { readonly is: "note"; readonly text: string }
  | { readonly is: "wires"; readonly nets: readonly Net[] }
  | { readonly is: "assign"; readonly to: Net; readonly value: Expr }
  /** Nets that nothing reads, so that lint tools know that it is meant. */
  | { readonly is: "unused"; readonly name: string; readonly nets: readonly Expr[] }
  | ModuleInstance;

export interface ModulePort extends Net {
  readonly direction: "input" | "output";
  readonly note?: string;
  /** In front of it, without its parentheses and stars. */
  readonly attributes?: string;
}

export interface ModuleParameter {
  readonly name: string;
  /** Its default. */
  readonly value: number | string;
  readonly note?: string;
}

export interface Module {
  readonly name: string;
  /** Lines of the comment at its head, without their slashes. */
  readonly head: readonly string[];
  readonly parameters: readonly ModuleParameter[];
  readonly ports: readonly ModulePort[];
  readonly items: readonly ModuleItem[];
}
