/**
 * A registry in a process of its own, which says how long its event loop answered nobody, and what
 * only the process itself can count. The process takes the path of the registry's folder.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type RunningRegistry, startRegistry } from '../../registry/serve.ts';
import { pendingStops } from '../../registry/store/advice-schema.ts';
import type { Send } from '../../test/registry/road.ts';
import { type LongestTurn, TurnWatch } from './longest-turn.ts';

/** Of the time since the process began to start, or since the last call. */
interface Figures {
  readonly longest: LongestTurn;
  /** Statements of the largest batch. */
  readonly largestBatch: number;
}

export interface WatchedRegistry {
  readonly send: Send;
  figures(): Promise<Figures>;
  /** How many stops have versions whose rows have not followed yet. */
  pendingStops(): Promise<number>;
  stop(): Promise<void>;
}

const ownFile = fileURLToPath(import.meta.url);

/** Starts the process. Resolves when the registry answers. */
export async function startWatched(dir: string): Promise<WatchedRegistry> {
  const child = fork(ownFile, [dir]);
  const [{ base }] = await once(child, 'message');
  const ask = async (question: Question) => {
    const answer = once(child, 'message');
    child.send(question);
    const [answered] = await answer;
    return answered;
  };
  return {
    send: (path, init) => fetch(`${base}${path}`, { redirect: 'manual', ...init }),
    figures: () => ask('figures'),
    pendingStops: () => ask('pendingStops'),
    stop: async () => {
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
    },
  };
}

type Question = 'figures' | 'pendingStops';

async function serve(dir: string): Promise<void> {
  const watch = new TurnWatch();
  watch.start();
  const { base, close, registry } = await startRegistry({ dir, host: '127.0.0.1', port: 0 });
  const takeLargestBatch = countStatements(registry);
  const answers: Record<Question | 'stop', () => Promise<unknown>> = {
    figures: async (): Promise<Figures> => ({
      longest: watch.longest(),
      largestBatch: takeLargestBatch(),
    }),
    pendingStops: async () => (await registry.db.read.select().from(pendingStops)).length,
    stop: async () => {
      await close();
      watch.stop();
      process.disconnect();
    },
  };
  process.on('message', (asked: keyof typeof answers) => {
    void answers[asked]().then((answer) => {
      if (answer !== undefined) process.send?.(answer);
    });
  });
  process.send?.({ base });
}

/** Counts the statements of each batch. The result gives the largest count since its last call. */
function countStatements(registry: RunningRegistry['registry']): () => number {
  const { db } = registry;
  let largest = 0;
  const counted: typeof db = {
    read: db.read,
    batch: async (writes) => {
      largest = Math.max(largest, writes.length);
      await db.batch(writes);
    },
  };
  Object.assign(registry, { db: counted });
  return () => {
    const taken = largest;
    largest = 0;
    return taken;
  };
}

const [, started, dir] = process.argv;
if (started === ownFile && dir !== undefined) await serve(dir);
