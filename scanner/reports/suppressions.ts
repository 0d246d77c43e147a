/** Parses the list of findings that a reviewer has accepted. */
import * as v from 'valibot';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { severities } from '../../skills-index/statement/finding.ts';
import type { Suppression } from './marks.ts';

const reasonCharsMin = 20;

const suppressionList = v.array(
  exactObject({
    fingerprint: v.pipe(
      v.string(),
      v.regex(/^[0-9a-f]{64}$/, 'is not the fingerprint of a finding'),
    ),
    skill: v.string(),
    path: v.exactOptional(v.string()),
    reason: v.pipe(
      v.string(),
      v.trim(),
      v.minLength(reasonCharsMin, `needs at least ${reasonCharsMin} characters`),
    ),
    by: v.pipe(v.string(), v.trim(), v.minLength(1, 'names nobody')),
    expires: v.pipe(v.string(), v.isoDate('is not a day such as 2026-12-31')),
    severity: v.picklist(severities),
  }),
);

/**
 * Suppressions of a file, parsed strictly.
 * @param name the file's name in messages
 * @throws Problem `json-invalid` with every reason
 */
export function parseSuppressions(bytes: Uint8Array, name: string): Suppression[] {
  return parseShape(suppressionList, parseJson(bytes, name), 'json-invalid', name);
}
