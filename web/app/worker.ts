// The compiler in a thread of its own: the page stays awake while it works.

import texts from "virtual:texts";
import { UsageError } from "../../generator/cli/numbers.ts";
import { InputError } from "../../generator/diagnostics/diagnostics.ts";
import { printDiagnostic } from "../../generator/diagnostics/print.ts";
import { compileFiles, implementFiles } from "./compile.ts";
import { CompileError } from "./given.ts";
import type { Answer, Request } from "./protocol.ts";

const here = globalThis as unknown as {
  onmessage: (e: { data: Request }) => void;
  postMessage(a: Answer, transfer?: ArrayBufferLike[]): void;
};

here.onmessage = async ({ data: { id, tools, files, options } }) => {
  const started = performance.now();
  let told = 0;
  const onProgress = (what: string, done: number, total: number) => {
    // Ten times a second are enough for an eye.
    if (performance.now() - told < 100 && done < total) return;
    told = performance.now();
    here.postMessage({ id, kind: "progress", what, done, total });
  };
  const seconds = () => (performance.now() - started) / 1000;
  try {
    if (tools === undefined) {
      const made = compileFiles(files, options, texts, onProgress);
      here.postMessage({ id, kind: "made", ...made, seconds: seconds() }, [made.zip.buffer]);
    } else {
      const made = await implementFiles(files, options, texts, tools, onProgress);
      here.postMessage({ id, kind: "implemented", ...made, seconds: seconds() }, [made.zip.buffer]);
    }
  } catch (e) {
    const text =
      e instanceof InputError
        ? e.diagnostics.map((d) => printDiagnostic(d)).join("\n")
        : e instanceof CompileError || e instanceof UsageError
          ? e.message
          : `internal fault: ${e instanceof Error ? (e.stack ?? e.message) : String(e)}`;
    here.postMessage({ id, kind: "failed", text });
  }
};
