// What the outputs of a network are for: how they become classes, masks, boxes or images. Types only; nothing here runs.
import { z } from "zod";

export const TASKS = ["classes", "mask", "boxes", "image"] as const;
export type TaskKind = (typeof TASKS)[number];

/** Where a value of every pixel stands: an output, by the name of its tensor, and its first channel. */
const place = z.strictObject({ output: z.string().min(1), channel: z.int().min(0) });
const output = z.string().min(1);
const names = z.array(z.string().min(1)).min(1);

export const taskSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("classes"), output, names: names.optional() }),
  z.strictObject({ kind: z.literal("mask"), output, names: names.optional(), threshold: z.number() }),
  z.strictObject({
    kind: z.literal("boxes"),
    names,
    stride: z.tuple([z.number().positive(), z.number().positive()]),
    scores: place,
    centers: place,
    sizes: place,
    threshold: z.number().min(0).max(1),
    overlap: z.number().min(0).max(1),
  }),
  z.strictObject({ kind: z.literal("image"), output, gain: z.number(), offset: z.number() }),
]);

type Mutable = z.output<typeof taskSchema>;
export type Task = { readonly [K in TaskKind]: Readonly<Extract<Mutable, { kind: K }>> }[TaskKind];
export type TaskOf<K extends TaskKind> = Extract<Task, { readonly kind: K }>;
