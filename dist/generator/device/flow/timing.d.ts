/** Whose a cell of the netlist is: a layer, and the module of templates/ in it; each "" where there is none. */
export interface Place {
    readonly layer: string;
    readonly module: string;
}
export interface PathStep extends Place {
    /** Nanoseconds. */
    readonly delay: number;
    readonly kind: string;
    readonly cell: string;
}
export interface Timing {
    /** Highest clock in MHz; undefined where no path between registers was found. */
    readonly MHz: number | undefined;
    readonly path: readonly PathStep[];
    readonly utilization: Readonly<Record<string, {
        readonly used: number;
        readonly available: number;
    }>>;
}
/** @param placeOf the place of a cell of the netlist, where it has one. */
export declare function readTiming(json: string, placeOf: (cell: string) => Place | undefined): Timing;
export interface PathPart extends Place {
    /** Nanoseconds. */
    readonly logic: number;
    readonly routing: number;
}
/** The path by module: consecutive steps of one place are one part; steps of none belong to the place before them. */
export declare function pathByPlace(path: readonly PathStep[]): PathPart[];
/** One line: layer, module, nanoseconds of logic and of routing. */
export declare const pathText: (path: readonly PathStep[]) => string;
