// Folders and programs for tests.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

/** A new folder with these files, removed after the test file. */
export function folder(files: Iterable<readonly [string, string]> = []): string {
  const dir = mkdtempSync(join(tmpdir(), "addernet-nets-"));
  made.push(dir);
  for (const [name, text] of files) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

export interface Outcome {
  /** Exit code; 128 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  /** stdout and stderr. */
  readonly output: string;
}

/** Runs a program to its end, with more variables where given; rejects only where it cannot be started. */
export function tool(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, maxBuffer: 1 << 26, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      const code = error ? (error as { code?: unknown }).code : 0;
      if (error && typeof code === "string") reject(error);
      else resolve({ code: typeof code === "number" ? code : 128, stdout, output: stdout + stderr });
    });
  });
}
