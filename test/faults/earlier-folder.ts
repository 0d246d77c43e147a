/**
 * A full registry's folder as an earlier release left it: the tables and columns that the release
 * had, with the rows that it had written. Migrations add tables, columns and indexes, so an earlier
 * row is the part of a later row that its table had. Rows of a table that a migration dropped are
 * made of other rows. What cannot be taken from a log again was never in it (full-registry.ts).
 */

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { readLine, sumsOf } from '../../registry/index/lean-lines.ts';
import { earlierBandKeys } from '../../registry/review/earlier-band-keys.ts';
import { hashText } from '../../registry/store/columns/hash-column.ts';
import { auditKinds, stateNumbers } from '../../registry/store/columns/number-column.ts';
import { predicateTypeNumber } from '../../registry/store/columns/predicate-type-column.ts';
import { audit } from '../../registry/store/schema.ts';
import { noCapabilities } from '../../skills-index/skill/capability.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { SimilaritySignature } from '../../skills-index/skill/text/similarity-signature.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { signPayload } from '../../skills-index/statement/sign.ts';
import { statusPayloadType } from '../../skills-index/trust/index-files/status-file.ts';
import { mapNameKinds } from '../../skills-index/trust/members-and-scopes/map-names.ts';
import { makeDataFolder } from '../journey/registry-data.ts';
import { earlierDatabase } from '../registry/store/earlier-release.ts';
import { type FullRegistry, logChanges } from './full-registry.ts';

/**
 * @param count the number of migrations that the release had
 * @returns the data folder
 */
export async function earlierFolder(full: FullRegistry, count: number): Promise<string> {
  const dir = await makeDataFolder(full.trust);
  const path = join(dir, 'registry.sqlite');
  cpSync(earlierDatabase(count), path);
  const later = join(dir, 'later.sqlite');
  writeFileSync(later, full.client.serialize());
  const client = new BetterSqlite3(path);
  client.exec(`ATTACH '${later}' AS later`);
  client.function('base64', (bytes) => hashText(bytes as Uint8Array));
  client.function('signature', (bytes) => signatureWith(bytes as Uint8Array));
  client.function('keys', (bytes) =>
    JSON.stringify(earlierBandKeys(signatureWith(bytes as Uint8Array))),
  );
  client.function('actor', (by) => audit.by.mapFromDriverValue(by));
  client.function('payload', (envelope) => {
    const { payload } = JSON.parse(String(envelope));
    return Buffer.from(hexOf(digestOf(Buffer.from(payload, 'base64'))), 'hex');
  });
  client.function('reason', (why) => audit.why.mapFromDriverValue(why));
  const hasMap = count >= logChanges.map;
  await withoutTriggers(client, () => {
    for (const table of tablesOf(client)) copyRows(client, table, count);
    if (count >= fullText) client.exec(skillWords);
  });
  if (count < leanLines) await writeWholeLines(full, client);
  else if (count < shortLines) await writeNamedLines(client);
  for (const [name, bytes] of full.world.stored)
    if (hasMap || wasWritten(name, bytes)) write(join(dir, 'objects', name), bytes);
  if (count < headStatus) {
    const status = await statusWithMarks(full, client);
    client.prepare('UPDATE status_file SET bytes = ?').run(status.toString());
    write(join(dir, 'objects/public/index/status.json'), status);
    writeFilesWithoutStops(client, join(dir, 'objects/public/index'));
  }
  client.close();
  return dir;
}

// Triggers would write once more what the rows have already.
async function withoutTriggers(
  client: BetterSqlite3.Database,
  work: () => void | Promise<void>,
): Promise<void> {
  const triggers = client
    .prepare("SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger'")
    .all() as { readonly name: string; readonly sql: string }[];
  for (const { name } of triggers) client.exec(`DROP TRIGGER main."${name}"`);
  await work();
  for (const { sql } of triggers) client.exec(sql);
}

function tablesOf(client: BetterSqlite3.Database): string[] {
  return client
    .prepare(
      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'skill\\_words%' ESCAPE '\\'",
    )
    .pluck()
    .all() as string[];
}

