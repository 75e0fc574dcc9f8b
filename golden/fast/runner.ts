// One program on one memory.
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { EdgeType, IntTensor } from "../../generator/ir/tensor.ts";
import { checkTensor, checkValues, edgeOf } from "../run.ts";
import { loopFor } from "./loops.ts";
import { viewOf } from "./place.ts";
import { type Path, type Program, programFor, type Step } from "./program.ts";
import type { Values } from "./step.ts";
import { type Kernels, kernelsOn } from "./wasm/kernels.ts";

/** A network made ready for many frames. Its tensors live in the same arrays for every frame. */
export interface Runner {
  /** Computes one frame. Throws RangeError where the image or a result leaves the range that its edge declares. */
  run(image: IntTensor): void;
  /** The last frame's tensor: an edge's by its name, the accumulator of node n by `n.acc`. Copy it to keep it. */
  tensor(name: string): IntTensor;
}

function bind(step: Step, memory: WebAssembly.Memory, kernels: Kernels): (() => void)[] {
  const { work } = step;
  if ("node" in work) {
    const buffers = {
      inputs: work.inputs.map((place) => viewOf(memory, place)),
      output: viewOf(memory, step.output),
      acc: work.acc && viewOf(memory, work.acc),
    };
    return [loopFor(work.node, work.edges, buffers)];
  }
  return work.map(({ kernel, args }) => {
    const run = kernels[kernel];
    return () => run(...args);
  });
}

/** A program on its own memory. */
export interface Machine {
  readonly memory: WebAssembly.Memory;
  /** One frame from the input's place to the tensors' places; throws RangeError where a result leaves its range. */
  readonly frame: () => void;
}

export function machineFor(program: Program): Machine {
  const memory = new WebAssembly.Memory({ initial: program.pages, maximum: program.pages });
  for (const { at, data } of program.constants) new Uint8Array(memory.buffer).set(data, at);
  const kernels = kernelsOn(memory);
  const steps = program.steps.flatMap((step) => {
    const compute = bind(step, memory, kernels);
    const { check } = step;
    if (!check) return compute;
    const output = viewOf(memory, step.output);
    return [...compute, () => checkValues(output, check, step.name)];
  });
  return {
    memory,
    frame() {
      for (const step of steps) step();
    },
  };
}

/** Copies an image to where a program reads it; throws RangeError where it is not what the edge declares. */
export function storeImage(image: IntTensor, edge: EdgeType, name: string, to: Values): void {
  const { data } = image;
  const { min, max } = edge.range;
  let inside = data.length === to.length;
  for (let i = 0; inside && i < to.length; i++) {
    const v = data[i]!;
    inside = v >= min && v <= max;
    to[i] = v;
  }
  if (!inside) checkTensor(image, edge, name);
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
  const { memory, frame } = machineFor(program);
  const edge = edgeOf(net, net.inputEdge);
  const input = viewOf(memory, program.input);
  return {
    run(image) {
      storeImage(image, edge, net.inputEdge, input);
      frame();
    },
    tensor(name) {
      const place = program.tensors.get(name);
      if (!place) throw new Error(`no tensor "${name}"`);
      const data = viewOf(memory, place);
      return { shape: place.shape, data: data instanceof Uint8Array ? new Int32Array(data) : data };
    },
  };
}
