/**
 * Texts that our own commands write for an author to replace: whoever publishes them has not read
 * what they sign.
 */

/** How the reason of a capability begins that was inferred from a scan. */
export const unconfirmedWhy = 'to be confirmed:';

/** The description in a new SKILL.md. */
export const emptyDescription =
  'Says in one sentence what this skill does and when an agent should use it.';
