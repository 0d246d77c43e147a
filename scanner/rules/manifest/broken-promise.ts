/** The skill says that it stays offline, or only reads, and does otherwise. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FactOf } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import { runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { needsCapability } from '../../manifest/observed.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const brokenPromise = defineRule({
  id: 'manifest/broken-promise',
  title: 'The code does what the description rules out',
  kind: 'capability',
  severity: 'medium',
  confidence: 'lexical',
  why: 'People choose a skill for what it promises not to do. A skill that promises to stay on this machine and then contacts a host has misled them.',
  fix: 'Take out the request, or the promise.',
  maps: { cwe: ['CWE-1059'], owasp: ['AST03', 'ASI09'], attack: ['T1036'] },
  reads: [
    'capability:egress',
    'capability:mount',
    'text:prose',
    'text:list-item',
    'text:heading',
    'text:front-matter',
  ],
  check: (context) => [...offline(context), ...readOnly(context)],
});

function offline(context: RuleContext): FindingDraft[] {
  const promise = promiseIn(context, saysItStays);
  const broken = context.of('capability').find((fact) => inCode(fact) && leaves(fact));
  if (promise === undefined || broken?.capability.kind !== 'egress') return [];
  const { host } = parseEgressUrl(broken.capability.url);
  const whom = host === '*' ? 'a host that could not be computed' : host;
  return [draftOf(promise, broken, `says “${promise.words}”, and ${broken.api} contacts ${whom}`)];
}

function readOnly(context: RuleContext): FindingDraft[] {
  const promise = promiseIn(context, saysItReads);
  const broken = context
    .of('capability')
    .find(
      (fact) =>
        inCode(fact) &&
        fact.capability.kind === 'mount' &&
        fact.capability.mode !== 'ro' &&
        needsCapability(fact) &&
        fact.capability.path !== '*',
    );
  if (promise === undefined || broken?.capability.kind !== 'mount') return [];
  return [
    draftOf(
      promise,
      broken,
      `says “${promise.words}”, and ${broken.api} changes ${broken.capability.path}`,
    ),
  ];
}

interface Promised {
  readonly fact: FactOf<'text'>;
  readonly words: string;
}

// Said of the whole skill: in SKILL.md, and not of one command or one mode.
function promiseIn(
  { of }: RuleContext,
  said: (fact: FactOf<'text'>) => string | undefined,
): Promised | undefined {
  for (const fact of of('text')) {
    if (fact.span.path !== 'SKILL.md' || !runs(fact)) continue;
    const words = said(fact);
    if (words !== undefined) return { fact, words };
  }
  return undefined;
}

function wordsOf({ text }: FactOf<'text'>, form: RegExp): string | undefined {
  const found = form.exec(text);
  return found === null || isOfSome.test(text) ? undefined : found[0].trim().slice(0, 80);
}

const isOfSome =
  /\b(if|when|unless|except|optional\w*|mode|flag|option|can be|fallback|test\w*)\b|\s--?\w/i;

const staysHere =
  /\b((this (skill|tool|script)|it) )?(works|runs|operates|functions|is) (completely|fully|entirely|100 ?%) (offline|locally)\b|\b(makes|needs|requires|uses|with) no (network|internet)( (access|connection|calls?|requests?))?\b|\bno (network|internet) (access|connection|calls|requests)( (is|are) (needed|required|made|used))?\b|\b(no|your|all) (data|files?|code|content|keys?|secrets?)( (ever|never|will not|do not|does not|don't|doesn't))? (leaves?|is (ever )?(sent|uploaded|transmitted))( (from )?(your|this|the) (machine|computer|device|system))?|\bnothing (is (ever )?(sent|uploaded|transmitted)|leaves (your|this|the) (machine|computer|device))\b/i;
const onlyReads =
  /\b(this (skill|tool|script)|it) (is (strictly |completely |fully )?read-only|never (writes|modifies|changes) (any )?files?|only reads)\b/i;

const saysItStays = remembered((fact: FactOf<'text'>) => wordsOf(fact, staysHere));
const saysItReads = remembered((fact: FactOf<'text'>) => wordsOf(fact, onlyReads));

function inCode(fact: FactOf<'capability'>): boolean {
  return fact.context === 'code';
}

function leaves({ capability }: FactOf<'capability'>): boolean {
  return capability.kind === 'egress' && !isLoopbackHost(parseEgressUrl(capability.url).host);
}

function draftOf(promise: Promised, broken: FactOf<'capability'>, message: string): FindingDraft {
  return {
    span: broken.span,
    message,
    flow: [
      { span: promise.fact.span, note: 'the promise' },
      { span: broken.span, note: 'what is done' },
    ],
  };
}
