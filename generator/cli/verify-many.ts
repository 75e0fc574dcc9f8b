// addernet verify A.json B.json: each network in a process of its own, as many at a time as there are cores.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import type { Options } from "yargs";
import { startTool, temporaryFolder } from "../../testbench/lib/children.ts";
import type { Outcome } from "./command.ts";
import type { Printed } from "./commands/summary.ts";
import type { Console } from "./console.ts";
import { program } from "./farm.ts";
import { columns } from "./table.ts";

/** Words of a command line that say the same as parsed options. */
export function optionWords(
  args: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, Options>>,
): string[] {
  return Object.entries(options).flatMap(([key, o]) => {
    const v = args[key];
    if (v === undefined || v === o.default) return [];
    if (typeof v === "boolean") return [v ? `--${key}` : `--no-${key}`];
    return [`--${key}=${String(v)}`];
  });
}

interface Ended {
  /** What it printed, for people. */
  readonly text: string;
  readonly printed: Printed;
}

function verifyOne(network: string, words: readonly string[], results: string): Promise<Ended> {
  // A name that begins with a dash is no option.
  const named = network.startsWith("-") ? `./${network}` : network;
  const command = [program, "verify", named, ...words, `--results=${results}`];
  const child = startTool(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (s: string) => {
      text += s;
    });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      try {
        resolve({ text, printed: { ...JSON.parse(readFileSync(results, "utf8")), file: network } });
      } catch {
        // It wrote no result: a mistake in usage, or a fault that ended it.
        const said = text.trim().split("\n").slice(-20).join("\n");
        const ended = signal ? `ended by ${signal}` : `exit code ${code}`;
        resolve({ text, printed: { command: "verify", ok: false, file: network, fault: `${ended}\n${said}` } });
      }
    });
  });
}

export interface Many {
  readonly networks: readonly string[];
  /** Options for each of them. */
  readonly words: readonly string[];
  /** Networks at a time; default: one for each core. */
  readonly jobs?: number | undefined;
  /** Folder of the jobs of --farm; each network has one in it. */
  readonly output?: string | undefined;
}

/** Prints each network's lines together, in the order of the command line, and one table at the end. */
export async function verifyMany(
  { networks, words, jobs = availableParallelism(), output }: Many,
  out: Console,
): Promise<{ readonly outcome: Outcome; readonly printed: readonly Printed[] }> {
  const { path, remove } = temporaryFolder("addernet-results-");
  const ended: (Ended | undefined)[] = networks.map(() => undefined);
  let [next, told, count] = [0, 0, 0];
  const tell = () => {
    for (; ended[told]; told++) {
      out.line(`== ${networks[told]}`);
      for (const l of ended[told]!.text.trimEnd().split("\n")) out.line(l);
      out.line();
    }
  };
  out.progress("networks", 0, networks.length);
  const worker = async (): Promise<void> => {
    while (next < networks.length) {
      const i = next++;
      const folder = output === undefined ? [] : [`--output=${join(output, `${i + 1}-${basename(networks[i]!)}`)}`];
      ended[i] = await verifyOne(networks[i]!, [...words, ...folder], join(path, `${i}.json`));
      out.progress("networks", ++count, networks.length);
      tell();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, networks.length) }, worker));
  } finally {
    remove();
  }
  const printed = ended.map((e) => e!.printed);
  for (const l of columns([
    ["network", "result", ""],
    ...printed.map((p) => [p.file!, p.ok ? "passed" : "failed", brief(p)]),
  ]))
    out.line(l);
  const passed = printed.filter((p) => p.ok).length;
  const failed = printed.length - passed;
  out.line();
  out.line(`${printed.length} networks: ${passed} passed, ${failed} failed`);
  return { outcome: { ok: failed === 0, result: { networks: printed, passed, failed } }, printed };
}

const brief = (p: Printed): string =>
  p.ok
    ? (p.results ?? []).map((r) => `${r.sim}: ${r.frames} images`).join(", ")
    : (p.diagnostics?.[0] ? `${p.diagnostics[0].code} ${p.diagnostics[0].message}` : (p.usage ?? p.fault ?? "")).split(
        "\n",
      )[0]!;
