/**
 * The changes of a hold of kind `apply`, shown as `changes show` shows them: an approver allows
 * exactly these.
 */

import * as changes from '../../runner/changes/public.ts';
import type { Hold } from '../../skills-index/run/holds/hold.ts';
import { isAsShown, shownAction } from '../../skills-index/run/holds/hold-action.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import type { CommandContext } from '../command.ts';
import { type OutputInk, type Safe, safe } from '../terminal/output.ts';
import { acceptedPart } from './accepted-part.ts';
import { applyAction } from './ask-approver.ts';
import { type ShowOptions, showChanges } from './show.ts';

/** Undefined for other holds; a string says why the changes cannot be shown. */
export function heldChanges(
  { paths }: Pick<CommandContext, 'paths'>,
  hold: Hold,
): changes.WaitingChanges | string | undefined {
  const { action, run } = hold;
  if (action?.kind !== 'apply') return undefined;
  try {
    const whole = changes.readWaiting(paths.data, run);
    const { include = [], includeRefs = [], paths: only } = action;
    const choice =
      only === undefined
        ? { include: [...include, ...includeRefs] }
        : { include, branches: includeRefs, paths: only };
    const waiting = acceptedPart(whole, choice);
    changes.requireKept(waiting);
    const isOfHold =
      canonicalDigest(shownAction(applyAction(waiting, choice))) === canonicalDigest(action);
    if (isAsShown(hold) && isOfHold) return waiting;
    return `the changes of run ${run} that wait on this host have digest ${waiting.digest}, not the digest of this hold`;
  } catch (cause) {
    if (cause instanceof Problem) return cause.message;
    throw cause;
  }
}

export function heldChangesText(
  found: changes.WaitingChanges | string,
  ink: OutputInk,
  options?: ShowOptions,
): Safe {
  return typeof found === 'string'
    ? safe`the changes of this hold cannot be shown: ${found}`
    : showChanges(found, ink, options);
}
