/**
 * Calls that write whole files. They take the numbers of open files: a `FileHandle` takes more
 * processor time than the calls themselves. A call that can wait for the disk is made in a thread.
 * Closing a file waits for nothing, and neither does opening a folder that was just written to.
 */
import fs from 'node:fs';

/**
 * Writes a new file.
 * @param isSynced whether the bytes have to last when this resolves
 * @throws NodeJS.ErrnoException `EEXIST` when the file is there, `ENOENT` without its folder
 */
export async function writeNew(path: string, bytes: Uint8Array, isSynced: boolean): Promise<void> {
  const file = await made<number>((done) => fs.open(path, 'wx', 0o644, done));
  try {
    await made<void>((done) => fs.writeFile(file, bytes, done));
    if (isSynced) await made<void>((done) => fs.fdatasync(file, done));
  } finally {
    fs.closeSync(file);
  }
}

/** Makes the entries of a folder last. */
export async function syncFolder(path: string): Promise<void> {
  const folder = fs.openSync(path, 'r');
  try {
    await made<void>((done) => fs.fsync(folder, done));
  } finally {
    fs.closeSync(folder);
  }
}

type Done<Result> = (error: NodeJS.ErrnoException | null, result: Result) => void;

function made<Result>(call: (done: Done<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    call((error, result) =>
      error === null || error === undefined ? resolve(result) : reject(error),
    );
  });
}
