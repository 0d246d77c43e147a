/**
 * Finds any of many byte strings in a stream. A stream without such a string is searched about as
 * fast as memory can be read. Pure.
 */

export interface Needle {
  readonly bytes: Buffer;
}

export interface FoundNeedle<One extends Needle> {
  readonly needle: One;
  /** The position of the needle's first byte in the stream. */
  readonly from: number;
}

/**
 * Finds many needles in one pass (Wu and Manber 1994). `shortest` is the length of the shortest
 * needle. Three bytes decide how far to skip to the next place where the first `shortest` bytes of
 * a needle could end. Overlapping needles are found too. The matches are ordered by where the first
 * `shortest` bytes of each end.
 */
export function finderOf<One extends Needle>(
  needles: readonly One[],
): (bytes: Buffer) => Generator<FoundNeedle<One>> {
  // `Math.min(...)` would fail: there may be more needles than a call accepts arguments.
  const shortest = needles.reduce((least, { bytes }) => Math.min(least, bytes.length), 255);
  const steps = new Uint8Array(65_536).fill(shortest - 2);
  const endingHere = new Map<number, One[]>();
  for (const needle of needles)
    for (let end = 2; end < shortest; end++) {
      const at = hashAt(needle.bytes, end);
      steps[at] = Math.min(steps[at] ?? 0, shortest - 1 - end);
      if (end < shortest - 1) continue;
      const others = endingHere.get(at);
      if (others === undefined) endingHere.set(at, [needle]);
      else others.push(needle);
    }
  return function* find(bytes) {
    for (let end = shortest - 1; end < bytes.length; ) {
      const at = hashAt(bytes, end);
      const step = steps[at] ?? 0;
      end += step || 1;
      if (step > 0) continue;
      const from = end - shortest;
      for (const needle of endingHere.get(at) ?? [])
        if (standsAt(needle.bytes, bytes, from)) yield { needle, from };
    }
  };
}

/**
 * Returns the first needle found. Needles for which `comesFirst` holds win over all other needles;
 * needles for which `passes` holds are ignored. The first `seen` bytes were searched before, so the
 * search skips a needle that ends in these bytes.
 */
export function searchFor<One extends Needle>(
  needles: readonly One[],
  comesFirst: (needle: One) => boolean,
): (bytes: Buffer, seen: number, passes?: (needle: One) => boolean) => One | undefined {
  const find = finderOf(needles);
  return (bytes, seen, passes = () => false) => {
    let other: One | undefined;
    for (const { from, needle } of find(bytes)) {
      if (from + needle.bytes.length <= seen) continue;
      if (comesFirst(needle)) return needle;
      if (!passes(needle)) other ??= needle;
    }
    return other;
  };
}

function hashAt(bytes: Buffer, end: number): number {
  return (
    (((bytes[end - 2] ?? 0) << 10) ^ ((bytes[end - 1] ?? 0) << 5) ^ (bytes[end] ?? 0)) & 0xffff
  );
}

// Comparing two bytes first rules out most candidates cheaply, so that many near matches do not
// slow the search down.
function standsAt(needle: Buffer, bytes: Buffer, from: number): boolean {
  return (
    bytes[from] === needle[0] &&
    bytes[from + 1] === needle[1] &&
    needle.equals(bytes.subarray(from, from + needle.length))
  );
}
