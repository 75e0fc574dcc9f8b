import { ApbMaster } from "./apb.ts";
import { Axi4Checker, type Axi4CheckOptions } from "./axi4_checker.ts";
import { Axi4Master, type Axi4MasterOptions } from "./axi4_master.ts";
import { Axi4Memory, type Axi4MemoryOptions } from "./axi4_memory.ts";
import { AxilMaster } from "./axil.ts";
import { AxisMonitor, AxisSink, AxisSource, type CheckOptions } from "./axis.ts";
import type { AxisOptions } from "./axis_port.ts";
import { type AgentHost, Bench, type Clock } from "./bench.ts";
import { I2cDevice, type I2cDeviceOptions, I2cMaster, type I2cMasterOptions } from "./i2c.ts";
import type { Rand } from "./rand.ts";
import { Scoreboard, type ScoreboardOptions } from "./scoreboard.ts";
import { SdramChecker, type SdramCheckOptions } from "./sdram.ts";
import type { Dut, Signal } from "./signals.ts";
import { SpiDevice, SpiMaster, type SpiMasterOptions, type SpiOptions } from "./spi.ts";
import { SpiFlash, type SpiFlashOptions } from "./spi_flash.ts";
import { type UartOptions, UartSink, type UartSinkOptions, UartSource } from "./uart.ts";
import { WishboneMaster } from "./wishbone.ts";

/**
 * What `run` gives a bench. Its agents are classes that take (tb, prefix), as an agent of your own does; the methods here
 * only save writing `new`.
 */
export class Tb<P extends string = string> extends Bench {
  /** The design's ports by name, and what is inside it by path: `tb.dut.u_core.state`. */
  readonly dut: Dut<P>;

  /** Made by `run`. */
  constructor(host: AgentHost, dut: Dut<P>, clocks: readonly Clock[], rand: Rand, initRun = 0) {
    super(host, dut as object, clocks, rand, initRun);
    this.dut = dut;
  }

  /** Drives the design's input stream `<prefix>_tdata`, `_tvalid`, `_tready` and so on. */
  axisSource(prefix: string, options: AxisOptions = {}): AxisSource {
    return new AxisSource(this, prefix, options);
  }
  /** Takes frames from the design's output stream. */
  axisSink(prefix: string, options: AxisOptions = {}): AxisSink {
    return new AxisSink(this, prefix, options);
  }
  /** Records the beats of any stream and checks the protocol's rules; `check: false` only records. */
  axisMonitor(prefix: string, options: AxisOptions & { check?: CheckOptions | false } = {}): AxisMonitor {
    return new AxisMonitor(this, prefix, options);
  }
  /** Checks the protocol's rules on a stream; a violation fails the run and names the rule. */
  protocolCheck(prefix: string, check: CheckOptions = {}): void {
    new AxisMonitor(this, prefix, { record: false, check, ...(check.clock ? { clock: check.clock } : {}) });
  }
  /** Reads and writes registers of the design over AXI4-Lite. */
  axilMaster(prefix: string, options: { clock?: string } = {}): AxilMaster {
    return new AxilMaster(this, prefix, options);
  }
  /** An AXI4 master for the slave port `<prefix>_araddr` and so on of the design. */
  axi4Master(prefix: string, options: Axi4MasterOptions = {}): Axi4Master {
    return new Axi4Master(this, prefix, options);
  }
  /** An AXI4 slave with memory for a design that is a master. */
  axi4Memory(prefix: string, options: Axi4MemoryOptions = {}): Axi4Memory {
    return new Axi4Memory(this, prefix, options);
  }
  /** Checks the rules of AXI4 on a bus; a violation fails the run and names the rule. */
  axi4Check(prefix: string, options: Axi4CheckOptions = {}): Axi4Checker {
    return new Axi4Checker(this, prefix, options);
  }
  /** Reads and writes registers of the design over APB. */
  apbMaster(prefix: string, options: { clock?: string } = {}): ApbMaster {
    return new ApbMaster(this, prefix, options);
  }
  /** Reads and writes registers of the design over Wishbone. */
  wishboneMaster(prefix: string, options: { clock?: string } = {}): WishboneMaster {
    return new WishboneMaster(this, prefix, options);
  }
  /** An SPI master for a design that is a device. */
  spiMaster(prefix: string, options: SpiMasterOptions = {}): SpiMaster {
    return new SpiMaster(this, prefix, options);
  }
  /** An SPI device for a design that is the master. */
  spiDevice(prefix: string, options: SpiOptions = {}): SpiDevice {
    return new SpiDevice(this, prefix, options);
  }
  /** A serial flash with contents, for a design that reads it over SPI. */
  spiFlash(prefix: string, options: SpiFlashOptions): SpiFlash {
    return new SpiFlash(this, prefix, options);
  }
  /** Checks that no rule of the `sdram_model` in the design is broken; a violation fails the run and names the rule. */
  sdramCheck(prefix: string, options: SdramCheckOptions = {}): SdramChecker {
    return new SdramChecker(this, prefix, options);
  }
  /** An I2C master for a design that is a device, or beside it. */
  i2cMaster(prefix: string, options: I2cMasterOptions = {}): I2cMaster {
    return new I2cMaster(this, prefix, options);
  }
  /** An I2C device for a design that is the master, or beside it. */
  i2cDevice(prefix: string, options: I2cDeviceOptions): I2cDevice {
    return new I2cDevice(this, prefix, options);
  }
  /** Sends bytes on a serial input of the design. */
  uartSource(line: Signal, options: UartOptions): UartSource {
    return new UartSource(this, line, options);
  }
  /** Receives bytes from a serial output of the design; a broken frame fails the run, or is recorded. */
  uartSink(line: Signal, options: UartSinkOptions): UartSink {
    return new UartSink(this, line, options);
  }
  /** Compares what comes with what is expected, in order. */
  scoreboard<T>(options: ScoreboardOptions<T> = {}): Scoreboard<T> {
    return new Scoreboard<T>(this, options);
  }
}
