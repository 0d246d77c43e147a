/** The longest time in which the event loop of this process answers nobody. */
import { closeSync, openSync, readSync } from 'node:fs';

/** In milliseconds. */
export interface LongestTurn {
  readonly wall: number;
  /**
   * Without the time in which the thread waited for a processor, because other processes had all of
   * them: the wall time of an otherwise idle machine. Elsewhere than on Linux the wall time.
   */
  readonly own: number;
}

const everyMs = 1;

/** Watches the loop until `stop`. */
export class TurnWatch {
  readonly #waits = processorWaits();
  #timer: NodeJS.Timeout | undefined;
  #last = { at: 0, waited: 0 };
  #longest: LongestTurn = { wall: 0, own: 0 };

  start(): void {
    this.#last = this.#now();
    this.#timer = setTimeout(() => {
      this.#look();
      this.start();
    }, everyMs);
  }

  /** The longest turn since the start, or since the last call. */
  longest(): LongestTurn {
    this.#look();
    const longest = this.#longest;
    this.#longest = { wall: 0, own: 0 };
    return longest;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waits.close();
  }

  #look(): void {
    const now = this.#now();
    const wall = now.at - this.#last.at - everyMs;
    const own = wall - (now.waited - this.#last.waited);
    const { wall: longestWall, own: longestOwn } = this.#longest;
    this.#longest = { wall: Math.max(longestWall, wall), own: Math.max(longestOwn, own) };
    this.#last = now;
  }

  #now() {
    return { at: performance.now(), waited: this.#waits.read() };
  }
}

/** How long this thread has waited for a processor, in milliseconds. */
function processorWaits(): { read(): number; close(): void } {
  if (process.platform !== 'linux') return { read: () => 0, close: () => undefined };
  const file = openSync('/proc/thread-self/schedstat', 'r');
  const bytes = Buffer.alloc(128);
  return {
    read: () => {
      const length = readSync(file, bytes, 0, bytes.length, 0);
      const [, waited] = bytes.toString('latin1', 0, length).split(' ');
      return Number(waited) / 1e6;
    },
    close: () => closeSync(file),
  };
}
