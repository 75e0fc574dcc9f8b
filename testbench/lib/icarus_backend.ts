import type { Backend } from "./backend.ts";
import type { IcarusModel } from "./build/icarus.ts";
export async function openIcarus(_m: IcarusModel, _p: (memory: Uint32Array) => void, _w?: string): Promise<Backend> {
  throw new Error("not yet");
}
