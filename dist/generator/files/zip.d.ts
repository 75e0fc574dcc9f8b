export interface ZipEntry {
    readonly name: string;
    readonly method: number;
    readonly compressedSize: number;
    readonly size: number;
    readonly crc: number;
    /** Place of the local header in the file. */
    readonly offset: number;
}
/** All entries, from the central directory. Throws FileError. */
export declare function readZipDirectory(bytes: Uint8Array): ZipEntry[];
/** The bytes of one entry, checked against its size and checksum. `maxBytes` bounds what is allocated. */
export declare function readZipEntry(bytes: Uint8Array, entry: ZipEntry, maxBytes: number): Uint8Array;
/** CRC-32 of zip, polynomial 0xEDB88320. */
export declare function crc32(data: Uint8Array): number;
