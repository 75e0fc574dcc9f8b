// The hand-written texts of templates/ as they lie beside the compiler, in the clone and in the package.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { CellSources } from "./7-emit/emit.ts";
import { memoryPortTexts } from "./cells/memory_port.ts";

const folder = new URL("../templates/", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, folder), "utf8");

/** Verilog of the cells by module name, those with a memory port too: what `design` and `toHardware` instantiate. */
export const cellSources = (): CellSources => {
  const files = new Map(
    readdirSync(folder)
      .filter((f) => f.endsWith(".v"))
      .sort()
      .map((f) => [f.slice(0, -2), text(f)] as const),
  );
  return new Map([...files, ...memoryPortTexts(files)]);
};

/** The driver that runs on a Zynq board. */
export const driverSource = (): string => text("pynq/addernet.py");

/** The Python host of a board with a serial line, a file of the output folder. */
export const serialHost = (): string => text("serial/send.py");

/** Style and script of a report's page. */
export const reportAssets = (): { readonly css: string; readonly js: string } => ({
  css: text("report/page.css"),
  js: text("report/page.mjs"),
});

/** Version of the package that this compiler belongs to. */
export function compilerVersion(): string {
  // The compiled package lies one folder deeper than the source.
  const places = ["../package.json", "../../package.json"].map((p) => new URL(p, import.meta.url));
  const found = places.find((p) => existsSync(p));
  return found ? String(JSON.parse(readFileSync(found, "utf8")).version) : "unknown";
}

/** Script of a served folder's page. */
export const serveScript = (): string => text("report/serve.mjs");

/** The compiler's page, where `npm run web` or the package has made it. */
export function compilerPage(): string | undefined {
  const places = ["../web/index.html", "../dist/web/index.html"].map((p) => new URL(p, import.meta.url));
  const found = places.find((p) => existsSync(p));
  return found && readFileSync(found, "utf8");
}
