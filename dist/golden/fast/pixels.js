import { pixelUnder } from "../ops/window.js";
/** Pixel index of tap t = ky * width + kx at output position p in entry p * taps + t; -1 outside the image. */
export function pixelTable(window, input, output) {
    const [kh, kw] = window.kernel;
    const table = new Int32Array(output[0] * output[1] * kh * kw);
    let at = 0;
    for (let oy = 0; oy < output[0]; oy++)
        for (let ox = 0; ox < output[1]; ox++)
            for (let ky = 0; ky < kh; ky++)
                for (let kx = 0; kx < kw; kx++)
                    table[at++] = pixelUnder(window, input, oy, ox, ky, kx);
    return table;
}