function copyRows(client: BetterSqlite3.Database, table: string, count: number): void {
  const columns = client
    .prepare(`SELECT name, type FROM pragma_table_info('${table}', 'main')`)
    .all() as { readonly name: string; readonly type: string }[];
  const names = columns.map(({ name }) => `"${name}"`).join();
  const cells = columns.map(({ name, type }) => cellOf(`"${name}"`, type)).join();
  client.exec(`DELETE FROM main."${table}"`);
  const earlier = Object.entries(longer).find(
    ([name, { until }]) => name === table && count < until,
  );
  const from = earlier?.[1].rows ?? whole[table] ?? dropped[table] ?? `later."${table}"`;
  const hasMap = count >= logChanges.map;
  client.exec(
    `INSERT INTO main."${table}" (${names}) SELECT ${cells} FROM ${from} WHERE ${(hasMap ? undefined : beforeMap[table]) ?? 1}`,
  );
}

/** Hashes of the log were base64 before they were bytes. */
const hashes = ['"leafHash"', '"root"', '"map"'];

/** Digests were texts before they were bytes, and the types of statements were their addresses. */
function cellOf(column: string, type: string): string {
  if (type.toLowerCase() !== 'text') return column;
  if (hashes.includes(column))
    return `CASE typeof(${column}) WHEN 'blob' THEN base64(${column}) ELSE ${column} END`;
  const text = `CASE typeof(${column}) WHEN 'blob' THEN 'sha256:' || lower(hex(${column})) ELSE ${column} END`;
  if (column !== '"predicateType"') return text;
  const types = Object.values(predicateTypes).map(
    (address) => `WHEN ${predicateTypeNumber(address)} THEN '${address}'`,
  );
  return `CASE ${column} ${types.join(' ')} ELSE ${column} END`;
}

/** The number of migrations since which a full-text index has the words of skills. */
const fullText = 41;
/** SQLite keeps the index in tables that nobody else may write. */
const skillWords =
  "INSERT INTO main.skill_words (rowid, name, description) SELECT id, substr(name, instr(name, '/') + 1), description FROM main.skills";

/** The number of migrations since which a status is a head without marks. */
const headStatus = 24;

/** The number of migrations since which the row of a line lacks what other rows have. */
const leanLines = 39;

async function writeWholeLines(full: FullRegistry, client: BetterSqlite3.Database): Promise<void> {
  const rows = client.prepare('SELECT logIndex FROM index_lines').pluck().all() as number[];
  await withoutTriggers(client, async () => {
    for (const logIndex of rows) {
      const line = await readLine(full.world.registry, logIndex);
      client
        .prepare('UPDATE index_lines SET line = ? WHERE logIndex = ?')
        .run(line?.text, logIndex);
    }
  });
}

/** The number of migrations since which the parts of a line have no names. */
const shortLines = 56;

async function writeNamedLines(client: BetterSqlite3.Database): Promise<void> {
  await withoutTriggers(client, () => {
    const rows = client.prepare('SELECT logIndex, line FROM index_lines').all() as {
      readonly logIndex: number;
      readonly line: string;
    }[];
    const update = client.prepare('UPDATE index_lines SET line = ? WHERE logIndex = ?');
    for (const { logIndex, line } of rows) {
      const [description, distances, capabilities, requires = {}] = JSON.parse(line);
      const parts = { description, requires, statements: sumsOf(distances) };
      const all = { ...noCapabilities, ...capabilities };
      update.run(canonicalJson({ ...parts, capabilities: all }), logIndex);
    }
  });
}

/**
 * Names had variants, and rows of skills had a version and lists of all capabilities.
 * Sketches were whole signatures, and had places of their own before they had the ids of their
 * versions.
 */
const whole: Readonly<Record<string, string>> = {
  name_words: '(SELECT word AS variant, word FROM later.name_words)',
  skills: `(SELECT id, name, scope, shortName, versionId, description, offeredSince, vectorMark,
    (SELECT version FROM later.versions WHERE id = versionId) AS version,
    json_patch('${JSON.stringify(noCapabilities)}', capabilities) AS capabilities
    FROM later.skills)`,
  similarity:
    '(SELECT versionId + 1 AS place, versionId, signature(sketch) AS signature FROM later.sketches)',
  similarity_bands:
    '(SELECT value AS key, versionId + 1 AS place, versionId FROM later.sketches, json_each(keys(sketch)))',
};

