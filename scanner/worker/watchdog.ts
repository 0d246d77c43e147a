/** The watchdog of a scanner that may hang, die or be taken over: a process or a thread. */

/** The result of one request. */
export type ScanOutcome<Answer> = { readonly answer: Answer } | { readonly killed: string };

export interface Watchdog<Answer> {
  readonly alive: boolean;
  /**
   * Sends one request and waits until the scanner answers, ends, or exceeds its time and is killed.
   */
  ask(send: () => void, secondsMax: number): Promise<ScanOutcome<Answer>>;
  /** Passes on the scanner's answer. @returns whether a request was waiting for an answer */
  answer(answer: Answer): boolean;
  /** Kills the scanner. A waiting request gets the reason, and so does each later one. */
  end(why: string): void;
}

/** @param kill called once */
export function startWatchdog<Answer>(kill: () => void): Watchdog<Answer> {
  let waiting: ((outcome: ScanOutcome<Answer>) => void) | undefined;
  let killed: string | undefined;
  const settle = (outcome: ScanOutcome<Answer>): boolean => {
    const resolve = waiting;
    waiting = undefined;
    resolve?.(outcome);
    return resolve !== undefined;
  };
  const end = (why: string): void => {
    if (killed !== undefined) return;
    killed = why;
    kill();
    settle({ killed });
  };
  return {
    get alive() {
      return killed === undefined;
    },
    ask: async (send, secondsMax) => {
      if (killed !== undefined) return { killed };
      const { promise, resolve } = Promise.withResolvers<ScanOutcome<Answer>>();
      waiting = resolve;
      const late = setTimeout(() => end(`it took more than ${secondsMax} s`), secondsMax * 1_000);
      send();
      return promise.finally(() => clearTimeout(late));
    },
    answer: (answer) => settle({ answer }),
    end,
  };
}
