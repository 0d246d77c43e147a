/**
 * The Sigstore bundle of a logged statement, and a trial of the bundle before anything is written.
 */
import { generateKeyPairSync } from 'node:crypto';
import { noteKeyId } from '../../skills-index/log/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  proofsOfAppended,
  rangeRoot,
} from '../../skills-index/log/compact-range.ts';
import { toLogEntry } from '../../skills-index/log/log-entry.ts';
import { emptyMapRoot } from '../../skills-index/log/map-tree.ts';
import type { Hash, TreeHead } from '../../skills-index/log/merkle-tree.ts';
import { signCheckpoint } from '../../skills-index/log/sign-checkpoint.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  toCertifiedBundle,
  toSigstoreBundle,
} from '../../skills-index/statement/signature-formats/make-bundle.ts';
import {
  type PlainBundle,
  parsePlainBundle,
  sigstoreBundleMediaType,
} from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import { verifyStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import type { Registry } from '../context.ts';
import type { NewStatement } from './appending.ts';
import { damagedEntry } from './log.ts';
import { parseSignerKey } from './parsed-keys.ts';
import { type LoggedRows, planRows } from './plan-append.ts';
import { envelopeOfRow } from './row-texts.ts';
import { ed25519Signer, type RegistryKeys } from './signing.ts';

/** The tree in which a batch of entries is proved, and the inclusion proof of each entry. */
export interface Places {
  readonly head: TreeHead & { readonly map?: Hash };
  readonly proofs: readonly (readonly Hash[])[];
}

/**
 * Computes the places of appended entries from their rows.
 * @param before the tree before the first of the rows
 * @param rows at least one, up to the last row of a batch
 * @throws Problem `database-damaged` when the last row says another root
 */
export function placesOf(before: CompactRange, rows: readonly Pick<LoggedRows, 'entry'>[]): Places {
  const leaves = rows.map(({ entry }) => Buffer.from(entry.leafHash, 'base64'));
  const after = leaves.reduce<CompactRange>(appendLeaf, before);
  const last = rows.at(-1)?.entry;
  const map = last?.map ?? null;
  const head = {
    size: after.size,
    root: rangeRoot(after),
    ...(map === null ? {} : { map: Buffer.from(map, 'base64') }),
  };
  if (Buffer.from(head.root).toString('base64') !== last?.root) throw damagedEntry(head.size - 1);
  return { head, proofs: proofsOfAppended(before, leaves) };
}

/** Canonical bytes of a bundle, in which `note` is the signed checkpoint of `head`. */
export function loggedBundle(
  { entry, statement }: LoggedRows,
  place: {
    readonly head: TreeHead;
    readonly proof: readonly Hash[];
    readonly note: string;
    /** From `noteKeyId`. */
    readonly logId: Uint8Array;
  },
): Uint8Array {
  const placed = toLogEntry({ body: Buffer.from(entry.body), index: entry.index, ...place });
  const envelope = envelopeOfRow(statement);
  const bundle =
    statement.material === null
      ? toSigstoreBundle({ envelope, keyHint: statement.signer, entry: placed })
      : toCertifiedBundle(plainBundle(envelope, statement.material), placed);
  return Buffer.from(canonicalJson(bundle));
}

// A tree of 2^40 − 1 entries, with 40 peaks. No log grows as large, and an appended entry has the
// longest proof, so a bundle that can be read there can be read at every place of the log.
const tallestTree: CompactRange = {
  size: 2 ** 40 - 1,
  peaks: Array.from({ length: 40 }, () => new Uint8Array(32)),
};
// The next entry has every peak at its left.
const tallestProof: readonly Hash[] = tallestTree.peaks.toReversed();

/**
 * Rejects statements that nobody could verify after they are logged: they would stop every reader
 * of the log, this registry first. The trial bundle of each has the same content except for its
 * place, and for the key of its checkpoint: the log key signs committed trees only.
 * @throws Problem as `verifyStatement`
 */
export async function requireReadable(
  { root, sigstore }: Pick<Registry, 'root' | 'sigstore'>,
  added: readonly NewStatement[],
): Promise<void> {
  const key = rehearsalKey();
  const { root: rehearsed, logId } = rehearsalOf(root, key);
  for (const row of added.flatMap((one) => planRows(tallestTree, [one], 0))) {
    const after = Buffer.from(row.entry.root, 'base64');
    const head = { size: tallestTree.size + 1, root: after, map: emptyMapRoot };
    const note = await signCheckpoint({ origin: root.origin, ...head }, key);
    const bytes = loggedBundle(row, { head, proof: tallestProof, note, logId });
    const read = verifyStatement(parseJson(bytes, 'statement').value, {
      root: rehearsed,
      sigstore,
      parse: parseSignerKey,
    });
    if (read.signer !== row.statement.signer)
      throw new Problem(
        'statement-invalid',
        'Cannot log the statement: clients would attribute it to another signer',
      );
  }
}

// Made once in this process, and never stored. It is made at its first use: workerd makes no key
// while it loads modules.
let made: RegistryKeys['log'] | undefined;

function rehearsalKey(): RegistryKeys['log'] {
  if (made !== undefined) return made;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  made = ed25519Signer(privateKey, publicKey.export({ format: 'der', type: 'spki' }));
  return made;
}

interface Rehearsal {
  /** The root file with the rehearsal key as its log key. */
  readonly root: RootFile;
  readonly logId: Uint8Array;
}

const rehearsals = new WeakMap<RootFile, Rehearsal>();

function rehearsalOf(root: RootFile, { publicKey }: RegistryKeys['log']): Rehearsal {
  const { retired: _, ...office } = root;
  const rehearsal = rehearsals.get(root) ?? {
    root: { ...office, log: { key: Buffer.from(publicKey).toString('base64') } },
    logId: noteKeyId(root.origin, publicKey),
  };
  rehearsals.set(root, rehearsal);
  return rehearsal;
}

function plainBundle(envelope: Envelope, material: string): PlainBundle {
  return parsePlainBundle({
    mediaType: sigstoreBundleMediaType,
    verificationMaterial: JSON.parse(material),
    dsseEnvelope: envelope,
  });
}
