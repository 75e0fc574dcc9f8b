import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileKernels, kernelModuleText } from "./build.ts";

test("the committed kernels are those that the compiler makes of their source", async () => {
  const committed = readFileSync(new URL("./bytes.ts", import.meta.url), "utf8");
  expect(committed === kernelModuleText(await compileKernels()), "run `npm run wasm`").toBe(true);
});
