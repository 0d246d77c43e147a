/** The rows and objects of a version or of a claim, which the generator clones. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { objectPath } from '../../../registry/store/disk/disk-objects.ts';
import { storedBlobName } from '../../../registry/store/objects.ts';
import { type Digest, digestOf, hexOf, parseDigest } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import {
  type Envelope,
  pae,
  parseEnvelope,
} from '../../../skills-index/statement/signature-formats/envelope.ts';
import type { TestKey } from '../../../test/registry/people.ts';
import { Variables } from './pieces.ts';

/** Names of a template or of a clone. A clone's names have as many characters as the template's. */
export interface Names {
  readonly scope: string;
  readonly skill?: string;
  /** Absent where all clones have the template's version. */
  readonly version?: string;
  /** Owner of the scope, and the publisher. */
  readonly author: TestKey;
}

export type Cell = string | number | null;
export type CellsOf = Record<string, Cell>;

/** A logged statement. */
export interface Entry {
  readonly row: CellsOf;
  readonly envelope: Envelope;
  /** The envelope's payload as text. */
  readonly payload: string;
  /** The body of the log entry, before and behind the digest of the signed bytes. */
  readonly body: readonly [string, string];
  /** The last line of the checkpoint over it. */
  readonly noteSignature: string;
}

export interface RowOfTable {
  readonly table: string;
  readonly row: CellsOf;
}

export interface Template {
  readonly names: Names;
  /** Id of the version: the log index of its publication. Undefined for a claim. */
  readonly id: number | undefined;
  /** Statements, in log order. */
  readonly entries: readonly Entry[];
  /** Rows of all other tables but the log's. */
  readonly rows: readonly RowOfTable[];
  /** Stored texts, each after those that it names. */
  readonly blobs: readonly { readonly digest: Digest; readonly text: string }[];
  readonly isPublic: boolean;
  /** Every text that a clone replaces. */
  readonly variables: Variables;
}

interface Folder {
  readonly dir: string;
  readonly db: Database;
}

/** The template of a version, all of whose statements are finished. */
export function readVersionTemplate(
  folder: Folder,
  names: Names & { readonly skill: string },
  version: string,
): Template {
  const row = folder.db
    .prepare('SELECT * FROM versions WHERE name = ? AND version = ?')
    .get(`@${names.scope}/${names.skill}`, version) as CellsOf | undefined;
  if (row === undefined) throw new Error(`No version of ${names.skill}`);
  if (folder.db.prepare('SELECT count(*) FROM changed_skills').pluck().get() !== 0)
    throw new Error('The registry has not listed the template yet');
  const indexes = indexesWhere(folder.db, 'versionId = ?', String(row.id));
  return templateOf(folder, names, indexes, withTexts(row));
}

/** The rows of a version in all tables but the log's and those of searches. */
export function rowsOfVersion(db: Database, name: string, version: string): RowOfTable[] {
  const row = db
    .prepare('SELECT * FROM versions WHERE name = ? AND version = ?')
    .get(name, version) as CellsOf | undefined;
  if (row === undefined) throw new Error(`No version of ${name}`);
  return rowsAbout(db, indexesWhere(db, 'versionId = ?', String(row.id)), row);
}

/** The template of a scope's claim. */
export function readClaimTemplate(folder: Folder, names: Names): Template {
  const signed = 'versionId IS NULL AND signer = unhex(substr(?, 8))';
  return templateOf(folder, names, indexesWhere(folder.db, signed, names.author.keyId));
}

/** The texts that distinguish a clone from its template, before any digest. */
export function textsOf({ scope, skill, version, author }: Names): Record<string, string> {
  return {
    scope,
    ...(skill === undefined ? {} : { skill }),
    ...(version === undefined ? {} : { version }),
    author: hexOf(author.keyId),
    key: author.open.spki,
    // The subject of a claim.
    owners: hexOf(digestOf(canonicalJson([author.open]))),
  };
}

function indexesWhere(db: Database, condition: string, value: string): number[] {
  return db
    .prepare(`SELECT logIndex FROM statements WHERE ${condition} ORDER BY logIndex`)
    .pluck()
    .all(value) as number[];
}

