/** The front end for PowerShell. */
import { analyseLowered } from '../../engine/analyse.ts';
import type { Fact, Span, Trait } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { windowsKnowledge } from '../../knowledge/windows.ts';
import type { Analyse, FrontEndContext } from '../../programs/frontend.ts';
import { heldFor } from '../held.ts';
import { analyseLexical } from '../lexical/lexical.ts';
import { plainCommand } from '../lexical/statement.ts';
import { lowerPowerShell } from './lower.ts';

const analyse = analyseLowered({ lower: lowerPowerShell, knowledge: windowsKnowledge });

/** Of 120 tests of attack techniques for Windows, 74 would pass on findings alone. */
export const heldWindows =
  'programs of Windows are followed, but not every call has a model: a person reads them';

/** Facts of PowerShell programs, which call functions of one another. */
export const analysePowerShell: Analyse = (sources, context) => {
  const result = analyse(sources, context);
  return {
    ...result,
    facts: [...result.facts, ...sources.flatMap((source) => tellingFacts(source, context))],
    unanalysed: [...result.unanalysed, ...heldFor(heldWindows, sources, result.unanalysed)],
  };
};

// Comments, strings, and what programs of Windows tell by single words.
function tellingFacts(source: TaintSource, context: FrontEndContext): readonly Fact[] {
  const read = analyseLexical([source], context).facts.flatMap((fact) => {
    if (fact.kind === 'text') return fact;
    return fact.kind === 'trait' && tells.has(fact.trait)
      ? { ...fact, detail: fact.detail || written(source, fact.span) }
      : [];
  });
  return [...defenceFacts(source), ...read];
}

// The names of the scanner that PowerShell asks about each program: only who switches it off
// writes them.
function defenceFacts(source: TaintSource): Fact[] {
  const plain = plainCommand(source.text, 'powershell');
  const found =
    /amsi(?:utils|initfailed|scanbuffer|context|session)|system\.management\.automation\.a\w{0,3}si/i.exec(
      plain,
    );
  if (found === null) return [];
  const start = Math.max(0, source.text.indexOf(found[0]));
  const end = Math.min(source.text.length, start + found[0].length);
  return [
    {
      kind: 'trait',
      trait: 'defence-off',
      api: 'AMSI',
      detail: 'switches off the scanner that PowerShell asks about programs',
      span: { path: source.path, start, end },
      context: source.context,
      certainty: 'lexical',
    },
  ];
}

const tells: ReadonlySet<string> = new Set<Trait>([
  'autostart',
  'defence-off',
  'log-wiping',
  'new-account',
  'keylogging',
  'surveillance',
  'decode-to-code',
]);

function written({ text }: TaintSource, { start, end }: Span): string {
  return text.slice(start, Math.min(end, start + 80)).replace(/\s+/g, ' ');
}
