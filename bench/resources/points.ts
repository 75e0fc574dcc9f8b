// Parameters at which every cell of templates/ is synthesized alone: few and small, over what networks use.

export interface Point {
  readonly cell: string;
  readonly params: Readonly<Record<string, number>>;
  /** Multipliers may become DSP blocks; absent where the cell has none. */
  readonly dsp?: boolean;
}

/** One point for each row of values. */
const rows = (cell: string, names: string, values: readonly (readonly number[])[], fixed = {}): Point[] =>
  values.map((v) => ({
    cell,
    params: { ...Object.fromEntries(names.split(" ").map((n, i) => [n, v[i]!])), ...fixed },
  }));
const both = (points: readonly Point[]): Point[] =>
  points.flatMap((p) => [
    { ...p, dsp: true },
    { ...p, dsp: false },
  ]);

const arrays = [
  [1, 1, 9, 4, 8, 8, 16, 0],
  [4, 2, 9, 2, 4, 4, 10, 0],
  [5, 3, 5, 4, 4, 4, 11, 0],
  [8, 2, 18, 2, 4, 4, 13, 0],
  [9, 2, 1, 1, 4, 4, 9, 0],
  [3, 4, 25, 1, 2, 2, 9, 0],
  [1, 8, 64, 1, 4, 4, 11, 0],
  [16, 1, 1, 4, 4, 4, 9, 0],
  [4, 1, 9, 1, 8, 8, 12, 1],
  [2, 4, 32, 2, 6, 5, 13, 0],
  [4, 2, 16, 4, 8, 8, 17, 0],
] as const;
/** Weights of more than 1024 rows, which have a register more. */
const deepArrays = [
  [2, 1, 60, 20, 8, 8, 16, 0],
  [3, 2, 100, 12, 4, 4, 14, 0],
] as const;
/** Several windows a beat. */
const wideArrays = [
  [3, 2, 3, 1, 8, 8, 12, 0, 2],
  [9, 4, 1, 1, 4, 4, 9, 0, 2],
  [5, 3, 5, 1, 4, 4, 11, 0, 4],
] as const;

/** Weights of few rows, in front of the subtraction. */
const tableArrays = [
  [4, 4, 9, 2, 8, 8, 15, 0],
  [14, 4, 11, 1, 8, 8, 17, 0],
  [9, 2, 8, 4, 4, 4, 12, 0],
  [5, 1, 25, 1, 8, 8, 16, 1],
] as const;

const array = "SIMD PE SF NF X_BITS W_BITS ACC_BITS DEPTHWISE";
const requant = "LANES BEATS IN_BITS IN_SIGNED M_BITS B_BITS SHIFT OUT_BITS CLAMP LO HI NEG PIVOT";
const shifted = "LANES BEATS IN_BITS IN_SIGNED B_BITS SHIFT OUT_BITS CLAMP LO HI EXP_BITS NEG PIVOT";
const windows = "IN_H IN_W WORDS GROUPS REPEAT KH KW SH SW PAD_T PAD_L OUT_H OUT_W SIMD BITS ROWS";
const joined = "LANES X0_BITS X1_BITS OUT_BITS M0 M1 B SHIFT CLAMP LO HI";

/** Pure memories, bench_rom.v and bench_ram.v: which kind the tools choose, and what logic takes. */
const memories: readonly Point[] = [
  ...rows("bench_rom", "ROWS BITS", [
    [8, 16],
    [16, 16],
    [24, 12],
    [32, 16],
    [60, 8],
    [64, 8],
    [90, 12],
    [128, 12],
    [200, 8],
    [256, 4],
    [256, 16],
    [300, 24],
    [500, 8],
    [576, 18],
    [1200, 8],
    [36, 30],
  ]),
  ...rows("bench_ram", "ROWS BITS CHECKED", [
    [8, 9, 0],
    [8, 9, 1],
    [8, 33, 1],
    [16, 8, 0],
    [16, 33, 1],
    [20, 16, 0],
    [32, 24, 0],
    [64, 9, 0],
    [84, 4, 0],
    [140, 16, 0],
    [140, 16, 1],
    [256, 40, 0],
    [600, 9, 0],
    [2000, 8, 0],
  ]),
];

