// One program on one memory.
import type { QuantizedNetwork, QuantizedNode } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { checkTensor, checkValues, edgeOf } from "../run.ts";
import { viewOf } from "./place.ts";
import { type Path, type Program, programFor, type Step } from "./program.ts";
import type { Prepare } from "./step.ts";
import { steps } from "./steps.ts";
import { type Kernels, kernelsOn } from "./wasm/kernels.ts";

/** A network made ready for many frames. Its tensors live in the same arrays for every frame. */
export interface Runner {
  /** Computes one frame. Throws RangeError where the image or a result leaves the range that its edge declares. */
  run(image: IntTensor): void;
  /** The last frame's tensor: an edge's by its name, the accumulator of node n by `n.acc`. Copy it to keep it. */
  tensor(name: string): IntTensor;
}

function bind(step: Step, memory: WebAssembly.Memory, kernels: Kernels): () => void {
  const { work } = step;
  if ("node" in work) {
    const buffers = {
      inputs: work.inputs.map((place) => viewOf(memory, place)),
      output: viewOf(memory, step.output),
      acc: work.acc && viewOf(memory, work.acc),
    };
    return (steps[work.node.op] as Prepare<QuantizedNode>)(work.node, work.edges, buffers);
  }
  const calls = work.map(
    ({ kernel, args }) =>
      () =>
        kernels[kernel](...args),
  );
  return () => {
    for (const call of calls) call();
  };
}

function memoryOf(program: Program): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({ initial: program.pages, maximum: program.pages });
  for (const { at, data } of program.constants) new Uint8Array(memory.buffer).set(data, at);
  return memory;
}

/**
 * @param keep names of accumulators (`n.acc`) to fill, or "all"
 * @param path "loops" leaves the kernels out, for comparison
 */
export function createRunner(
  net: QuantizedNetwork,
  keep: "all" | readonly string[] = [],
  path: Path = "kernels",
): Runner {
  const program = programFor(net, keep, path);
  const memory = memoryOf(program);
  const kernels = kernelsOn(memory);
  const frame = program.steps.map((step) => {
    const compute = bind(step, memory, kernels);
    const { check } = step;
    if (!check) return compute;
    const output = viewOf(memory, step.output);
    return () => {
      compute();
      checkValues(output, check, step.name);
    };
  });
  const inputEdge = edgeOf(net, net.inputEdge);
  const input = viewOf(memory, program.input);
  return {
    run(image) {
      checkTensor(image, inputEdge, net.inputEdge);
      input.set(image.data);
      for (const step of frame) step();
    },
    tensor(name) {
      const place = program.tensors.get(name);
      if (!place) throw new Error(`no tensor "${name}"`);
      const data = viewOf(memory, place);
      return { shape: place.shape, data: data instanceof Uint8Array ? Int32Array.from(data) : data };
    },
  };
}
