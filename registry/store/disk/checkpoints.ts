/**
 * Writes committed pages back to the database file in a thread. SQLite would do so within a commit:
 * a thousand pages in random order and a sync, and nobody would be answered meanwhile.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { DatabaseFile } from '../database-file.ts';

/**
 * Frames from which a thread writes the write-ahead log back to the database, and length of the log
 * from which the registry itself writes back what the thread left. A frame is a page of 4 KiB.
 */
export const walFramesAtOnce = 250;

export const walFramesMax = 4_000;

export interface Checkpoints {
  /** Has the thread write back the pages of the last commits, when there are many. */
  afterCommit(): void;
  /** Ends the thread. Call `stop` before the database is closed. */
  stop(): Promise<void>;
}

// A failed checkpoint loses nothing: the pages stay in the write-ahead log, and the next checkpoint
// writes them.
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const client = new (require(workerData.sqlite))(workerData.path);
parentPort.on('message', () => {
  try {
    client.pragma('wal_checkpoint(PASSIVE)');
  } catch {}
  parentPort.postMessage('done');
});
`;

/**
 * Checkpoints of an open database. The thread starts with the first checkpoint, so an idle registry
 * needs no memory for it.
 * @param say called when the thread failed, after which SQLite writes back within commits
 */
export function startCheckpoints(
  { client, path }: DatabaseFile,
  say: (line: string) => void,
): Checkpoints {
  const usual = client.pragma('wal_autocheckpoint', { simple: true });
  client.pragma('wal_autocheckpoint = 0');
  const frames = client.prepare('PRAGMA wal_checkpoint(NOOP)');
  let worker: Worker | undefined;
  let state: 'idle' | 'busy' | 'ended' = 'idle';
  const start = (): Worker => {
    const sqlite = fileURLToPath(import.meta.resolve('better-sqlite3'));
    const started = new Worker(program, { eval: true, env: {}, workerData: { sqlite, path } });
    started.unref();
    started.on('message', () => {
      if (state === 'busy') state = 'idle';
    });
    started.on('error', (error) => {
      state = 'ended';
      if (client.open) client.pragma(`wal_autocheckpoint = ${usual}`);
      say(`warning: The thread that writes back the pages of the database ended: ${error}`);
    });
    return started;
  };
  return {
    afterCommit: () => {
      if (state !== 'idle') return;
      const { log, checkpointed } = frames.get() as { log: number; checkpointed: number };
      const left = log - checkpointed;
      if (left >= walFramesAtOnce) {
        worker ??= start();
        state = 'busy';
        worker.postMessage('checkpoint');
      } else if (left > 0 && log >= walFramesMax) {
        // SQLite begins the log anew when nothing is left. Commits that follow each other without a
        // pause always leave something to the thread. In a turn of its own: the commit has waited
        // for the disk already.
        setImmediate(() => {
          if (state === 'idle' && client.open) client.pragma('wal_checkpoint(PASSIVE)');
        });
      }
    },
    stop: async () => {
      state = 'ended';
      await worker?.terminate();
    },
  };
}
