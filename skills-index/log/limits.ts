/** Limits of the log. */
export const noteBytesMax = 64 * 1024;
export const noteSignaturesMax = 100;
export const witnessPolicyBytesMax = 64 * 1024;
export const witnessesMax = 32;
export const witnessNameCharsMax = 200;
/** A cosignature of a witness counts for at most this many seconds. */
export const cosignatureSecondsMax = 24 * 60 * 60;
/** A witness's clock may be ahead of this host's clock by at most this many seconds. */
export const witnessSkewSeconds = 5 * 60;
/**
 * A consistency proof has at most two hashes for each level of the tree (C2SP tlog-witness: 63
 * lines).
 */
export const proofHashesMax = 63;
