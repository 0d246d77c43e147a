/** Limits of the TUF repository of a registry. */
/** Maximum number of keys of a TUF role. */
export const tufKeysMax = 24;
export const tufTargetsMax = 16;
export const tufSignatureCharsMax = 160;
/** Maximum number of TUF roots in the history of one registry; tuf-js follows as many roots. */
export const tufRootsMax = 256;
/** Maximum size of the whole document `tuf.json`, and of one file in the document. */
export const tufDocumentBytesMax = 4 * 1024 * 1024;
export const tufDocumentValuesMax = 200_000;
export const tufFileBytesMax = 1024 * 1024;
