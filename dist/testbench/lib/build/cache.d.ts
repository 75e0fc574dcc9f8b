/** Path of a file of this folder's code by its name, as it runs: TypeScript in a clone, JavaScript in the package. */
export declare const ownCode: (name: string) => string;
/**
 * `$ADDERNET_CACHE`; else `.cache/tb` in a clone, and in the user's folder of caches for an installed package, which may
 * be read-only and is replaced whole by npm.
 */
export declare function cacheDir(): string;
/** SHA-256 over parts that are kept apart, in hexadecimal. */
export declare function hashOf(parts: readonly (string | Uint8Array)[]): string;
/** Paths and contents of all Verilog files below a directory, for a cache key. */
export declare function treeParts(dir: string): (string | Uint8Array)[];
export interface CacheLimits {
    /** Bytes of all folders together; the ones that were not used for longest go first. */
    bytes: number;
    /** Milliseconds since a folder was used, after which it goes in any case. */
    age: number;
    /** Milliseconds since a folder was used, within which it stays in any case: somebody may have its path still. */
    grace: number;
}
/** 4 GiB, or `$ADDERNET_CACHE_MB`, and 30 days, or `$ADDERNET_CACHE_DAYS`. Throws a RangeError for nonsense. */
export declare const cacheLimits: () => CacheLimits;
/** Removes what the limits leave no room for; the names of it. Processes take turns. */
export declare function evict(root: string, limits: CacheLimits): Promise<string[]>;
/**
 * Folder `<cache>/<name>`, built once: `make` fills a temporary folder that then gets its final name, so nobody ever
 * sees a folder half done. Processes that want the same folder wait for the one that builds it. The folder stays for
 * an hour at least; later it may make room for others.
 */
export declare function buildOnce(name: string, make: (dir: string) => Promise<void>): Promise<string>;
