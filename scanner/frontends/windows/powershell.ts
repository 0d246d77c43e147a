/**
 * The front end for PowerShell: the program is lowered to a shell program with the same commands
 * and data, which the shell's front end follows.
 */
import type { Fact, Span, Trait } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../frontend.ts';
import { plainCommand } from '../other-languages/fold.ts';
import { analyseLexical } from '../other-languages/lexical.ts';
import { followScript } from '../shell/shell.ts';
import { lowerPowerShell } from './lower.ts';
import { parsePowerShell } from './parse.ts';
import { unreadScript } from './unread-script.ts';

/** Facts of PowerShell programs. */
export const analysePowerShell = perSource(analyseOne);

// The names of the scanner that PowerShell asks about each program: only who switches it off
// writes them.
function defenceFacts(source: TaintSource): Fact[] {
  const plain = plainCommand(source.text, 'powershell');
  const found =
    /amsi(?:utils|initfailed|scanbuffer|context|session)|system\.management\.automation\.a\w{0,3}si/i.exec(
      plain,
    );
  if (found === null) return [];
  const at = Math.max(0, source.text.indexOf(found[0]));
  return [
    {
      kind: 'trait',
      trait: 'defence-off',
      api: 'AMSI',
      detail: 'switches off the scanner that PowerShell asks about programs',
      span: {
        path: source.path,
        start: at,
        end: Math.min(source.text.length, at + found[0].length),
      },
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

function analyseOne(source: TaintSource, context: FrontEndContext): FrontEndResult {
  context.steps.take(1 + (source.text.length >> 4));
  const parsed = parsePowerShell(source.text, context.steps);
  const script = lowerPowerShell(source, parsed, context.steps);
  const result = followScript(source, context, {
    text: script.text,
    map: script.map,
    isWindows: true,
  });
  // Comments, strings, and what programs of Windows tell by single words.
  const telling = analyseLexical([source], context).facts.flatMap((fact) => {
    if (fact.kind === 'text') return fact;
    return fact.kind === 'trait' && tells.has(fact.trait)
      ? { ...fact, detail: fact.detail || written(source, fact.span) }
      : [];
  });
  return {
    ...result,
    facts: [...result.facts, ...defenceFacts(source), ...telling],
    unanalysed: [...result.unanalysed, ...unreadScript(source, parsed.unread[0])],
  };
}