/** A signature with a sketch: the bytes that no sketch has are zero. */
function signatureWith(sketch: Uint8Array): SimilaritySignature {
  const values = Uint32Array.from(sketch);
  return `mh1:500:${Buffer.from(values.buffer).toString('base64')}`;
}

/** Rows that were longer before so many migrations. */
const longer: Readonly<Record<string, { readonly until: number; readonly rows: string }>> = {
  audit: {
    until: 57,
    rows: `(SELECT id, at, ${wordOf('kind', auditKinds)}, versionId, move,
  ${wordOf('from', stateNumbers)}, ${wordOf('to', stateNumbers)},
  actor("by") AS "by", reason(why) AS why FROM later.audit)`,
  },
  version_blobs: {
    until: 59,
    rows: `(SELECT digest, versionId, COALESCE((SELECT scope FROM later.blob_scopes
      WHERE number = blobs.scope), '') AS scope FROM later.version_blobs AS blobs)`,
  },
  // The log is shorter than a segment, so every row has its envelope.
  statements: {
    until: 58,
    rows: `(SELECT logIndex, predicateType, payload(envelope) AS payload, signer, envelope, versionId,
      bundle, createdAt, certificate, material, fact FROM later.statements)`,
  },
};

function wordOf(column: string, numbers: Readonly<Record<string, number>>): string {
  const words = Object.entries(numbers).map(([word, number]) => `WHEN ${number} THEN '${word}'`);
  return `CASE "${column}" ${words.join(' ')} END AS "${column}"`;
}

/** Tables that a migration dropped, made of other rows. */
const dropped: Readonly<Record<string, string>> = {
  marks: `(SELECT bundle, status AS kind, 'it reads keys' AS reason, "createdAt" AS since,
    (SELECT MAX("logIndex") FROM later.statements WHERE "predicateType" = ${predicateTypeNumber(predicateTypes.revocation)})
    AS "logIndex" FROM later.versions WHERE status = 'revoked')`,
};

/** Rows of a table that were there before the map of names. */
const beforeMap: Readonly<Record<string, string>> = {
  identity_names: mapNameKinds.map((kind) => `name NOT LIKE '${kind}/%'`).join(' AND '),
  names_filled: "predicateType NOT LIKE '%/member/v1'",
};

/** A head that the log had then, and the marks of stopped versions. */
async function statusWithMarks(
  { world }: FullRegistry,
  client: BetterSqlite3.Database,
): Promise<Buffer> {
  const row = client.prepare('SELECT bytes FROM status_file').get() as { readonly bytes: string };
  const { payload } = JSON.parse(row.bytes);
  const status = JSON.parse(Buffer.from(payload, 'base64').toString());
  const size = Number(status.checkpoint.split('\n')[1]);
  const checkpoint = client
    .prepare('SELECT note FROM log WHERE "index" = ?')
    .pluck()
    .get(size - 1);
  const rows = client.prepare('SELECT bundle, kind, reason, since FROM marks').all() as {
    readonly since: number;
  }[];
  const marks = rows.map((mark) => ({ ...mark, since: new Date(mark.since).toISOString() }));
  const bytes = Buffer.from(canonicalJson({ ...status, checkpoint, marks }));
  const signed = await signPayload(statusPayloadType, bytes, world.registry.keys.status);
  return Buffer.from(canonicalJson(signed));
}

/** The index files of stopped versions, whose lines had no stop. */
function writeFilesWithoutStops(client: BetterSqlite3.Database, folder: string): void {
  const lines = client
    .prepare(
      'SELECT name, line FROM index_lines WHERE "versionId" IN (SELECT id FROM versions WHERE status = ?)',
    )
    .all('revoked') as { readonly name: string; readonly line: string }[];
  for (const { name, line } of lines) write(join(folder, name), Buffer.from(`${line}\n`));
}

// Packs came later. A bundle with the map is one that the database refused.
function wasWritten(name: string, bytes: Uint8Array): boolean {
  return !name.startsWith('public/packs/') && !Buffer.from(bytes).includes('\\nmap ');
}

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
