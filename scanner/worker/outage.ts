/** Names a registry that gives no work: once when the outage lasts, and once when it ends. */

/**
 * Failed requests for work of one scan, one after the other, before the scanner says so: about 7 s.
 * The number is not in limits.ts, because a change of limits.ts changes the rule set.
 */
export const outageFailures = 4;

export interface Outage {
  /** A request for work failed, for this reason. */
  failed(why: string): void;
  /** The registry answered a request for work. */
  ended(): void;
}

/**
 * The notes of all scans of one scanner.
 * @param children scans at the same time, each of which asks for work
 */
export function watchOutage(children: number, warn: (line: string) => void): Outage {
  let failures = 0;
  let isNamed = false;
  return {
    failed: (why) => {
      failures += 1;
      // A registry that restarts misses a request or two.
      if (isNamed || failures < outageFailures * children) return;
      isNamed = true;
      warn(`the registry gives no work: ${why}; the scanner goes on asking`);
    },
    ended: () => {
      failures = 0;
      if (isNamed) warn('the registry gives work again');
      isNamed = false;
    },
  };
}