/** The cheap and the wide-spread ones first: a run that is broken off leaves most of the cells with data. */
export const points: readonly Point[] = [
  ...memories,
  ...[0, 1].flatMap((L1) => [
    ...rows("axis_sad", array, [...arrays, ...deepArrays], { L1 }),
    ...rows("axis_sad", `${array} PIXELS`, wideArrays, { L1 }),
  ]),
  ...rows("axis_sad", array, [...arrays, ...deepArrays], { L1: 1, TERNARY: 1 }),
  ...rows("axis_sad", `${array} PIXELS`, wideArrays, { L1: 1, TERNARY: 1 }),
  ...rows("axis_sad", array, tableArrays, { L1: 0, TABLE: 1 }),
  ...rows("axis_sad", array, tableArrays, { L1: 1, TERNARY: 1, TABLE: 1 }),
  ...both(
    rows(
      "axis_requant",
      requant,
      [
        [1, 10, 11, 0, 8, 16, 10, 4, 1, 0, 15, 0, 0],
        [2, 8, 14, 0, 12, 22, 14, 4, 1, 0, 15, 0, 0],
        [1, 64, 18, 0, 16, 30, 18, 8, 1, 0, 255, 0, 0],
        [4, 4, 13, 0, 16, 26, 16, 8, 1, 0, 255, 0, 0],
        [1, 10, 14, 0, 12, 24, 0, 22, 0, 0, 0, 0, 0],
        [2, 16, 13, 1, 10, 20, 12, 6, 1, 0, 63, 1, 12],
      ],
      { MODE: 0, EXP_BITS: 1 },
    ),
  ),
  ...both(
    rows(
      "axis_requant",
      `${requant} INTERVAL`,
      [
        [1, 64, 18, 0, 16, 30, 18, 8, 1, 0, 255, 0, 0, 9],
        [2, 8, 12, 0, 12, 22, 14, 4, 1, 0, 15, 0, 0, 2],
      ],
      { MODE: 0, EXP_BITS: 1 },
    ),
  ),
  ...[1, 2].flatMap((MODE) =>
    rows(
      "axis_requant",
      `${shifted} INTERVAL`,
      [
        [2, 8, 14, 0, 22, 12, 8, 1, 0, 255, 4, 0, 0, 9],
        [1, 10, 12, 0, 16, 10, 4, 1, 0, 15, 3, 0, 0, 3],
      ],
      { MODE, M_BITS: 5 * MODE },
    ),
  ),
  ...rows(
    "axis_requant",
    shifted,
    [
      [1, 10, 12, 0, 16, 10, 4, 1, 0, 15, 3, 0, 0],
      [2, 8, 14, 0, 22, 12, 8, 1, 0, 255, 4, 0, 0],
      [3, 4, 11, 0, 16, 8, 4, 1, 0, 15, 2, 0, 0],
      [1, 32, 18, 1, 28, 16, 8, 1, 0, 255, 5, 0, 0],
      [1, 16, 10, 0, 14, 7, 4, 1, 0, 15, 3, 0, 0],
      [2, 12, 13, 0, 20, 11, 6, 1, 0, 63, 4, 1, 3],
    ],
    { MODE: 1, M_BITS: 5 },
  ),
  ...rows(
    "axis_requant",
    shifted,
    [
      [1, 10, 12, 0, 16, 10, 4, 1, 0, 15, 3, 0, 0],
      [2, 8, 14, 0, 22, 12, 8, 1, 0, 255, 4, 0, 0],
      [3, 4, 11, 0, 16, 8, 4, 1, 0, 15, 2, 0, 0],
      [1, 32, 18, 1, 28, 16, 8, 1, 0, 255, 5, 0, 0],
      [1, 16, 10, 0, 14, 7, 4, 1, 0, 15, 3, 0, 0],
      [2, 12, 13, 0, 20, 11, 6, 1, 0, 63, 4, 1, 3],
    ],
    { MODE: 2, M_BITS: 10 },
  ),
  ...rows(
    "axis_window",
    windows,
    [
      [8, 8, 1, 1, 1, 3, 3, 1, 1, 1, 1, 8, 8, 1, 8, 5],
      [28, 28, 1, 1, 6, 5, 5, 1, 1, 2, 2, 28, 28, 1, 4, 7],
      [14, 14, 6, 1, 4, 5, 5, 1, 1, 0, 0, 10, 10, 1, 4, 7],
      [28, 28, 3, 3, 1, 2, 2, 2, 2, 0, 0, 14, 14, 2, 4, 5],
      [16, 16, 4, 1, 8, 3, 3, 2, 2, 1, 1, 8, 8, 4, 8, 6],
      [1, 1, 64, 1, 10, 1, 1, 1, 1, 0, 0, 1, 1, 2, 4, 2],
      [7, 7, 16, 16, 1, 7, 7, 1, 1, 0, 0, 1, 1, 1, 8, 14],
      [5, 5, 16, 1, 120, 5, 5, 1, 1, 0, 0, 1, 1, 1, 4, 10],
    ],
    { DH: 1, DW: 1, PAD_VALUE: 0 },
  ),
  ...rows(
    "axis_taps",
    "IN_H IN_W CHANNELS BITS KH KW SH SW PAD_T PAD_L OUT_H OUT_W AHEAD",
    [
      [28, 28, 1, 4, 5, 5, 1, 1, 2, 2, 28, 28, 3],
      [8, 8, 2, 4, 3, 3, 1, 1, 1, 1, 8, 8, 4],
      [14, 14, 3, 4, 5, 5, 1, 1, 0, 0, 10, 10, 5],
      [16, 16, 2, 8, 3, 3, 2, 2, 1, 1, 8, 8, 2],
      [5, 5, 2, 4, 5, 5, 1, 1, 0, 0, 1, 1, 2],
      [32, 32, 3, 4, 3, 3, 1, 1, 1, 1, 32, 32, 3],
    ],
    { DH: 1, DW: 1, PAD_VALUE: 0 },
  ),
  ...rows("axis_replay", "BITS IN_LANES OUT_LANES TIMES", [
    [4, 25, 5, 1],
    [4, 25, 25, 2],
    [8, 9, 3, 4],
    [4, 54, 18, 2],
    [4, 50, 10, 4],
    [8, 36, 10, 1],
  ]),
  ...rows(
    "axis_replay",
    "BITS IN_LANES OUT_LANES TIMES",
    [
      [4, 25, 5, 1],
      [8, 9, 3, 4],
      [4, 54, 18, 2],
      [4, 50, 10, 4],
      [8, 36, 10, 1],
      [8, 150, 14, 1],
      [4, 72, 9, 2],
      [8, 30, 2, 1],
    ],
    { CHOOSE: 1 },
  ),
  ...rows(
    "axis_insert",
    "SIMD BITS WORDS IN_W SH SW",
    [
      [1, 8, 16, 8, 2, 2],
      [4, 4, 4, 16, 2, 2],
      [16, 8, 1, 14, 3, 2],
      [2, 8, 8, 1, 1, 2],
    ],
    { PAD_VALUE: 5 },
  ),
  ...rows("axis_narrow", "BITS IN_LANES OUT_LANES CHANNELS", [
    [8, 2, 1, 2],
    [12, 4, 1, 8],
    [4, 16, 2, 16],
    [10, 6, 1, 16],
    [16, 10, 1, 10],
    [4, 6, 3, 6],
  ]),
  ...rows("axis_widen", "BITS IN_LANES OUT_LANES CHANNELS", [
    [8, 1, 2, 2],
    [4, 1, 6, 6],
    [4, 2, 16, 16],
    [8, 1, 4, 10],
    [4, 1, 8, 64],
    [8, 1, 12, 12],
  ]),
  ...rows("axis_fifo", "WIDTH DEPTH", [
    [4, 2],
    [8, 8],
    [16, 12],
    [4, 28],
    [32, 30],
    [8, 60],
    [16, 100],
    [24, 256],
    [8, 900],
  ]),
  ...rows("axis_fork", "WIDTH N", [
    [4, 2],
    [16, 2],
    [32, 3],
    [64, 2],
  ]),
  ...rows("axis_maxpool", "LANES BITS TAPS", [
    [1, 4, 4],
    [1, 8, 4],
    [4, 4, 4],
    [3, 8, 9],
    [16, 4, 4],
  ]),
  ...rows("axis_maxpool", "LANES BITS TAPS SIDE", [
    [2, 8, 1, 4],
    [4, 4, 2, 2],
    [3, 8, 1, 9],
  ]),
  ...rows("axis_sumpool", "LANES IN_BITS OUT_BITS TAPS", [
    [1, 4, 6, 4],
    [2, 8, 14, 49],
    [4, 4, 10, 64],
    [16, 8, 10, 4],
    [1, 8, 14, 64],
  ]),
  ...rows("axis_sumpool", "LANES IN_BITS OUT_BITS TAPS SIDE", [
    [2, 8, 10, 1, 4],
    [4, 4, 8, 4, 4],
    [1, 8, 14, 7, 7],
  ]),
  ...rows("axis_argmax", "LANES BITS SIGNED CLASSES INDEX_BITS", [
    [1, 22, 1, 10, 4],
    [2, 16, 1, 10, 4],
    [5, 12, 1, 10, 4],
    [10, 8, 0, 10, 4],
    [1, 16, 0, 100, 7],
  ]),
  ...both(
    rows("axis_add", joined, [
      [1, 8, 8, 8, 3, 5, 4, 3, 1, 0, 255],
      [2, 4, 4, 4, 93, 71, 64, 7, 1, 0, 15],
      [1, 8, 8, 8, 20431, 12345, 16384, 15, 1, 0, 255],
      [4, 8, 8, 8, 117, -45, 2048, 8, 1, 0, 255],
      [2, 6, 4, 12, 1, 1, 0, 0, 0, 0, 0],
    ]),
  ),
  ...rows("axis_concat", "WIDTH BEATS0 BEATS1", [
    [4, 2, 2],
    [16, 1, 1],
    [32, 8, 3],
    [64, 4, 4],
  ]),
  ...rows("axis_table", "LANES IN_BITS OUT_BITS", [
    [1, 4, 4],
    [2, 4, 8],
    [1, 8, 8],
    [4, 8, 8],
    [1, 10, 8],
  ]),
  ...both(
    rows("axis_mac", array, [
      [1, 1, 9, 4, 8, 8, 22, 0],
      [4, 2, 9, 2, 4, 4, 14, 0],
      [4, 1, 18, 2, 6, 6, 19, 0],
      [2, 2, 16, 2, 8, 8, 22, 0],
      [3, 1, 9, 1, 8, 8, 20, 1],
      [5, 1, 1, 2, 4, 4, 12, 0],
      [1, 4, 64, 1, 8, 8, 22, 0],
    ]),
  ),
  ...both([
    ...rows("axis_mac", array, [[2, 1, 60, 20, 8, 8, 24, 0]]),
    ...rows("axis_mac", `${array} PIXELS`, [[3, 2, 3, 1, 4, 4, 12, 0, 2]]),
  ]),
  ...rows("axis_pick", "CHANNELS BITS TILE_W TILES_H TILES_W KH KW SKIP_X OUT_W SIMD", [
    [2, 4, 2, 3, 3, 3, 3, 1, 2, 9],
  ]),
  ...rows("axis_last", "WIDTH BEATS", [
    [8, 12],
    [8, 784],
    [24, 50176],
  ]),
  ...rows("axis_sequence", "WIDTH N", [
    [8, 1],
    [8, 2],
    [8, 3],
  ]),
  ...rows("uart_rx", "CLKS_PER_BIT", [[104], [217], [868]]),
  ...rows("uart_tx", "CLKS_PER_BIT", [[104], [217], [868]]),
  ...rows("serial_frame", "BYTES IDLE", [
    [784, 599040],
    [192, 599040],
    [3072, 1249920],
  ]),
  ...rows("board_reset", "CLOCKS", [[63]]),
];
