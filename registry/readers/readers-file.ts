/**
 * `readers.json` in the data folder: which scopes are private, and who may read them. Tokens are in
 * it as SHA-256 only.
 */
import * as v from 'valibot';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { isNamePart, type Scope } from '../../skills-index/skill/name.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';

const scopes = v.array(
  v.custom<Scope>(
    (one) => typeof one === 'string' && isNamePart(one),
    'is no scope: write its name without the @',
  ),
);

const shape = exactObject({
  schema: v.literal('skillgate.readers/1'),
  /** The private scopes, without the `@`, or `everything` for a registry that is private. */
  private: v.union([v.literal('everything'), scopes]),
  readers: v.array(
    exactObject({
      name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
      /** SHA-256 of the reader's token. */
      token: v.exactOptional(v.custom<Digest>(isDigest, 'is not a digest')),
      /** IP addresses, and networks such as `10.0.0.0/8`. */
      addresses: v.exactOptional(v.array(v.string())),
      /** What the reader may read; absent for everything. */
      scopes: v.exactOptional(scopes),
    }),
  ),
});

/** The parsed file. */
export type ReadersFile = v.InferOutput<typeof shape>;
export type ReaderEntry = ReadersFile['readers'][number];

/** Name of the file, in the data folder. */
export const readersFileName = 'readers.json';

/**
 * Parses the file.
 * @param path of the file, for messages
 * @throws Problem `json-invalid`
 */
export function parseReaders(bytes: Uint8Array, path: string): ReadersFile {
  return parseShape(shape, parseJson(bytes, path), 'json-invalid', path);
}
