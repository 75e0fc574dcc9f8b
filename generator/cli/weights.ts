// Weight images as files, and how they get into a board, as commands to type.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BoardTop } from "../device/shell/board.ts";
import { WEIGHTS_IMAGE } from "../device/shell/board-files.ts";
import { inputError } from "../diagnostics/diagnostics.ts";
import { shellWord } from "../names/shell.ts";
import { type Image, ImageError, readImage } from "../weights/image.ts";
import { reason } from "./files.ts";

/** A weight image and its bytes; AN6007 where it cannot be read. */
export function openImage(path: string): { readonly bytes: Uint8Array; readonly image: Image } {
  try {
    const bytes = readFileSync(path);
    return { bytes, image: readImage(bytes) };
  } catch (e) {
    throw inputError({
      code: "AN6007",
      message: `${path}: ${e instanceof ImageError ? e.message : reason(e)}`,
      expected: "an image as addernet weights pack writes it",
    });
  }
}

/** An offset as iceprog takes it. */
const offset = (bytes: number): string => (bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}M` : String(bytes));

/** Lines that say how weights are written at run time; none where all are in the bitstream. @param dir the output folder */
export function loadingLines(board: BoardTop | undefined, dir: string): string[] {
  if (!board?.weights) return [];
  const image = shellWord(join(dir, WEIGHTS_IMAGE));
  const { flashAt } = board.weights;
  return [
    ...(flashAt === undefined ? [] : [`weights into the flash: iceprog -o ${offset(flashAt)} ${image}`]),
    `weights over the serial line: addernet send ${shellWord(dir)} --port PORT --weights ${image}`,
  ];
}
