/**
 * Draws pictures in a thread, one after the other, and keeps those that were asked for last. A
 * picture is drawn once, however many ask for it at the same time.
 */
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Problem } from '../../skills-index/skill/problem.ts';
import { KnownFiles } from '../store/known-files.ts';
import { drawingIdleMs, drawingMsMax, picturesBytesMax, waitingDrawingsMax } from './limits.ts';
import { type PagePicture, pictureDigest } from './picture.ts';

/** Where a registry can draw. */
export interface Drawing {
  /** The bytes of a picture that was drawn lately. */
  known(picture: PagePicture): Uint8Array | undefined;
  /** @throws Problem `registry-busy` when too many pictures wait */
  draw(picture: PagePicture): Promise<Uint8Array>;
  /** Ends the thread. */
  close(): Promise<void>;
}

// The file beside this one with the same extension: TypeScript in a checkout, JavaScript in the
// package.
const threadFile = new URL(`./drawing-thread${extname(import.meta.url)}`, import.meta.url);

/** The thread starts with the first picture, so a registry that nobody shares needs no memory. */
export function openDrawing(): Drawing {
  const drawn = new KnownFiles(picturesBytesMax);
  const waiting = new Map<string, Promise<Uint8Array>>();
  const thread = new DrawingThread();
  let last: Promise<unknown> = Promise.resolve();
  return {
    known: (picture) => drawn.get(pictureDigest(picture))?.bytes,
    draw: async (picture) => {
      const digest = pictureDigest(picture);
      const present = drawn.get(digest)?.bytes ?? waiting.get(digest);
      if (present !== undefined) return present;
      if (waiting.size >= waitingDrawingsMax)
        throw new Problem('registry-busy', 'Cannot draw the picture: too many pictures wait');
      const turn = last.then(async () => {
        const bytes = await thread.draw(picture);
        drawn.keep(digest, { bytes, digest }, drawn.turn);
        return bytes;
      });
      last = turn.catch(() => undefined);
      waiting.set(digest, turn);
      return turn.finally(() => waiting.delete(digest));
    },
    close: () => thread.end(),
  };
}

/** The thread ends when it has nothing to draw for a while, and when a drawing takes too long. */
class DrawingThread {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** @throws Problem `registry-busy` */
  async draw(picture: PagePicture): Promise<Uint8Array> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    try {
      this.#worker.postMessage(picture);
      const signal = AbortSignal.timeout(drawingMsMax);
      const [bytes] = (await once(this.#worker, 'message', { signal })) as [Uint8Array];
      this.#idle = setTimeout(() => void this.end(), drawingIdleMs).unref();
      return bytes;
    } catch (cause) {
      await this.end();
      throw new Problem('registry-busy', 'Cannot draw the picture at the moment', { cause });
    }
  }

  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(threadFile, {
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    worker.unref();
    // `draw` waits for the error as well. A failure between two drawings must end no process.
    worker.on('error', () => undefined);
    return worker;
  }
}
