import { describe, expect, it } from 'vitest';
import { noteKeyId } from '../../../../skills-index/log/checkpoint.ts';
import { signCheckpoint } from '../../../../skills-index/log/sign-cosignature.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { scopeStatement, statementBytes } from '../../../../skills-index/statement/attestation.ts';
import { signPayload, signStatement } from '../../../../skills-index/statement/sign.ts';
import { inTotoPayloadType } from '../../../../skills-index/statement/signature-formats/envelope.ts';
import type {
  SigstoreBundle,
  SigstoreLogEntry,
} from '../../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { requireSubjects } from '../../../../skills-index/trust/signatures/require-own-registry.ts';
import { verifyStatement } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { people, storyRoot, tellStory } from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';
import { TestLog } from '../../story-log.ts';

const root = storyRoot;
const log = new TestLog('skills.example');
const { author, stranger, ada } = people;
const claim = scopeStatement({ scope: parseScope('acme'), owners: [author.named] });
const first = await log.say(claim, author);
const good = await log.say(claim, author);
const strangers = await log.say(claim, stranger);

const codeOf = (bundle: unknown, keys?: Parameters<typeof verifyStatement>[1]['keys']): string => {
  try {
    verifyStatement(bundle, keys === undefined ? { root } : { root, keys });
    return 'verified';
  } catch (cause) {
    return cause instanceof Problem ? cause.code : String(cause);
  }
};

type Change = (bundle: SigstoreBundle) => unknown;
const entry =
  (change: (entry: SigstoreLogEntry) => object): Change =>
  (bundle) => ({
    ...bundle,
    verificationMaterial: {
      ...bundle.verificationMaterial,
      tlogEntries: [
        {
          ...bundle.verificationMaterial.tlogEntries[0],
          ...change(bundle.verificationMaterial.tlogEntries[0]),
        },
      ],
    },
  });
const proof = (change: (proof: SigstoreLogEntry['inclusionProof']) => object): Change =>
  entry((one) => ({ inclusionProof: { ...one.inclusionProof, ...change(one.inclusionProof) } }));
const envelope =
  (change: (envelope: SigstoreBundle['dsseEnvelope']) => object): Change =>
  (bundle) => ({
    ...bundle,
    dsseEnvelope: { ...bundle.dsseEnvelope, ...change(bundle.dsseEnvelope) },
  });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

describe('a logged statement', () => {
  it('is verified, with its signer and its place', () => {
    expect(verifyStatement(good.bundle, { root })).toMatchObject({
      statement: claim,
      signer: author.keyId,
      logIndex: 1,
      digest: good.digest,
      checkpoint: { size: 2 },
    });
  });

  it('proves who signed it, and no more: a stranger’s is a stranger’s', () => {
    expect(verifyStatement(strangers.bundle, { root }).signer).toBe(stranger.keyId);
    expect(
      codeOf(strangers.bundle, (keyId) => (keyId === author.keyId ? author.publicKey : undefined)),
    ).toBe('key-unknown');
    expect(codeOf(strangers.bundle, () => author.publicKey)).toBe('signature-invalid');
    expect(codeOf(good.bundle, () => author.publicKey)).toBe('verified');
  });
});

