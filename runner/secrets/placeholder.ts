/**
 * Placeholders stand for secrets inside a sandbox; the proxy swaps them on the way out, and values
 * back on the way in.
 */

import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import type { WatchedValue } from '../../skills-index/run/leaks/canary.ts';

const prefix = 'skillgate-secret-';

/** A placeholder that nobody can guess and no host has a use for. */
export function placeholderFor(random: Uint8Array): string {
  return `${prefix}${Buffer.from(random).toString('hex')}`;
}

/** What a leak detector looks for: the part that nobody can guess. */
export function watchedPlaceholder({
  name,
  placeholder,
}: Pick<BoundPlaceholder, 'name' | 'placeholder'>): WatchedValue {
  return { name, parts: [placeholder.slice(prefix.length)] };
}
