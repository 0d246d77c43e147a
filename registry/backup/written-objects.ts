/** Reads which objects a registry wrote, from the file in which the registry notes them. */
import { type FileHandle, open, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { journalBytesMax, journalGraceMs } from '../limits.ts';
import { writtenObjectsName } from './noted-writes.ts';

export class WrittenObjects {
  readonly #path: string;
  #file: FileHandle;
  #offset = 0;
  #rest = '';
  /** The file before, to which a write in progress may still append. */
  #older: { readonly file: FileHandle; offset: number; readonly until: number } | undefined;

  /** Begins an empty list. Objects that were written before have to be found by a walk. */
  static async begin(dir: string): Promise<WrittenObjects> {
    const path = join(dir, writtenObjectsName);
    return new WrittenObjects(path, await makeEmpty(path));
  }

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** The names of objects that were written since the last call. */
  async read(now: number): Promise<readonly string[]> {
    const texts: string[] = [];
    if (this.#older !== undefined) {
      texts.push(await readFrom(this.#older));
      if (now > this.#older.until) {
        await this.#older.file.close();
        this.#older = undefined;
      }
    }
    const current = { file: this.#file, offset: this.#offset };
    texts.push(await readFrom(current));
    this.#offset = current.offset;
    if (this.#offset > journalBytesMax && this.#older === undefined) {
      this.#older = { ...current, until: now + journalGraceMs };
      this.#file = await makeEmpty(this.#path);
      this.#offset = 0;
    }
    const lines = (this.#rest + texts.join('')).split('\n');
    this.#rest = lines.pop() ?? '';
    return [...new Set(lines)];
  }

  /** Whether another process has begun a list of its own, so that this one gets no more names. */
  async isReplaced(): Promise<boolean> {
    const there = await stat(this.#path).catch(() => undefined);
    return there?.ino !== (await this.#file.stat()).ino;
  }

  async close(): Promise<void> {
    await this.#older?.file.close();
    await this.#file.close();
  }
}

// A registry that appends at this moment has opened the file before.
async function makeEmpty(path: string): Promise<FileHandle> {
  const made = `${path}.new`;
  await writeFile(made, '', { mode: 0o600 });
  const file = await open(made, 'r');
  await rename(made, path);
  return file;
}

async function readFrom(at: { readonly file: FileHandle; offset: number }): Promise<string> {
  const { size } = await at.file.stat();
  if (size <= at.offset) return '';
  const buffer = Buffer.alloc(size - at.offset);
  const { bytesRead } = await at.file.read(buffer, 0, buffer.length, at.offset);
  at.offset += bytesRead;
  return buffer.subarray(0, bytesRead).toString('utf8');
}
