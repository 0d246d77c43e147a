/**
 * The place of a keyed statement in our log is judged by our own code alone. Whatever that lets
 * through, @sigstore/verify with the log's key lets through too: asked here about trees of many
 * sizes, honest, and with one part changed and signed again by the log itself.
 */
import { createPublicKey } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, Verifier } from '@sigstore/verify';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noteKeyId } from '../../../../skills-index/log/checkpoint.ts';
import { hashedrekordBody } from '../../../../skills-index/log/entry.ts';
import { treeRootFrom } from '../../../../skills-index/log/head-question.ts';
import { toLogEntry } from '../../../../skills-index/log/log-entry.ts';
import { leafHash } from '../../../../skills-index/log/merkle-tree.ts';
import { signCheckpoint } from '../../../../skills-index/log/sign-cosignature.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { scopeStatement } from '../../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../../skills-index/statement/sign.ts';
import { toSigstoreBundle } from '../../../../skills-index/statement/signature-formats/make-bundle.ts';
import type { KeyedBundle } from '../../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { verifyStatement } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { roundsOf } from '../../../sample.ts';
import { inclusionProof, nodesFromLeaves } from '../../log/whole-tree.ts';
import { people, storyRoot as root } from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';

const { author, stranger } = people;
const logKey = testLogKey('log');
const otherKey = testLogKey('another log');
const claim = scopeStatement({ scope: parseScope('acme'), owners: [author.named] });
const envelope = await signStatement(claim, author);
const other = await signStatement(claim, stranger);
const publicKey = createPublicKey({
  key: Buffer.from(author.publicKey),
  format: 'der',
  type: 'spki',
});

const body = hashedrekordBody(envelope, author.publicKey);
const bodies: Readonly<Record<string, Uint8Array>> = {
  'of another envelope': hashedrekordBody(other, author.publicKey),
  'of another key': hashedrekordBody(envelope, stranger.publicKey),
  'of another kind': Buffer.from(Buffer.from(body).toString().replace('"hashedrekord"', '"dsse"')),
  'not in canonical form': Buffer.concat([body, Buffer.from(' ')]),
  'no JSON': body.subarray(1),
};

const wrong = {
  nothing: null,
  body: fc.constantFrom(...Object.keys(bodies)),
  index: fc.nat(40),
  proofIndex: fc.nat(40),
  treeSize: fc.nat(40),
  signedSize: fc.nat(40),
  signedRoot: fc.constantFrom('zero', 'of a shorter tree'),
  rootHash: fc.constant('zero'),
  hashes: fc.constantFrom('one less', 'one more', 'first two in turn', 'zero'),
  signer: fc.constantFrom('another key', 'another name', 'a part of the name'),
  signature: fc.constantFrom('another', 'one bit', 'of a twin'),
} as const;
type Part = keyof typeof wrong;

interface Case {
  readonly size: number;
  readonly index: number;
  readonly part: Part;
  readonly how: string | number | null;
}

const cases: fc.Arbitrary<Case> = fc
  .tuple(
    fc.integer({ min: 1, max: 40 }),
    fc.nat(),
    fc.constantFrom(...(Object.keys(wrong) as Part[])),
  )
  .chain(([size, at, part]) =>
    fc
      .record({ how: wrong[part] ?? fc.constant(null) })
      .map(({ how }) => ({ size, index: at % size, part, how })),
  );

const zero = Buffer.alloc(32);

