import { describe, expect, it } from 'vitest';
import { fetchReviewedBundle, requireExpectedApproval } from '../../../cli/review/approve.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { capabilityDigest, noCapabilities } from '../../../skills-index/skill/capability.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import {
  type ApprovalPredicate,
  statementBytes,
} from '../../../skills-index/statement/attestation.ts';
import {
  approvalStatement,
  publishStatement,
} from '../../../skills-index/statement/version-statement.ts';

const name = parseSkillName('@acme/report');
const version = parseVersion('1.0.0');
const capabilities = { ...noCapabilities, env: [{ name: 'TZ' }] };
const manifest = JSON.stringify({
  name,
  version,
  capabilities: { env: [{ name: 'TZ', why: 'dates' }] },
});
const pack = (extra = '') =>
  packBundle([
    {
      path: 'SKILL.md',
      bytes: Buffer.from(`---\nname: report\ndescription: x\n---\n${extra}`),
      mode: 0o644,
    },
    { path: 'skill.json', bytes: Buffer.from(manifest), mode: 0o644 },
  ]);
const packed = pack();
const files = packed.bundle.files.map(({ path }) => ({
  path,
  bytes: packed.contents.get(path) ?? new Uint8Array(),
  mode: 0o644,
}));
const reviewed = { digest: packed.digest, bundle: packed.bundle, files };
const about = { name, version, bundle: packed.digest, files: packed.bundle.files };
const keyId = digestOf('rita’s key');
const now = new Date('2026-11-20T12:00:00Z');

const registry = digestOf('root file');

const honest: ApprovalPredicate = {
  name,
  version,
  bundle: packed.digest,
  capabilities,
  registry,
  capabilityDigest: capabilityDigest(capabilities),
  scanReport: digestOf('report'),
  ruleSet: digestOf('rules'),
  policy: digestOf('policy'),
  reviewer: { member: 'rita', keyId },
  reason: 'read all of it',
  nonce: Buffer.alloc(16, 1).toString('base64url'),
  expires: '2026-11-20T12:10:00.000Z',
  independent: true,
};

const check = (payload: Uint8Array, digest = digestOf(payload)) =>
  requireExpectedApproval(payload, { name, version, registry, keyId, now, digest }, reviewed);
const payloadOf = (change: Partial<ApprovalPredicate>, of: Partial<typeof about> = {}) =>
  statementBytes(approvalStatement({ ...about, ...of }, { ...honest, ...change }));

describe('an approval that is to be signed', () => {
  it('is taken when it says exactly what the reviewer means', () => {
    expect(check(payloadOf({})).predicate).toEqual(honest);
  });

  const other = pack('changed');
  const wide = { ...noCapabilities, env: [{ name: 'TZ' }], exec: [{ program: 'sh' }] };
  const passkey = {
    credentialId: 'AAAA',
    authenticatorData: 'AAAA',
    clientDataJSON: 'AAAA',
    signature: 'AAAA',
  };
  it.each<[string, Uint8Array, RegExp]>([
    ['names another version', payloadOf({ version: parseVersion('1.0.1') }), /another version/],
    ['names another bundle', payloadOf({ bundle: other.digest }), /another bundle/],
    [
      'has the subjects of another bundle',
      payloadOf({}, { bundle: other.digest, files: other.bundle.files }),
      /subjects/,
    ],
    [
      'leaves a file out of its subjects',
      payloadOf({}, { files: packed.bundle.files.slice(1) }),
      /subjects/,
    ],
    [
      'is for another reviewer’s key',
      payloadOf({ reviewer: { member: 'rita', keyId: digestOf('other') } }),
      /another reviewer/,
    ],
    [
      'is for a passkey',
      payloadOf({ reviewer: { member: 'rita', credentialId: 'AAAA' } }),
      /another reviewer/,
    ],
    ['has expired', payloadOf({ expires: '2026-11-20T12:00:00.000Z' }), /expired/],
    [
      'approves more than skill.json asks for',
      payloadOf({ capabilities: wide, capabilityDigest: capabilityDigest(wide) }),
      /exec sh/,
    ],
    [
      'has a capability digest of something else',
      payloadOf({ capabilityDigest: capabilityDigest(noCapabilities) }),
      /capabilit/,
    ],
    [
      'carries an assertion',
      payloadOf({ reviewer: { member: 'rita', credentialId: 'AAAA' }, assertion: passkey }),
      /passkey|another reviewer/,
    ],
  ])('is not signed when it %s', (_, payload, says) => {
    expect(() => check(payload)).toThrow(says);
  });

  it('is not signed when it is another than the one named', () => {
    expect(() => check(payloadOf({}), digestOf('named'))).toThrow(
      /digest of the statement that the registry sent is not/,
    );
  });

  it('is not signed when it is no approval', () => {
    const statement = publishStatement(about, {
      manifest: {
        name,
        version,
        commands: {},
        requires: {},
        capabilities,
        limits: { seconds: 1, memoryMiB: 64 },
      },
      tool: 'x',
    });
    expect(() => check(statementBytes(statement))).toThrow(/Cannot|no approval/);
  });
});

describe('the reviewer’s own copy', () => {
  const blobs = new Map<string, Uint8Array>([
    [hexOf(packed.digest), packed.bytes],
    ...packed.bundle.files.map((file): [string, Uint8Array] => [
      hexOf(file.sha256),
      packed.contents.get(file.path) ?? new Uint8Array(),
    ]),
  ]);
  const serving =
    (lie?: string): typeof fetch =>
    async (input) => {
      const hex = String(input).slice(-64);
      const bytes = blobs.get(hex);
      if (bytes === undefined)
        return new Response('{"code":"not-found","detail":"no"}', { status: 404 });
      return new Response(hex === lie ? 'other bytes' : Buffer.from(bytes));
    };
  const fetchFrom = (fetch: typeof globalThis.fetch) =>
    fetchReviewedBundle({ registryBase: 'https://skills.example', fetch }, packed.digest, 't');

  it('is fetched file by file', async () => {
    expect((await fetchFrom(serving())).files).toEqual(
      files.map((file) => ({ ...file, bytes: Buffer.from(file.bytes) })),
    );
  });

  it.each([...blobs.keys()])('is refused when blob %s has other bytes', async (hex) => {
    await expect(fetchFrom(serving(hex))).rejects.toMatchObject({ code: 'signature-invalid' });
  });
});
