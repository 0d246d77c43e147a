/**
 * The Sigstore bundle of a logged statement, and a trial of the bundle before anything is written.
 */
import { noteKeyId } from '../../skills-index/log/checkpoint.ts';
import { type CompactRange, proofOfAppended } from '../../skills-index/log/compact-range.ts';
import { toLogEntry } from '../../skills-index/log/log-entry.ts';
import { signCheckpoint } from '../../skills-index/log/sign-checkpoint.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  type Envelope,
  parseEnvelope,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  toCertifiedBundle,
  toSigstoreBundle,
} from '../../skills-index/statement/signature-formats/make-bundle.ts';
import {
  type PlainBundle,
  parsePlainBundle,
  sigstoreBundleMediaType,
} from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { verifyStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import type { Registry } from '../context.ts';
import type { RegistryKeys } from './signing.ts';

/** A log entry as its rows store it. */
export interface LoggedEntry {
  readonly index: number;
  /** Base64 of the root of the tree that ends with this entry. */
  readonly root: string;
  readonly body: string;
  readonly envelope: string;
  readonly signer: Digest;
  /** JSON of certificate, Rekor entry and timestamps of a certificate-signed statement. */
  readonly material: string | null;
}

/**
 * Canonical bytes of the bundle, in which `note` is the signed checkpoint of the tree that ends
 * with the entry.
 */
export function loggedBundle(
  entry: LoggedEntry,
  {
    before,
    note,
    logId,
  }: {
    readonly before: CompactRange;
    readonly note: string /** From `noteKeyId`. */;
    readonly logId: Uint8Array;
  },
): Uint8Array {
  const placed = toLogEntry({
    body: Buffer.from(entry.body),
    index: entry.index,
    head: headOf(entry),
    proof: proofOfAppended(before),
    note,
    logId,
  });
  const envelope = parseEnvelope(JSON.parse(entry.envelope));
  const bundle =
    entry.material === null
      ? toSigstoreBundle({ envelope, keyHint: entry.signer, entry: placed })
      : toCertifiedBundle(plainBundle(envelope, entry.material), placed);
  return Buffer.from(canonicalJson(bundle));
}

/** Size and root of the tree that ends with an entry. */
export function headOf({ index, root }: Pick<LoggedEntry, 'index' | 'root'>): {
  readonly size: number;
  readonly root: Uint8Array;
} {
  return { size: index + 1, root: Buffer.from(root, 'base64') };
}

/**
 * Rejects a statement that nobody could verify after it is logged: it would stop every reader of
 * the log, this registry first. The trial bundle has the same content except for the key of its
 * checkpoint: the log key signs committed trees only.
 * @throws Problem as `verifyStatement`
 */
export async function requireReadable(
  { root, sigstore }: Pick<Registry, 'root' | 'sigstore'>,
  entry: LoggedEntry,
  before: CompactRange,
): Promise<void> {
  const { retired: _, ...office } = root;
  const key = await rehearsalKey();
  const note = await signCheckpoint({ origin: root.origin, ...headOf(entry) }, key);
  const bytes = loggedBundle(entry, { before, note, logId: noteKeyId(root.origin, key.publicKey) });
  const rehearsed = { ...office, log: { key: Buffer.from(key.publicKey).toString('base64') } };
  const read = verifyStatement(parseJson(bytes, 'statement').value, { root: rehearsed, sigstore });
  if (read.signer === entry.signer && read.logIndex === entry.index) return;
  throw new Problem(
    'statement-invalid',
    'Cannot log the statement: clients would attribute it to another signer',
  );
}

// Made once in this process and never stored. It is a finished value and not a promise: workerd
// ends requests that wait for the promises of other requests.
let made: RegistryKeys['log'] | undefined;

async function rehearsalKey(): Promise<RegistryKeys['log']> {
  if (made !== undefined) return made;
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!('publicKey' in pair)) throw new Problem('internal', 'Ed25519 made no pair of keys');
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
  made = {
    publicKey,
    sign: async (bytes) =>
      new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, Buffer.from(bytes))),
  };
  return made;
}

function plainBundle(envelope: Envelope, material: string): PlainBundle {
  return parsePlainBundle({
    mediaType: sigstoreBundleMediaType,
    verificationMaterial: JSON.parse(material),
    dsseEnvelope: envelope,
  });
}
