// Yosys, nextpnr-ice40 and icepack in this thread: WebAssembly from the files beside the page.
import {
  Log,
  type ToolFiles,
  type ToolOptions,
  type ToolResult,
  type Tools,
  toolFailed,
} from "../../generator/device/flow/run.ts";
import { type Bundle, runCommand } from "../../generator/device/flow/yowasp.mjs";

/** Where each tool lies below `tools/`. */
const folders: Readonly<Record<string, (device: string) => string>> = {
  yosys: () => "yosys",
  "nextpnr-ice40": (device) => device,
  icepack: () => "icepack",
};

/** Bytes that came over all requests of this thread, told as they come. */
export function watchFetch(onBytes: (come: number, all: number) => void): void {
  const plain = globalThis.fetch;
  let [come, all] = [0, 0];
  globalThis.fetch = async (...request: Parameters<typeof fetch>) => {
    const answer = await plain(...request);
    if (!answer.ok) throw new Error(`${answer.url || String(request[0])}: ${answer.status} ${answer.statusText}`);
    if (!answer.body) return answer;
    all += Number(answer.headers.get("Content-Length") ?? 0);
    const counted = answer.body.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(part, out) {
          come += part.length;
          onBytes(come, Math.max(come, all));
          out.enqueue(part);
        },
      }),
    );
    return new Response(counted, { headers: answer.headers });
  };
}

/**
 * @param base address of `tools/`, with a slash
 * @param device as nextpnr's options name it
 * @param onVersion told which version each tool is
 */
export const browserTools = (
  base: string,
  device: string,
  onVersion: (tool: string, version: string) => void,
): Tools => ({
  has: (tool) => tool in folders,
  hint: () => undefined,
  async run(tool: string, args: readonly string[], files: ToolFiles, options: ToolOptions): Promise<ToolResult> {
    const started = performance.now();
    const log = new Log((line) => options.onLine?.(tool, line));
    const url = `${base}${folders[tool]!(device)}/bundle.js`;
    const bundle = (await import(url).catch((e) => {
      throw new Error(`${tool} cannot be read from ${url}: ${e instanceof Error ? e.message : e}`);
    })) as Bundle;
    onVersion(tool, bundle.version);
    const { code, files: written } = await runCommand(bundle, tool, args, files, (text) => log.add(text));
    log.end();
    if (code !== 0) throw toolFailed(tool, code, log);
    const seconds = (performance.now() - started) / 1000;
    return {
      files: new Map(written),
      log: log.text,
      seconds,
      origin: `@yowasp/${tool === "yosys" ? tool : "nextpnr-ice40"}`,
    };
  },
});
