/**
 * What Cloudflare asks for a month, in dollars, as its stored pages said when they were read. Nobody
 * has compared these prices with a bill.
 */

/** A number of units is included in the subscription or free. Further ones have a price. */
interface Price {
  readonly included: number;
  /** For a unit. */
  readonly each: number;
  readonly page: string;
}

const million = 1e6;
const docs = 'https://developers.cloudflare.com';

/** The day on which the pages were read, in stored copies without a date of their own. */
export const pricesRead = '2026-11-22';

/** The Workers Paid plan. */
export const subscription = 5;

export const prices = {
  requests: {
    included: 10 * million,
    each: 0.3 / million,
    page: `${docs}/workers/platform/pricing/`,
  },
  cpuMs: {
    included: 30 * million,
    each: 0.02 / million,
    page: `${docs}/workers/platform/pricing/`,
  },
  objectRequests: {
    included: million,
    each: 0.15 / million,
    page: `${docs}/durable-objects/platform/pricing/`,
  },
  objectGBSeconds: {
    included: 400_000,
    each: 12.5 / million,
    page: `${docs}/durable-objects/platform/pricing/`,
  },
  rowsRead: {
    included: 25e9,
    each: 0.001 / million,
    page: `${docs}/d1/platform/pricing/`,
  },
  rowsWritten: { included: 50 * million, each: 1 / million, page: `${docs}/d1/platform/pricing/` },
  databaseGB: { included: 5, each: 0.75, page: `${docs}/d1/platform/pricing/` },
  objectWrites: { included: million, each: 4.5 / million, page: `${docs}/r2/pricing/` },
  objectReads: { included: 10 * million, each: 0.36 / million, page: `${docs}/r2/pricing/` },
  bucketGB: { included: 10, each: 0.015, page: `${docs}/r2/pricing/` },
} as const satisfies Record<string, Price>;

export type Priced = keyof typeof prices;

/** A database of D1 holds no more. */
export const databaseGBMax = 10;

/** The dollars of a month for this number of units. */
export function dollarsFor(what: Priced, units: number): number {
  const { included, each } = prices[what];
  return Math.max(0, units - included) * each;
}
