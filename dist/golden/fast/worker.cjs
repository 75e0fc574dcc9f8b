// A thread of parallel.ts. Plain JavaScript without imports of the project's: it starts under every loader, and quickly.
const { workerData } = require("node:worker_threads");

const { kernelModule, pages, constants, calls, input, kept, frameBytes, resultBytes } = workerData;
const control = new Int32Array(workerData.control);
const done = new Uint8Array(workerData.done);
const frames = new Uint8Array(workerData.frames);
const results = new Uint8Array(workerData.results);

const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
const bytes = new Uint8Array(memory.buffer);
for (const { at, data } of constants) bytes.set(data, at);
const kernels = new WebAssembly.Instance(kernelModule, { env: { memory } }).exports;
const steps = calls.map((call) => {
  if (call.kernel) {
    const run = kernels[call.kernel];
    return () => {
      run(...call.args);
      return true;
    };
  }
  const View = { 1: Uint8Array, 4: Int32Array, 8: Float64Array }[call.size];
  const values = new View(memory.buffer, call.at, call.length);
  return () => values.every((v) => v >= call.min && v <= call.max);
});

// The caller lays out the frames meanwhile.
Atomics.wait(control, 3, 0);
for (;;) {
  const frame = Atomics.add(control, 0, 1);
  if (frame >= done.length) break;
  bytes.set(frames.subarray(frame * frameBytes, (frame + 1) * frameBytes), input);
  if (steps.every((step) => step())) {
    let to = frame * resultBytes;
    for (const { at, length } of kept) {
      results.set(bytes.subarray(at, at + length), to);
      to += length;
    }
    done[frame] = 1;
  }
  Atomics.add(control, 2, 1);
  // A frame that fails is left undone: the main thread computes it again and says what is wrong.
  Atomics.add(control, 1, 1);
  Atomics.notify(control, 1);
}
