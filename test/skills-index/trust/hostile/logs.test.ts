import { noteKeyId } from '../../../../skills-index/log/checkpoint.ts';
import { appendLeaf, emptyRange, rangeRoot } from '../../../../skills-index/log/compact-range.ts';
import { hashedrekordBody } from '../../../../skills-index/log/entry.ts';
import { toLogEntry } from '../../../../skills-index/log/log-entry.ts';
import { type Hash, leafHash, type TreeHead } from '../../../../skills-index/log/merkle-tree.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../../skills-index/statement/sign.ts';
import { toSigstoreBundle } from '../../../../skills-index/statement/signature-formats/make-bundle.ts';
import { verifyStatement } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { attacks } from '../../hostile.ts';
import { inclusionProof } from '../../log/whole-tree.ts';
import { people, storyRoot as root } from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';

// A log of eight entries; ours is the sixth. Each attack signs what it says with the log's own key
// unless it says otherwise: the registry itself is the attacker.
const { author, stranger } = people;
const logKey = testLogKey('log');
const otherKey = testLogKey('other');
const origin = root.origin;
const index = 5;
const envelope = await signStatement(
  scopeStatement({ scope: parseScope('acme'), owners: [author.named] }),
  author,
);
const ours = hashedrekordBody(envelope, author.publicKey);
const bodies = Array.from({ length: 8 }, (_, i) =>
  i === index ? ours : Buffer.from(`entry ${i}`),
);
const leafAt = (i: number): Hash => leafHash(bodies[i] ?? Buffer.alloc(0));
const headOf = (size: number, leaf = leafAt): TreeHead => ({ size, root: rootOf(size, leaf) });

interface Told {
  readonly index: number;
  readonly head: TreeHead;
  readonly proof: readonly Hash[];
  readonly body: Uint8Array;
  readonly note: string;
  readonly logId: Uint8Array;
}

const honest: Told = {
  index,
  head: headOf(8),
  proof: inclusionProof(index, 8, leafAt),
  body: ours,
  note: note(headOf(8)),
  logId: noteKeyId(origin, logKey.publicKey),
};
const told =
  (lie: Partial<Told> = {}) =>
  () =>
    verifyStatement(
      toSigstoreBundle({
        envelope,
        keyHint: author.keyId,
        entry: toLogEntry({ ...honest, ...lie }),
      }),
      { root },
    );
const noted = (text: string) => told({ note: text });

attacks('proofs of inclusion', [
  ['the entry’s own proof', told(), 'accepted'],
  [
    'another entry, with its own proof',
    told({ index: 2, body: bodies[2] ?? ours, proof: inclusionProof(2, 8, leafAt) }),
    'log-invalid',
  ],
  ['no hashes', told({ proof: [] }), 'log-invalid'],
  ['an index that is only equal modulo 2^32', told({ index: index + 2 ** 32 }), 'log-invalid'],
  [
    'a root in the proof that the checkpoint does not name',
    told({ head: { ...honest.head, root: leafAt(0) } }),
    'log-invalid',
  ],
  [
    'a size in the proof that the checkpoint does not name',
    told({ head: { ...honest.head, size: 9 } }),
    'log-invalid',
  ],
  [
    'a body with a space behind it',
    told({ body: Buffer.concat([ours, Buffer.from(' ')]) }),
    'log-invalid',
  ],
  [
    'a body that names another key',
    told({ body: hashedrekordBody(envelope, stranger.publicKey) }),
    'signature-invalid',
  ],
  [
    'the id of a log by another name',
    told({ logId: noteKeyId('other.example', logKey.publicKey) }),
    'log-invalid',
  ],
  [
    'the id of a log with another key',
    told({ logId: noteKeyId(origin, otherKey.publicKey) }),
    'log-invalid',
  ],
  [
    'the leaf itself taken for an inner node: its proof is one hash short',
    told({
      head: { size: 1, root: leafHash(ours) },
      note: note({ size: 1, root: leafHash(ours) }),
      proof: [],
    }),
    'log-invalid',
  ],
]);

// Trees that never had our entry at its place, honestly signed.
const forked = (i: number): Hash =>
  leafHash(i === index ? Buffer.from('instead of ours') : (bodies[i] ?? Buffer.alloc(0)));
attacks('checkpoints', [
  ['the log’s own', noted(note(honest.head)), 'accepted'],
  [
    'a witness’s line beside it',
    noted(`${honest.note}${line('witness.example', otherKey, body(honest.head))}`),
    'accepted',
  ],
  [
    'a fork that has another entry at this place',
    told({ head: headOf(8, forked), note: note(headOf(8, forked)) }),
    'log-invalid',
  ],
  ['the tree just before the entry, with the honest proof', noted(note(headOf(5))), 'log-invalid'],
  ['another origin', noted(note(honest.head, 'other.example')), 'log-invalid'],
  [
    'the key of another log under our key’s number',
    noted(withoutLine(line(origin, otherKey, body(honest.head), logKey))),
    'signature-invalid',
  ],
  [
    'our signature of another checkpoint',
    noted(withoutLine(line(origin, logKey, body(headOf(7))))),
    'signature-invalid',
  ],
  [
    'an extension line that looks like a second root',
    noted(extended(`${body(honest.head)}${b64(headOf(7).root)}\n`)),
    'log-invalid',
  ],
  [
    'a second checkpoint in front of the signed one',
    noted(`${body(headOf(7))}\n${honest.note}`),
    'log-invalid',
  ],
]);

function body({ size, root: top }: TreeHead, name = origin): string {
  return `${name}\n${size}\n${b64(top)}\n`;
}

// A signature line; `numbered` is whose key number stands in it.
function line(name: string, key: typeof logKey, text: string, numbered = key): string {
  const keyed = Buffer.concat([
    noteKeyId(name, numbered.publicKey).subarray(0, 4),
    key.sign(Buffer.from(text)),
  ]);
  return `\u2014 ${name} ${b64(keyed)}\n`;
}

function note(head: TreeHead, name = origin, key = logKey): string {
  return `${body(head, name)}\n${line(name, key, body(head, name))}`;
}

function extended(text: string): string {
  return `${text}\n${line(origin, logKey, text)}`;
}

function withoutLine(instead: string): string {
  return `${body(honest.head)}\n${instead}`;
}

function b64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function rootOf(size: number, leaf: (i: number) => Hash): Hash {
  let range = emptyRange;
  for (let i = 0; i < size; i++) range = appendLeaf(range, leaf(i));
  return rangeRoot(range);
}
