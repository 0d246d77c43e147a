/** A shell’s profile is changed. */
import type { CapabilityFact } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { announcementReads, isAnnounced } from '../../prose/announced.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { staysInTemporary } from '../own-state.ts';

export const shellProfile = defineRule({
  id: 'persistence/shell-profile',
  title: 'A shell’s profile is changed',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Every shell that the user opens runs the lines of the profile.',
  fix: 'Print the line and let the user add it.',
  maps: { attack: ['T1546.004'] },
  reads: ['capability:exec', ...announcementReads],
  check: (context) =>
    context.of('capability').flatMap((fact): FindingDraft[] => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.path === undefined || capability.mode === 'ro')
        return [];
      if (
        sensitivePath(capability.path)?.kind !== 'shell-profile' ||
        staysInTemporary(capability.path, fact, context)
      )
        return [];
      const inText = isInText(fact);
      const isPlain = inText && setsVariable.test(lineOf(fact, context.sources));
      const announced = !inText && isAnnounced(fact, capability.path, context);
      const isMild = inText || announced || onlySetsVariables(fact, context.sources);
      return [
        {
          span: fact.span,
          kind: inText ? 'capability' : 'malice',
          severity: milder(isPlain ? 'low' : isMild ? 'medium' : 'high', fact),
          confidence: fact.certainty,
          message: `${fact.api} writes ${capability.path}, which every new shell runs${announced ? '; SKILL.md announces it' : ''}`,
        },
      ];
    }),
});

// In instructions: a variable with a plain value, or a program's own completions, as its manual
// says.
const setsVariable =
  /\b(?:echo|printf)\s+['"]?(?:export\s+[A-Z]\w*=[^$`;&|(]*(?:\$(?:PATH|HOME)\b[^$`;&|(]*){0,3}|eval\s+\\?"\$\(\w+ [\w -]*complet[\w -]*\)\\?")['"]?\s*>>/;

// What a script writes stands in the script, letter by letter: variables with plain values, a
// folder in front of the path, a change of folder. Such lines start nothing when a shell opens. A
// variable that has a program loaded or a library changed is none of them.
function onlySetsVariables(fact: CapabilityFact, sources: readonly TaintSource[]): boolean {
  const { span } = fact;
  if (fact.api !== 'redirection') return false;
  const text = sources.find((source) => source.path === span.path)?.text ?? '';
  const line = lineOf(fact, sources);
  const lines = echoed.exec(line)?.[2]?.split('\\n') ?? hereDocument(text, span, line);
  return lines !== undefined && lines.length > 0 && lines.every((one) => plainLine.test(one));
}

const echoed = /^\s*(?:echo|printf)\s+(["'])([^'\n]{1,300})\1\s*>>?\s*\S+\s*$/;
const plainLine =
  /^\s*(?:#.*|cd "?[\w${}/. -]{1,200}"?|(?:export\s+)?(?!(?:BASH_ENV|ENV|PROMPT_COMMAND|PS\d|IFS|LD_\w+|DYLD_\w+|PYTHON(?:STARTUP|PATH|HOME)|NODE_OPTIONS|PERL5?\w+|RUBY\w+|GIT_\w+|SSH_\w+|EDITOR|VISUAL|PAGER|BROWSER|SHELL|ZDOTDIR|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|PATH=\\?"?(?:\/private)?(?:\/var)?\/tmp|PATH=\\?"?\/dev|(?:https?|all|ftp|no)_proxy|(?:HTTPS?|ALL|FTP|NO)_PROXY|\w*(?:URL|HOST|ENDPOINT|REGISTRY|INDEX|CERT\w*|CA_BUNDLE))\b)[A-Za-z_]\w{0,60}=(?:\\?"[\w/.:@ ${}\\+-]{0,300}\\?"|[\w/.:@${}\\+-]{0,300}))?\s*$/;

function hereDocument(
  text: string,
  { start }: CapabilityFact['span'],
  line: string,
): readonly string[] | undefined {
  const [, end] = /<<-?\s*["']?(\w{1,40})["']?\s*$/.exec(line) ?? [];
  if (end === undefined) return undefined;
  const from = text.indexOf('\n', start) + 1;
  const rest = text.slice(from, from + documentCharsMax).split('\n');
  const at = rest.indexOf(end);
  return at < 0 ? undefined : rest.slice(0, at);
}

const documentCharsMax = 4_000;

function lineOf({ span }: CapabilityFact, sources: readonly TaintSource[]): string {
  const text = sources.find((source) => source.path === span.path)?.text ?? '';
  const end = text.indexOf('\n', span.start);
  return text.slice(text.lastIndexOf('\n', span.start - 1) + 1, end < 0 ? text.length : end);
}
