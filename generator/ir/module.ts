// A module as a graph: ports, wires, instances and assigns. Types only; stage 7 prints it (7-emit/module.ts).

/** A port or a wire. */
export interface Net {
  readonly name: string;
  readonly bits: number;
  /** Declared as [0:0] where it has one bit: data of as many bits as the design needs. */
  readonly vector?: true;
}

/** Bits `high` to `low` of a net; one bit where they are equal. */
export interface Slice {
  readonly of: Net;
  readonly high: number;
  readonly low: number;
  /** Written as [low +: bits], as one of many alike. */
  readonly lane?: true;
}

/** What is read: nets, constants, and the little logic that a module of wiring has. */
export type Expr =
  | Net
  | Slice
  /** A wire below this module, by its path from here. */
  | { readonly inside: string; readonly bits: number }
  | { readonly constant: bigint; readonly bits: number }
  /** So many bits that are one, or zero. */
  | { readonly ones: number }
  | { readonly zeros: number }
  /** The first one is the highest. */
  | { readonly joined: readonly Expr[] }
  | { readonly repeated: Expr; readonly times: number }
  | { readonly not: Expr }
  /** All or any of a net's bits. */
  | { readonly every: Net }
  | { readonly any: Net }
  /** `&&` and `||` of single bits, `|` and `&` bit by bit. */
  | { readonly all: readonly Expr[] }
  | { readonly either: readonly Expr[] }
  | { readonly bitwiseOr: readonly Expr[] }
  | { readonly bitwiseAnd: readonly Expr[] }
  | { readonly when: Net; readonly value: Expr; readonly otherwise: Expr };

/** What a connection of an instance drives: a net, bits of one, or several nets, the first one the highest. */
export interface Driven {
  readonly drives: Net | Slice | readonly Net[];
}

/** A number, a string, one of the module's own parameters (times a number), or 32-bit words, the highest first. */
export type Parameter =
  | number
  | { readonly text: string }
  | { readonly real: string }
  /** As Verilog writes it: 4'd3. */
  | { readonly constant: bigint; readonly bits: number }
  /** 64'sd3, or 32'sh00000003. */
  | { readonly signed: bigint; readonly bits: number; readonly hex?: true }
  /** One behind the other: a folder's name and a file's. */
  | { readonly joined: readonly Parameter[] }
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
  /** Starts a paragraph; without text only that. A text may have several lines. */
  | { readonly is: "note"; readonly text: string }
  | { readonly is: "wires"; readonly nets: readonly Net[] }
  | { readonly is: "assign"; readonly to: Net; readonly value: Expr }
  /** Nets that nothing reads, so that lint tools know that it is meant. */
  | { readonly is: "unused"; readonly name: string; readonly nets: readonly Expr[]; readonly note?: string }
  | ModuleInstance;

export interface ModulePort extends Net {
  /** Inout: a pin that one instance drives and reads. */
  readonly direction: "input" | "output" | "inout";
  readonly note?: string;
  /** In front of it, without its parentheses and stars. */
  readonly attributes?: string;
  /** A line is left free in front of it. */
  readonly apart?: true;
}

/** A define that gives a parameter its default, and has `value` where nobody has set it. */
export interface Macro {
  readonly macro: string;
  readonly value: string;
  readonly note: string;
}

export interface ModuleParameter {
  readonly name: string;
  /** Its default. */
  readonly value: number | string | Macro;
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
