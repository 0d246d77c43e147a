/**
 * Random numbers that a seed and a case determine, so that each case can be made again by itself.
 */

export interface Random {
  /** A whole number from 0, below `limit`. */
  below(limit: number): number;
  pick<Item>(items: readonly Item[]): Item;
  chance(oneIn: number): boolean;
  /** Mostly small, now and then up to `limit`. */
  size(limit: number): number;
}

/** The generator of one case (Steele, Lea, Flood 2014: SplitMix, cut to 32 bits). */
export function randomOf(seed: number, index: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (limit: number): number => (limit <= 1 ? 0 : next() % limit);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)];
    if (item === undefined && items.length === 0) throw new Error('nothing to pick from');
    return item as Item;
  };
  return {
    below,
    pick,
    chance: (oneIn) => below(oneIn) === 0,
    size: (limit) => below(1 + below(limit)),
  };
}
