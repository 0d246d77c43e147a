import * as v from 'valibot';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';

const retentionDaysMax = 36_500;

/**
 * `retention.json` in the data folder: for how many days after the refusal or the withdrawal a
 * version keeps its files. Without a number, the files stay.
 */
export interface RetentionRules {
  readonly refusedDays?: number;
  readonly withdrawnDays?: number;
}

const days = v.pipe(
  v.number(),
  v.safeInteger('is not a whole number'),
  v.minValue(1, 'is less than 1'),
  v.maxValue(retentionDaysMax, `is more than ${retentionDaysMax}`),
);
const shape = exactObject({
  refusedDays: v.exactOptional(days),
  withdrawnDays: v.exactOptional(days),
});

/** @throws Problem `json-invalid` */
export function parseRetention(
  bytes: Uint8Array | string,
  path = 'retention.json',
): RetentionRules {
  return parseShape(shape, parseJson(bytes, path), 'json-invalid', path);
}
