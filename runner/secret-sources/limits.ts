/** Limits of where secrets come from: the store, commands and keychains. */
/** Milliseconds that a command may take to print a secret. */
export const secretCommandMillisMax = 5_000;
/** Bytes read for one secret; the store itself takes fewer. */
export const secretInputBytesMax = 64 * 1024;
export const keychainMillisMax = 30_000;
export const secretBytesMax = 16 * 1024;
export const secretBytesMin = 8;
export const secretsFileBytesMax = 256 * 1024;
