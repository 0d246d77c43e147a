import type { SignedEntity } from '@sigstore/verify';
import { describe, expect, it } from 'vitest';
import type { SigstoreRoot } from '../../../../skills-index/trust/signatures/trusted-root.ts';
import {
  requireRecords,
  timesOf,
} from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { people } from '../../story.ts';

const signer = Buffer.from(people.author.publicKey);
const other = Buffer.from(people.stranger.publicKey);
const pemOf = (der: Buffer, label = 'PUBLIC KEY'): string => {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return Buffer.from(
    `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`,
  ).toString('base64');
};
const log = Buffer.alloc(32, 1);
const otherLog = Buffer.alloc(32, 2);
const start = new Date('2026-01-01T00:00:00Z');
const end = new Date('2026-02-01T00:00:00Z');
const root = { tlogs: [{ logID: log, validFor: { start, end } }] } as unknown as SigstoreRoot;

/**
 * An entry of a log, and when its bundle was signed: by a timestamp authority, or by a log that
 * promised to include it.
 */
const entity = (
  body: unknown,
  { at = [start], logId = log }: { at?: Date[]; logId?: Buffer } = {},
): SignedEntity =>
  ({
    timestamps: at.map((signingTime) => ({
      $case: 'timestamp-authority',
      timestamp: { signingTime },
    })),
    tlogEntries: [
      {
        canonicalizedBody: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
        logId: { keyId: logId },
      },
    ],
  }) as unknown as SignedEntity;
const judged = (one: SignedEntity): string => {
  try {
    requireRecords(one, root, signer);
    return 'counts';
  } catch (cause) {
    expect(cause).toMatchObject({ code: 'log-invalid' });
    return cause instanceof Error ? cause.message : '';
  }
};
const der = signer.toString('base64');
const late = 'the log’s key did not count at the time of the signature';
const foreign = 'the log entry names another signer';

describe('an entry of a log', () => {
  it.each<[string, unknown]>([
    ['as DER', { spec: { verifier: { rawBytes: der } } }],
    ['as PEM', { spec: { signature: { publicKey: { content: pemOf(signer) } } } }],
    ['as the PEM of a certificate', { spec: [{ verifier: pemOf(signer, 'CERTIFICATE') }] }],
  ])('counts when it names the signer %s', (_, body) => {
    expect(judged(entity(body))).toBe('counts');
  });

  it.each<[string, unknown, string]>([
    ['names another', { spec: { verifier: { rawBytes: other.toString('base64') } } }, foreign],
    ['names the key and more', Buffer.concat([signer, Buffer.of(0)]).toString('base64'), foreign],
    [
      'has something behind the PEM',
      {
        spec: Buffer.from(`${Buffer.from(pemOf(signer), 'base64').toString()}x`).toString('base64'),
      },
      foreign,
    ],
    ['is not JSON', '{', 'The log entry is not JSON'],
  ])('is refused when it %s', (_, body, why) => {
    expect(
      judged(entity(typeof body === 'string' && body !== '{' ? JSON.stringify(body) : body)),
    ).toContain(why);
  });

  const ms = (date: Date, by: number): Date => new Date(date.getTime() + by);
  it.each<[string, Date[], string]>([
    ['at the first moment of its log’s key', [start], 'counts'],
    ['at the last', [end], 'counts'],
    ['after', [ms(end, 1)], late],
    ['once in time and once after', [start, ms(end, 1)], late],
  ])('counts for a signature made in the time of its log: %s', (_, at, why) => {
    expect(judged(entity({ der }, { at }))).toContain(why);
  });

  it('counts in no log that the root does not name', () => {
    expect(judged(entity({ der }, { logId: otherLog }))).toContain(late);
  });
});

describe('the times of a signature', () => {
  it('are those of authorities, and of logs that promised to include it', () => {
    const entry = (inclusionPromise: object | undefined, integratedTime = '1767225600') => ({
      $case: 'transparency-log',
      tlogEntry: { inclusionPromise, integratedTime },
    });
    const timestamps = [
      { $case: 'timestamp-authority', timestamp: { signingTime: end } },
      entry({}),
      entry(undefined, '1770000000'),
    ];
    expect(timesOf({ timestamps } as unknown as SignedEntity)).toEqual([end, start]);
  });
});
