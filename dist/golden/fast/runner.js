import { checkTensor, checkValues, edgeOf } from "../run.js";
import { loops } from "./loops.js";
import { viewOf } from "./place.js";
import { programFor } from "./program.js";
import { kernelsOn } from "./wasm/kernels.js";
function bind(step, memory, kernels) {
    const { work } = step;
    if ("node" in work) {
        const buffers = {
            inputs: work.inputs.map((place) => viewOf(memory, place)),
            output: viewOf(memory, step.output),
            acc: work.acc && viewOf(memory, work.acc),
        };
        return [loops[work.node.op](work.node, work.edges, buffers)];
    }
    return work.map(({ kernel, args }) => {
        const run = kernels[kernel];
        return () => run(...args);
    });
}
export function machineFor(program) {
    const memory = new WebAssembly.Memory({ initial: program.pages, maximum: program.pages });
    for (const { at, data } of program.constants)
        new Uint8Array(memory.buffer).set(data, at);
    const kernels = kernelsOn(memory);
    const steps = program.steps.flatMap((step) => {
        const compute = bind(step, memory, kernels);
        const { check } = step;
        if (!check)
            return compute;
        const output = viewOf(memory, step.output);
        return [...compute, () => checkValues(output, check, step.name)];
    });
    return {
        memory,
        frame() {
            for (const step of steps)
                step();
        },
    };
}
/** Copies an image to where a program reads it; throws RangeError where it is not what the edge declares. */
export function storeImage(image, edge, name, to) {
    const { data } = image;
    const { min, max } = edge.range;
    let inside = data.length === to.length;
    for (let i = 0; inside && i < to.length; i++) {
        const v = data[i];
        inside = v >= min && v <= max;
        to[i] = v;
    }
    if (!inside)
        checkTensor(image, edge, name);
}
/**
 * @param keep names of accumulators (`n.acc`) to fill, or "all"
 * @param path "loops" leaves the kernels out, for comparison
 */
export function createRunner(net, keep = [], path = "kernels") {
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
            if (!place)
                throw new Error(`no tensor "${name}"`);
            const data = viewOf(memory, place);
            return { shape: place.shape, data: data instanceof Uint8Array ? new Int32Array(data) : data };
        },
    };
}
