// Compiles the kernels: `npm run wasm` after a change in assembly/. The result is committed, so that users need no compiler.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** The kernels as a WebAssembly module. Throws Error with the compiler's messages. */
export async function compileKernels(): Promise<Uint8Array> {
  let module: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      "--baseDir",
      fileURLToPath(new URL("./assembly", import.meta.url)),
      ...[
        "--runtime",
        "stub",
        "--enable",
        "simd",
        "--importMemory",
        "--noAssert",
        "-O3",
        "--converge",
        "-o",
        "kernels.wasm",
      ],
    ],
    {
      writeFile(name, contents) {
        if (name.endsWith(".wasm") && typeof contents !== "string") module = contents;
      },
    },
  );
  if (error || !module) throw new Error(`the kernels do not compile:\n${stderr}`);
  return module;
}

/** The module that holds the kernels: text, so that they are there wherever the golden model is, in a browser too. */
export const kernelModuleText = (wasm: Uint8Array): string =>
  `// The compiled kernels; \`npm run wasm\` writes this file.\nexport const kernelBytes =\n  "${Buffer.from(wasm).toString("base64")}";\n`;

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL("./bytes.ts", import.meta.url), kernelModuleText(await compileKernels()));
