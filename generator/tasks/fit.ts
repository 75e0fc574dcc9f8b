// Whether a task and the outputs that it reads go together.
import type { Task, TaskKind } from "../ir/task.ts";
import type { Shape } from "../ir/tensor.ts";

/** The fields that name outputs, with the channels that are read from each; undefined: all. */
export function placesOf(task: Task): readonly { field: string; output: string; from: number; count?: number }[] {
  if (task.kind !== "boxes") return [{ field: "output", output: task.output, from: 0 }];
  const { names, scores, centers, sizes } = task;
  return [
    { field: "scores", output: scores.output, from: scores.channel, count: names.length },
    { field: "centers", output: centers.output, from: centers.channel, count: 2 },
    { field: "sizes", output: sizes.output, from: sizes.channel, count: 2 },
  ];
}

/** The task with its outputs under other names. */
export function renamed(task: Task, name: (output: string) => string): Task {
  if (task.kind !== "boxes") return { ...task, output: name(task.output) };
  const place = (p: { output: string; channel: number }) => ({ ...p, output: name(p.output) });
  return { ...task, scores: place(task.scores), centers: place(task.centers), sizes: place(task.sizes) };
}

export interface Misfit {
  readonly field: string;
  readonly message: string;
  readonly expected: string;
  readonly found: string;
}

const size = (s: Shape): string => s.join(" x ");

/** The first contradiction between a task and the shapes of its outputs; undefined where there is none. */
export function misfit(task: Task, shapeOf: (output: string) => Shape): Misfit | undefined {
  const places = placesOf(task);
  const first = shapeOf(places[0]!.output);
  for (const { field, output, from, count } of places) {
    const shape = shapeOf(output);
    const [height, width, channels] = shape;
    const all = count ?? channels;
    if (from + all > channels)
      return {
        field,
        message: `the output has no ${all} channels from channel ${from} on`,
        expected: `channels within 0 to ${channels - 1}`,
        found: `${from} to ${from + all - 1}`,
      };
    if (height !== first[0] || width !== first[1])
      return {
        field,
        message: "the outputs of the boxes have different heights or widths",
        expected: `${first[0]} x ${first[1]} cells, as the scores have`,
        found: size(shape),
      };
    const wanted = channelsOf[task.kind];
    if (wanted && !wanted.includes(channels))
      return {
        field,
        message: "an image has one channel or three",
        expected: wanted.join(" or "),
        found: size(shape),
      };
  }
  const names = task.kind === "classes" || task.kind === "mask" ? task.names : undefined;
  if (names === undefined) return undefined;
  // One channel holds a class's number, or tells one class from everything else.
  const classes = task.kind === "classes" ? first[0] * first[1] * first[2] : first[2];
  if (classes === 1 || classes === names.length) return undefined;
  return {
    field: "names",
    message: "there is not one name for each class",
    expected: `${classes} names`,
    found: String(names.length),
  };
}

const channelsOf: { readonly [K in TaskKind]?: readonly number[] } = { image: [1, 3] };

/** The outputs that a task reads. */
export const outputsOf = (task: Task): string[] => [...new Set(placesOf(task).map((p) => p.output))];
