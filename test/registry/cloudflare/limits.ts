/**
 * What D1, R2 and Workers refuse, from the provider's pages of limits (D1, R2 and Workers on
 * developers.cloudflare.com, plan "Paid").
 */
export const queriesOfOneRequestMax = 1_000;
export const statementsOfOneBatchMax = 1_000;
export const batchMs = 30_000;
export const parametersMax = 100;
export const compoundTermsMax = 5;
export const functionArgumentsMax = 32;
export const patternBytesMax = 50;
export const rowBytesMax = 2_000_000;
export const statementBytesMax = 100_000;
export const subrequestsMax = 10_000;
/** Operations of one request that R2 has under way at one time. Further ones wait. */
export const connectionsMax = 6;
/** Writes to one R2 key closer together than this get 429. */
export const writesOfOneKeyMs = 1_000;
/** The memory of one isolate. */
export const isolateBytesMax = 128 * 1024 * 1024;
/**
 * The part of an isolate's memory that is not of its requests: the program with its heap (18.5 MiB
 * on Node) and the verified statements (8 MiB).
 */
export const isolateRestBytes = 32 * 1024 * 1024;
