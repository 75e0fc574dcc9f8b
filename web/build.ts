// Makes the page of the compiler: one HTML file that any server or a disk serves, and Yosys and nextpnr beside it.
//
//   tsx web/build.ts [FOLDER]     dist/web where left out
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { writeWhole } from "../generator/cli/output.ts";
import { isPlaced, pageTools, toolBytes } from "../generator/cli/page-tools.ts";
import { architectures } from "../generator/import/pytorch/index.ts";
import { contentDigest } from "../generator/report/page.ts";
import { targets } from "../generator/targets/index.ts";
import { cellSources, compilerVersion, driverSource, reportAssets, serialHost } from "../generator/templates.ts";

const here = import.meta.dirname;
const root = join(here, "..");

/** Files of the examples, by name; calibration images and labels lie beside them in the page. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  "tiny-mnist": ["tiny-mnist/network.json", "tiny-mnist/weights.safetensors", ...mnist()],
  "lenet5-mnist": ["lenet5-mnist/network.json", "lenet5-mnist/weights.safetensors", ...mnist()],
  xor: ["xor/network.json", "xor/inputs.npy", "xor/labels.npy"],
};

function mnist(): string[] {
  return ["mnist/calibration_images.npy", "mnist/calibration_labels.npy"];
}

/** Modules whose contents are data of the compiler. */
const virtual = (modules: Readonly<Record<string, () => string>>): Plugin => ({
  name: "virtual",
  setup(b) {
    b.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: "virtual" }));
    b.onLoad({ filter: /.*/, namespace: "virtual" }, ({ path }) => {
      const make = modules[path];
      if (!make) throw new Error(`no module ${path}`);
      return { contents: make(), loader: "js" };
    });
  },
});

const exported = (value: string): string => `export default ${value};\n`;

async function bundle(entry: string, modules: Readonly<Record<string, () => string>>): Promise<string> {
  const made = await build({
    entryPoints: [join(here, "app", entry)],
    // The form of pngjs that needs nothing of Node, and what it takes bytes in.
    ...{ alias: { pngjs: join(root, "node_modules/pngjs/browser.js") }, inject: [join(here, "app/buffer.ts")] },
    ...{ bundle: true, write: false, minify: true, platform: "browser", format: "iife", target: "es2022" },
    ...{ legalComments: "none", charset: "ascii", logLevel: "silent", plugins: [virtual(modules)] },
  });
  return made.outputFiles[0]!.text;
}

/** A script between tags may hold no end of them. */
const inTags = (script: string): string => script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

/** The page's text. */
export async function webPage(): Promise<string> {
  const assets = reportAssets();
  const texts = () =>
    exported(
      `{ cells: new Map(${JSON.stringify([...cellSources()])}), assets: ${JSON.stringify(assets)}, version: ${JSON.stringify(compilerVersion())}, driver: ${JSON.stringify(driverSource())}, host: ${JSON.stringify(serialHost())} }`,
    );
  const worker = await bundle("worker.ts", { "virtual:texts": texts });
  const base64 = (file: string) => readFileSync(join(root, "examples", file)).toString("base64");
  const examples = Object.fromEntries(
    Object.entries(EXAMPLES).map(([name, files]) => [
      name,
      Object.fromEntries(files.map((f) => [f.slice(f.indexOf("/") + 1), base64(f)])),
    ]),
  );
  const script = inTags(
    await bundle("page.ts", {
      "virtual:worker": () => exported(JSON.stringify(worker)),
      "virtual:examples": () => exported(JSON.stringify(examples)),
      "virtual:architectures": () =>
        exported(JSON.stringify([...architectures.values()].map(({ name, summary }) => ({ name, summary })))),
      "virtual:targets": () =>
        exported(
          JSON.stringify([...targets.values()].map((t) => ({ name: t.name, title: t.title, placed: isPlaced(t) }))),
        ),
    }),
  );
  const style = `${assets.css}\n${readFileSync(join(here, "app/style.css"), "utf8")}`;
  // A frame and a worker of this page's making stand under its policy too.
  // The tools are programs and data beside the page; a page from disk has no 'self'.
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${contentDigest(script)}' 'sha256-${contentDigest(assets.js)}' 'wasm-unsafe-eval' 'self'`,
    `style-src 'sha256-${contentDigest(style)}' 'sha256-${contentDigest(assets.css)}'`,
    ...["img-src data:", "worker-src blob:", "frame-src blob:", "connect-src 'self'"],
    ...["base-uri 'none'", "form-action 'none'"],
  ].join("; ");
  const parts: Readonly<Record<string, string>> = { policy, style, script };
  return readFileSync(join(here, "app/index.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]!);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? join(root, "dist/web"));
  const file = join(folder, "index.html");
  const page = await webPage();
  writeWhole(file, page);
  const tools = pageTools();
  let bytes = 0;
  for (const [path, tool] of tools) {
    const content = toolBytes(tool);
    bytes += content.length;
    writeWhole(join(folder, "tools", path), content);
  }
  console.log(
    `wrote ${file}, ${(page.length / 1e6).toFixed(1)} MB, and ${tools.size} files of Yosys and nextpnr, ${(bytes / 1e6).toFixed(0)} MB`,
  );
}
