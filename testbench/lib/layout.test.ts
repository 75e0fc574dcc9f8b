import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as layout from "./layout.ts";

test("the numbers here are those of native/layout.h", () => {
  const header = readFileSync(join(import.meta.dirname, "native/layout.h"), "utf8").replace(/\/\/.*$/gm, "");
  const enums = new Map<string, Map<string, number>>();
  for (const m of header.matchAll(/enum (\w+) : uint32_t \{([^}]*)\}/g))
    enums.set(m[1]!, new Map([...m[2]!.matchAll(/(\w+)\s*=\s*(\d+)/g)].map((e) => [e[1]!, Number(e[2])])));
  const same = (name: string, prefix: string, ours: Record<string, number>): void => {
    const theirs = enums.get(name)!;
    for (const [k, v] of Object.entries(ours)) expect([k, theirs.get(prefix + k)]).toEqual([k, v]);
  };
  same("Header", "H_", layout.H);
  same("Clock", "C_", layout.C);
  same("Status", "S_", layout.STATUS);
  same("Command", "CMD_", layout.COMMAND);
  same("Argument", "G_", layout.G);
  same("Found", "FOUND_", layout.FOUND);
  same("FoundFlag", "FLAG_", layout.FLAG);
  same("Reason", "R_", layout.REASON);
  same("Agent", "A_", layout.A);
  same("Kind", "K_", layout.KIND);
  same("Field", "F_", layout.FIELD);
  same("Wake", "W_", layout.WAKE);
  same("Clock", "", { CLOCK_WORDS: layout.CLOCK_WORDS, MAX_CLOCKS: layout.MAX_CLOCKS });
  same("Agent", "", { AGENT_WORDS: layout.AGENT_WORDS, MAX_AGENTS: layout.MAX_AGENTS });
});
