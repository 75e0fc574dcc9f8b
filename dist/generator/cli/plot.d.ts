export interface PlotPoint {
    readonly x: number;
    readonly y: number;
    /** On the frontier: drawn full and joined by a line. */
    readonly best: boolean;
    readonly label: string;
}
export interface Panel {
    readonly x: string;
    readonly y: string;
    readonly points: readonly PlotPoint[];
    /** A device's limit on the x axis. */
    readonly limit?: number | undefined;
}
/** Panels side by side under one title. */
export declare function plotSvg(title: string, panels: readonly Panel[]): string;
