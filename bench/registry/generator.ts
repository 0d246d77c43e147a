/**
 * Grows a registry's data folder as years of use would. A template is a skill that was really
 * published, scanned and approved, or a scope that was really claimed. Each clone gets the rows and
 * objects of its template under names, keys, digests and log indexes of its own. The log stays a
 * real tree, so the registry starts on the folder and goes on with it.
 */
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { objectPath } from '../../registry/store/disk/object-paths.ts';
import { makeId } from '../../registry/store/ids.ts';
import { publicBlobName, storedBlobName } from '../../registry/store/objects.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import { type Digest, digestOf, hexOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { bandKeys, isSignature } from '../../skills-index/skill/text/similarity-signature.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import { GrowingLog } from './growing-log.ts';
import { addToMap, leavesFrom, leavesOfStops } from './map-names.ts';
import { RowInserts } from './row-inserts.ts';
import { addFacts, moveToSegments, setCounters } from './settle-rows.ts';
import {
  type Cell,
  type Entry,
  type Names,
  readClaimTemplate,
  readVersionTemplate,
  type Template,
  textsOf,
} from './template.ts';

/**
 * How much of a clone exists. `rows` are rows alone, whose signatures are the template's. `files`
 * adds the stored files and the report. `whole` adds real signatures, a signed checkpoint and the
 * statements' bundles, so that everybody can verify the clone.
 */
export type Depth = 'rows' | 'files' | 'whole';

/** Clones in one transaction. */
const clonesAtOnce = 2_000;
/** Clones come after one another, all in the past, since the registry mistrusts later times. */
const firstCloneMsAgo = 30 * 24 * 3_600_000;
const msBetweenClones = 2;

interface Cloning {
  readonly template: Template;
  readonly names: Names;
  readonly depth: Depth;
  /** Replaces the template's texts by the clone's, as far as those are known. */
  readonly replace: (text: string) => string;
  /** The clone's text for each text of the template. */
  readonly texts: Map<string, string>;
}

export class Generator {
  readonly #dir: string;
  readonly #db: Database;
  readonly #log: GrowingLog;
  readonly #signers: ReadonlyMap<string, Signer>;
  readonly #rows: RowInserts;
  #time = Date.now() - firstCloneMsAgo;

  /** Opens the folder of a registry that does not run. */
  constructor(dir: string, root: RootFile, staff: readonly Signer[]) {
    this.#dir = dir;
    this.#db = new BetterSqlite3(join(dir, 'registry.sqlite'));
    // The bench makes the folder anew after a crash.
    this.#db.pragma('synchronous = OFF');
    this.#db.pragma('cache_size = -200000');
    this.#rows = new RowInserts(this.#db);
    const keys = JSON.parse(readFileSync(join(dir, 'keys.json'), 'utf8'));
    this.#log = new GrowingLog(this.#db, root, keys.log);
    const signers = [...staff, signerOf(keys.registry, root.registry.key)];
    this.#signers = new Map(signers.map((signer) => [signer.keyId, signer]));
    // The clones of an earlier generator, before the registry's own statements.
    const last = this.#db
      .prepare('SELECT max(createdAt) FROM statements WHERE createdAt < ?')
      .pluck()
      .get(Date.now() - firstCloneMsAgo / 2);
    if (typeof last === 'number') this.#time = last;
  }

