// Small things that the parts of the page share.

import type { Answer, Implemented, Made, Request } from "./protocol.ts";

export const get = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

export const element = (tag: string, text: string | number, name?: string): HTMLElement => {
  const e = document.createElement(tag);
  e.textContent = String(text);
  if (name) e.className = name;
  return e;
};

/** Addresses of files that the page offers; those of an earlier result are given up. */
export class Links {
  #all: string[] = [];
  add(bytes: Uint8Array | string, type: string): string {
    const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
    this.#all.push(url);
    return url;
  }
  clear(): void {
    for (const url of this.#all.splice(0)) URL.revokeObjectURL(url);
  }
}

/** A title, a value and what it means. */
export type Fact = readonly [title: string, value: string, more: string];

export function showFacts(list: HTMLElement, facts: readonly Fact[]): void {
  list.replaceChildren(
    ...facts.map(([title, value, more]) => {
      const box = document.createElement("div");
      const shown = element("dd", value);
      shown.append(element("small", more));
      box.append(element("dt", title), shown);
      return box;
    }),
  );
}

/** One job after another in a worker, with its line of state, bar of progress, button to cancel and place for problems. */
export class Job {
  readonly #id: string;
  readonly #idle: string;
  #worker: Worker | undefined;
  #request = 0;

  /** @param id of the state's element; the others are `id`-progress, `id`-problem and `id`-cancel */
  constructor(id: string, idle: string) {
    this.#id = id;
    this.#idle = idle;
    this.#part("cancel").addEventListener("click", () => {
      this.stop();
      this.say("Cancelled.");
    });
  }

  #part<T extends HTMLElement>(name: string): T {
    return get<T>(`${this.#id}-${name}`);
  }

  /** @param done share from 0 to 1; null where it is not known, undefined where nothing runs */
  say(text: string, done?: number | null): void {
    get(this.#id).textContent = text;
    const bar = this.#part<HTMLProgressElement>("progress");
    bar.hidden = done === undefined;
    this.#part("cancel").hidden = done === undefined;
    if (typeof done === "number") bar.value = done;
    else bar.removeAttribute("value");
  }

  /** Ends the worker, in whatever it does. */
  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  fail(text: string): void {
    this.stop();
    this.say(this.#idle);
    const place = this.#part("problem");
    place.textContent = text;
    place.hidden = false;
  }

  /** Starts a worker on a request; a running one ends. `onAnswer` is told what it made, `onFail` that it
   * made nothing. */
  run(
    url: string,
    request: Omit<Request, "id">,
    onAnswer: (made: Made | Implemented) => void,
    onFail: () => void = () => {},
  ): void {
    this.stop();
    this.#part("problem").hidden = true;
    this.say("starting", null);
    const worker = new Worker(url);
    this.#worker = worker;
    const id = ++this.#request;
    worker.onerror = (e) => this.fail(`internal fault: ${e.message}`);
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.id !== id || worker !== this.#worker) return;
      if (data.kind === "progress") {
        const { what, done, total } = data;
        if (total > 0) this.say(`${what} ${done} of ${total}`, done / total);
        else this.say(done > 0 ? `${what}: ${done}` : what, null);
      } else if (data.kind === "failed") {
        this.fail(data.text);
        onFail();
      } else {
        this.stop();
        onAnswer(data);
      }
    };
    worker.postMessage({ ...request, id } satisfies Request);
  }
}
