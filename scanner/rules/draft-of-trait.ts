/** Drafts of rules that say the same of each fact with one trait. */
import type { Trait, TraitFact } from '../fact/fact.ts';
import { runs } from '../fact/standing.ts';
import { draftAt, type FindingDraft, type RuleContext } from '../rule.ts';

/** One draft for each fact with the trait that runs and of which `about` says something. */
export function draftsOfTrait(
  context: RuleContext,
  trait: Trait,
  about: (fact: TraitFact) => Omit<FindingDraft, 'span' | 'confidence'> | undefined,
): FindingDraft[] {
  return context.of('trait').flatMap((fact) => {
    const draft = fact.trait === trait && runs(fact) ? about(fact) : undefined;
    return draft ? [draftAt(fact, draft.message, draft)] : [];
  });
}
