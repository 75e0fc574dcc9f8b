// Options of the pipeline's stages together.
import { expect, test } from "vitest";
import { load, toHardware, toIntegers } from "./compile.ts";
import { cellSources } from "./templates.ts";
import { bytesPerFrame, defaultPort } from "./weights/external.ts";

test("the port to memory beside the chip is that which was asked for, in the schedule and in the hardware", () => {
  const weights = Array.from({ length: 8 }, (_, o) => Array.from({ length: 8 }, (_, i) => (o * i) % 5));
  const layers = [{ name: "fc", kind: "adder_linear", units: 8, weights, home: "external" }];
  const text = JSON.stringify({ format: "addernet-rtl/1", name: "n", input: { shape: [1, 1, 8] }, layers });
  const loaded = load(text, () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]!.message);
  const image = { shape: [1, 1, 8] as const, data: Int32Array.from({ length: 8 }, (_, i) => 30 * i) };
  const net = toIntegers(loaded.value.graph, [image], {});
  if (!net.ok) throw new Error(net.diagnostics[0]!.message);
  const port = { ...defaultPort, dataBits: 256, latency: 40 };
  const built = toHardware(net.value, { clockMHz: 100, fps: 1e5, port }, cellSources());
  if (!built.ok) throw new Error(built.diagnostics[0]!.message);
  const external = built.value.hardware.weights!.external!;
  expect(external).toMatchObject(port);
  expect(bytesPerFrame(external)).toBe(built.value.schedule.traffic!.bytes);
  expect(built.value.files.get("rtl/n.v")).toMatch(/input {2}wire \[255:0\] +m_axi_weights_rdata/);
});
