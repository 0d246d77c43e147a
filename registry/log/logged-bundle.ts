/**
 * The Sigstore bundle of a logged statement, and a trial of the bundle before anything is written.
 */
import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { peek } from '../../skills-index/client/peek.ts';
import { noteKeyId } from '../../skills-index/log/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  proofsOfAppended,
  rangeRoot,
} from '../../skills-index/log/compact-range.ts';
import { certifiedBody, hashedrekordBody } from '../../skills-index/log/entry.ts';
import { toLogEntry } from '../../skills-index/log/log-entry.ts';
import { emptyMapRoot } from '../../skills-index/log/map-tree.ts';
import { type Hash, leafHash, type TreeHead } from '../../skills-index/log/merkle-tree.ts';
import { signCheckpoint } from '../../skills-index/log/sign-cosignature.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { plainForm, strictForm } from '../../skills-index/skill/look-alike.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { predicateTypes, type Statement } from '../../skills-index/statement/attestation.ts';
import {
  type Envelope,
  peekStatement,
  rememberingParseKey,
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
import type { FrozenSubject } from '../../skills-index/trust/members-and-scopes/ends.ts';
import {
  mapNames,
  mapNamesOfSubject,
} from '../../skills-index/trust/members-and-scopes/map-names.ts';
import {
  namesIn,
  namesOfSubject,
} from '../../skills-index/trust/members-and-scopes/needed-statements.ts';
import { parseFrozenSubject } from '../../skills-index/trust/members-and-scopes/read-logged.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import {
  type CertificateClaims,
  readClaims,
} from '../../skills-index/trust/signatures/certificate-identity.ts';
import { parsedKeysMax } from '../../skills-index/trust/signatures/verified-statements.ts';
import { verifyStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import type { Registry } from '../context.ts';
import type { BatchWrite } from '../store/batch.ts';
import { payloadMark } from '../store/columns/payload-mark-column.ts';
import { identityNames } from '../store/identity-schema.ts';
import type { log, statements } from '../store/schema.ts';
import type { NewStatement } from './appending.ts';
import { damagedEntry } from './log.ts';
import { certificateOfRow, envelopeOfRow } from './row-texts.ts';
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
  const { retired: _, ...role } = root;
  const rehearsal = rehearsals.get(root) ?? {
    root: { ...role, log: { key: Buffer.from(publicKey).toString('base64') } },
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

// The rows with which statements enter the log together.

/** The two rows of a statement in the log. */
export interface LoggedRows {
  readonly entry: Omit<typeof log.$inferSelect, 'note'> & { readonly note?: string | null };
  readonly statement: Omit<typeof statements.$inferSelect, 'bundle' | 'fact'> & {
    readonly bundle?: Digest | null | undefined;
  };
}

export interface PlannedRows extends LoggedRows {
  /** The names under which an identity statement is found. */
  readonly names: readonly string[];
  /** The names under which the map has the statement. */
  readonly mapNames: readonly string[];
}

/**
 * Plans the rows of statements that are appended together to the log as it was before.
 * @param at time of the batch in milliseconds since 1970
 */
export function planRows(
  before: CompactRange,
  added: readonly NewStatement[],
  at: number,
): PlannedRows[] {
  let range = before;
  return added.map((signed, place) => {
    const { body, signer, certificate, material } = signedParts(signed);
    const leaf = leafHash(body);
    const index = range.size;
    range = appendLeaf(range, leaf);
    return {
      entry: {
        index,
        leafHash: base64(leaf),
        body: Buffer.from(body).toString('utf8'),
        root: base64(rangeRoot(range)),
        peaks: range.peaks.map(base64),
        laterInBatch: added.length - 1 - place,
        map: null,
      },
      statement: {
        logIndex: index,
        predicateType: signed.statement.predicateType,
        payload: payloadMark(digestOf(Buffer.from(signed.envelope.payload, 'base64'))),
        signer,
        certificate,
        material,
        envelope: canonicalJson(signed.envelope),
        versionId: versionOf(signed, index),
        createdAt: at,
      },
      names: namesOf(signed),
      mapNames: mapNames(signed.statement),
    };
  });
}

/** The rows of a batch, whose last one has the map after the batch. */
export function withMap<Rows extends LoggedRows>(rows: readonly Rows[], map: Hash): Rows[] {
  return rows.map((row, at) =>
    at === rows.length - 1 ? { ...row, entry: { ...row.entry, map: base64(map) } } : row,
  );
}

function namesOf({ statement, signer }: NewStatement): string[] {
  if ('keyId' in signer) return indexNames(statement, { signer: signer.keyId });
  return indexNames(statement, { signer: signer.signer, claims: signer.certified.claims });
}

function versionOf({ versionId }: NewStatement, logIndex: number): string | null {
  return typeof versionId === 'function' ? versionId(logIndex) : (versionId ?? null);
}

interface SignedParts {
  readonly body: Uint8Array;
  readonly signer: Digest;
  readonly certificate: Digest | null;
  readonly material: string | null;
}

function signedParts({ envelope, signer }: NewStatement): SignedParts {
  if ('spki' in signer)
    return {
      body: hashedrekordBody(envelope, signer.spki),
      signer: signer.keyId,
      certificate: null,
      material: null,
    };
  const { certified, bundle } = signer;
  return {
    body: certifiedBody(bundle.dsseEnvelope, certified.certificate),
    signer: signer.signer,
    certificate: certified.certificateId,
    material: canonicalJson(bundle.verificationMaterial),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

// The names under which the registry finds an identity statement: those of its subjects, and, for
// the first claim of a scope, who claimed and how the scope looks.

/** Who signed a statement: a key, or the person or repository that a certificate names. */
interface Account {
  readonly signer: string;
  readonly claims?: CertificateClaims | undefined;
}

/** A repository has one identity for each branch, and counts as one account. */
function accountOf({ signer, claims }: Account): string {
  return claims?.repository === undefined ? signer : `${claims.issuer} ${claims.repository}`;
}

/** Finds the first claims of an account. */
export function claimantName(account: Account): string {
  return `claimed by ${accountOf(account)}`;
}

/** Find the first claims of scopes that may look like a scope. */
export function similarNames(scope: string): string[] {
  return [`looks ${plainForm(scope)}`, `looks strictly ${strictForm(scope)}`];
}

/** Whether a statement claims a scope as its first owner. */
export function isFirstClaim({ predicateType, predicate }: Statement): boolean {
  return predicateType === predicateTypes.scope && predicate.previous === undefined;
}

/** All names of a statement, with those under which the log’s map has the statement. */
export function indexNames(statement: Statement, account: Account): string[] {
  const names = [...namesIn(statement), ...mapNames(statement)];
  if (statement.predicateType !== predicateTypes.scope || !isFirstClaim(statement)) return names;
  return [...names, claimantName(account), ...similarNames(statement.predicate.scope)];
}

/** The names of a statement that nobody can verify, as far as its subject tells. */
export function indexNamesOfSubject(subject: FrozenSubject): string[] {
  return [...namesOfSubject(subject), ...mapNamesOfSubject(subject)];
}

/** The write that makes a statement findable; it comes before the write of the statement. */
export function nameWrites(logIndex: number, names: readonly string[]): BatchWrite[] {
  if (names.length === 0) return [];
  const rows = names.map((name): NameRow => [name, logIndex]);
  return [addNames(rows)];
}

type NameRow = readonly [name: string, logIndex: number];

/** Adds rows in one statement with one parameter, since D1 takes at most a hundred. */
export function addNames(rows: readonly NameRow[]): BatchWrite {
  const list = JSON.stringify(rows);
  // Without WHERE, SQLite would take ON CONFLICT for the condition of a join.
  const added = sql`SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(${list}) WHERE true`;
  return (db) => db.insert(identityNames).select(added).onConflictDoNothing();
}

export type NamedRow = Pick<
  typeof statements.$inferSelect,
  'logIndex' | 'envelope' | 'material' | 'signer'
>;

/**
 * The names of a logged statement, from its rows. Nobody verifies the statement here.
 * @throws Problem `database-damaged`, `statement-invalid`, `json-invalid` when nobody can tell whom
 * it is about
 */
export function namesOfRow(row: NamedRow): string[] {
  const parsed = envelopeOfRow(row);
  const statement = peek(() => peekStatement(parsed));
  if (statement === undefined)
    return indexNamesOfSubject(parseFrozenSubject(Buffer.from(parsed.payload, 'base64')));
  // A certificate that cannot be read takes no name from the statement: the map would lack the
  // statement, and every reader of the log would notice.
  const claims = row.material === null ? undefined : peek(() => readClaims(certificateOfRow(row)));
  return indexNames(statement, { signer: row.signer, claims });
}

// The public keys of signers, each parsed once in this process.

/** Parses the SPKI DER of a public key. @throws Error when the bytes are not a public key */
export const parseSignerKey = rememberingParseKey(parsedKeysMax);
