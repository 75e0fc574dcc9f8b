// What a report says, as data: the page shows these numbers and no others.
import type { Cost } from "../targets/index.ts";

export const REPORT_FORMAT = "addernet-rtl/report-1";

/** One layer of the hardware: a node of the integer network with the layers of the network file that it computes. */
export interface LayerReport {
  readonly name: string;
  /** Verilog module; absent where the layer is nothing but wires. */
  readonly module: string | null;
  readonly op: string;
  /** Layers of the network file. */
  readonly layers: readonly string[];
  /** Names of the edges that it reads. */
  readonly inputs: readonly string[];
  readonly output: string;
  /** Height, width, channels. */
  readonly shape: readonly number[];
  readonly bits: number;
  readonly signed: boolean;
  /** real value = scale * (q - zeroPoint) */
  readonly scale: number;
  readonly zeroPoint: number;
  readonly range: { readonly min: number; readonly max: number };
  /** Weights; 0 for layers without any. */
  readonly parameters: number;
  readonly pe: number;
  readonly simd: number;
  readonly pixels: number;
  readonly lanes: number;
  readonly clocks: number;
  /** Share of the clocks of a frame in which a lane computes a tap; null for layers without lanes. */
  readonly busy: number | null;
  readonly latency: { readonly first: number; readonly last: number };
  readonly facts: readonly (readonly [label: string, text: string])[];
  /** By the model, on the target's family; null without a target. */
  readonly estimate: Cost | null;
  /** By synthesis; null where nothing was synthesized. */
  readonly synthesized: Cost | null;
}

export interface StreamReport {
  readonly name: string;
  /** Blocks at its ends, as indices of `layers`; -1 is the input port, -2 an output port. */
  readonly from: number;
  readonly to: number;
  readonly lanes: number;
  readonly laneBits: number;
  readonly beats: number;
}

export interface FifoReport {
  /** Index of the layer that it stands in. */
  readonly layer: number;
  readonly name: string;
  readonly stream: string;
  readonly depth: number;
  /** Beats that find room: those of the memory, and one in the output register. */
  readonly room: number;
  readonly bits: number;
  /** Most beats inside at a time in the predicted schedule. */
  readonly predicted: number;
  /** The same in a simulation; null without one. */
  readonly measured: number | null;
}

export interface MemoryReport {
  readonly file: string;
  readonly layer: number;
  readonly words: number;
  readonly wordBits: number;
}

/** Shares of each bin of time: computing, no input there, output refused. They sum up to 1 at most. */
export interface TimelineRow {
  readonly busy: readonly number[];
  readonly waiting: readonly number[];
  readonly blocked: readonly number[];
}

export interface ScheduleReport {
  /** Frames that are sent one after another without a pause. */
  readonly frames: number;
  readonly clocks: number;
  readonly binClocks: number;
  /** One for each of `layers`. */
  readonly rows: readonly TimelineRow[];
  /** The same as a simulation showed it, null for a layer whose streams were not watched; null without a simulation. */
  readonly measured: {
    readonly simulator: string;
    readonly rows: readonly (TimelineRow | null)[];
  } | null;
}

export interface Histogram {
  /** Smallest value of the first bin and values in a bin, in stored integers. */
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}

export interface EdgeNumbers {
  readonly edge: string;
  readonly histogram: Histogram;
  /** Share of the real values beyond the integers' range; null without a float reference. */
  readonly clipped: number | null;
  /** Against the float reference, in real values; SQNR in dB, null where there is no error or no signal. */
  readonly error: { readonly max: number; readonly mean: number; readonly sqnr: number | null } | null;
}

export interface WeightNumbers {
  readonly layer: string;
  readonly bits: number;
  readonly histogram: Histogram;
  /** Share of the weights that are the smallest or largest integer of their bits: clipped ones are among them. */
  readonly atEnds: number;
  /** Bits a weight that a code takes (docs/weights.md), and that none of single weights can go below. */
  readonly coded: number;
  readonly entropy: number;
}

/** A picture of an image: 8 bits a sample, 1 or 3 samples a pixel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly samples: readonly number[];
}

export interface AccuracyReport {
  readonly images: number;
  readonly integer: number;
  /** Of the float reference; null without one. */
  readonly float: number | null;
  readonly byBits: readonly { readonly bits: number; readonly accuracy: number }[];
  /** Rows are labels, columns classes. */
  readonly confusion: readonly (readonly number[])[];
  readonly wrong: readonly {
    readonly image: number;
    readonly label: number;
    readonly found: number;
    readonly picture: Picture | null;
  }[];
  readonly wrongCount: number;
}

export interface NumbersReport {
  /** Images that histograms and errors are of. */
  readonly images: number;
  readonly edges: readonly EdgeNumbers[];
  readonly weights: readonly WeightNumbers[];
  readonly accuracy: AccuracyReport | null;
  /** Results that are maps: an image and the class of each pixel, or the first channel's values. */
  readonly maps: readonly { readonly image: number; readonly input: Picture | null; readonly output: Picture }[];
}

