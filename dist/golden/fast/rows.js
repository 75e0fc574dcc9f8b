// The innermost loops: one window against many rows of weights.
import { mac, sad } from "../arith/index.js";
// Four rows at a time read each x once; sums stay in 32-bit integers, which the engine keeps in registers.
export const sadRows = (x, weights, first, out) => {
    const taps = x.length;
    let o = 0;
    for (; o + 4 <= out.length; o += 4) {
        const at0 = (first + o) * taps;
        const at1 = at0 + taps;
        const at2 = at1 + taps;
        const at3 = at2 + taps;
        let [a0, a1, a2, a3] = [0, 0, 0, 0];
        for (let k = 0; k < taps; k++) {
            const v = x[k];
            a0 = (a0 + Math.abs((v - weights[at0 + k]) | 0)) | 0;
            a1 = (a1 + Math.abs((v - weights[at1 + k]) | 0)) | 0;
            a2 = (a2 + Math.abs((v - weights[at2 + k]) | 0)) | 0;
            a3 = (a3 + Math.abs((v - weights[at3 + k]) | 0)) | 0;
        }
        out[o] = a0;
        out[o + 1] = a1;
        out[o + 2] = a2;
        out[o + 3] = a3;
    }
    for (; o < out.length; o++) {
        const at = (first + o) * taps;
        let a = 0;
        for (let k = 0; k < taps; k++)
            a = (a + Math.abs((x[k] - weights[at + k]) | 0)) | 0;
        out[o] = a;
    }
};
export const macRows = (x, weights, first, out) => {
    const taps = x.length;
    let o = 0;
    for (; o + 4 <= out.length; o += 4) {
        const at0 = (first + o) * taps;
        const at1 = at0 + taps;
        const at2 = at1 + taps;
        const at3 = at2 + taps;
        let [a0, a1, a2, a3] = [0, 0, 0, 0];
        for (let k = 0; k < taps; k++) {
            const v = x[k];
            a0 = (a0 + Math.imul(v, weights[at0 + k])) | 0;
            a1 = (a1 + Math.imul(v, weights[at1 + k])) | 0;
            a2 = (a2 + Math.imul(v, weights[at2 + k])) | 0;
            a3 = (a3 + Math.imul(v, weights[at3 + k])) | 0;
        }
        out[o] = a0;
        out[o + 1] = a1;
        out[o + 2] = a2;
        out[o + 3] = a3;
    }
    for (; o < out.length; o++) {
        const at = (first + o) * taps;
        let a = 0;
        for (let k = 0; k < taps; k++)
            a = (a + Math.imul(x[k], weights[at + k])) | 0;
        out[o] = a;
    }
};
const byDefinition = (reduce) => (x, weights, first, out) => {
    for (let o = 0; o < out.length; o++)
        out[o] = reduce(x, weights.subarray((first + o) * x.length, (first + o + 1) * x.length));
};
/** For sums beyond 32 bits. */
export const wideSadRows = byDefinition(sad.eval);
export const wideMacRows = byDefinition(mac.eval);
