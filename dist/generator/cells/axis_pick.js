// The taps of several windows out of a block of tiles: wires.
import { ceilDiv, defineCell, streamPorts } from "./define.js";
const params = {
    CHANNELS: "int",
    BITS: "int",
    TILE_H: "int",
    TILE_W: "int",
    TILES_H: "int",
    TILES_W: "int",
    KH: "int",
    KW: "int",
    SH: "int",
    SW: "int",
    DH: "int",
    DW: "int",
    SKIP_Y: "int",
    SKIP_X: "int",
    PAD_Y: "int",
    PAD_X: "int",
    OUT_H: "int",
    OUT_W: "int",
    SIMD: "int",
    PAD_VALUE: "int",
};
const shape = (p) => ({
    SLICES: ceilDiv(p.KH * p.KW * p.CHANNELS, p.SIMD),
    WINDOWS: p.OUT_H * p.OUT_W,
});
export const axisPick = defineCell({
    module: "axis_pick",
    params,
    ports: (p) => {
        const { SLICES, WINDOWS } = shape(p);
        const block = p.TILES_H * p.TILES_W * p.TILE_H * p.TILE_W * p.CHANNELS;
        return streamPorts(block * p.BITS, SLICES * p.SIMD * WINDOWS * p.BITS);
    },
    constants: shape,
    fill: () => 0,
    structure: () => ({}),
});
