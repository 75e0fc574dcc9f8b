export { ApbError, ApbMaster } from "./apb.ts";
export {
  type Axi4Burst,
  type Axi4BurstType,
  type Axi4Channel,
  Axi4Error,
  type Axi4Pause,
  type Axi4Pauses,
  type Axi4Response,
} from "./axi4.ts";
export { AXI4_RULES, Axi4Checker, type Axi4CheckOptions, Axi4ProtocolError } from "./axi4_checker.ts";
export { type Axi4BurstOptions, Axi4Master, type Axi4MasterOptions } from "./axi4_master.ts";
export { type Axi4Access, Axi4Memory, type Axi4MemoryOptions } from "./axi4_memory.ts";
export { AxilError, AxilMaster } from "./axil.ts";
export {
  AXIS_RULES,
  AxisFrame,
  AxisMonitor,
  type AxisOptions,
  AxisSink,
  AxisSource,
  type Beat,
  type Beats,
  type CheckOptions,
  type FrameInit,
  ProtocolError,
} from "./axis.ts";
export type { LogEntry } from "./backend.ts";
export { type AgentHost, Bench, type Bus, type BusPorts, Clock, Future, TimeoutError } from "./bench.ts";
export { designPorts } from "./build/ports.ts";
export {
  type Bin,
  Coverage,
  type CoverageData,
  CoverageError,
  type CoverageSummary,
  type CrossOptions,
  checkCoverage,
  mergeCoverage,
  type PointOptions,
  summarize,
  writeCoverageReport,
} from "./coverage.ts";
export { BuildError, type ClockSpec, type Design, type Port } from "./design.ts";
export { HdlCoverage, type HdlPoint, type HdlShare, hdlCoverage } from "./hdl_coverage.ts";
export { I2cDevice, type I2cDeviceOptions, I2cError, I2cMaster, type I2cMasterOptions } from "./i2c.ts";
export { SimulatorDied } from "./icarus_backend.ts";
export { Logger, type LogLevel, type Message } from "./logger.ts";
export { type NewBench, newBench, topModules } from "./new_bench.ts";
export { type Bernoulli, globalSeed, type Pause, Rand, seedFor, stallCorners } from "./rand.ts";
export { build, failureOf, type RunFailure, type RunOptions, type RunResult, run, type SingleInit } from "./run.ts";
export { DesignStopped, HangError, type Task, TaskKilled } from "./scheduler.ts";
export { Scoreboard, ScoreboardError, type ScoreboardOptions } from "./scoreboard.ts";
export { SDRAM_RULES, SdramChecker, type SdramCheckOptions, SdramError, sdramModel } from "./sdram.ts";
export { type Dut, type Inside, type Signal, UnknownValueError } from "./signals.ts";
export { chosenSimulators, type SimulatorName, simulatorChoices, simulators } from "./simulators.ts";
export { SpiDevice, SpiMaster, type SpiMasterOptions, type SpiOptions } from "./spi.ts";
export { SpiFlash, type SpiFlashOptions } from "./spi_flash.ts";
export { Tb } from "./tb.ts";
export { UartError, type UartFault, type UartOptions, UartSink, type UartSinkOptions, UartSource } from "./uart.ts";
export { type Variant, variants } from "./variants.ts";
export { WishboneError, WishboneMaster } from "./wishbone.ts";
