// Files of arrays: readers and writers over bytes. Nothing here touches the file system.
export { FILE_ERROR_CODES, FileError } from "./error.js";
export { readNpy, readNpyInfo, writeNpy } from "./npy.js";
export { openNpz, writeNpz } from "./npz.js";
export { openTensorFile } from "./open.js";
export { openSafetensors, writeSafetensors } from "./safetensors.js";
export { DEFAULT_MAX_BYTES, isFloat, toFloatTensor, } from "./tensor.js";
