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
];
export class FileError extends Error {
    code;
    expected;
    found;
    hint;
    offset;
    constructor(parts) {
        super(parts.message);
        this.name = "FileError";
        this.code = parts.code;
        this.expected = parts.expected;
        this.found = parts.found;
        this.hint = parts.hint;
        this.offset = parts.offset;
    }
}
