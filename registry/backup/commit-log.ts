/** Writes commits to the segments of a backup, each under the next number. */
import { databasePath, readDatabaseFiles } from './backup-folder.ts';
import { SegmentWriter } from './segment.ts';
import type { WalSum } from './wal-format.ts';
import type { WalPart } from './wal-source.ts';

export class CommitLog {
  readonly #backup: string;
  #next: number;
  #writer: SegmentWriter | undefined;
  /** The checksum at the end of the last segment. */
  #end: WalSum = [0, 0];
  #bytes = 0;

  /** Leaves a number out: what this log writes does not continue what the backup has. */
  static async begin(backup: string): Promise<CommitLog> {
    const { pictures, segments } = await readDatabaseFiles(backup);
    return new CommitLog(backup, Math.max(0, ...pictures, ...segments) + 2);
  }

  private constructor(backup: string, next: number) {
    this.#backup = backup;
    this.#next = next;
  }

  /** The number of the next segment, which is the number of a picture as of now. */
  get next(): number {
    return this.#next;
  }

  /** Bytes of commits since the last `cut`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends commits. They are on the disk when it resolves. A failed call may be repeated. */
  async append(part: WalPart): Promise<void> {
    if (this.#writer?.continues(part) === true) await this.#writer.append(part);
    else {
      await this.#closeWriter();
      const path = databasePath(this.#backup, this.#next, 'wal');
      this.#writer = await SegmentWriter.begin(path, part, this.#end);
      this.#next++;
    }
    this.#bytes += part.frames.length;
  }

  /** Ends the segment. Later commits follow the picture that is made now. */
  async cut(): Promise<void> {
    await this.#closeWriter();
    this.#bytes = 0;
  }

  async close(): Promise<void> {
    await this.#closeWriter();
  }

  async #closeWriter(): Promise<void> {
    if (this.#writer === undefined) return;
    this.#end = this.#writer.end;
    const writer = this.#writer;
    this.#writer = undefined;
    await writer.close();
  }
}
