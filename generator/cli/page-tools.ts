// Yosys and nextpnr-ice40 as a browser reads them beside the compiler's page: files of their npm packages, and of those
// alone what its boards need. A package of nextpnr reads the data of every device, 230 MB, where one is wanted.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { packageOf } from "../device/flow/tools.ts";
import { type Target, targets } from "../targets/index.ts";

/** A file of a package by its path on this disk, or a text of ours. */
export type ToolFile = { readonly file: string } | { readonly text: string };

const wasmOf = (dir: string, tool: string): string[] =>
  readdirSync(dir).filter((f) => f.startsWith(`${tool}.core`) && f.endsWith(".wasm"));

/** Whether nextpnr-ice40 places a target's board. */
export const isPlaced = (t: Target): boolean =>
  t.family === "ice40" && t.board?.serial !== undefined && t.device?.pnr !== undefined;

/** Devices of those boards, as nextpnr's options name them. */
const placedDevices = (): Set<string> =>
  new Set([...targets.values()].flatMap((t) => (isPlaced(t) ? [t.device!.pnr!.device] : [])));

/** What a package finds beside itself, for one tool: its modules and the data of one device. */
function resources(modules: readonly string[], up: string, database?: string): string {
  const url = (path: string) => `new URL(${JSON.stringify(up + path)}, import.meta.url)`;
  const data = database ? `share: { ice40: { ${JSON.stringify(database)}: ${url(database)} } }` : "";
  return [
    `export const modules = { ${modules.map((f) => `${JSON.stringify(f)}: ${url(f)}`).join(", ")} };`,
    `export const filesystem = { ${data} };`,
    "",
  ].join("\n");
}

/** By path below `tools/` of the page; empty where the packages are not installed. */
export function pageTools(): ReadonlyMap<string, ToolFile> {
  const found = new Map<string, ToolFile>();
  const [yosys, pnr] = ["yosys", "nextpnr-ice40"].map((tool) => packageOf(tool));
  if (yosys === undefined || pnr === undefined) return found;
  const whole = dirname(fileURLToPath(yosys));
  for (const entry of readdirSync(whole, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found.set(`yosys/${relative(whole, path).split(sep).join("/")}`, { file: path });
  }
  const dir = dirname(fileURLToPath(pnr));
  const part = (folder: string, tool: string, database?: string): void => {
    const modules = wasmOf(dir, tool);
    found.set(`${folder}/bundle.js`, { file: join(dir, "bundle.js") });
    found.set(`${folder}/resources-nextpnr-ice40.js`, { text: resources(modules, "../", database) });
    for (const f of modules) found.set(f, { file: join(dir, f) });
    if (database) found.set(database, { file: join(dir, "share/ice40", database) });
  };
  part("icepack", "icepack");
  for (const device of placedDevices()) {
    const database = `chipdb-${device.replace(/^[a-z]+(?=\d)/, "")}.bin`;
    if (existsSync(join(dir, "share/ice40", database))) part(device, "nextpnr-ice40", database);
  }
  return found;
}

export const toolBytes = (f: ToolFile): string | Uint8Array => ("text" in f ? f.text : readFileSync(f.file));
