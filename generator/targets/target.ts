// What the compiler knows of a board or a device family. Data only; the tools that serve a family are in synth/.
import { z } from "zod";

export const FAMILIES = ["ice40", "ecp5", "gowin", "nexus", "xc7", "xcup", "intel"] as const;
export type Family = (typeof FAMILIES)[number];

const count = z.int().nonnegative();
const pin = z.strictObject({
  /** Name of the package's pin, as the family's constraint file spells it. */
  pin: z.string().min(1),
  activeLow: z.boolean().default(false),
  /** Where it is not the board's. */
  standard: z.string().optional(),
  /** Resistor that the pin needs inside the device; left out where the board has one, or none is needed. */
  pull: z.enum(["up", "down"]).optional(),
});

/** A single data rate SDRAM of 16 bits. */
const sdram = z.strictObject({
  /** Parts that the board is fitted with; what follows holds for all of them. */
  parts: z.array(z.string()).min(1),
  rowBits: z.int().min(11).max(13),
  colBits: z.int().min(8).max(10),
  /** Clock in MHz at most: what device and pins of the FPGA allow together. */
  MHz: z.number().positive(),
  /** Clocks from READ to its word at that clock. */
  cas: z.int().min(2).max(3),
  /** Times in ns, with the names of the data sheets. */
  ns: z.strictObject({
    rp: z.number().positive(),
    rcd: z.number().positive(),
    ras: z.number().positive(),
    rc: z.number().positive(),
    rfc: z.number().positive(),
    wr: z.number().positive(),
  }),
  mrdClocks: z.int().positive(),
  /** Between refreshes, on average. */
  refreshNs: z.number().positive(),
  initUs: z.number().positive(),
  /** Pins of the FPGA, of buses from bit 0 on. */
  pins: z.strictObject({
    clk: z.string(),
    cke: z.string(),
    cs: z.string(),
    ras: z.string(),
    cas: z.string(),
    we: z.string(),
    ba: z.array(z.string()).length(2),
    a: z.array(z.string()),
    dqm: z.array(z.string()).length(2),
    dq: z.array(z.string()).length(16),
  }),
});
export type Sdram = z.output<typeof sdram>;

export const targetSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  family: z.enum(FAMILIES),
  /** Absent for a bare family: no device, nothing to compare the area with. */
  device: z
    .strictObject({
      /** As the maker orders it. */
      part: z.string(),
      /** As place and route names device and package; absent where no open tool places this device. */
      pnr: z.strictObject({ device: z.string(), package: z.string() }).optional(),
      /**
       * Lookup tables, flip-flops, block RAMs (of the family's size), DSP blocks; single-port RAMs of 256 kbit; UltraRAMs of
       * 288 kbit; those of the lookup tables that can be memory.
       */
      resources: z.strictObject({
        ...{ lut: count, ff: count, bram: count, dsp: count },
        ...{ spram: count.optional(), uram: count.optional(), lutram: count.optional() },
      }),
    })
    .optional(),
  board: z
    .strictObject({
      /** Public constraint file or platform description that these pins were compared with. */
      source: z.string(),
      /**
       * Clock that reaches the device, in MHz. iCE40: whether the PLL takes it from the pad beside it, which then feeds
       * nothing else, or from the fabric.
       */
      clock: z.strictObject({
        pin: z.string(),
        MHz: z.number().positive(),
        pll: z.enum(["pad", "fabric"]).default("fabric"),
      }),
      /** Serial line to the host: rxd enters the device. Absent where the device has none of its own. */
      serial: z.strictObject({ rxd: z.string(), txd: z.string(), baud: z.int().positive() }).optional(),
      led: pin.optional(),
      /** A second one: lit while no weights are loaded. Used where weights are written at run time. */
      statusLed: pin.optional(),
      /** Serial flash that holds the bitstream too, and where weights begin in it (bytes). */
      flash: z
        .strictObject({ cs: z.string(), sck: z.string(), mosi: z.string(), miso: z.string(), weightsAt: count })
        .optional(),
      /** Memory beside the device, for weights. */
      sdram: sdram.optional(),
      /** Resets the design. */
      button: pin.optional(),
      /** I/O standard of the pins. */
      standard: z.string().default("LVCMOS33"),
    })
    .optional(),
  /** A processor in the device that feeds the accelerator by DMA and gives its clock. */
  processor: z
    .strictObject({
      kind: z.enum(["zynq-7000", "zynq-ultrascale+"]),
      /** Clock that the processor gives where none is asked for. */
      MHz: z.number().positive(),
      /** Peak of its memory in MB (10^6 bytes) a second: transfers a second times bytes of the bus. */
      memoryMBs: z.number().positive(),
      /** Bits of the port through which the accelerator reaches it. */
      portBits: z.int().positive(),
      /** Vivado's name of the board, whose files set the processor's pins and memory. */
      boardPart: z.string(),
      led: pin,
      source: z.string(),
    })
    .optional(),
});

export type TargetInput = z.input<typeof targetSchema>;
export type Target = z.output<typeof targetSchema>;
