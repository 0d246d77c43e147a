/**
 * Placeholders stand for secrets inside a sandbox. In requests the egress proxy replaces a
 * placeholder with the secret's value, and in responses the value with the placeholder.
 */

import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import type { WatchedValue } from '../../skills-index/run/leaks/canary.ts';

const prefix = 'skillgate-secret-';

/** A placeholder that nobody can guess and that no host accepts. */
export function placeholderFor(random: Uint8Array): string {
  return `${prefix}${Buffer.from(random).toString('hex')}`;
}

/** Returns the random part of a placeholder, for which the leak detector searches. */
export function watchedPlaceholder({
  name,
  placeholder,
}: Pick<BoundPlaceholder, 'name' | 'placeholder'>): WatchedValue {
  return { name, parts: [placeholder.slice(prefix.length)] };
}