function templateOf(
  folder: Folder,
  names: Names,
  indexes: readonly number[],
  version?: CellsOf,
): Template {
  const all = rowsAbout(folder.db, indexes, version);
  const rows = all.filter(({ table }) => table !== 'statements');
  const entries = all
    .filter(({ table }) => table === 'statements')
    .map(({ row }) => entryOf(folder.db, row));
  const blobs = version === undefined ? [] : blobsOf(folder.dir, rows, version);
  const digests = [
    ...blobs.map(({ digest }) => digest),
    ...entries.flatMap(({ row }) => [String(row.bundle), String(row.payload)]),
  ];
  const id = version && Number(version.id);
  const texts = [
    ...Object.values(textsOf(names)),
    ...digests.map((digest) => hexOf(parseDigest(digest))),
  ];
  return {
    names,
    id,
    entries,
    rows,
    blobs,
    isPublic: rows.some(({ table }) => table === 'index_lines'),
    variables: new Variables(texts),
  };
}

function entryOf(db: Database, row: CellsOf): Entry {
  const envelope = parseEnvelope(JSON.parse(String(row.envelope)));
  const payload = Buffer.from(envelope.payload, 'base64');
  const { note, body } = db
    .prepare('SELECT note, body FROM log WHERE "index" = ?')
    .get(row.logIndex) as CellsOf;
  const signed = signedDigest(envelope.payloadType, payload);
  const [before, after] = String(body).split(signed);
  if (before === undefined || after === undefined)
    throw new Error(`Entry ${row.logIndex} of the log is not about its envelope`);
  return {
    // The row has the mark alone.
    row: { ...row, payload: digestOf(payload) },
    envelope,
    payload: payload.toString('utf8'),
    body: [before, after],
    noteSignature: String(note).split('\n\n')[1] ?? '',
  };
}

/** The digest of what an envelope signs, as the entries of the log have it. */
export function signedDigest(payloadType: string, payload: Uint8Array): string {
  return createHash('sha256').update(pae(payloadType, payload)).digest('base64');
}

/** Rows of any table that name the version or one of the log indexes. */
function rowsAbout(
  db: Database,
  indexes: readonly number[],
  version: CellsOf | undefined,
): RowOfTable[] {
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'log'")
    .pluck()
    .all() as string[];
  return tables.flatMap((table) => {
    const columns = db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table);
    const conditions = [
      ...(version !== undefined && columns.includes('versionId') ? ['versionId = :id'] : []),
      ...(version !== undefined && table === 'versions' ? ['id = :id'] : []),
      ...(columns.includes('logIndex')
        ? ['logIndex IN (SELECT value FROM json_each(:indexes))']
        : []),
    ];
    if (conditions.length === 0) return [];
    const found = db
      .prepare(`SELECT * FROM ${table} WHERE ${conditions.join(' OR ')}`)
      .all({ id: version?.id ?? '', indexes: JSON.stringify(indexes) }) as Record<
      string,
      Cell | Uint8Array
    >[];
    return found.map((row) => ({ table, row: withTexts(row) }));
  });
}

/** Digests are bytes in some columns. The texts of a template are replaced. */
function withTexts(row: Record<string, Cell | Uint8Array>): CellsOf {
  const cells = Object.entries(row).map(([column, cell]): [string, Cell] => [
    column,
    cell instanceof Uint8Array ? `sha256:${Buffer.from(cell).toString('hex')}` : cell,
  ]);
  return Object.fromEntries(cells);
}

// A bundle names its files, and a report names the bundle.
function blobsOf(
  dir: string,
  rows: readonly RowOfTable[],
  { bundle, report }: CellsOf,
): Template['blobs'] {
  // A version that waits for its scan has no report.
  const last = [bundle, report].filter((digest) => digest !== null).map(String);
  const digests = rows.flatMap(({ table, row }) =>
    table === 'version_blobs' ? [String(row.digest)] : [],
  );
  if (!last.every((digest) => digests.includes(digest)))
    throw new Error('The template lacks its bundle or its report');
  return digests
    .sort((a, b) => last.indexOf(a) - last.indexOf(b))
    .map((text) => parseDigest(text))
    .map((digest) => ({
      digest,
      text: readFileSync(objectPath(join(dir, 'objects'), storedBlobName(digest)), 'utf8'),
    }));
}