describe('a bundle that was tampered with', () => {
  it.each<[string, Change, string]>([
    [
      'its payload',
      envelope((one) => ({ payload: one.payload.replace(/^e/, 'f') })),
      'log-invalid',
    ],
    [
      'its payload type',
      envelope(() => ({ payloadType: 'application/vnd.skillgate.status+json' })),
      'statement-invalid',
    ],
    [
      'another’s signature',
      envelope(() => ({ signatures: first.bundle.dsseEnvelope.signatures })),
      'log-invalid',
    ],
    [
      'a second signature',
      envelope((one) => ({ signatures: [...one.signatures, ...one.signatures] })),
      'statement-invalid',
    ],
    ['no signature', envelope(() => ({ signatures: [] })), 'statement-invalid'],
    [
      'a key id beside the signature',
      envelope((one) => ({ signatures: [{ ...one.signatures[0], keyid: author.keyId }] })),
      'statement-invalid',
    ],
    [
      'another hint',
      (one) => ({
        ...one,
        verificationMaterial: { ...one.verificationMaterial, publicKey: { hint: ada.keyId } },
      }),
      'signature-invalid',
    ],
    [
      'a hint that is no key id',
      (one) => ({
        ...one,
        verificationMaterial: { ...one.verificationMaterial, publicKey: { hint: 'author' } },
      }),
      'statement-invalid',
    ],
    [
      'no log entry',
      (one) => ({ ...one, verificationMaterial: { ...one.verificationMaterial, tlogEntries: [] } }),
      'statement-invalid',
    ],
    [
      'two log entries',
      (one) => ({
        ...one,
        verificationMaterial: {
          ...one.verificationMaterial,
          tlogEntries: [0, 1].map(() => one.verificationMaterial.tlogEntries[0]),
        },
      }),
      'statement-invalid',
    ],
    [
      'an entry about another envelope',
      entry(() => ({
        canonicalizedBody: first.bundle.verificationMaterial.tlogEntries[0].canonicalizedBody,
      })),
      'log-invalid',
    ],
    [
      'an entry with white space',
      entry((one) => ({
        canonicalizedBody: base64(Buffer.from(`${Buffer.from(one.canonicalizedBody, 'base64')} `)),
      })),
      'log-invalid',
    ],
    ['another log index', entry(() => ({ logIndex: '0' })), 'log-invalid'],
    [
      'another log index in both places',
      entry((one) => ({ logIndex: '0', inclusionProof: { ...one.inclusionProof, logIndex: '0' } })),
      'log-invalid',
    ],
    [
      'an index beyond the log',
      entry((one) => ({ logIndex: '7', inclusionProof: { ...one.inclusionProof, logIndex: '7' } })),
      'log-invalid',
    ],
    ['an index with a leading zero', entry(() => ({ logIndex: '01' })), 'statement-invalid'],
    [
      'another log id',
      entry(() => ({ logId: { keyId: base64(noteKeyId('other.example', log.key.publicKey)) } })),
      'log-invalid',
    ],
    [
      'an inclusion promise',
      entry(() => ({ inclusionPromise: { signedEntryTimestamp: 'AAAA' } })),
      'statement-invalid',
    ],
    [
      'a time that nobody signed',
      entry(() => ({ integratedTime: '1767225600' })),
      'statement-invalid',
    ],
    ['a proof without hashes', proof(() => ({ hashes: [] })), 'log-invalid'],
    [
      'a proof with one hash more',
      proof((one) => ({ hashes: [...one.hashes, one.rootHash] })),
      'log-invalid',
    ],
    [
      'a proof with another hash',
      proof((one) => ({ hashes: one.hashes.map(() => one.rootHash) })),
      'log-invalid',
    ],
    ['another root', proof(() => ({ rootHash: base64(Buffer.alloc(32)) })), 'log-invalid'],
    ['another size', proof(() => ({ treeSize: '3' })), 'log-invalid'],
    [
      'another checkpoint',
      proof(() => ({
        checkpoint: first.bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint,
      })),
      'log-invalid',
    ],
    [
      'a checkpoint of another origin',
      proof((one) => ({
        checkpoint: {
          envelope: one.checkpoint.envelope.replaceAll('skills.example', 'kills.exampl'),
        },
      })),
      'log-invalid',
    ],
    [
      'an unsigned checkpoint',
      proof((one) => ({
        checkpoint: { envelope: one.checkpoint.envelope.replace(/\u2014 .*\n/u, '') },
      })),
      'log-invalid',
    ],
    [
      'another media type',
      (one) => ({ ...one, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1' }),
      'statement-invalid',
    ],
    [
      'a certificate',
      (one) => ({
        ...one,
        verificationMaterial: { ...one.verificationMaterial, certificate: { rawBytes: 'AAAA' } },
      }),
      'statement-invalid',
    ],
    [
      'a message signature',
      (one) => ({ ...one, messageSignature: { signature: 'AAAA' } }),
      'statement-invalid',
    ],
  ])('is refused: %s', (_, change, code) => {
    expect(codeOf(change(good.bundle))).toBe(code);
  });

  it('is refused when another log signed the checkpoint', async () => {
    const forger = testLogKey('forger');
    const note = await signCheckpoint({ origin: 'skills.example', ...log.head }, forger);
    expect(codeOf(proof(() => ({ checkpoint: { envelope: note } }))(good.bundle))).toBe(
      'signature-invalid',
    );
  });

  it('is refused when the log names another key than the one that signed: who watches that key would miss it', async () => {
    const hidden = await log.append(claim, await signStatement(claim, author), stranger);
    const shown = { ...hidden.bundle.verificationMaterial, publicKey: { hint: author.keyId } };
    expect(codeOf({ ...hidden.bundle, verificationMaterial: shown }, () => author.publicKey)).toBe(
      'log-invalid',
    );
  });

  it('is refused when the log holds it, but its signature is of another key', async () => {
    const forged = await log.append(claim, await signStatement(claim, stranger), author);
    expect(codeOf(forged.bundle)).toBe('signature-invalid');
  });
});

describe('a payload that is signed and logged, but', () => {
  const say = async (payload: Uint8Array, type = inTotoPayloadType): Promise<string> =>
    codeOf((await log.append(claim, await signPayload(type, payload, author), author)).bundle);
  const text = Buffer.from(statementBytes(claim)).toString('utf8');

  it.each([
    ['repeats a key', text.replace('{', '{"_type":"https://in-toto.io/Statement/v1",')],
    ['repeats a key deep inside', text.replace('"scope":"acme"', '"scope":"other","scope":"acme"')],
    ['has white space', ` ${text}`],
    [
      'has its keys in another order',
      JSON.stringify(Object.fromEntries(Object.entries(claim).reverse())),
    ],
    ['has a key more', canonicalJson({ ...claim, extra: 1 })],
    [
      'has a key more in its predicate',
      canonicalJson({ ...claim, predicate: { ...claim.predicate, extra: 1 } }),
    ],
    [
      'is of an unknown predicate type',
      canonicalJson({ ...claim, predicateType: 'https://skillgate.dev/attestation/scope/v2' }),
    ],
    [
      'is of another predicate type than its predicate',
      canonicalJson({ ...claim, predicateType: 'https://skillgate.dev/attestation/key/v1' }),
    ],
    [
      'names a subject that does not follow from it',
      canonicalJson({
        ...claim,
        subject: [{ name: 'scope:@other', digest: { sha256: 'ab'.repeat(32) } }],
      }),
    ],
    [
      'is of an older in-toto form',
      canonicalJson({ ...claim, _type: 'https://in-toto.io/Statement/v0.1' }),
    ],
    ['is no JSON', 'statement'],
    ['is not UTF-8', Buffer.from(text).fill(0xff, 2, 3)],
    ['is a list', '[]'],
    ['names __proto__', text.replace('"scope":"acme"', '"__proto__":1,"scope":"acme"')],
  ])('%s, is refused', async (_, payload) => {
    expect(await say(Buffer.from(payload))).toBe('statement-invalid');
  });

  it('is of another type, is refused', async () => {
    expect(await say(Buffer.from(text), 'application/json')).toBe('statement-invalid');
  });
});

describe('subjects', () => {
  it('have to be exactly those of the version', async () => {
    const { publish, about } = await tellStory({ approvals: [] });
    expect(() => requireSubjects(publish.statement, about)).not.toThrow();
    expect(() =>
      requireSubjects(publish.statement, { ...about, files: about.files.slice(1) }),
    ).toThrow(
      `The statement's 4 subjects (${publish.statement.subject
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ')} …) are not the 3 of`,
    );
    expect(() => requireSubjects(publish.statement, publish.statement.subject.slice(0, 1))).toThrow(
      Problem,
    );
  });
});
