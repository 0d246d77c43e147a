/**
 * Searches everything that leaves a sandbox for two kinds of values that must not leave: the run's
 * canary, and encoded placeholders of secrets.
 */
import { canaryName, type WatchedValue } from '../../skills-index/run/leaks/canary.ts';
import { leakForms, searchFor } from '../../skills-index/run/leaks/leak-forms.ts';

export interface Leak {
  /** `canary`, or the name of the secret that leaked. */
  readonly name: string;
  readonly encoding: string;
}

export interface LeakDetector {
  /**
   * Searches the next bytes of a channel, together with the end of the channel's earlier bytes. The
   * caller must not pass on bytes with a leak. Secrets in `allowed` may appear, and the search
   * still finds a leak behind an allowed secret. After the first canary, every call returns that
   * leak, so that nothing more leaves the run.
   */
  push(channel: string, chunk: Uint8Array, allowed?: readonly string[]): Leak | undefined;
  /** Forgets a channel that has ended. */
  forget(channel: string): void;
}

/** @param onCanary called once, with the channel in which the canary was seen */
export function leakDetector(
  values: readonly WatchedValue[],
  onCanary: (channel: string, leak: Leak) => void,
): LeakDetector {
  const needles = values.flatMap(({ name, parts }) =>
    parts
      .flatMap((part) => leakForms(part))
      .map(({ encoding, text }) => ({ name, encoding, bytes: Buffer.from(text, 'latin1') })),
  );
  const search = searchFor(needles, ({ name }) => name === canaryName);
  const keep = Math.max(1, ...needles.map(({ bytes }) => bytes.length)) - 1;
  const ends = new Map<string, Buffer>();
  let canary: Leak | undefined;
  const push = (
    channel: string,
    chunk: Uint8Array,
    allowed: readonly string[] = [],
  ): Leak | undefined => {
    if (canary !== undefined) return canary;
    const before = ends.get(channel) ?? Buffer.alloc(0);
    const bytes = Buffer.concat([before, chunk]);
    const found = search(bytes, before.length, ({ name }) => allowed.includes(name));
    ends.set(channel, Buffer.from(bytes.subarray(Math.max(0, bytes.length - keep))));
    if (found === undefined) return undefined;
    const leak = { name: found.name, encoding: found.encoding };
    if (leak.name === canaryName) {
      canary = leak;
      onCanary(channel, leak);
    }
    return leak;
  };
  return { push, forget: (channel) => void ends.delete(channel) };
}
