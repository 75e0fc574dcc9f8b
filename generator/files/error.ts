// What can be wrong with a file of arrays. Thrown by the readers of this folder; a caller turns it into a message.

/** One code for each kind of fault; a sample of every one is in the tests. */
export const FILE_ERROR_CODES = [
  "file-kind",
  "npy-magic",
  "npy-version",
  "npy-header",
  "npy-dtype",
  "npy-shape",
  "npy-size",
  "zip-directory",
  "zip-entry",
  "zip-encrypted",
  "zip-method",
  "zip-duplicate",
  "zip-limit",
  "zip-inflate",
  "zip-checksum",
  "safetensors-length",
  "safetensors-header",
  "safetensors-duplicate",
  "safetensors-dtype",
  "safetensors-shape",
  "safetensors-offsets",
  "safetensors-gap",
  "tensor-missing",
  "tensor-limit",
  "tensor-inexact",
  "tensor-name",
  "picture",
  "idx",
] as const;

export type FileErrorCode = (typeof FILE_ERROR_CODES)[number];

export interface FileErrorParts {
  readonly code: FileErrorCode;
  readonly message: string;
  /** What the format demands at this place, where that says more than the message. */
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  /** What the user can do about it. */
  readonly hint?: string | undefined;
  /** Byte of the file at which the fault lies. */
  readonly offset?: number | undefined;
}

export class FileError extends Error implements FileErrorParts {
  readonly code: FileErrorCode;
  readonly expected: string | undefined;
  readonly found: string | undefined;
  readonly hint: string | undefined;
  readonly offset: number | undefined;

  constructor(parts: FileErrorParts) {
    super(parts.message);
    this.name = "FileError";
    this.code = parts.code;
    this.expected = parts.expected;
    this.found = parts.found;
    this.hint = parts.hint;
    this.offset = parts.offset;
  }
}
