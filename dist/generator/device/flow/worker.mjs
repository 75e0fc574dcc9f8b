// Runs one WebAssembly tool in a thread of its own: the tool computes without pause, the event loop stays free.
import { parentPort, workerData } from "node:worker_threads";

const { module, command, args, files } = workerData;
const { commands, Exit } = await import(module);
const text = (bytes) => {
  if (bytes) parentPort.postMessage({ text: new TextDecoder().decode(bytes) });
};

/** Folders of the tools' file system as paths. */
function* flat(tree, prefix = "") {
  for (const [name, node] of Object.entries(tree))
    if (typeof node === "string" || node instanceof Uint8Array) yield [prefix + name, node];
    else yield* flat(node, `${prefix}${name}/`);
}

const tree = {};
for (const [path, content] of files) {
  const parts = path.split("/");
  const name = parts.pop();
  let at = tree;
  for (const p of parts) at = at[p] ??= {};
  at[name] = content;
}

let out = tree;
let code = 0;
try {
  out = await commands[command](args, tree, { stdout: text, stderr: text, decodeASCII: false });
} catch (e) {
  if (!(e instanceof Exit)) throw e;
  code = e.code;
  out = e.files ?? {};
}
const given = new Map(files);
parentPort.postMessage({ code, files: [...flat(out)].filter(([path, content]) => given.get(path) !== content) });
