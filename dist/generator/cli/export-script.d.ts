/** Text of the exporter. */
export declare function exportScript(): string;
