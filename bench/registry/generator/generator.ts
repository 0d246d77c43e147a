/**
 * Grows a registry's data folder as years of use would. A template is a skill that was really
 * published, scanned and approved, or a scope that was really claimed. Each clone gets the rows and
 * objects of its template under names, keys, digests and log indexes of its own. The log stays a
 * real tree, so the registry starts on the folder and goes on with it.
 */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { correctedWordsOf } from '../../../registry/catalogue/search/rank-skills.ts';
import { objectPath } from '../../../registry/store/disk/disk-objects.ts';
import { makeId } from '../../../registry/store/ids.ts';
import { publicBlobName, storedBlobName } from '../../../registry/store/objects.ts';
import type { Hash } from '../../../skills-index/log/merkle-tree.ts';
import { type Digest, digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { bandKeys } from '../../../skills-index/skill/text/matching-parts.ts';
import type { Signer } from '../../../skills-index/statement/sign.ts';
import type { RootFile } from '../../../skills-index/trust/root/root.ts';
import { Bulk } from './bulk.ts';
import { type Clone, CloneRows } from './clone-rows.ts';
import { type ClonedStatement, type Cloning, cloningOf, type Depth } from './cloning.ts';
import { type Appended, GrowingLog } from './growing-log.ts';
import { LogRows } from './log-rows.ts';
import { addToMap, leavesFrom, leavesOfStops } from './map-names.ts';
import { fill } from './pieces.ts';
import { RowInserts } from './row-inserts.ts';
import { addFacts, endDailyLook, moveToSegments, setCounters } from './settle-rows.ts';
import {
  type Names,
  readClaimTemplate,
  readVersionTemplate,
  type Template,
  textsOf,
} from './template.ts';

/** Clones whose rows one statement inserts. */
const clonesAtOnce = 2_000;
/** Clones come after one another, all in the past, since the registry mistrusts later times. */
const firstCloneMsAgo = 30 * 24 * 3_600_000;
const msBetweenClones = 2;
/** Random bytes that are made at once: the pool of the generator's ids and sketches. */
const pooledBytes = 1024 * 1024;

export class Generator {
  readonly #dir: string;
  readonly #db: Database;
  readonly #log: GrowingLog;
  readonly #signers: ReadonlyMap<string, Signer>;
  readonly #bulk: Bulk;
  #time = Date.now() - firstCloneMsAgo;
  #pool = Buffer.alloc(0);

  /** Opens the folder of a registry that does not run. */
  constructor(dir: string, root: RootFile, staff: readonly Signer[]) {
    this.#dir = dir;
    this.#db = new BetterSqlite3(join(dir, 'registry.sqlite'));
    // The bench makes the folder anew after a crash.
    this.#db.pragma('synchronous = OFF');
    this.#db.pragma('journal_mode = MEMORY');
    this.#db.pragma('cache_size = -400000');
    this.#bulk = new Bulk(this.#db);
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
   * would note as work to do is done. The statements of clones that nobody can verify go into
   * segments of the log.
   */
  async clone(template: Template, all: Iterable<Names>, depth: Depth): Promise<void> {
    const isLean = depth !== 'whole';
    if (isLean) this.#closeSegment();
    this.#bulk.begin();
    const from = this.#log.size;
    const log = new LogRows(this.#db, isLean);
    const rows = new CloneRows(this.#db, template, isLean);
    const cloning = cloningOf(template, depth, this.#signers);
    let left = 0;
    this.#db.exec('BEGIN');
    for (const names of all) {
      rows.add(await this.#cloneOne(cloning, names, log));
      left = (left + 1) % clonesAtOnce;
      if (left === 0) rows.flush();
    }
    rows.flush();
    rows.finish();
    log.finish();
    this.#db.exec('COMMIT');
    if (template.id === undefined && this.#log.size > from)
      await this.#showMap(addToMap(this.#db, leavesFrom(this.#db, from), this.#log.size));
  }

  /** Makes the rows of all older entries lean, as the registry does when it makes segments. */
  moveToSegments(): void {
    this.#bulk.end();
    const rows = new RowInserts(this.#db);
    this.#db.transaction(() => moveToSegments(this.#db, rows, this.#log.size))();
  }

  /** Puts all older entries into segments, also when they fill none. */
  #closeSegment(): void {
    this.#bulk.end();
    const rows = new RowInserts(this.#db);
    this.#db.transaction(() => moveToSegments(this.#db, rows, this.#log.size, 1))();
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
    // A trigger keeps the log as it is.
    this.#bulk.begin();
    const { note } = await this.#log.takeMap(map);
    this.#db
      .prepare('UPDATE log SET map = ?, note = ? WHERE "index" = ?')
      .run(Buffer.from(map).toString('base64'), note, this.#log.size - 1);
  }

  close(): void {
    this.#bulk.end();
    setCounters(this.#db);
    endDailyLook(this.#db);
    this.#db.pragma('journal_mode = WAL');
    this.#db.close();
    // The first commit of a measured registry would wait for all that the disk does not have yet.
    execFileSync('sync', ['--file-system', this.#dir]);
  }

  async #cloneOne(cloning: Cloning, names: Names, log: LogRows): Promise<Clone> {
    const { template, variables, depth } = cloning;
    this.#time += msBetweenClones;
    const id = makeId({ now: () => new Date(this.#time), random: (size) => this.#random(size) });
    const own = textsOf(names);
    const values = variables.own();
    const set = (text: string, value: string) => {
      values[variables.numberOf(text)] = value;
    };
    for (const [kind, text] of Object.entries(textsOf(template.names)))
      set(text, own[kind] ?? text);
    for (const { number, text } of cloning.blobs) {
      const bytes = Buffer.from(fill(text, values));
      const made = digestOf(bytes);
      values[number] = hexOf(made);
      if (depth !== 'rows') this.#store(made, bytes, template.isPublic);
    }
    const indexes: number[] = [];
    for (const statement of cloning.statements) {
      const { payload, bundle } = statement;
      const appended = await this.#append(cloning, statement, { names, values });
      values[payload.number] = hexOf(appended.payload);
      values[bundle] = hexOf(appended.bundle);
      if (appended.bytes !== undefined)
        this.#store(appended.bundle, appended.bytes, template.isPublic);
      const cells = statement.cells.map(([column, cell]) => [
        column,
        Array.isArray(cell) ? fill(cell, values) : cell,
      ]);
      indexes.push(appended.index);
      const versionId = template.id === undefined ? null : (indexes[0] ?? null);
      log.add(appended, { ...Object.fromEntries(cells), versionId, createdAt: this.#time });
    }
    const { skill } = names;
    const words = skill === undefined ? [] : correctedWordsOf(skill);
    return { id, time: this.#time, values, indexes, sketch: this.#sketch(), words };
  }

  /** Logs the clone of a statement. */
  #append(
    { depth }: Cloning,
    { entry, signer, payload, body }: ClonedStatement,
    { names, values }: { readonly names: Names; readonly values: readonly string[] },
  ): Appended | Promise<Appended> {
    const similar = {
      like: entry,
      payload: Buffer.from(fill(payload.text, values)),
      signer: signer ?? names.author,
    };
    if (depth === 'whole') return this.#log.appendSigned(similar);
    const [before, after] = body;
    return this.#log.append({ ...similar, body: [fill(before, values), fill(after, values)] });
  }

  /** A sketch of its own: sketches of unlike texts are random against one another. */
  #sketch(): NonNullable<Clone['sketch']> {
    const bytes = this.#random(128);
    return { bytes, keys: bandKeys(bytes) };
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

  /** Random bytes: many at once take a tenth of the time. */
  #random(size: number): Buffer {
    if (this.#pool.byteLength < size) this.#pool = randomBytes(pooledBytes);
    const bytes = this.#pool.subarray(0, size);
    this.#pool = this.#pool.subarray(size);
    return bytes;
  }
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
