/**
 * A full registry's folder as an earlier release left it: the tables and columns that the release
 * had, with the rows that it had written. Since 0000 a migration has only added tables, columns and
 * indexes, so an earlier row is the part of a later row that its table had. What cannot be taken
 * from a log again was never in it (full-registry.ts).
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { signStatus } from '../../skills-index/trust/index-files/sign-status.ts';
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
  const hasMap = count >= logChanges.map;
  withoutTriggers(client, () => {
    for (const table of tablesOf(client)) copyRows(client, table, hasMap);
  });
  for (const [name, bytes] of full.world.stored)
    if (hasMap || wasWritten(name, bytes)) write(join(dir, 'objects', name), bytes);
  if (!hasMap) {
    const status = await statusWithoutMap(full, client);
    client.prepare('UPDATE status_file SET bytes = ?').run(status.toString());
    write(join(dir, 'objects/public/index/status.json'), status);
  }
  client.close();
  return dir;
}

// Triggers would write once more what the rows have already.
function withoutTriggers(client: BetterSqlite3.Database, work: () => void): void {
  const triggers = client
    .prepare("SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger'")
    .all() as { readonly name: string; readonly sql: string }[];
  for (const { name } of triggers) client.exec(`DROP TRIGGER main."${name}"`);
  work();
  for (const { sql } of triggers) client.exec(sql);
}

function tablesOf(client: BetterSqlite3.Database): string[] {
  return client
    .prepare(
      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
    )
    .pluck()
    .all() as string[];
}

function copyRows(client: BetterSqlite3.Database, table: string, hasMap: boolean): void {
  const columns = client
    .prepare(`SELECT name FROM pragma_table_info('${table}', 'main')`)
    .pluck()
    .all()
    .map((name) => `"${name}"`)
    .join();
  client.exec(`DELETE FROM main."${table}"`);
  client.exec(
    `INSERT INTO main."${table}" (${columns}) SELECT ${columns} FROM later."${table}" WHERE ${(hasMap ? undefined : beforeMap[table]) ?? 1}`,
  );
}

/** Rows of a table that were there before the map of names. */
const beforeMap: Readonly<Record<string, string>> = {
  identity_names: mapNameKinds.map((kind) => `name NOT LIKE '${kind}/%'`).join(' AND '),
  names_filled: "predicateType NOT LIKE '%/member/v1'",
};

async function statusWithoutMap(
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
  const signed = await signStatus({ ...status, checkpoint }, world.registry.keys.status);
  return Buffer.from(canonicalJson(signed));
}

// Packs came later. A bundle with the map is one that the database refused.
function wasWritten(name: string, bytes: Uint8Array): boolean {
  return !name.startsWith('public/packs/') && !Buffer.from(bytes).includes('\\nmap ');
}

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
