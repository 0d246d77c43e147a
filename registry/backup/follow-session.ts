/** One continuous copy of a registry: a picture of its database, and every commit after it. */
import { allObjectsMs, commitsBytesMin, dataFilesMs, followerStateMs } from '../limits.ts';
import { type BackupOptions, headOf, openSource, requireContinued } from './backup.ts';
import {
  type BackupAbout,
  databasePath,
  placesIn,
  prune,
  readAbout,
  sizeOf,
  writeAbout,
} from './backup-folder.ts';
import { CommitLog } from './commit-log.ts';
import { makeObjectCopier, type ObjectCopier } from './copy-objects.ts';
import { type CopiedFiles, copyDataFiles } from './data-files.ts';
import { writeFollowerState } from './follower-state.ts';
import { makePicture, namePicture } from './picture.ts';
import { removeRemoved } from './removed-objects.ts';
import type { Connection, WalPart, WalPlace, WalSource } from './wal-source.ts';
import { WrittenObjects } from './written-objects.ts';

export interface FollowOptions extends BackupOptions {
  /**
   * Bytes of commits after which the database is copied whole again. By default the size of the
   * last whole copy, and at least 64 MiB.
   */
  readonly pictureAfterBytes?: number;
  /** Called when the backup is whole for the first time. */
  onWhole(about: BackupAbout, files: CopiedFiles): void;
  /** Called after commits were copied. `ms` is the time since the last moment that is covered. */
  onCopied(log: BackupAbout['log'], ms: number): void;
}

/** A task beside the rounds, and its result. */
interface Task {
  readonly done: Promise<unknown>;
  /** Set when it has ended. */
  result?: { readonly error?: unknown };
}

export class FollowSession {
  readonly #options: FollowOptions;
  readonly #about: Pick<BackupAbout, 'schema' | 'origin' | 'root'>;
  readonly #source: WalSource;
  readonly #commits: CommitLog;
  readonly #written: WrittenObjects;
  readonly #copier: ObjectCopier;
  readonly #stop = new AbortController();
  /** Objects that were written and are not copied yet. */
  readonly #fixed = new Set<string>();
  readonly #others = new Set<string>();
  #picture: { readonly task: Task; readonly number: number } | undefined;
  #walk: Task | undefined;
  #walkedAt = 0;
  #isWhole = false;
  #isReleased = false;
  #log: BackupAbout['log'];
  #pictureBytes = 0;
  #coveredAt = 0;
  #stateAt = 0;
  #filesAt = 0;

  /** @throws Problem `log-behind` */
  static async begin(
    options: FollowOptions,
    about: Pick<BackupAbout, 'schema' | 'origin' | 'root'>,
  ): Promise<FollowSession> {
    const { dir, backup } = options;
    const written = await WrittenObjects.begin(dir);
    const source = openSource(dir);
    try {
      const shows = source.begin();
      const log = await requireContinued(shows, await readAbout(backup), options);
      const commits = await CommitLog.begin(backup);
      return new FollowSession(options, about, { source, shows, commits, written, log });
    } catch (error) {
      source.close();
      await written.close();
      throw error;
    }
  }

  private constructor(
    options: FollowOptions,
    about: Pick<BackupAbout, 'schema' | 'origin' | 'root'>,
    begun: {
      readonly source: WalSource;
      readonly shows: Connection;
      readonly commits: CommitLog;
      readonly written: WrittenObjects;
      readonly log: BackupAbout['log'];
    },
  ) {
    this.#options = options;
    this.#about = about;
    this.#source = begun.source;
    this.#commits = begun.commits;
    this.#written = begun.written;
    this.#log = begun.log;
    const { dir, backup, say } = options;
    this.#copier = makeObjectCopier(dir, placesIn(backup).objects, say);
    this.#startPicture(begun.shows);
    this.#startWalk();
  }

