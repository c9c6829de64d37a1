/** First four bytes of the records of a ZIP archive, as little-endian numbers. */
export const LOCAL_HEADER = 0x04034b50;
export const CENTRAL_HEADER = 0x02014b50;
export const CENTRAL_END = 0x06054b50;
export const CENTRAL_END_64 = 0x06064b50;
export const LOCATOR_64 = 0x07064b50;

/** Stands for a size or an offset that is in the 64-bit field. */
export const UNKNOWN = 0xffffffff;
