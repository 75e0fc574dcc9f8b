export const LOG_LEVELS = ["debug", "info", "warning", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A message of the bench, with the simulated time. */
export interface Message {
  /** Nanoseconds. */
  time: number;
  level: Exclude<LogLevel, "silent">;
  /** Of the logger. */
  name: string;
  text: string;
}

/** The level of `$TB_LOG`, `info` by default. Throws a RangeError for nonsense. */
export function logLevel(): LogLevel {
  const text = process.env.TB_LOG || "info";
  const level = LOG_LEVELS.find((l) => l === text);
  if (!level) throw new RangeError(`TB_LOG must be one of ${LOG_LEVELS.join(", ")}, not ${JSON.stringify(text)}`);
  return level;
}

/** Says what a bench or an agent does, with the simulated time; made by `tb.logger(name)`. */
export class Logger {
  readonly #name: string;
  readonly #time: () => number;
  readonly #take: (m: Message) => void;
  constructor(name: string, time: () => number, take: (m: Message) => void) {
    this.#name = name;
    this.#time = time;
    this.#take = take;
  }
  debug(text: string | (() => string)): void {
    this.#say("debug", text);
  }
  info(text: string | (() => string)): void {
    this.#say("info", text);
  }
  warning(text: string | (() => string)): void {
    this.#say("warning", text);
  }
  error(text: string | (() => string)): void {
    this.#say("error", text);
  }
  #say(level: Message["level"], text: string | (() => string)): void {
    this.#take({ time: this.#time(), level, name: this.#name, text: typeof text === "string" ? text : text() });
  }
}

/** A message as a line: `     75.00 ns  INFO     driver: frame 3`. */
export const messageLine = (m: Message): string =>
  `${m.time.toFixed(2).padStart(12)} ns  ${m.level.toUpperCase().padEnd(8)} ${m.name}: ${m.text}`;
