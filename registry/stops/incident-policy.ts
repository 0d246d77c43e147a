import * as v from 'valibot';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';

/**
 * `incidents.json` in the data folder: whose incident reports count, and how many of them suspend a
 * version.
 */
export interface IncidentPolicy {
  /** Name of a host → id of its audit key. */
  readonly reporters: Readonly<Record<string, Digest>>;
  /** The number of different hosts; 0 suspends nothing automatically. */
  readonly needed: number;
}

const shape = exactObject({
  reporters: v.record(v.string(), v.custom<Digest>(isDigest, 'is not a digest')),
  needed: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/**
 * Parses the text of `incidents.json`.
 * @param path the name of the text in messages
 * @throws Problem `json-invalid`
 */
export function parseIncidentPolicy(
  bytes: Uint8Array | string,
  path = 'incidents.json',
): IncidentPolicy {
  return parseShape(shape, parseJson(bytes, path), 'json-invalid', path);
}
