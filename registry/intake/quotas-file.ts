import * as v from 'valibot';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';

/** The largest quota of a publisher: a count reads as many rows. */
const quotaMax = 10_000;

/** Bytes of files and of their lists. A file that several versions have counts for each. */
export interface ByteQuotas {
  /** Of versions that wait for a scan or a decision. */
  readonly waitingBytes?: number;
  /** Of all versions whose files are stored. */
  readonly storedBytes?: number;
}

/**
 * `quotas.json` in the data folder: how much one publisher may send, and how much one scope may
 * hold. A quota that is absent limits nothing.
 */
export interface Quotas extends ByteQuotas {
  readonly versionsPerDay?: number;
  readonly waitingVersions?: number;
  /** Of each scope, whoever publishes in it. */
  readonly scope?: ByteQuotas;
}

const whole = v.pipe(
  v.number(),
  v.safeInteger('is not a whole number'),
  v.minValue(1, 'is less than 1'),
);
// A count reads as many rows.
const count = v.pipe(whole, v.maxValue(quotaMax, `is more than ${quotaMax}`));
const bytes = { waitingBytes: v.exactOptional(whole), storedBytes: v.exactOptional(whole) };
const shape = exactObject({
  versionsPerDay: v.exactOptional(count),
  waitingVersions: v.exactOptional(count),
  ...bytes,
  scope: v.exactOptional(exactObject(bytes)),
});

/** @throws Problem `json-invalid` */
export function parseQuotas(bytes: Uint8Array | string, path = 'quotas.json'): Quotas {
  return parseShape(shape, parseJson(bytes, path), 'json-invalid', path);
}
