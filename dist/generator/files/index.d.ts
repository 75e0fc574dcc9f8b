export { FILE_ERROR_CODES, FileError, type FileErrorCode, type FileErrorParts } from "./error.js";
export { type NpyInfo, readNpy, readNpyInfo, writeNpy } from "./npy.js";
export { openNpz, writeNpz } from "./npz.js";
export { openTensorFile } from "./open.js";
export { openSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";
export { DEFAULT_MAX_BYTES, type Dtype, isFloat, type ReadLimits, type Tensor, type TensorData, type TensorFile, toFloatTensor, } from "./tensor.js";
