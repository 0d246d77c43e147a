/** A secret is given to a program or a library in no table. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FlowFact } from '../../fact/fact.ts';
import { belongsTo } from '../../flow/belonging.ts';
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { isDeclaredFor } from '../../flow/secret-flows.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { isPlaceholderHost } from '../../lookup-tables/placeholder-hosts.ts';
import { isPrivateHost, isPublicName } from '../../lookup-tables/public-hosts.ts';
import { isProvidersHost, isSecretName, providerOf } from '../../lookup-tables/secrets.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const secretToChild = defineRule({
  id: 'flow/secret-to-child',
  title: 'A secret is handed to another program or library',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Every process of the machine can see arguments, and logs keep them. What the other program does with the secret is not in this skill. Where a foreign address stands beside the secret, the program or the library may send the secret there, so a person looks.',
  fix: 'Pass it in an environment variable for that process only, or on its standard input, and name the program in skill.json.',
  maps: { cwe: ['CWE-214', 'CWE-522'], owasp: ['ASI03'], attack: ['T1552', 'T1057'] },
  reads: ['flow:exec', 'source'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
      const { source, sink } = flow;
      if (sink.what !== 'exec' || sink.part === 'code') return [];
      const program =
        sink.capability?.kind === 'exec' && sink.capability.program !== '*'
          ? sink.capability.program
          : 'a program';
      if (source.what === 'whole-env' && sink.part === 'argument') {
        return [
          draftOfFlow(flow, {
            message: `hands every environment variable to ${program} as an argument`,
          }),
        ];
      }
      if (source.what !== 'env' || source.name === '*' || !isSecretName(source.name)) return [];
      const { name } = source;
      // A library in no table is of interest beside an address alone.
      const isLibrary = sink.capability === undefined && sink.beside !== undefined;
      const host = strangerBeside(flow, name, context);
      if (host === undefined)
        return isLibrary
          ? []
          : [draftOfFlow(flow, { message: `hands secret ${name} to ${program} as an argument` })];
      const message = `hands secret ${name} to ${isLibrary ? sink.api : program}, beside an address of ${host}`;
      return [draftOfFlow(flow, { severity: 'medium', message, fix: fixBeside })];
    }),
});

const fixBeside =
  'When the secret is for this host, declare the secret with the host in skill.json. Otherwise keep them apart.';

// Nobody knows whether the program or the library sends the one to the other. A program of another
// language's front end has its address in the text of the call.
function strangerBeside(
  { span, sink }: FlowFact,
  name: string,
  context: RuleContext,
): string | undefined {
  if (sink.part !== 'argument') return undefined;
  const said = sink.beside === undefined ? [] : [parseEgressUrl(sink.beside).host];
  const all =
    sink.capability === undefined ? said : [...said, ...hostsAround(span, context.sources)];
  return all.find(
    (host) =>
      host !== '*' &&
      !isLoopbackHost(host) &&
      !isPlaceholderHost(host) &&
      !isPrivateHost(host) &&
      !isExpectedAt(name, host, context),
  );
}

// The secret of a provider goes to the provider alone, whatever the author declares and whatever
// words the names share: anybody may register `openai-notes.io`.
function isExpectedAt(name: string, host: string, context: RuleContext): boolean {
  return providerOf(name) === undefined
    ? belongsTo(name, host) || isDeclaredFor(name, host, context)
    : isProvidersHost(name, host);
}

function hostsAround(span: FlowFact['span'], sources: RuleContext['sources']): string[] {
  const text = sources.find(({ path, depth }) => path === span.path && depth === 0)?.text ?? '';
  const from = Math.max(text.lastIndexOf('\n', span.start) + 1, span.start - wordsCharsMax);
  const end = text.indexOf('\n', span.end);
  const words = text.slice(from, Math.min(end < 0 ? text.length : end, from + wordsCharsMax));
  return [...words.matchAll(address)].flatMap(([, host, withPort = '']) =>
    host !== undefined || isPublicName(withPort) ? [(host ?? withPort).toLowerCase()] : [],
  );
}

// `scheme://user@host`, `host:443`
const address =
  /\b[a-z][\w+.-]{1,20}:\/\/(?:[^@/\s"']{1,100}@)?([a-z0-9][a-z0-9.-]{1,200})|(?<![\w./@-])((?:[a-z0-9-]{1,60}\.){1,6}[a-z]{2,24}):\d{2,5}\b/gi;
const wordsCharsMax = 4_000;
