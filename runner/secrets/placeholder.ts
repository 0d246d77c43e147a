/**
 * Placeholders stand for secrets inside a sandbox. The proxy replaces them with values in requests,
 * and values with placeholders in responses.
 */

import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import type { WatchedValue } from '../../skills-index/run/leaks/canary.ts';

const prefix = 'skillgate-secret-';

/** A placeholder that nobody can guess and that no host accepts. */
export function placeholderFor(random: Uint8Array): string {
  return `${prefix}${Buffer.from(random).toString('hex')}`;
}

/** The random part of a placeholder, for the leak detector to search for. */
export function watchedPlaceholder({
  name,
  placeholder,
}: Pick<BoundPlaceholder, 'name' | 'placeholder'>): WatchedValue {
  return { name, parts: [placeholder.slice(prefix.length)] };
}
