// What CI shows of results that other commands printed with --json: a page in Markdown, annotations, JUnit.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inputError } from "../../diagnostics/diagnostics.ts";
import { xmlText } from "../../names/xml.ts";
import { defineCommand, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import { reason } from "../files.ts";
import { writeWhole } from "../output.ts";

interface Message {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly severity?: string;
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}
interface Simulated {
  readonly sim: string;
  readonly frames: number;
  readonly streams: number;
  readonly values: number;
  readonly latency: number;
  readonly interval: number | null;
  readonly stall: number;
}
/** What a command prints with --json. */
export interface Printed {
  readonly command: string;
  readonly ok: boolean;
  readonly diagnostics?: readonly Message[];
  readonly usage?: string;
  readonly fault?: string;
  readonly results?: readonly Simulated[];
  readonly network?: string;
  readonly name?: string;
  /** Of several networks in one call: the file as it was named, and the results one by one. */
  readonly file?: string;
  readonly networks?: readonly Printed[];
}

export interface SummaryArgs {
  readonly output?: string | undefined;
  readonly junit?: string | undefined;
  readonly annotations: boolean;
}

function read(path: string): Printed {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as Printed;
    if (typeof value?.command === "string" && typeof value.ok === "boolean") return value;
    throw new Error("it is not what --json prints");
  } catch (e) {
    throw inputError({
      code: "AN8102",
      message: `${path} cannot be read: ${reason(e)}`,
      expected: "what a command of addernet printed with --json",
    });
  }
}

