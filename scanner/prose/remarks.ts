/**
 * Remarks about texts: a reviewer sees them, and they decide nothing. Honest pages have the words
 * of these rules far more often than attacks do.
 */
import type { FactOf } from '../fact/fact.ts';
import type { FindingDraft } from '../rule.ts';
import { framesIn } from './frames/find-frames.ts';
import type { ProseFrame } from './frames/frame.ts';
import { type Form, proseRoles, statementsOf } from './statements.ts';

/** One remark for each text that has one of the forms, or in which a frame begins. */
export function remarksOn(
  facts: readonly FactOf<'text'>[],
  says: string,
  forms: readonly Form[],
  frames: readonly ProseFrame[] = [],
  roles = proseRoles,
): FindingDraft[] {
  const told = statementsOf(facts, forms, roles).map(
    ({ fact, quote }): FindingDraft => ({ span: fact.span, message: `${says}: "${quote}"` }),
  );
  const more = framesIn(facts, frames).filter(
    ({ span }) => !told.some((draft) => draft.span === span),
  );
  return [...told, ...more].map((draft) => ({ ...draft, ...remark }));
}

export const remark = { kind: 'capability', severity: 'low' } as const;
