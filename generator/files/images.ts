// Images of an array as a network's input stores them.
import { inputError } from "../diagnostics/diagnostics.ts";
import type { InputSpec } from "../ir/graph.ts";
import type { IntTensor } from "../ir/tensor.ts";
import type { Tensor } from "./tensor.ts";

const storageRange = { uint8: [0, 255], int8: [-128, 127], uint16: [0, 65535] } as const;

/**
 * The first `count` images (all where left out) as stored integers in HWC order, of an array [N, H, W, C], [N, C, H, W],
 * or [N, H, W] for one channel ([N, n] for a vector). Throws InputError (AN6002 its shape, AN6003 a value). @param path
 * of messages
 */
export function imagesFrom(t: Tensor, path: string, input: InputSpec, count?: number): IntTensor[] {
  const [h, w, c] = input.shape;
  const rest = t.shape.slice(1).join();
  const last =
    rest === [h, w, c].join() || (c === 1 && rest === [h, w].join()) || (h === 1 && w === 1 && rest === String(c));
  const first = !last && rest === [c, h, w].join();
  if (t.shape.length < 2 || (!last && !first))
    throw inputError({
      code: "AN6002",
      message: `the images of ${path} have the wrong shape`,
      expected: `[count, ${h}, ${w}, ${c}]${c === 1 ? ` or [count, ${h}, ${w}]` : ` or [count, ${c}, ${h}, ${w}]`}`,
      found: `[${t.shape.join(", ")}]`,
    });
  if (t.shape[0] === 0)
    throw inputError({
      code: "AN6002",
      message: `${path} holds no images`,
      expected: "at least one",
      found: `[${t.shape.join(", ")}]`,
    });
  const [lo, hi] = storageRange[input.storage];
  const size = h * w * c;
  const available = t.shape[0]!;
  const n = Math.min(count ?? available, available);
  return Array.from({ length: n }, (_, i) => {
    const data = new Int32Array(size);
    for (let k = 0; k < size; k++) {
      const at = first ? (k % c) * h * w + Math.floor(k / c) : k;
      const v = Number(t.data[i * size + at]!);
      if (!Number.isInteger(v) || v < lo || v > hi)
        throw inputError({
          code: "AN6003",
          message: `image ${i} of ${path} holds a value that the input cannot store`,
          expected: `integers from ${lo} to ${hi} (storage ${input.storage})`,
          found: String(v),
          hint: t.dtype.startsWith("float")
            ? "images are stored integers; the network file gives their scale"
            : 'see "storage" of the input',
        });
      data[k] = v;
    }
    return { shape: input.shape, data };
  });
}
