/**
 * A registry in a process of its own, which says how long its event loop answered nobody. The
 * process takes the path of the registry's folder.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startRegistry } from '../../registry/serve.ts';
import type { Send } from '../../test/registry/road.ts';
import { type LongestTurn, TurnWatch } from './longest-turn.ts';

interface WatchedRegistry {
  readonly send: Send;
  /** The longest turn since the process began to start, or since the last call. */
  longest(): Promise<LongestTurn>;
  stop(): Promise<void>;
}

const ownFile = fileURLToPath(import.meta.url);

/** Starts the process. Resolves when the registry answers. */
export async function startWatched(dir: string): Promise<WatchedRegistry> {
  const child = fork(ownFile, [dir]);
  const [{ base }] = await once(child, 'message');
  return {
    send: (path, init) => fetch(`${base}${path}`, { redirect: 'manual', ...init }),
    longest: async () => {
      const answer = once(child, 'message');
      child.send('longest');
      const [longest] = await answer;
      return longest;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
    },
  };
}

async function serve(dir: string): Promise<void> {
  const watch = new TurnWatch();
  watch.start();
  const { base, close } = await startRegistry({ dir, host: '127.0.0.1', port: 0 });
  process.on('message', (asked) => {
    if (asked === 'longest') process.send?.(watch.longest());
    else
      void close().then(() => {
        watch.stop();
        process.disconnect();
      });
  });
  process.send?.({ base });
}

const [, started, dir] = process.argv;
if (started === ownFile && dir !== undefined) await serve(dir);
