import { z } from "zod";
type Json = Record<string, unknown>;
/** "a", "a or b", "a, b or c". */
export declare const either: (list: readonly string[]) => string;
/** A JSON Schema in words, e.g. "an integer from 1 to 4096 or an array of 2 integers from 1 to 4096". */
export declare function schemaWords(s: Json): string;
/** What a zod schema accepts, in words. */
export declare const typeWords: (schema: z.ZodType) => string;
export {};
