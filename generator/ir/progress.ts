/**
 * Told how far a work is: `done` of `total` pieces of it. A total of 0 is not known; with no piece done the work has just
 * begun, or has no pieces.
 */
export type OnProgress = (what: string, done: number, total: number) => void;
