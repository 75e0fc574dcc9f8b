// Pictures of what went in, what came out, and where that differs from what is true.
import type { InputSpec } from "../ir/graph.ts";
import type { IntTensor } from "../ir/tensor.ts";
import type { Box, Corners, Detection } from "./boxes.ts";
import { IGNORED } from "./mask.ts";

type Colour = readonly [red: number, green: number, blue: number];

const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];
const GRAY: Colour = [128, 128, 128];
/** Colours of differences: right, wrong, missed. */
const GREEN: Colour = [0, 200, 60];
const RED: Colour = [235, 40, 40];
const BLUE: Colour = [60, 110, 255];
/** Colours of classes, told apart without red and green alone. */
const CLASSES: readonly Colour[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
];

const classColour = (c: number): Colour => CLASSES[c % CLASSES.length]!;

/** Small maps are drawn larger, so that one pixel can be seen. */
const SIDE = 256;

/** Red, green and blue of 8 bits, rows from the top. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  /** Pixels of the canvas, down and right, for one of the map. */
  readonly #zoom: number;

  constructor(height: number, width: number, zoom = Math.max(1, Math.ceil(SIDE / Math.max(height, width)))) {
    this.#zoom = zoom;
    this.height = height * zoom;
    this.width = width * zoom;
    this.rgb = new Uint8Array(this.height * this.width * 3);
  }

  #set(y: number, x: number, colour: Colour): void {
    if (y >= 0 && x >= 0 && y < this.height && x < this.width) this.rgb.set(colour, (y * this.width + x) * 3);
  }

  /** One pixel of the map. */
  pixel(y: number, x: number, colour: Colour): void {
    const z = this.#zoom;
    for (let dy = 0; dy < z; dy++) for (let dx = 0; dx < z; dx++) this.#set(y * z + dy, x * z + dx, colour);
  }

  /** The edges of a box, in pixels of the map. */
  box(corners: Corners, colour: Colour): void {
    const [x1, y1, x2, y2] = corners.map((v) => Math.round(v * this.#zoom)) as [number, number, number, number];
    const clamp = (v: number, size: number) => Math.max(-1, Math.min(size, v));
    for (const edge of [0, 1]) {
      for (let x = clamp(x1, this.width); x <= clamp(x2, this.width); x++) {
        this.#set(y1 + edge, x, colour);
        this.#set(y2 - edge, x, colour);
      }
      for (let y = clamp(y1, this.height); y <= clamp(y2, this.height); y++) {
        this.#set(y, x1 + edge, colour);
        this.#set(y, x2 - edge, colour);
      }
    }
  }
}

/** Each sample's place between the lowest and the highest that the input can store. */
const shades = { uint8: [0, 1], int8: [128, 1], uint16: [0, 257] } as const;

/** What went in: gray for one channel, colours for three, and of any other number the mean in gray. */
export function inputPicture(input: InputSpec, image: IntTensor, zoom?: number): Canvas {
  const [height, width, channels] = input.shape;
  const canvas = new Canvas(height, width, zoom);
  const [zero, step] = shades[input.storage];
  for (let p = 0; p < height * width; p++) {
    const pixel = Array.from(image.data.subarray(p * channels, (p + 1) * channels), (v) => (v + zero) / step);
    const mean = pixel.reduce((a, b) => a + b, 0) / channels;
    const colour: Colour = channels === 3 ? [pixel[0]!, pixel[1]!, pixel[2]!] : [mean, mean, mean];
    canvas.pixel(Math.floor(p / width), p % width, colour);
  }
  return canvas;
}

function mapped(height: number, width: number, colour: (p: number) => Colour): Canvas {
  const canvas = new Canvas(height, width);
  for (let p = 0; p < height * width; p++) canvas.pixel(Math.floor(p / width), p % width, colour(p));
  return canvas;
}

/** A class for every pixel: white on black where there are two. */
export const maskPicture = (height: number, width: number, answer: Uint8Array, classes: number): Canvas =>
  mapped(height, width, (p) => (answer[p] === 0 ? BLACK : classes === 2 ? WHITE : classColour(answer[p]! - 1)));

/** Right pixels white or black, wrong ones red, of a class that is missed blue; pixels without a label gray. */
export const maskDifference = (height: number, width: number, answer: Uint8Array, label: ArrayLike<number>): Canvas =>
  mapped(height, width, (p) => {
    const [a, l] = [answer[p]!, label[p]!];
    if (a === l) return a === 0 ? BLACK : WHITE;
    return l === IGNORED ? GRAY : a === 0 ? BLUE : RED;
  });

/** Boxes over what went in, each in the colour of its class. */
export function boxPicture(canvas: Canvas, boxes: readonly Box[]): Canvas {
  for (const b of boxes) canvas.box(b.corners, classColour(b.class));
  return canvas;
}

/** Right boxes green, wrong ones red, missed ones blue. @param matches see matchBoxes */
export function boxDifference(
  canvas: Canvas,
  found: readonly Detection[],
  truth: readonly Box[],
  matches: readonly number[],
): Canvas {
  truth.forEach((t, i) => {
    if (!matches.includes(i)) canvas.box(t.corners, BLUE);
  });
  found.forEach((d, i) => {
    canvas.box(d.corners, matches[i]! >= 0 ? GREEN : RED);
  });
  return canvas;
}

const shaded = (data: ArrayLike<number>, channels: number, p: number): Colour =>
  channels === 3 ? [data[p * 3]!, data[p * 3 + 1]!, data[p * 3 + 2]!] : [data[p]!, data[p]!, data[p]!];

/** Samples of 0 to 255 of one channel or three. */
export const imagePicture = (height: number, width: number, channels: number, data: ArrayLike<number>): Canvas =>
  mapped(height, width, (p) => shaded(data, channels, p));

/** Small errors would be black. */
const LOUDER = 8;

/** Absolute differences of samples, times 8. */
export const imageDifference = (
  height: number,
  width: number,
  channels: number,
  answer: ArrayLike<number>,
  truth: ArrayLike<number>,
): Canvas =>
  imagePicture(
    height,
    width,
    channels,
    Array.from({ length: answer.length }, (_, i) => Math.min(255, LOUDER * Math.abs(answer[i]! - truth[i]!))),
  );
