import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileKernels } from "./build.ts";

test("the committed kernels are those that the compiler makes of their source", async () => {
  const committed = readFileSync(new URL("./kernels.wasm", import.meta.url));
  expect(Buffer.compare(committed, await compileKernels()), "run `npm run wasm`").toBe(0);
});
