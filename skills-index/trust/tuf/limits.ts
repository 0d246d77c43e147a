/** Limits of the TUF repository of a registry. */
/** Keys of a role, targets of a role, characters of a signature in hexadecimal. */
export const tufKeysMax = 24;
export const tufTargetsMax = 16;
export const tufSignatureCharsMax = 160;
/** Roots in the history of one registry; tuf-js follows as many. */
export const tufRootsMax = 256;
/** The whole document `tuf.json`; and one file of it. */
export const tufDocumentBytesMax = 4 * 1024 * 1024;
export const tufDocumentValuesMax = 200_000;
export const tufFileBytesMax = 1024 * 1024;
