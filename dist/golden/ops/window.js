/** Row-major index of the pixel under tap (ky, kx) of output position (oy, ox); -1 outside the image. */
export function pixelUnder(a, [h, w], oy, ox, ky, kx) {
    const y = oy * a.stride[0] + ky * a.dilation[0] - a.padding[0];
    const x = ox * a.stride[1] + kx * a.dilation[1] - a.padding[1];
    return y >= 0 && y < h && x >= 0 && x < w ? y * w + x : -1;
}
/**
 * Values under the window at (oy, ox) of channels [first, first + count), in (ky, kx, channel) order. A tap outside the
 * image gives `outside`, or nothing where that is null.
 */
export function gather(x, a, oy, ox, first, count, outside) {
    const taps = [];
    for (let ky = 0; ky < a.kernel[0]; ky++)
        for (let kx = 0; kx < a.kernel[1]; kx++) {
            const pixel = pixelUnder(a, x.shape, oy, ox, ky, kx);
            for (let c = first; c < first + count; c++)
                if (pixel >= 0)
                    taps.push(x.data[pixel * x.shape[2] + c]);
                else if (outside !== null)
                    taps.push(outside);
        }
    return taps;
}