/** Text in a cell of a table: nothing in it ends the cell, the line, or becomes HTML. */
const cell = (s: string): string =>
  s
    .replace(/[|\\`*_[\]]/g, "\\$&")
    .replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/\s+/g, " ");
const data = (s: string): string => s.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const property = (s: string): string => data(s).replace(/:/g, "%3A").replace(/,/g, "%2C");

const messagesOf = (o: Printed): readonly Message[] => [
  ...(o.diagnostics ?? []),
  ...(o.usage ? [{ code: "usage", message: o.usage }] : []),
  ...(o.fault ? [{ code: "internal fault", message: o.fault.split("\n")[0]! }] : []),
];

/** The page. */
export function markdown(outcomes: readonly Printed[]): string {
  const title = (o: Printed) => [o.command, o.file ?? o.network ?? o.name].filter(Boolean).join(" ");
  const out = ["## addernet", "", "| Result | Command | What |", "|---|---|---|"];
  for (const o of outcomes) {
    const messages = messagesOf(o);
    const what = o.ok
      ? (o.results ?? []).map((r) => `${r.sim}: ${r.frames} images equal at ${r.streams} streams`).join("; ")
      : messages.map((d) => `${d.code} ${d.message}`).join("; ");
    out.push(`| ${o.ok ? "passed" : "**failed**"} | ${cell(title(o))} | ${cell(what)} |`);
  }
  const simulated = outcomes.flatMap((o) => o.results ?? []);
  if (simulated.length > 0) {
    out.push(
      "",
      "| Simulator | Images | Streams | Values compared | Stalls | Latency, clocks | Clocks a frame |",
      "|---|---|---|---|---|---|---|",
    );
    for (const r of simulated)
      out.push(
        `| ${[r.sim, r.frames, r.streams, r.values, r.stall, r.latency, r.interval ?? ""].map((v) => cell(String(v))).join(" | ")} |`,
      );
  }
  const messages = outcomes.flatMap(messagesOf);
  if (messages.length > 0) {
    out.push("", "| Message | Place | Hint |", "|---|---|---|");
    for (const d of messages) {
      const place = d.place ? `${d.place.file}:${d.place.line}:${d.place.column}` : "";
      out.push(`| ${cell(`${d.code} ${d.message}`)} | ${cell(place)} | ${cell(d.hint ?? "")} |`);
    }
  }
  return `${out.join("\n")}\n`;
}

/** GitHub's workflow commands, one for each message, at its line of the network file. */
export function annotations(outcomes: readonly Printed[]): string[] {
  return outcomes.flatMap(messagesOf).map((d) => {
    const at = d.place ? `file=${property(d.place.file)},line=${d.place.line},col=${d.place.column},` : "";
    const text = d.hint ? `${d.message}\nhint: ${d.hint}` : d.message;
    return `::${d.severity === "warning" ? "warning" : "error"} ${at}title=${property(`addernet ${d.code}`)}::${data(text)}`;
  });
}

/** A test suite of each outcome, a test case of each simulation. */
export function junit(outcomes: readonly Printed[]): string {
  const suites = outcomes.map((o) => {
    const name = [o.command, o.file ?? o.network].filter(Boolean).join(" ");
    const wrong = messagesOf(o).filter((d) => d.severity !== "warning");
    // What names no simulator failed in all of them.
    const failures = (sim: string | undefined) =>
      o.ok
        ? []
        : wrong.filter((d) => sim === undefined || !d.message.match(/^(\w+): /) || d.message.startsWith(`${sim}: `));
    const cases = (o.results?.length ? o.results : [undefined]).map((r) => {
      const failed = failures(r?.sim);
      const inside = failed.map((d) => {
        const { place } = d;
        const at = place ? `\n${place.file}:${place.line}:${place.column}` : "";
        const text = `${d.code} ${d.message}`;
        return `<failure type="${xmlText(d.code)}" message="${xmlText(text)}">${xmlText(`${text}${at}${d.hint ? `\nhint: ${d.hint}` : ""}`)}</failure>`;
      });
      const title = r ? `${r.sim}, stalls ${r.stall}` : o.command;
      return {
        failed: failed.length > 0,
        text: `    <testcase classname="${xmlText(`addernet.${o.command}`)}" name="${xmlText(title)}">${inside.join("")}</testcase>`,
      };
    });
    const failed = cases.filter((c) => c.failed).length;
    return {
      tests: cases.length,
      failed,
      text: `  <testsuite name="${xmlText(name)}" tests="${cases.length}" failures="${failed}">\n${cases.map((c) => c.text).join("\n")}\n  </testsuite>`,
    };
  });
  const sum = (of: "tests" | "failed") => suites.reduce((n, s) => n + s[of], 0);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="${sum("tests")}" failures="${sum("failed")}">\n${suites.map((s) => s.text).join("\n")}\n</testsuites>\n`;
}

/** The results of a file, or of a folder's .json files by name. AN8102 where there are none. */
function readAll(path: string): Printed[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [read(path)];
  const names = readdirSync(path).filter((f) => f.endsWith(".json"));
  if (names.length === 0) throw inputError({ code: "AN8102", message: `${path} holds no .json files` });
  return names.sort().map((f) => read(join(path, f)));
}

/** Not ok where one of the results is a failure. */
export function summary(path: string, args: SummaryArgs, out: Console): Outcome {
  const outcomes = readAll(path).flatMap((o) => o.networks ?? [o]);
  const page = markdown(outcomes);
  if (args.output) writeWhole(args.output, page);
  else if (!out.json) out.text(page);
  if (args.junit) writeWhole(args.junit, junit(outcomes));
  if (args.annotations) for (const line of annotations(outcomes)) out.text(`${line}\n`);
  const passed = outcomes.filter((o) => o.ok).length;
  const failed = outcomes.length - passed;
  return { ok: failed === 0, result: { passed, failed, markdown: page } };
}

export const command = defineCommand({
  positionals: {
    results: {
      describe: "output of --json: a file, or a folder of .json files, taken in the order of their names",
      type: "string",
      demandOption: true,
    },
  },
  options: {
    output: { alias: "o", describe: "write the page to this file", type: "string" },
    junit: { describe: "write the results as JUnit XML to this file", type: "string" },
    annotations: {
      describe: "print GitHub annotations for the lines of the network file",
      type: "boolean",
      default: false,
    },
  },
  run: (args, out) => summary(args.results, args, out),
});
