/**
 * Writes and reads TUF metadata (TUF specification 1.0.31 §4): root, targets, snapshot and
 * timestamp, all under P-256 keys. Unknown fields are rejected. A key's id must be the id that
 * follows from the key, so one key never counts twice.
 */

import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { boundedList, exactObject } from '../../skill/shape.ts';
import { hex, isP256Spki, type Shape } from '../../statement/field-shapes.ts';

/** Maximum number of keys of a TUF role. */
export const tufKeysMax = 24;

export const tufSignatureCharsMax = 160;

export const tufTargetsMax = 16;

export const tufSpecVersion = '1.0.31';

/** A key in the form of TUF §4.2; `public` is the key's SPKI in PEM. */
export interface TufKey {
  readonly keytype: 'ecdsa';
  readonly scheme: 'ecdsa-sha2-nistp256';
  readonly keyval: { readonly public: string };
}

/** A signature in TUF's form; `sig` is the DER of the signature in hexadecimal. */
export interface TufSignature {
  readonly keyid: string;
  readonly sig: string;
}

/** The keys that sign a TUF role. `threshold` different keys of the list must sign. */
export interface TufRole {
  readonly keyids: readonly string[];
  readonly threshold: number;
}

interface Common {
  readonly spec_version: typeof tufSpecVersion;
  readonly version: number;
  /** The time at which the metadata expires, such as `2027-01-31T12:00:00Z`. */
  readonly expires: string;
}

export interface TufRoot extends Common {
  readonly _type: 'root';
  readonly consistent_snapshot: true;
  readonly keys: Readonly<Record<string, TufKey>>;
  readonly roles: Readonly<Record<'root' | 'targets' | 'snapshot' | 'timestamp', TufRole>>;
}

/** How TUF metadata describes a file. Metadata files have a version; target files have none. */
export interface TufFile {
  readonly length: number;
  readonly hashes: { readonly sha256: string };
}

export interface TufDelegation extends TufRole {
  readonly name: 'online';
  readonly terminating: true;
  readonly paths: readonly string[];
}

export interface TufTargets extends Common {
  readonly _type: 'targets';
  readonly targets: Readonly<Record<string, TufFile>>;
  readonly delegations?: {
    readonly keys: Readonly<Record<string, TufKey>>;
    readonly roles: readonly [TufDelegation];
  };
}

export interface TufSnapshot extends Common {
  readonly _type: 'snapshot';
  readonly meta: Readonly<
    Record<'targets.json' | 'online.json', TufFile & { readonly version: number }>
  >;
}

interface TufTimestamp extends Common {
  readonly _type: 'timestamp';
  readonly meta: { readonly 'snapshot.json': TufFile & { readonly version: number } };
}

export type TufSigned = TufRoot | TufTargets | TufSnapshot | TufTimestamp;

export interface TufMetadata<Signed extends TufSigned = TufSigned> {
  readonly signatures: readonly TufSignature[];
  readonly signed: Signed;
}

