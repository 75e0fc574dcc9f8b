// What the page asks the worker for, and what it answers.
import type { LineStream } from "../../generator/device/shell/line.ts";
import type { Fit } from "../../generator/files/resize.ts";
import type { ReportData } from "../../generator/report/data.ts";

export type Files = ReadonlyMap<string, Uint8Array>;

/** What is said of a checkpoint, as the options of `addernet import pytorch`; empty where nothing is said. */
export interface ImportOptions {
  readonly arch: string;
  readonly state: string;
  readonly shape: string;
  readonly scale: string;
  readonly mean: string;
  readonly std: string;
  readonly pool: string;
  readonly adder: string;
}

export interface Options {
  readonly checkpoint: ImportOptions;
  /** How images of another size become the input's; null where they are refused. */
  readonly fit: Fit | null;
  /** Name of a board or family; empty for none. */
  readonly target: string;
  /** Frames a second; null for the compiler's choice. */
  readonly fps: number | null;
  /** Null for what the network file says. */
  readonly bits: number | null;
  /** Folds by layer. */
  readonly pe: ReadonlyMap<string, number>;
  readonly simd: ReadonlyMap<string, number>;
}

export interface Request {
  readonly id: number;
  /** Address of the tools' files, where a bitstream is asked for. */
  readonly tools?: string;
  readonly files: Files;
  readonly options: Options;
}

export interface Progress {
  readonly id: number;
  readonly kind: "progress";
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** Folds that a layer may have. */
export interface Choices {
  readonly layer: string;
  readonly pe: readonly number[];
  readonly simd: readonly number[];
}

/** What a checkpoint was taken for. */
export interface Imported {
  readonly note: string;
  readonly details: readonly string[];
  /** Undefined where a network file tells the layers. */
  readonly arch: string | undefined;
  /** Architectures that take all its tensors. */
  readonly fits: readonly string[];
}

export interface Made {
  readonly id: number;
  readonly kind: "made";
  readonly page: string;
  readonly data: ReportData;
  /** The folder of `addernet build`, as a zip file. */
  readonly zip: Uint8Array;
  readonly name: string;
  readonly choices: readonly Choices[];
  /** Null where there was a network file with its weights. */
  readonly imported: Imported | null;
  /** Which images calibrate and which are counted, in words. */
  readonly images: string;
  readonly line: Line | null;
  readonly seconds: number;
}

/** What a board's serial line carries. */
export interface Line {
  readonly baud: number;
  readonly outputs: readonly (LineStream & { readonly name: string })[];
  /** Bytes of each image. */
  readonly images: readonly Uint8Array[];
  /** What golden answers, by image and output. */
  readonly answers: readonly (readonly (readonly number[])[])[];
}

/** What synthesis, place and route and the packer made. */
export interface Implemented {
  readonly id: number;
  readonly kind: "implemented";
  readonly page: string;
  readonly data: ReportData;
  /** The folder of `addernet synth`, without its synth.json. */
  readonly zip: Uint8Array;
  readonly bitstream: Uint8Array;
  readonly file: string;
  /** Clock that the bitstream runs at. */
  readonly MHz: number;
  readonly seconds: number;
}

export interface Failed {
  readonly id: number;
  readonly kind: "failed";
  readonly text: string;
}

export type Answer = Progress | Made | Implemented | Failed;
