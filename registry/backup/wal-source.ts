/**
 * Reads the commits of a database that another process writes, from its write-ahead log. While a
 * read transaction is open, SQLite does not begin the log anew over commits that were not read yet.
 * So this reader always has one transaction open, and opens the next before it ends the last.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { walPartBytes, walRestartFrames } from '../limits.ts';
import { databaseWaitMs } from '../store/disk/limits.ts';
import {
  frameHeaderBytes,
  parseWalHeader,
  sumOfFrame,
  type WalHeader,
  type WalSum,
  walHeaderBytes,
  wholeCommits,
} from './wal-format.ts';

/** A place in the write-ahead log between two commits. */
export interface WalPlace {
  /** The header of the log; empty where there was none. */
  readonly header: Buffer;
  /** Frames before the place. Infinity where only a log that SQLite begins anew can follow. */
  readonly frames: number;
  readonly sum: WalSum;
}

/** Commits that follow a place. */
export interface WalPart {
  readonly header: WalHeader;
  readonly from: WalPlace;
  readonly frames: Buffer;
  readonly end: WalPlace;
  /** Whether further commits were there when the part was read. */
  readonly isCut: boolean;
}

/** The log does not continue what was read: this reader missed commits. */
export class WalGap extends Error {
  override readonly name = 'WalGap';

  constructor(why: string) {
    super(`the write-ahead log of the database does not continue what was copied of it: ${why}`);
  }
}

export type Connection = BetterSqlite3.Database;

export class WalSource {
  readonly #path: string;
  readonly #file: number;
  /** Two readers in turn. The first has the transaction that keeps what was not stored yet. */
  #readers: readonly [Connection, Connection];
  /** Asks for the size of the log, and writes pages back. */
  readonly #other: Connection;
  /** Keeps writers out for a moment. */
  readonly #lock: Connection;
  #place: WalPlace = { header: Buffer.alloc(0), frames: 0, sum: [0, 0] };

  /**
   * @param path of a database in WAL mode
   * @throws Error of SQLite
   */
  constructor(path: string) {
    this.#path = path;
    const opened: Connection[] = [];
    const connect = (): Connection => {
      const made = connectTo(path);
      opened.push(made);
      return made;
    };
    try {
      this.#readers = [connect(), connect()];
      this.#other = connect();
      this.#lock = connect();
      // SQLite makes the file of the log at the first question.
      this.#other.prepare('SELECT count(*) FROM sqlite_schema').get();
      this.#file = openSync(`${path}-wal`, 'r');
    } catch (error) {
      for (const connection of opened) connection.close();
      throw error;
    }
  }

  /** Everything before this place was stored. */
  get place(): WalPlace {
    return this.#place;
  }