export interface LogicReport {
  readonly family: string;
  readonly words: { readonly lut: string; readonly bram: string; readonly dsp: string; readonly uram?: string };
  readonly estimate: Cost;
  readonly synthesized: Cost | null;
  readonly device: {
    readonly part: string;
    readonly lut: number;
    readonly ff: number;
    readonly bram: number;
    readonly uram?: number | undefined;
    readonly dsp: number;
  } | null;
  /** What a board adds: its serial line. */
  readonly beside: Cost;
  /** Lines about the layers with L1 sums, and the same folds with products in their place, both by the model. */
  readonly comparison: {
    readonly dsp: boolean;
    readonly distances: Cost;
    readonly products: Cost;
  }[];
  readonly energy: { readonly distances: number; readonly products: number; readonly source: string };
  /** Nanoseconds of logic and routing by layer and module, from the path's start. */
  readonly criticalPath:
    | readonly {
        readonly layer: string;
        readonly module: string;
        readonly logic: number;
        readonly routing: number;
      }[]
    | null;
  readonly reachedMHz: number | null;
}

export interface DesignReport {
  readonly top: string;
  /** Of everything that the hardware computes with. */
  readonly hash: string;
  readonly target: string | null;
  readonly targetTitle: string | null;
  readonly clockMHz: number;
  readonly interval: number;
  readonly bottleneck: string;
  readonly latency: { readonly first: number; readonly last: number };
  readonly lanes: number;
  readonly lanesBusy: number;
  readonly layers: readonly LayerReport[];
  readonly streams: readonly StreamReport[];
  readonly fifos: readonly FifoReport[];
  readonly memories: readonly MemoryReport[];
  readonly schedule: ScheduleReport;
  readonly logic: readonly LogicReport[];
}

export interface MismatchReport {
  readonly tensor: string;
  readonly stream: string;
  readonly frame: number;
  readonly beat: number;
  readonly row: number;
  readonly column: number;
  readonly channel: number;
  readonly expected: string;
  readonly actual: string;
  readonly clock: number;
  readonly waves: string | null;
  /** Pixels of the frame (raster order) that differ, and the row of the first one in its channel. */
  readonly place: {
    readonly rows: number;
    readonly columns: number;
    readonly pixels: readonly number[];
    readonly expected: readonly number[];
    readonly actual: readonly number[];
  } | null;
  /** The stream's signals clock by clock around the difference; null where nothing was sampled. */
  readonly wave: {
    readonly from: number;
    /** 0, 1 or x a clock. */
    readonly tvalid: string;
    readonly tready: string;
    readonly tlast: string;
    readonly tdata: readonly (string | null)[];
    readonly lane: number;
    /** The lane's bits as a number. */
    readonly values: readonly (number | null)[];
    readonly expected: number | null;
  } | null;
}

export interface ProofRun {
  /** What was simulated: the Verilog as emitted, or a netlist of it. */
  readonly stage: string;
  readonly simulator: string;
  readonly seed: number;
  readonly stall: number;
  readonly frames: number;
  readonly streams: number;
  readonly values: number;
  readonly clocks: number;
  /** Null where only bytes of a serial line were seen. */
  readonly latency: number | null;
  readonly firstLatency: number | null;
  readonly interval: number | null;
  readonly intervals: readonly { readonly stream: string; readonly clocks: number }[];
  readonly faults: readonly string[];
  readonly mismatch: MismatchReport | null;
}

export interface ProofReport {
  readonly runs: readonly ProofRun[];
  readonly tools: readonly { readonly name: string; readonly version: string }[];
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  /** Command that makes the same again. */
  readonly command: string;
}

export interface NetworkReport {
  readonly name: string;
  readonly input: { readonly name: string; readonly shape: readonly number[]; readonly storage: string };
  readonly outputs: readonly string[];
  readonly parameters: number;
  /** Layers of the network file; those of the integer network where there is no other. */
  readonly layers: readonly {
    readonly name: string;
    readonly kind: string;
    readonly inputs: readonly string[];
    readonly shape: readonly number[];
    readonly parameters: number;
  }[];
}

/** Designs of a network from the smallest to the fastest. */
export interface ExplorationReport {
  readonly synthesized: boolean;
  readonly clockMHz: number;
  readonly points: readonly {
    readonly index: number;
    readonly framesPerSecond: number;
    readonly clocksPerFrame: number;
    readonly bottleneck: string;
    readonly cost: Cost;
    /** No other point is as fast and takes no more of anything. */
    readonly frontier: boolean;
    readonly lacks: readonly string[];
  }[];
}

/** The same folds with L1 layers and with multiplying layers, synthesized. */
export interface ComparisonReport {
  readonly variants: readonly {
    readonly name: string;
    readonly total: Cost;
    /** LUTs of the arrays, and of their layers. */
    readonly arrays: number;
    readonly layers: number;
    readonly MHz: number | null;
    /** Of the taps of a frame, and by the activity of the arrays' registers. */
    readonly nanojoules: number;
    readonly activeNanojoules: number | null;
  }[];
}

export interface ReportData {
  readonly format: typeof REPORT_FORMAT;
  readonly version: string;
  readonly network: NetworkReport;
  readonly design: DesignReport;
  /** Null without images. */
  readonly numbers: NumbersReport | null;
  /** What was compared; without runs nothing was simulated. */
  readonly proof: ProofReport;
  /** What `addernet explore` and `addernet compare` found; null in reports of other commands. */
  readonly exploration: ExplorationReport | null;
  readonly comparison: ComparisonReport | null;
}