  /** Copies what was committed since the last round. A round that failed may be repeated. */
  async round(): Promise<void> {
    const begun = Date.now();
    const hasCopied = await this.#copyCommits();
    await this.#endTasks();
    const before = this.#coveredAt === 0 ? begun : this.#coveredAt;
    this.#coveredAt = begun;
    if (hasCopied && this.#isWhole) {
      await this.#writeAbout();
      // What was copied now may have been committed just after the round before.
      this.#options.onCopied(this.#log, Date.now() - before);
    }
    await this.#writeState();
    if (!this.#isWhole) return;
    await this.#copyFilesNow();
    if (this.#source.isLong) this.#source.restart();
    if (this.#isPictureDue()) await this.#startNextPicture();
    if (this.#walk === undefined && begun - this.#walkedAt > allObjectsMs) this.#startWalk();
  }

  /** Ends all read transactions while a round hangs. The session fails at the end of the round. */
  release(): void {
    this.#isReleased = true;
    this.#source.release();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled([this.#picture?.task.done, this.#walk?.done]);
    this.#source.close();
    await Promise.allSettled([this.#commits.close(), this.#written.close()]);
    const { dir, backup } = this.#options;
    const at = this.#isWhole ? this.#coveredAt : null;
    await writeFollowerState(dir, { backup, at }).catch(() => undefined);
  }

  /**
   * Copies the commits up to now, or up to a place. Later commits wait for the next round, so that
   * a round ends while others go on writing.
   * @returns whether there were commits
   */
  async #copyCommits(upTo?: WalPlace): Promise<boolean> {
    let hasCopied = false;
    for (;;) {
      this.#requireHeld();
      if (upTo !== undefined && this.#source.hasReached(upTo)) return hasCopied;
      const part = this.#source.next(upTo);
      const head = await this.#store(part);
      if (part?.isCut === true) {
        hasCopied = true;
        continue;
      }
      if (head.size !== this.#log.size) hasCopied = true;
      // Later commits than those up to the place are not stored yet.
      if (upTo === undefined) this.#log = head;
      return hasCopied || part !== undefined;
    }
  }

  /** Stores commits with the objects that they need. @returns the head that they reach, at most */
  async #store(part: WalPart | undefined): Promise<BackupAbout['log']> {
    try {
      // Objects come before the rows that need them: a registry notes them before it commits.
      await this.#copyWritten('fixed');
      if (part !== undefined) await this.#commits.append(part);
      this.#requireHeld();
      const head = headOf(this.#source.shows);
      if (part !== undefined) this.#source.done(part);
      else this.#source.undo();
      return head;
    } catch (error) {
      this.#source.undo();
      throw error;
    }
  }

  async #copyWritten(which: 'fixed' | 'other'): Promise<void> {
    for (const name of await this.#written.read(Date.now())) {
      this.#fixed.add(name);
      this.#others.add(name);
    }
    const names = which === 'fixed' ? this.#fixed : this.#others;
    if (names.size === 0) return;
    await this.#copier.copyNames([...names], which);
    names.clear();
  }

  /** Takes what the tasks made, once all parts of a whole state are there. */
  async #endTasks(): Promise<void> {
    for (const task of [this.#picture?.task, this.#walk])
      if (task?.result?.error !== undefined) throw task.result.error;
    if (this.#walk?.result !== undefined) this.#walk = undefined;
    if (this.#picture?.task.result === undefined || (this.#walk !== undefined && !this.#isWhole))
      return;
    const { backup, dir, withKeys, onWhole } = this.#options;
    const files = await copyDataFiles(dir, placesIn(backup).files, withKeys);
    await namePicture(backup, this.#picture.number);
    this.#pictureBytes = await sizeOf(databasePath(backup, this.#picture.number, 'sqlite'));
    this.#picture = undefined;
    await this.#writeAbout();
    await prune(backup);
    if (this.#isWhole) return;
    this.#isWhole = true;
    onWhole({ ...this.#about, log: this.#log, at: new Date().toISOString() }, files);
  }

  #isPictureDue(): boolean {
    const { pictureAfterBytes = Math.max(commitsBytesMin, this.#pictureBytes) } = this.#options;
    return this.#picture === undefined && this.#commits.bytes > pictureAfterBytes;
  }

  /** Copies what was committed before the picture, and ends the segment there. */
  async #startNextPicture(): Promise<void> {
    const { shows, place } = this.#source.mark();
    try {
      await this.#copyCommits(place);
      if (!this.#source.hasReached(place)) throw new Error('commits before the copy are missing');
      await this.#commits.cut();
    } catch (error) {
      shows.close();
      throw error;
    }
    this.#startPicture(shows);
  }

  #startPicture(shows: Connection): void {
    const { backup, say, progress } = this.#options;
    const number = this.#commits.next;
    const { signal } = this.#stop;
    const done = makePicture(shows, backup, number, { say, progress, signal });
    this.#picture = { number, task: startTask(done) };
  }

  #startWalk(): void {
    this.#walkedAt = Date.now();
    this.#walk = startTask(this.#copyAll());
  }

  async #copyAll(): Promise<void> {
    const { dir, backup } = this.#options;
    await this.#copier.copyAll(this.#stop.signal);
    await removeRemoved(dir, placesIn(backup).objects);
  }

  async #writeAbout(): Promise<void> {
    const at = new Date().toISOString();
    await writeAbout(this.#options.backup, { ...this.#about, log: this.#log, at });
  }

  async #writeState(): Promise<void> {
    if (Date.now() - this.#stateAt < followerStateMs) return;
    this.#stateAt = Date.now();
    const { dir, backup } = this.#options;
    await writeFollowerState(dir, { backup, at: this.#isWhole ? this.#coveredAt : null });
  }

  async #copyFilesNow(): Promise<void> {
    if (Date.now() - this.#filesAt < dataFilesMs) return;
    this.#filesAt = Date.now();
    const { dir, backup, withKeys } = this.#options;
    await copyDataFiles(dir, placesIn(backup).files, withKeys);
    // A registry makes these objects again from its database.
    await this.#copyWritten('other');
  }

  #requireHeld(): void {
    if (this.#isReleased) throw new Error('the backup did not answer in time');
  }
}

function startTask(done: Promise<unknown>): Task {
  const task: Task = { done };
  done.then(
    () => {
      task.result = {};
    },
    (error: unknown) => {
      task.result = { error };
    },
  );
  return task;
}