async function bundleOf({ size, index, part, how }: Case): Promise<KeyedBundle> {
  const logged = part === 'body' ? (bodies[String(how)] ?? body) : body;
  const leafAt = (at: number) => leafHash(at === index ? logged : Buffer.from(`entry ${at}`));
  const head = { size, root: treeRootFrom(size, nodesFromLeaves(leafAt)) };
  const signed = {
    origin:
      part === 'signer' && how !== 'another key'
        ? how === 'another name'
          ? 'other.example'
          : 'skills.exam'
        : root.origin,
    size: part === 'signedSize' ? Number(how) : size,
    root:
      part === 'signedRoot'
        ? how === 'zero'
          ? zero
          : treeRootFrom(Math.max(1, size - 1), nodesFromLeaves(leafAt))
        : head.root,
  };
  const note = await signCheckpoint(signed, how === 'another key' ? otherKey : logKey);
  const proof = hashesOf(inclusionProof(index, size, leafAt), part === 'hashes' ? how : null);
  const entry = toLogEntry({
    body: logged,
    index,
    head,
    note,
    proof,
    logId: noteKeyId(root.origin, logKey.publicKey),
  });
  const { inclusionProof: honest } = entry;
  const [{ sig }] = envelope.signatures;
  const sigs: Record<string, string> = {
    another: other.signatures[0].sig,
    'one bit': flipped(sig),
    'of a twin': twin(sig),
  };
  return toSigstoreBundle({
    envelope: {
      ...envelope,
      signatures: [{ sig: part === 'signature' ? (sigs[String(how)] ?? sig) : sig, keyid: '' }],
    },
    keyHint: author.keyId,
    entry: {
      ...entry,
      logIndex: part === 'index' ? String(how) : entry.logIndex,
      inclusionProof: {
        ...honest,
        ...(part === 'proofIndex' ? { logIndex: String(how) } : {}),
        ...(part === 'treeSize' ? { treeSize: String(how) } : {}),
        ...(part === 'rootHash' ? { rootHash: zero.toString('base64') } : {}),
      },
    },
  });
}

function hashesOf(hashes: readonly Uint8Array[], how: Case['how']): Uint8Array[] {
  const [first = zero, second = zero, ...rest] = hashes;
  switch (how) {
    case 'one less':
      return hashes.slice(1);
    case 'one more':
      return [...hashes, zero];
    case 'first two in turn':
      return hashes.length < 2 ? [...hashes] : [second, first, ...rest];
    case 'zero':
      return hashes.map(() => zero);
    default:
      return [...hashes];
  }
}

function flipped(sig: string): string {
  const bytes = Buffer.from(sig, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64');
}

// ECDSA's other signature for the same message, s → n − s: the key verifies it, the log has the
// first.
function twin(sig: string): string {
  const bytes = Buffer.from(sig, 'base64');
  const at = 4 + (bytes[3] ?? 0);
  const r = bytes.subarray(2, at);
  const s = BigInt(`0x${bytes.subarray(at + 2).toString('hex')}`);
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const hex = (order - s).toString(16).padStart(64, '0');
  const digits = Buffer.from(
    /^[89a-f]/.test(hex) ? `00${hex}` : hex.replace(/^(00)+(?=[0-7])/, ''),
    'hex',
  );
  const integer = Buffer.concat([Buffer.from([0x02, digits.length]), digits]);
  return Buffer.concat([Buffer.from([0x30, r.length + integer.length]), r, integer]).toString(
    'base64',
  );
}

function ours(bundle: KeyedBundle): boolean {
  try {
    return verifyStatement(bundle, { root }).signer === author.keyId;
  } catch (cause) {
    if (cause instanceof Problem) return false;
    throw cause;
  }
}

function theirs(bundle: KeyedBundle): boolean {
  const always = { start: new Date(0), end: new Date(8_640_000_000_000_000) };
  const tlog = {
    baseURL: `https://${root.origin}`,
    logID: Buffer.from(noteKeyId(root.origin, logKey.publicKey)),
    publicKey: createPublicKey({ key: Buffer.from(logKey.publicKey), format: 'der', type: 'spki' }),
    validFor: always,
  };
  const material = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    ctlogs: [],
    tlogs: [tlog],
    publicKey: () => ({ publicKey, validFor: () => true }),
  };
  try {
    const verifier = new Verifier(material, {
      tlogThreshold: 1,
      ctlogThreshold: 0,
      timestampThreshold: 0,
    });
    verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
    return true;
  } catch {
    return false;
  }
}

it('takes no keyed statement that @sigstore/verify would not take with its place in the log', async () => {
  const seen = { both: 0, neither: 0, theirsAlone: 0 };
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const bundle = await bundleOf(one);
      const by = ours(bundle);
      const library = theirs(bundle);
      if (one.part === 'nothing') expect([by, library]).toEqual([true, true]);
      expect(by && !library, 'we take what the library refuses').toBe(false);
      seen[by ? 'both' : library ? 'theirsAlone' : 'neither']++;
    }),
    { numRuns: roundsOf(1_500) },
  );
  // It is asked about enough of either kind; where it is laxer (names, numbers beside the proof),
  // we are not.
  expect(Math.min(seen.both, seen.neither, seen.theirsAlone)).toBeGreaterThan(20);
});
