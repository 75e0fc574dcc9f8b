// Files of arrays: readers and writers over bytes. Nothing here touches the file system.

export { cifarLabels, isIdx, readCifar, readIdx } from "./datasets.ts";
export { FILE_ERROR_CODES, FileError, type FileErrorCode, type FileErrorParts } from "./error.ts";
export { isNpy, type NpyInfo, readNpy, readNpyInfo, writeNpy } from "./npy.ts";
export { openNpz, writeNpz } from "./npz.ts";
export { openTensorFile } from "./open.ts";
export { isJpeg, isPng, type Picture, readPicture, writePng } from "./pictures.ts";
export { openSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.ts";
export {
  DEFAULT_MAX_BYTES,
  type Dtype,
  isFloat,
  type ReadLimits,
  type Tensor,
  type TensorData,
  type TensorFile,
  toFloatTensor,
} from "./tensor.ts";
