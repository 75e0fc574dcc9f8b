// What a program is, for results that depend on it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FarmError, type JobFolder } from "./plan.ts";

/**
 * The version of a program that runs from its sources: `version`, and twelve digits of the hash of what lies in `rooms`
 * below `root`. Tests and samples do not count.
 */
export function sourceVersion(version: string, root: string, rooms: readonly string[]): string {
  const h = createHash("sha256");
  for (const room of rooms)
    for (const f of readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).sort())
      if (/(?<!\.test)\.(ts|mjs|json|v|wasm|cpp|h)$/.test(f) && !f.includes("samples"))
        h.update(`${room}/${f}\0`).update(readFileSync(join(root, room, f)));
  return `${version}+${h.digest("hex").slice(0, 12)}`;
}

/** What gives the version of a tool here. */
export type Probes = Readonly<Record<string, () => Promise<string> | string>>;

/** Refuses jobs that another version planned, or that are to be done with other tools: their results would be others. */
export async function checkVersions(folder: JobFolder, probes: Probes): Promise<void> {
  for (const [tool, planned] of Object.entries(folder.plan.tools)) {
    const here = await probes[tool]?.();
    if (here !== undefined && here !== planned)
      throw new FarmError(
        `${folder.path} was planned with ${tool} ${planned}, here is ${here}`,
        "run the command that planned it again, into another folder or with --resume",
      );
  }
}
