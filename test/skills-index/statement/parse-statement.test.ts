import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import {
  type ApprovalStatement,
  type KeyPredicate,
  keyStatement,
  type MemberPredicate,
  memberStatement,
  revocationStatement,
  type ScopePredicate,
  type Statement,
  scopeStatement,
  statementBytes,
  versionSubjects,
} from '../../../skills-index/statement/attestation.ts';
import { parseStatement } from '../../../skills-index/statement/parse-statement.ts';
import { freshNonce } from '../../nonce.ts';
import { people, tellStory } from '../story.ts';

const { author, ada, ben } = people;
const invalid = expect.objectContaining({ code: 'statement-invalid' });
const story = await tellStory();
const member: MemberPredicate = {
  name: 'Ada',
  roles: ['reviewer'],
  key: ada.named,
  state: 'enrolled',
  nonce: freshNonce(),
};
const scope: ScopePredicate = { scope: parseScope('acme'), owners: [author.named] };
const key: KeyPredicate = { key: author.named, state: 'enrolled' };
const bundle = digestOf('bundle');
const parsed = (statement: Statement): Statement => parseStatement(statementBytes(statement));

describe('every kind of statement', () => {
  it.each(
    story.log.said.map((one): [string, Statement] => [one.statement.predicateType, one.statement]),
  )('is read back: %s', (_, statement) => {
    expect(parsed(statement)).toEqual(statement);
  });

  it.each<[string, Statement]>([
    [
      'a revoked bundle',
      revocationStatement({
        nonce: freshNonce(),
        kind: 'revoked',
        target: { bundle },
        reason: 'it leaks',
      }),
    ],
    ['an ended member', memberStatement({ ...member, state: 'ended', validUpTo: 7 })],
    ['a changed scope', scopeStatement({ ...scope, previous: bundle })],
    ['a rotated key', keyStatement({ ...key, replaces: ada.keyId })],
  ])('is read back: %s', (_, statement) => {
    expect(parsed(statement)).toEqual(statement);
  });
});

describe('a statement about who is who', () => {
  it.each<[string, Statement]>([
    [
      'a member without key and passkey',
      memberStatement({ nonce: freshNonce(), name: 'Ada', roles: ['reviewer'], state: 'enrolled' }),
    ],
    ['a member without a nonce', memberStatement({ ...member, nonce: undefined as never })],
    ['a short nonce', memberStatement({ ...member, nonce: 'again' })],
    ['a member without a role', memberStatement({ ...member, roles: [] })],
    [
      'a member with one role twice',
      memberStatement({ ...member, roles: ['reviewer', 'reviewer'] }),
    ],
    ['a member with both', memberStatement({ ...member, passkey: ben.enrolled })],
    ['a name with a direction mark', memberStatement({ ...member, name: 'Ada\u202e' })],
    ['an enrolment that ends', memberStatement({ ...member, validUpTo: 7 })],
    [
      'a key under the id of another',
      memberStatement({ ...member, key: { keyId: ada.keyId, spki: author.named.spki } }),
    ],
    [
      'an Ed25519 key',
      scopeStatement({
        ...scope,
        owners: [{ keyId: digestOf('x'), spki: Buffer.alloc(44).toString('base64') }],
      }),
    ],
    ['a key that replaces itself', keyStatement({ ...key, replaces: author.keyId })],
    ['an ended key that replaces', keyStatement({ ...key, state: 'ended', replaces: ada.keyId })],
    [
      'a revocation without a reason',
      revocationStatement({
        nonce: freshNonce(),
        kind: 'revoked',
        target: { bundle },
        reason: ' ',
      }),
    ],
    [
      'a revocation of two things',
      revocationStatement({
        nonce: freshNonce(),
        kind: 'revoked',
        target: { bundle, publisher: author.keyId } as never,
        reason: 'r',
      }),
    ],
  ])('is refused: %s', (_, statement) => {
    expect(() => parsed(statement)).toThrow(invalid);
  });
});

describe('an approval', () => {
  const [approval] = story.approvals;
  const statement = approval?.statement as ApprovalStatement;
  const change = (part: object): Statement => ({
    ...statement,
    predicate: { ...statement.predicate, ...part },
  });

  it.each<[string, object]>([
    [
      'capabilities with their why',
      { capabilities: { ...statement.predicate.capabilities, env: [{ name: 'A', why: 'x' }] } },
    ],
    ['another capability digest', { capabilityDigest: bundle }],
    [
      'a reviewer with key and passkey',
      { reviewer: { member: 'Ada', keyId: ada.keyId, credentialId: 'AAAA' } },
    ],
    ['a reviewer without either', { reviewer: { member: 'Ada' } }],
    ['an assertion beside a key', { assertion: ben.assert(Buffer.alloc(32)) }],
  ])('is refused with %s', (_, part) => {
    expect(() => parsed(change(part))).toThrow(invalid);
  });
});

describe('a published manifest', () => {
  const { statement } = story.publish as {
    statement: Extract<Statement, { predicate: { manifest: unknown } }>;
  };
  const withManifest = (part: object): Statement => ({
    ...statement,
    predicate: { ...statement.predicate, manifest: { ...statement.predicate.manifest, ...part } },
  });

  it.each<[string, object]>([
    [
      'asks for a host path',
      {
        capabilities: {
          ...statement.predicate.manifest.capabilities,
          mount: [{ source: '/etc', target: '/x', mode: 'ro', why: 'x' }],
        },
      },
    ],
    ['has a key more', { $schema: 'https://skillgate.dev/schema/skill-1.json' }],
    ['runs a file outside', { commands: { x: '../x' } }],
  ])('is refused when it %s', (_, part) => {
    expect(() => parsed(withManifest(part))).toThrow(invalid);
  });
});

describe('a statement made to take memory', () => {
  const head = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: '0'.repeat(64) }, name: 'x' }],
  };
  const publishing = (manifest: object): Uint8Array =>
    Buffer.from(
      canonicalJson({
        ...head,
        predicate: { manifest },
        predicateType: 'https://skillgate.dev/attestation/publish/v1',
      }),
    );

  it.each([
    [
      'twenty thousand wrong entries',
      { capabilities: { secret: Array(20_000).fill(1) } },
      'more than 20000 values',
    ],
    ['a manifest larger than any file', { license: 'x'.repeat(300_000) }, 'at most 262144'],
  ])('with %s is refused at once', (_, manifest, message) => {
    expect(() => parseStatement(publishing(manifest))).toThrow(message);
  });
});

describe('subjects', () => {
  it('are the bundle and each file, up to 500 files', () => {
    const files = Array.from({ length: 501 }, (_, at) => ({ path: `f${at}`, sha256: bundle }));
    expect(versionSubjects({ ...story.about, files: files.slice(1) })).toHaveLength(501);
    expect(versionSubjects({ ...story.about, files })).toEqual([
      {
        name: 'pkg:skill/%40acme/weekly-report@1.4.0',
        digest: { sha256: story.about.bundle.slice(7) },
      },
    ]);
  });
});

it('anything else is refused, and never a crash', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(() => parseStatement(Buffer.from(canonicalJson(value)))).toThrow(invalid);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(() => parseStatement(bytes)).toThrow(invalid);
    }),
  );
});
