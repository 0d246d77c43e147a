/** Watches what leaves a sandbox for values that must not: the run's canary, and placeholders of secrets in other forms than their own. */
import { leakForms } from '../../skills-index/run/leak-forms.ts';

export interface Leak {
  /** `canary`, or the secret's name. */
  readonly name: string;
  readonly encoding: string;
}

export interface LeakDetector {
  /**
   * Looks at the next bytes of a channel together with the end of those before; whoever gets a leak does not let them pass.
   * After the canary was seen once, every call gives it: nothing more leaves such a run.
   */
  push(channel: string, chunk: Uint8Array): Leak | undefined;
  /** The channel has ended. */
  forget(channel: string): void;
}

export interface WatchedValue {
  readonly name: string;
  /** Letters and digits, each part unguessable by itself: what is cut in two still shows one whole part. */
  readonly parts: readonly string[];
}

export const canaryName = 'canary';

interface Needle extends Leak {
  readonly bytes: Buffer;
}

/** @param onCanary called once, with the channel in which the canary was seen */
export function leakDetector(values: readonly WatchedValue[], onCanary: (channel: string, leak: Leak) => void): LeakDetector {
  const needles = values.flatMap(({ name, parts }) =>
    parts.flatMap(leakForms).map(({ encoding, text }) => ({ name, encoding, bytes: Buffer.from(text, 'latin1') })),
  );
  const search = searchFor(needles);
  const keep = Math.max(1, ...needles.map(({ bytes }) => bytes.length)) - 1;
  const ends = new Map<string, Buffer>();
  let canary: Leak | undefined;
  const push = (channel: string, chunk: Uint8Array): Leak | undefined => {
    if (canary !== undefined) return canary;
    const before = ends.get(channel) ?? Buffer.alloc(0);
    const bytes = Buffer.concat([before, chunk]);
    const found = search(bytes, before.length);
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

/**
 * Many needles in one pass (Wu and Manber 1994): three bytes tell how far the next place is at which any of them could end its
 * first `shortest` bytes. The canary goes before all others; what ends in the bytes that were `seen` was found before.
 */
function searchFor(needles: readonly Needle[]): (bytes: Buffer, seen: number) => Needle | undefined {
  const shortest = Math.min(255, ...needles.map(({ bytes }) => bytes.length));
  const steps = new Uint8Array(65_536).fill(shortest - 2);
  const endingHere = new Map<number, Needle[]>();
  for (const needle of needles)
    for (let end = 2; end < shortest; end++) {
      const at = hashAt(needle.bytes, end);
      steps[at] = Math.min(steps[at] ?? 0, shortest - 1 - end);
      if (end === shortest - 1) endingHere.set(at, [...(endingHere.get(at) ?? []), needle]);
    }
  return (bytes, seen) => {
    let other: Needle | undefined;
    for (let end = shortest - 1; end < bytes.length; ) {
      const at = hashAt(bytes, end);
      const step = steps[at] ?? 0;
      end += step || 1;
      if (step > 0) continue;
      for (const one of endingHere.get(at) ?? []) {
        const from = end - shortest;
        if (from + one.bytes.length <= seen || !standsAt(one.bytes, bytes, from)) continue;
        if (one.name === canaryName) return one;
        other ??= one;
      }
    }
    return other;
  };
}

function hashAt(bytes: Buffer, end: number): number {
  return (((bytes[end - 2] ?? 0) << 10) ^ ((bytes[end - 1] ?? 0) << 5) ^ (bytes[end] ?? 0)) & 0xffff;
}

// The first bytes tell most apart: what nearly fits again and again must not be slow.
function standsAt(needle: Buffer, bytes: Buffer, from: number): boolean {
  return bytes[from] === needle[0] && bytes[from + 1] === needle[1] && needle.equals(bytes.subarray(from, from + needle.length));
}