  /** The template of a version, all of whose statements are finished. */
  version(names: Names & { readonly skill: string }, version: string): Template {
    addFacts(this.#db, 0, this.#log.size);
    return readVersionTemplate({ dir: this.#dir, db: this.#db }, names, version);
  }

  /** The template of a scope's claim. */
  claim(names: Names): Template {
    return readClaimTemplate({ dir: this.#dir, db: this.#db }, names);
  }

  /**
   * Adds a clone under each of the names. The clones are as settled as the template: what triggers
   * would note as work to do is done. Clones of rows alone go into segments of the log.
   */
  async clone(template: Template, all: Iterable<Names>, depth: Depth): Promise<void> {
    const from = this.#log.size;
    const triggers = this.#db
      .prepare(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> 'log_segments'",
      )
      .all() as { readonly name: string; readonly sql: string }[];
    for (const { name } of triggers) this.#db.exec(`DROP TRIGGER ${name}`);
    let left = 0;
    for (const names of all) {
      if (left === 0) this.#db.exec('BEGIN');
      await this.#cloneOne(template, names, depth);
      left = (left + 1) % clonesAtOnce;
      if (left > 0) continue;
      // The rows of later clones take the pages that become free.
      if (depth === 'rows') moveToSegments(this.#db, this.#rows, this.#log.size);
      this.#db.exec('COMMIT');
    }
    if (left > 0) this.#db.exec('COMMIT');
    for (const { sql } of triggers) this.#db.exec(sql);
    setCounters(this.#db);
    if (template.id === undefined && this.#log.size > from)
      await this.#showMap(addToMap(this.#db, leavesFrom(this.#db, from), this.#log.size));
  }

  /** Makes the rows of all older entries lean, as the registry does when it makes segments. */
  moveToSegments(): void {
    this.#db.transaction(() => moveToSegments(this.#db, this.#rows, this.#log.size))();
  }

  /** Revokes bundles that no version has: their names enter the map of the log. */
  async stop(count: number): Promise<void> {
    if (count === 0) return;
    await this.#showMap(addToMap(this.#db, leavesOfStops(count, this.#log.size), this.#log.size));
    this.#db.exec('DELETE FROM status_file');
    rmSync(this.#pathOf('public/index/status.json'), { force: true });
  }

  /** Signs the newest head with another map. */
  async #showMap(map: Hash): Promise<void> {
    const trigger = this.#db
      .prepare("SELECT sql FROM sqlite_master WHERE name = 'log_no_update'")
      .pluck()
      .get();
    this.#db.exec('DROP TRIGGER log_no_update');
    const { note } = await this.#log.takeMap(map);
    this.#db
      .prepare('UPDATE log SET map = ?, note = ? WHERE "index" = ?')
      .run(Buffer.from(map).toString('base64'), note, this.#log.size - 1);
    this.#db.exec(String(trigger));
  }

  close(): void {
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
    this.#db.close();
  }

  async #cloneOne(template: Template, names: Names, depth: Depth): Promise<void> {
    this.#time += msBetweenClones;
    const id = this.#makeId();
    const own = textsOf(names);
    const texts = new Map(
      Object.entries(textsOf(template.names)).map(([kind, text]) => [text, own[kind] ?? text]),
    );
    if (template.id !== undefined) texts.set(template.id, id);
    const replace = (text: string): string =>
      text.replace(template.replaced, (found) => texts.get(found) ?? found);
    const cloning = { template, names, depth, replace, texts };
    for (const { digest, text } of template.blobs) {
      const bytes = Buffer.from(replace(text));
      const made = digestOf(bytes);
      texts.set(hexOf(digest), hexOf(made));
      if (depth !== 'rows') this.#store(made, bytes, template.isPublic);
    }
    const indexes = new Map<Cell, number>();
    for (const entry of template.entries)
      indexes.set(entry.row.logIndex ?? null, await this.#append(entry, cloning));
    for (const { table, row } of template.rows) {
      const cells = Object.entries(row).map(([column, cell]): [string, Cell] => {
        if (column === 'line') return [column, lineOf(String(cell), indexes)];
        // SQLite counts the rows of a table whose ids are numbers.
        if (column === 'id' && typeof cell === 'number') return [column, null];
        if (column === 'id' && table !== 'versions') return [column, this.#makeId()];
        if (column === 'place' || column === 'seq') return [column, null];
        if (column === 'logIndex') return [column, indexes.get(cell) ?? cell];
        if (column === 'at' || column === 'createdAt') return [column, this.#time];
        return [column, typeof cell === 'string' ? replace(cell) : cell];
      });
      this.#rows.insert(table, Object.fromEntries(cells));
    }
    if (template.rows.some(({ table }) => table === 'scans')) this.#sketch(id);
  }

  /** Logs the clone of a statement. Returns its log index. */
  async #append(entry: Entry, cloning: Cloning): Promise<number> {
    const { template, names, depth, replace, texts } = cloning;
    const { row } = entry;
    const signer =
      row.signer === template.names.author.keyId
        ? names.author
        : this.#signers.get(String(row.signer));
    if (signer === undefined) throw new Error(`Nobody has the key ${row.signer}`);
    const appended = await this.#log.append(entry, {
      payload: Buffer.from(replace(entry.payload)),
      signer,
      isWhole: depth === 'whole',
    });
    const { index, bundle, bytes } = appended;
    texts.set(hexOf(parseDigest(String(row.payload))), hexOf(appended.payload));
    texts.set(hexOf(parseDigest(String(row.bundle))), hexOf(bundle));
    if (bytes !== undefined) this.#store(bundle, bytes, template.isPublic);
    const cells = Object.entries(row).map(([column, cell]) => [
      column,
      typeof cell === 'string' && column !== 'envelope' ? replace(cell) : cell,
    ]);
    this.#rows.insert('log', appended.log);
    this.#rows.insert('statements', {
      ...Object.fromEntries(cells),
      ...appended.statement,
      createdAt: this.#time,
    });
    return index;
  }

  /** A sketch of its own: sketches of unlike texts are random against one another. */
  #sketch(versionId: string): void {
    const signature = `mh1:500:${randomBytes(512).toString('base64')}`;
    if (!isSignature(signature)) throw new Error('128 values make a sketch');
    this.#rows.insert('similarity', { versionId, signature });
    const place = this.#db.prepare('SELECT last_insert_rowid()').pluck().get() as number;
    for (const key of bandKeys(signature)) this.#rows.insert('similarity_bands', { key, place });
  }

  #store(digest: Digest, bytes: Uint8Array, isPublic: boolean): void {
    const names = [storedBlobName(digest), ...(isPublic ? [publicBlobName(digest)] : [])];
    for (const path of names.map((name) => this.#pathOf(name))) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
  }

  #pathOf(name: string): string {
    return objectPath(join(this.#dir, 'objects'), name);
  }

  #makeId(): string {
    return makeId({ now: () => new Date(this.#time), random: randomBytes });
  }
}

/** The row of an index line names the statements about the version by their log indexes. */
function lineOf(text: string, indexes: ReadonlyMap<Cell, number>): string {
  const line = JSON.parse(text);
  const statements = line.statements.map((index: number) => indexes.get(index) ?? index);
  return canonicalJson({ ...line, statements: statements.sort((a: number, b: number) => a - b) });
}

function signerOf(pem: string, spki: string): Signer {
  const key = createPrivateKey(pem);
  const publicKey = Buffer.from(spki, 'base64');
  return {
    keyId: digestOf(publicKey),
    publicKey,
    sign: async (bytes) => sign('sha256', bytes, key),
  };
}
