#!/usr/bin/env node
// Starts the command line: in a clone from its TypeScript source, in the published package compiled.
// Paths in arguments are relative to the caller's directory.
import { existsSync } from "node:fs";

const source = new URL("../generator/cli/cli.ts", import.meta.url);
const compiled = ["../generator/cli/cli.js", "../dist/generator/cli/cli.js"].map((p) => new URL(p, import.meta.url));
if (existsSync(source)) {
  const { register } = await import("tsx/esm/api");
  register();
  await import(source.href);
} else await import(compiled.find((url) => existsSync(url)).href);