/** A key in TUF's form with the key's id, which is SHA-256 of the key's canonical JSON. */
export function tufKeyOf(spki: Uint8Array): { readonly keyid: string; readonly key: TufKey } {
  const lines =
    Buffer.from(spki)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const pem = `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
  const key: TufKey = { keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', keyval: { public: pem } };
  return { keyid: createHash('sha256').update(olpcJson(key)).digest('hex'), key };
}

/** The SPKI DER of a key in TUF's form. */
export function spkiOfTuf({ keyval }: TufKey): Uint8Array {
  return Buffer.from(keyval.public.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/**
 * The bytes that a TUF signature covers: OLPC canonical JSON, which escapes nothing but the quote
 * and the backslash (TUF §4.2).
 */
export function olpcJson(value: unknown): string {
  if (typeof value === 'string') return `"${value.replace(/[\\"]/g, '\\$&')}"`;
  if (Array.isArray(value)) return `[${value.map(olpcJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${olpcJson(key)}:${olpcJson(member)}`).join(',')}}`;
}

/**
 * A time in TUF's form, in whole seconds.
 * @param ms milliseconds since 1970
 */
export function tufTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const whole = v.pipe(
  v.number(),
  v.safeInteger('is not a whole number'),
  v.minValue(1, 'is less than 1'),
);
const keyShape: Shape<TufKey> = v.pipe(
  exactObject({
    keytype: v.literal('ecdsa'),
    scheme: v.literal('ecdsa-sha2-nistp256'),
    keyval: exactObject({ public: v.string() }),
  }),
  v.check((key) => {
    const spki = spkiOfTuf(key);
    return isP256Spki(spki) && tufKeyOf(spki).key.keyval.public === key.keyval.public;
  }, 'is not a P-256 key in PEM'),
);
const keysShape: Shape<Readonly<Record<string, TufKey>>> = v.pipe(
  v.record(hex, keyShape),
  v.check((keys) => Object.keys(keys).length <= tufKeysMax, 'are too many keys'),
  v.check(
    (keys) => Object.entries(keys).every(([id, key]) => tufKeyOf(spkiOfTuf(key)).keyid === id),
    'have an id of another key',
  ),
);
const role = {
  keyids: v.pipe(
    boundedList(hex, tufKeysMax),
    v.check((ids) => new Set(ids).size === ids.length, 'name one key twice'),
  ),
  threshold: whole,
};
const common = {
  spec_version: v.literal(tufSpecVersion),
  version: whole,
  expires: v.pipe(
    v.string(),
    v.check(
      (text) => !Number.isNaN(Date.parse(text)) && tufTime(Date.parse(text)) === text,
      'is not a time such as "2027-01-31T12:00:00Z"',
    ),
  ),
};
const file = {
  length: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  hashes: exactObject({ sha256: hex }),
};
const meta = exactObject({ version: whole, ...file });

const metadataOf = <Signed extends TufSigned>(signed: Shape<Signed>): Shape<TufMetadata<Signed>> =>
  exactObject({
    signatures: boundedList(
      exactObject({
        keyid: hex,
        sig: v.pipe(
          v.string(),
          v.maxLength(tufSignatureCharsMax),
          v.regex(/^([0-9a-f]{2})*$/, 'is not hexadecimal'),
        ),
      }),
      tufKeysMax,
    ),
    signed,
  });

/** The shapes of each TUF role's metadata. */
export const tufShapes = {
  root: metadataOf<TufRoot>(
    exactObject({
      _type: v.literal('root'),
      ...common,
      consistent_snapshot: v.literal(true),
      keys: keysShape,
      roles: exactObject({
        root: exactObject(role),
        targets: exactObject(role),
        snapshot: exactObject(role),
        timestamp: exactObject(role),
      }),
    }),
  ),
  targets: metadataOf<TufTargets>(
    exactObject({
      _type: v.literal('targets'),
      ...common,
      targets: v.pipe(
        v.record(
          v.pipe(v.string(), v.regex(/^[a-z][a-z_.]{0,63}$/, 'is not the name of a target')),
          exactObject(file),
        ),
        v.check((targets) => Object.keys(targets).length <= tufTargetsMax, 'are too many targets'),
      ),
      delegations: v.exactOptional(
        exactObject({
          keys: keysShape,
          roles: v.strictTuple([
            exactObject({
              name: v.literal('online'),
              ...role,
              terminating: v.literal(true),
              paths: boundedList(v.string(), tufTargetsMax),
            }),
          ]),
        }),
      ),
    }),
  ),
  snapshot: metadataOf<TufSnapshot>(
    exactObject({
      _type: v.literal('snapshot'),
      ...common,
      meta: exactObject({ 'targets.json': meta, 'online.json': meta }),
    }),
  ),
  timestamp: metadataOf<TufTimestamp>(
    exactObject({
      _type: v.literal('timestamp'),
      ...common,
      meta: exactObject({ 'snapshot.json': meta }),
    }),
  ),
} as const;
