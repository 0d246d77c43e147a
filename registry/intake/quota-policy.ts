import * as v from 'valibot';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { quotaMax } from '../limits.ts';

/**
 * `quotas.json` in the data folder: how much one publisher may send. A quota that is absent limits
 * nothing.
 */
export interface Quotas {
  readonly versionsPerDay?: number;
  readonly waitingVersions?: number;
}

const amount = v.pipe(
  v.number(),
  v.safeInteger('is not a whole number'),
  v.minValue(1, 'is less than 1'),
  v.maxValue(quotaMax, `is more than ${quotaMax}`),
);
const shape = exactObject({
  versionsPerDay: v.exactOptional(amount),
  waitingVersions: v.exactOptional(amount),
});

/** @throws Problem `json-invalid` */
export function parseQuotas(bytes: Uint8Array | string, path = 'quotas.json'): Quotas {
  return parseShape(shape, parseJson(bytes, path), 'json-invalid', path);
}
