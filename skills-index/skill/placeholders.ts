/**
 * Placeholder texts that commands write for an author to replace. A publisher who leaves a
 * placeholder in place has not read the texts that they sign.
 */

/** The beginning of the reason that a command writes for an inferred capability. */
export const unconfirmedWhy = 'to be confirmed:';

/** The description in a new SKILL.md. */
export const emptyDescription =
  'Says in one sentence what this skill does and when an agent should use it.';
