// A board behind a serial port, over Web Serial: images out, answers in and against golden's, as `addernet send` does.
import { lineClass, lineDifference, lineValues } from "../../generator/device/shell/line.ts";
import { element, get } from "./dom.ts";
import type { Line } from "./protocol.ts";

/** As much of Web Serial as is used. */
interface SerialPort {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { readonly baudRate: number }): Promise<void>;
  close(): Promise<void>;
}
interface Serial {
  requestPort(): Promise<SerialPort>;
}

/** Milliseconds of silence after which an answer is given up. */
const SILENCE = 2000;

const serial = (navigator as { readonly serial?: Serial }).serial;
const connect = get<HTMLButtonElement>("board-connect");
const send = get<HTMLButtonElement>("board-send");
const count = get<HTMLInputElement>("board-count");
let line: Line | undefined;

/** An open port: bytes that came wait here until somebody asks for them. */
class Connection {
  readonly #port: SerialPort;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #come: number[] = [];
  #wake: () => void = () => {};
  #over: string | undefined;
  readonly #pumping: Promise<void>;

  private constructor(port: SerialPort) {
    this.#port = port;
    this.#reader = port.readable!.getReader();
    this.#pumping = this.#pump();
  }

  static async open(baudRate: number): Promise<Connection> {
    const port = await serial!.requestPort();
    await port.open({ baudRate });
    return new Connection(port);
  }

  async #pump(): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await this.#reader.read();
        if (done) break;
        for (const b of value) this.#come.push(b);
        this.#wake();
      }
      this.#over = "the port was closed";
    } catch (e) {
      this.#over = e instanceof Error ? e.message : String(e);
    }
    this.#wake();
  }

  /** Sends an image and waits for the whole answer; what came before it is not part of it. */
  async ask(bytes: Uint8Array, length: number): Promise<Uint8Array> {
    this.#come = [];
    const writer = this.#port.writable!.getWriter();
    try {
      await writer.write(bytes);
    } finally {
      writer.releaseLock();
    }
    while (this.#come.length < length) {
      if (this.#over !== undefined) throw new Error(this.#over);
      const before = this.#come.length;
      await new Promise<void>((done) => {
        const late = setTimeout(done, SILENCE);
        this.#wake = () => {
          clearTimeout(late);
          done();
        };
      });
      if (this.#come.length === before && this.#over === undefined)
        throw new Error(
          `no answer for ${SILENCE / 1000} s, ${before} of ${length} bytes so far: the wrong port, another bitstream, or other weights`,
        );
    }
    if (this.#come.length > length) throw new Error(`${this.#come.length - length} bytes too many`);
    return Uint8Array.from(this.#come);
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
    await this.#pumping;
    this.#reader.releaseLock();
    await this.#port.close().catch(() => {});
  }
}

let open: Connection | undefined;
let stopped = false;

const say = (text: string): void => {
  get("board-state").textContent = text;
};
const reason = (e: unknown): string => (e instanceof Error ? e.message : String(e));

async function disconnect(): Promise<void> {
  const was = open;
  open = undefined;
  stopped = true;
  connect.textContent = "Connect a board";
  send.disabled = true;
  await was?.close();
}

/** Shows the section for a target with a serial line; nothing for others. */
export function showBoard(given: Line | null): void {
  line = given ?? undefined;
  get("board-section").hidden = !line;
  get("board-none").hidden = serial !== undefined;
  connect.disabled = !serial;
  get("board-answers").hidden = true;
  void disconnect();
  say("");
  if (!line) return;
  count.max = String(line.images.length);
  count.value = String(Math.min(10, line.images.length));
}

connect.addEventListener("click", async () => {
  if (open) {
    await disconnect();
    say("Disconnected.");
    return;
  }
  try {
    open = await Connection.open(line!.baud);
    connect.textContent = "Disconnect";
    send.disabled = false;
    say(`Connected at ${line!.baud} baud.`);
  } catch (e) {
    say(`Not connected: ${reason(e)}`);
  }
});

send.addEventListener("click", async () => {
  if (!open || !line) return;
  const { images, answers, outputs } = line;
  const length = outputs.reduce((n, o) => n + (o.shape.reduce((a, b) => a * b, 1) * o.portLaneBits) / 8, 0);
  const names = outputs.map((o) => o.name);
  const all = Math.max(1, Math.min(images.length, Math.floor(Number(count.value)) || 1));
  const body = get("board-answers").querySelector("tbody")!;
  body.replaceChildren();
  get("board-answers").hidden = false;
  send.disabled = true;
  stopped = false;
  let equal = 0;
  let done = 0;
  const tell = (more = "") => say(`${equal} of ${done} answers equal golden's.${more}`);
  try {
    for (; done < all && !stopped; tell()) {
      const values = lineValues(await open.ask(images[done]!, length), outputs);
      const fault = lineDifference(values, answers[done]!, names);
      const row = document.createElement("tr");
      row.append(
        element("td", done, "number"),
        element("td", lineClass(values), "number"),
        element("td", lineClass(answers[done]!), "number"),
        element("td", fault ?? "equal", fault ? "bad" : "good"),
      );
      body.append(row);
      if (!fault) equal++;
      done++;
    }
  } catch (e) {
    tell(` Image ${done}: ${reason(e)}.`);
  }
  send.disabled = !open;
});
