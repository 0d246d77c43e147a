/** Finds any of many byte strings in a stream of parts, at the speed of memory where there is none. Pure. */

export interface Needle {
  readonly bytes: Buffer;
}

/**
 * Many needles in one pass (Wu and Manber 1994): three bytes tell how far the next place is at which any of them could end its
 * first `shortest` bytes. Those that come first go before all others, those that pass are not found; what ends in the
 * bytes that were `seen` was found before.
 */
export function searchFor<One extends Needle>(
  needles: readonly One[],
  comesFirst: (needle: One) => boolean,
): (bytes: Buffer, seen: number, passes?: (needle: One) => boolean) => One | undefined {
  const shortest = Math.min(255, ...needles.map(({ bytes }) => bytes.length));
  const steps = new Uint8Array(65_536).fill(shortest - 2);
  const endingHere = new Map<number, One[]>();
  for (const needle of needles)
    for (let end = 2; end < shortest; end++) {
      const at = hashAt(needle.bytes, end);
      steps[at] = Math.min(steps[at] ?? 0, shortest - 1 - end);
      if (end === shortest - 1) endingHere.set(at, [...(endingHere.get(at) ?? []), needle]);
    }
  return (bytes, seen, passes = () => false) => {
    let other: One | undefined;
    for (let end = shortest - 1; end < bytes.length; ) {
      const at = hashAt(bytes, end);
      const step = steps[at] ?? 0;
      end += step || 1;
      if (step > 0) continue;
      for (const one of endingHere.get(at) ?? []) {
        const from = end - shortest;
        if (from + one.bytes.length <= seen || !standsAt(one.bytes, bytes, from)) continue;
        if (comesFirst(one)) return one;
        if (!passes(one)) other ??= one;
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
