// How far a command is, on one line of a terminal: what it does, how much of it is done, what is left.
import { writeSync } from "node:fs";
import { Worker } from "node:worker_threads";

/** Milliseconds that a command may take in silence. */
const QUIET = 2000;
/** Milliseconds between two texts of the same work. */
const OFTEN = 100;
/** Bytes of the line; terminals are narrower. */
const MOST = 500;

const span = (seconds: number): string =>
  seconds < 60
    ? `${Math.max(1, Math.ceil(seconds))} s`
    : seconds < 3600
      ? `${Math.ceil(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

/** Where the line is shown. */
export interface Painter {
  /** From now on this is the line. @param since when its work began, in milliseconds of the clock, to tell its time with it */
  set(text: string, since: number | undefined): void;
  /** Takes the line away, so that another may stand there; it comes again. */
  erase(): void;
  /** There is no line any more. */
  drop(): void;
}

export class ProgressLine {
  readonly #painter: Painter;
  readonly #now: () => number;
  #set = Number.NEGATIVE_INFINITY;
  /** The work that goes on, and when it began. */
  #work = { label: "", total: 0, since: 0, from: 0 };

  /** @param now milliseconds of a clock that only goes forward */
  constructor(painter: Painter, now: () => number) {
    this.#painter = painter;
    this.#now = now;
  }

  /** `done` of `total` pieces of a work are done; 0 where there is no total. */
  show(label: string, done: number, total: number): void {
    const now = this.#now();
    const other = label !== this.#work.label || total !== this.#work.total || done < this.#work.from;
    if (other) this.#work = { label, total, since: now, from: done };
    if (total > 0 && done >= total) {
      this.drop();
      return;
    }
    if (!other && now - this.#set < OFTEN) return;
    this.#set = now;
    const { since, from } = this.#work;
    if (total === 0) {
      this.#painter.set(done > 0 ? `${label}: ${done}` : label, since);
      return;
    }
    const pace = done > from ? (now - since) / 1000 / (done - from) : undefined;
    const left = pace === undefined ? "" : `, ${span(pace * (total - done))} left`;
    this.#painter.set(`${label}: ${done} of ${total}${left}`, pace === undefined ? since : undefined);
  }

  erase(): void {
    this.#painter.erase();
  }

  /** The work is done, or given up. */
  drop(): void {
    this.#work = { label: "", total: 0, since: 0, from: 0 };
    this.#painter.drop();
  }
}

/** Words that both threads see. */
const LOCK = 0;
const VISIBLE = 1;
const LENGTH = 2;
const ERASE = "\r\x1b[K";
/** A thread that holds the lock for so long has died. */
const PATIENCE = 200;

/** Milliseconds on the clock that both threads have. */
export const clock = (): number => performance.timeOrigin + performance.now();

/** A line that a thread of its own paints: it stands there, and its seconds go on, while this one computes. */
export class ThreadPainter implements Painter {
  readonly #fd: number;
  readonly #started = clock();
  readonly #state = new Int32Array(new SharedArrayBuffer(12));
  readonly #since = new Float64Array(new SharedArrayBuffer(8));
  readonly #text = new Uint8Array(new SharedArrayBuffer(MOST));
  #worker: Worker | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  #start(): void {
    const { buffer: state } = this.#state;
    this.#worker = new Worker(new URL("./painter.cjs", import.meta.url), {
      // Loaders and flags of the caller are none of the worker's business.
      execArgv: [],
      workerData: {
        ...{ fd: this.#fd, from: this.#started + QUIET, erase: ERASE },
        ...{ state, since: this.#since.buffer, text: this.#text.buffer },
      },
    });
    this.#worker.unref();
    // Where there are no more threads the work goes on without a line.
    this.#worker.on("error", () => {});
    process.once("exit", () => this.drop());
  }

  #locked(change: () => void): void {
    const until = clock() + PATIENCE;
    while (Atomics.compareExchange(this.#state, LOCK, 0, 1) !== 0 && clock() < until)
      Atomics.wait(this.#state, LOCK, 1, PATIENCE);
    change();
    Atomics.store(this.#state, LOCK, 0);
    Atomics.notify(this.#state, LOCK);
  }

  set(text: string, since: number | undefined): void {
    if (!this.#worker) this.#start();
    const bytes = new TextEncoder().encode(text).subarray(0, MOST);
    this.#locked(() => {
      this.#text.set(bytes);
      this.#since[0] = since ?? Number.NaN;
      this.#state[LENGTH] = bytes.length;
    });
  }

  erase(): void {
    if (!this.#worker) return;
    this.#locked(() => {
      if (this.#state[VISIBLE]) this.#write(ERASE);
      this.#state[VISIBLE] = 0;
    });
  }

  drop(): void {
    this.#state[LENGTH] = 0;
    this.erase();
  }

  #write(text: string): void {
    try {
      writeSync(this.#fd, text);
    } catch {
      // A terminal that is gone, or busy for a moment, shows nothing.
    }
  }
}
