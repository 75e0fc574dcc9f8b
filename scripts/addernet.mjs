#!/usr/bin/env node
// Starts the command line from its TypeScript source; paths in arguments are relative to the caller's directory.
import { register } from "tsx/esm/api";

register();
await import(new URL("../generator/cli/cli.ts", import.meta.url).href);
