/** Which program is started is computed. */

import { covers, listCapabilities } from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { CapabilityFact, Span } from '../../fact/fact.ts';
import { isInText, runs } from '../../fact/standing.ts';
import { isFetching, isHidden } from '../../flow/collections.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const computedProgram = defineRule({
  id: 'exec/computed-program',
  title: 'A program with a computed name is started',
  kind: 'capability',
  severity: 'low',
  confidence: 'widened',
  why: 'The program’s name comes from a variable, an argument or a file. The scan sees that something is started, but not what.',
  fix: 'Name the program, or choose it from a table of names in the code.',
  maps: { cwe: ['CWE-78'], owasp: ['ASI05'], attack: ['T1059'] },
  reads: ['capability:exec', 'capability:egress', 'flow:exec', 'source'],
  check: (context) => {
    const all = context.of('capability');
    // Computed code, modules and handed-on functions have rules of their own.
    const computed = all.filter(
      (fact) =>
        fact.capability.kind === 'exec' &&
        fact.capability.program === '*' &&
        fact.traits.includes('dynamic-name') &&
        runs(fact) &&
        !fact.traits.some((trait) => otherRules.has(trait)),
    );
    if (computed.length === 0) return [];
    const [asked] = all.flatMap((fact) => hiddenHost(fact, context));
    // Of these it is known where the command comes from: the arguments of the user, a file.
    const told = new Set(
      context
        .of('flow')
        .filter(({ sink }) => sink.what === 'exec' && sink.part === 'code')
        .map(({ span }) => placeOf(span)),
    );
    return computed.map((fact): FindingDraft => {
      const message = `${fact.api === '*' ? 'a command' : fact.api} starts a program whose name is computed`;
      const { span, certainty: confidence } = fact;
      if (isInText(fact)) return { span, severity: 'info', confidence, message };
      if (asked === undefined || fact.context !== 'code' || told.has(placeOf(span)))
        return { span, severity: 'low', confidence, message };
      const beside = `${message}, and the skill asks ${asked}, which no page of the skill names`;
      return { span, severity: 'medium', confidence, message: beside };
    });
  },
});

function placeOf({ path, start }: Span): string {
  return `${start} ${path}`;
}

// A host that the skill alone chose, and whose answers may say what to start.
function hiddenHost(fact: CapabilityFact, context: RuleContext): string[] {
  const { capability } = fact;
  if (capability.kind !== 'egress' || fact.context !== 'code' || isFetching(fact.api)) return [];
  const { host } = parseEgressUrl(capability.url);
  const given = context.declared === undefined ? [] : listCapabilities(context.declared);
  const declared = given.some((wide) => wide.kind === 'egress' && covers(wide, capability));
  return isLoopbackHost(host) || !isHidden({ host, declared }, context) ? [] : [host];
}

const otherRules: ReadonlySet<string> = new Set(['escape', 'dynamic-import', 'code-from-string']);