  /**
   * Begins to read here. `next` returns all later commits.
   * @returns a connection whose open transaction shows the database as of this place
   */
  begin(): Connection {
    return this.#whileNobodyWrites(() => {
      start(this.#readers[0]);
      this.#place = this.#here();
    });
  }

  /**
   * As `begin`, and `next` goes on where it was: for a second picture of the database.
   * @returns the place that the connection shows, too
   */
  mark(): { readonly shows: Connection; readonly place: WalPlace } {
    let place = this.#place;
    const shows = this.#whileNobodyWrites(() => {
      place = this.#here();
    });
    return { shows, place };
  }

  /**
   * Reads the next commits, a limited number at once. Afterwards call `done` or `undo`.
   * @param upTo a place where the commits end
   * @throws WalGap
   */
  next(upTo?: WalPlace): WalPart | undefined {
    start(this.#readers[1]);
    const header = parseWalHeader(this.#read(0, walHeaderBytes));
    if (header === undefined) return undefined;
    const isSame = Buffer.compare(header.bytes, this.#place.header) === 0;
    // SQLite has begun the log anew. It does so once, and only after everything was stored.
    const from = isSame ? this.#place : { header: header.bytes, frames: 0, sum: header.sum };
    const committed = this.#committedFrames();
    const isLast = upTo !== undefined && Buffer.compare(header.bytes, upTo.header) === 0;
    const most = (isLast ? Math.min(committed, upTo.frames) : committed) - from.frames;
    if (most <= 0) return undefined;
    const part = this.#commitsFrom(header, from, most);
    if (part !== undefined) return part;
    // SQLite may have begun the log anew since its header was read. The next call sees the new log.
    const now = this.#read(0, walHeaderBytes);
    if (Buffer.compare(now, header.bytes) !== 0 || this.#committedFrames() < committed)
      return undefined;
    throw new WalGap(`frame ${from.frames + 1} of ${committed} is no part of a whole commit`);
  }

  /** Shows the database as of the last `next`, or shortly before; never later commits. */
  get shows(): Connection {
    return this.#readers[1];
  }

  /** Goes on after what `next` returned, which is stored now. */
  done(part: WalPart | undefined): void {
    end(this.#readers[0]);
    this.#readers = [this.#readers[1], this.#readers[0]];
    if (part !== undefined) this.#place = part.end;
  }

  /** Returns the same commits again at the next `next`. */
  undo(): void {
    end(this.#readers[1]);
  }

  /** Whether everything before a place that `mark` returned is stored. */
  hasReached({ header, frames }: WalPlace): boolean {
    // SQLite begins a log anew only after everything before was stored.
    const isBefore = Number.isFinite(frames) && this.#place.frames < frames;
    return Buffer.compare(this.#place.header, header) === 0 && !isBefore;
  }

  /** Whether SQLite should begin the log anew. */
  get isLong(): boolean {
    return Number.isFinite(this.#place.frames) && this.#place.frames >= walRestartFrames;
  }

  /**
   * Lets SQLite begin the log anew after `next` and `done`. All pages are written back to the
   * database, and a reader that begins then does not need the log. The other reader keeps the
   * commits that were not stored.
   */
  restart(): void {
    const [older, newer] = this.#readers;
    // Most pages are written here, beside writers.
    this.#other.pragma('wal_checkpoint(PASSIVE)');
    this.#lock.exec('BEGIN IMMEDIATE');
    try {
      start(newer);
      end(older);
      this.#readers = [newer, older];
      this.#other.pragma('wal_checkpoint(PASSIVE)');
      start(older);
    } finally {
      this.#lock.exec('ROLLBACK');
    }
  }

  /** Ends every transaction, so that the write-ahead log does not grow. Then only `close` works. */
  release(): void {
    for (const connection of [...this.#readers, this.#lock]) end(connection);
  }

  close(): void {
    closeSync(this.#file);
    for (const connection of [...this.#readers, this.#other, this.#lock]) connection.close();
  }

  #whileNobodyWrites(task: () => void): Connection {
    const shows = connectTo(this.#path);
    try {
      this.#lock.exec('BEGIN IMMEDIATE');
      try {
        start(shows);
        task();
        return shows;
      } finally {
        this.#lock.exec('ROLLBACK');
      }
    } catch (error) {
      shows.close();
      throw error;
    }
  }

  #here(): WalPlace {
    const frames = this.#committedFrames();
    const header = parseWalHeader(this.#read(0, walHeaderBytes));
    if (header === undefined) return { header: Buffer.alloc(0), frames: 0, sum: [0, 0] };
    // A log that is to begin anew keeps its old header until its first commit.
    if (frames === 0)
      return { header: header.bytes, frames: Number.POSITIVE_INFINITY, sum: [0, 0] };
    const at = walHeaderBytes + (frames - 1) * (frameHeaderBytes + header.pageBytes);
    const frame = this.#read(at, frameHeaderBytes);
    if (Buffer.compare(frame.subarray(8, 16), header.bytes.subarray(16, 24)) !== 0)
      throw new WalGap(`frame ${frames} is of an earlier log`);
    return { header: header.bytes, frames, sum: sumOfFrame(frame) };
  }

  #commitsFrom(header: WalHeader, from: WalPlace, most: number): WalPart | undefined {
    const frameBytes = frameHeaderBytes + header.pageBytes;
    const first = walHeaderBytes + from.frames * frameBytes;
    // One commit may be longer than a part.
    for (let atOnce = Math.ceil(walPartBytes / frameBytes); ; atOnce *= 4) {
      const bytes = this.#read(first, Math.min(most, atOnce) * frameBytes);
      const { frames, sum } = wholeCommits(header, bytes, from.sum);
      if (frames > 0)
        return {
          header,
          from,
          frames: bytes.subarray(0, frames * frameBytes),
          end: { header: header.bytes, frames: from.frames + frames, sum },
          isCut: frames < most,
        };
      if (atOnce >= most) return undefined;
    }
  }

  /** Frames that SQLite has committed. The file may have frames of a commit in progress. */
  #committedFrames(): number {
    const [row] = this.#other.pragma('wal_checkpoint(NOOP)') as readonly { readonly log: number }[];
    return Math.max(0, row?.log ?? 0);
  }

  #read(position: number, length: number): Buffer {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(this.#file, buffer, 0, length, position));
  }
}

function connectTo(path: string): Connection {
  return new BetterSqlite3(path, { fileMustExist: true, timeout: databaseWaitMs });
}

/** Opens a read transaction. SQLite fixes what it shows at the first question. */
function start(connection: Connection): void {
  if (connection.inTransaction) return;
  connection.exec('BEGIN');
  connection.prepare('SELECT count(*) FROM sqlite_schema').get();
}

function end(connection: Connection): void {
  if (connection.open && connection.inTransaction) connection.exec('ROLLBACK');
}
