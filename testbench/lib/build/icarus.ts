import type { Design, Port } from "../design.ts";
export interface IcarusModel {
  sim: "icarus";
  ports: Port[];
  clocks: number[];
}
export async function buildIcarus(_design: Design): Promise<IcarusModel> {
  throw new Error("not yet");
}
