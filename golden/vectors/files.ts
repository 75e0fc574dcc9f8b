// Where the tests of the golden model find their data.
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Path of a file of the project from its path relative to the root; absolute paths stay. */
export const projectPath = (path: string): string => (isAbsolute(path) ? path : join(root, path));

export const fileBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(projectPath(path)));

/**
 * Folder of the larger data that is not part of the project, or undefined: `data` under $ADDERNET_SHARED, or under
 * `shared` beside the project.
 */
export const sharedData: string | undefined = [process.env.ADDERNET_SHARED ?? join(root, "../shared")]
  .map((folder) => join(folder, "data"))
  .find((folder) => existsSync(folder));

/** Values stored channels first, [C, H, W], in HWC order; vectors stay as they are. */
export function chwToHwc(data: ArrayLike<number>, shape: readonly number[]): number[] {
  if (shape.length !== 3) return Array.from(data);
  const [c, h, w] = shape as [number, number, number];
  return Array.from({ length: c * h * w }, (_, i) => data[(i % c) * h * w + Math.floor(i / c)]!);
}
