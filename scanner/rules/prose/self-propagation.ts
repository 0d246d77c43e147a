/** Text that has an agent spread the skill. */
import { selfPlanted, withFrames } from '../../prose/frames/find-frames.ts';
import { baits, propagations } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const selfPropagation = defineRule({
  id: 'prose/self-propagation',
  title: 'The text spreads itself',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'A text that copies itself into other skills, projects, agents or messages is a worm. No work of the user asks for it.',
  fix: 'Remove it. Let users install the skill themselves.',
  maps: { owasp: ['ASI07', 'ASI10'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, propagations).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `has an agent spread the skill: "${quote}"`,
        ...weighed(manner, 'high'),
      }),
    );
    return withFrames(told, facts, selfPlanted);
  },
});

// Text that makes a skill load where it has no business.

export const triggerBait = defineRule({
  id: 'prose/trigger-bait',
  title: 'The skill claims every request',
  kind: 'malice',
  severity: 'low',
  confidence: 'lexical',
  why: 'A skill that claims every request, or priority over all others, takes the place of tools that the user chose, and reads what was not meant for it.',
  fix: 'Describe the one task of the skill and when it is useful.',
  maps: { owasp: ['AST04', 'ASI04'] },
  reads: ['text'],
  check: (context) =>
    statementsOf(context.of('text'), baits).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `claims requests that are not its own: "${quote}"`,
        ...weighed(manner, 'low'),
      }),
    ),
});
