// Runs a command of a YoWASP package: in a thread of Node and in a worker of a browser alike.

/** Folders of the tools' file system as paths. */
function* flat(tree, prefix = "") {
  for (const [name, node] of Object.entries(tree))
    if (typeof node === "string" || node instanceof Uint8Array) yield [prefix + name, node];
    else yield* flat(node, `${prefix}${name}/`);
}

/**
 * @param bundle the package's exports
 * @param files pairs of path and content
 * @returns exit code, and the files that it wrote
 */
export async function runCommand({ commands, Exit }, command, args, files, onText) {
  const text = (bytes) => {
    if (bytes) onText(new TextDecoder().decode(bytes));
  };
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
  return { code, files: [...flat(out)].filter(([path, content]) => given.get(path) !== content) };
}
