/**
 * What D1, R2 and Workers refuse, from the provider's pages of limits (D1, R2 and Workers on
 * developers.cloudflare.com, plan "Paid").
 */
export const queriesOfOneRequestMax = 1_000;
export const parametersMax = 100;
export const rowBytesMax = 2_000_000;
export const statementBytesMax = 100_000;
export const subrequestsMax = 10_000;
/** Writes to one R2 key closer together than this get 429. */
export const writesOfOneKeyMs = 1_000;
