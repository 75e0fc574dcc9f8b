// How far a command is, on one line of a terminal: what it does, how much of it is done, what is left.

/** Milliseconds that a command may take in silence. */
const QUIET = 2000;
/** Milliseconds between two pictures of the line. */
const OFTEN = 100;

const span = (seconds: number): string =>
  seconds < 60
    ? `${Math.max(1, Math.ceil(seconds))} s`
    : seconds < 3600
      ? `${Math.ceil(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

export class ProgressLine {
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #started: number;
  #shown = 0;
  #visible = false;
  /** The work that goes on, and when it began. */
  #work = { label: "", total: 0, since: 0, from: 0 };

  /** @param now milliseconds of a clock that only goes forward */
  constructor(write: (text: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
    this.#started = now();
  }

  /** `done` of `total` pieces of a work are done. */
  show(label: string, done: number, total: number): void {
    const now = this.#now();
    if (label !== this.#work.label || total !== this.#work.total || done < this.#work.from)
      this.#work = { label, total, since: now, from: done };
    if (done >= total) {
      this.clear();
      return;
    }
    if (now - this.#started < QUIET || now - this.#shown < OFTEN) return;
    this.#shown = now;
    this.#visible = true;
    const { since, from } = this.#work;
    const pace = done > from ? (now - since) / 1000 / (done - from) : undefined;
    const left = pace === undefined ? "" : `, ${span(pace * (total - done))} left`;
    this.#write(`\r\x1b[K${label}: ${done} of ${total}${left}`);
  }

  /** Takes the line away, so that another may stand there. */
  clear(): void {
    if (this.#visible) this.#write("\r\x1b[K");
    this.#visible = false;
    this.#shown = 0;
  }
}
