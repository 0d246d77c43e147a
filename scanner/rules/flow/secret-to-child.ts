/** A secret is given to a program or a library in no table. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FlowFact } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText } from '../../fact/standing.ts';
import { belongsTo, signsInAtProvider, wordsOf } from '../../flow/belonging.ts';
import { draftOfFlow, draftOfUse, flowsThatRun } from '../../flow/hosts.ts';
import { isOfOwnService, isOwnCredentialFile } from '../../flow/own-credentials.ts';
import { isDeclaredFor, type SentSecret, sentSecrets } from '../../flow/secret-flows.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import {
  isPlaceholderHost,
  isPrivateHost,
  isPublicName,
} from '../../lookup-tables/public-hosts.ts';
import {
  isProvidersHost,
  isSecretName,
  namesNoSecret,
  providerOf,
  staysAtHome,
} from '../../lookup-tables/secret-providers.ts';
import { privateKinds, sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type RuleContext } from '../../rule.ts';

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
    flowsThatRun(context.of('flow')).flatMap((flow) => {
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

// Secrets of several services go to one host.

export const secretsToOneHost = defineRule({
  id: 'flow/secrets-to-one-host',
  title: 'Secrets of several services are sent to one host',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'A service needs its own key only. Code that sends the keys of several services to one place collects them.',
  fix: 'Talk to each service with its own key.',
  maps: {
    cwe: ['CWE-200', 'CWE-522'],
    owasp: ['LLM02', 'ASI03'],
    attack: ['T1119', 'T1041', 'T1552'],
  },
  reads: ['flow:network', 'source'],
  check: (context) => {
    const sent = sentSecrets(context).filter(
      (one) =>
        one.to.host !== '*' &&
        !one.isDeclared &&
        !belongsTo(one.name, one.to.host) &&
        (one.flow.encoded || !signsInAtProvider(one)),
    );
    return [...Map.groupBy(sent, ({ to }) => to.host)].flatMap(([host, list]) => {
      const all = new Set(list.map(({ name }) => name));
      const known = list.filter((one) => !namesNoService(one, all));
      const others = known.filter(
        (one) => !known.some((first) => isInsteadOf(first.flow, one.flow, context.sources)),
      );
      const services = new Set(others.map(({ name }) => serviceOf(name)));
      if (services.size < 2) return [];
      const names = [...new Set(known.map(({ name }) => name))].sort();
      return [
        draftOfFlow(lastOf(list).flow, {
          message: `sends ${names.join(', ')} to ${host}: secrets of different services`,
        }),
      ];
    });
  },
});

// `API_KEY` and `PASSPHRASE` in headers say of which service they are as little as `BUY_TOKEN`, a
// currency; beside `QUOTES_API_KEY`, `API_KEY` is an alias of the same key.
function namesNoService({ name, flow }: SentSecret, all: ReadonlySet<string>): boolean {
  if (providerOf(name) !== undefined || staysAtHome(name)) return false;
  return (
    (flow.sink.part !== 'body' && wordsOf(name).length === 0) ||
    namesNoSecret(name) ||
    [...all].some((other) => other !== name && other.endsWith(`_${name}`))
  );
}

// `CRM_TOKEN` and `CRM_SECRET` are of one service, and so are an access key and its secret.
function serviceOf(name: string): string {
  return providerOf(name)?.provider ?? wordsOf(name)[0] ?? name;
}

// `env("BUS_KEY") or env("TRAM_KEY")` reads two names of one key, and sends one of them.
function isInsteadOf(first: FlowFact, second: FlowFact, sources: readonly TaintSource[]): boolean {
  const [a] = first.steps;
  const [b] = second.steps;
  if (a === undefined || b === undefined || a === b || a.span.path !== b.span.path) return false;
  if (a.span.start < b.span.start && b.span.end <= a.span.end) return true;
  const gap = b.span.start - a.span.end;
  if (gap <= 0 || gap > alternativeGapMax) return false;
  const text = sources.find(({ path }) => path === a.span.path)?.text ?? '';
  return /^[\s)"'`]*(or|\|\||\?\?)[\s("'`]*$/.test(text.slice(a.span.end, b.span.start));
}

const alternativeGapMax = 80;

function lastOf(list: readonly SentSecret[]): SentSecret {
  return list.reduce((last, sent) => (sent.flow.span.start > last.flow.span.start ? sent : last));
}

// Secrets are shown to the agent, or lie in a file.

export const secretToOutput = defineRule({
  id: 'flow/secret-to-output',
  title: 'A secret is printed or written to a file',
  kind: 'malice',
  severity: 'medium',
  confidence: 'exact',
  why: 'The agent reads what a skill prints, keeps it in its transcript, and may pass it to the next tool. A dump of the environment is the first half of a theft.',
  fix: 'Print neither secrets nor the environment; say only whether a variable is set.',
  maps: { cwe: ['CWE-532', 'CWE-312'], owasp: ['LLM02', 'ASI03'], attack: ['T1552', 'T1074'] },
  reads: ['flow:output', 'flow:file', 'capability:mount'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow) => {
      const { source, sink } = flow;
      if (sink.what !== 'output' && sink.what !== 'file') return [];
      const where = sink.what === 'output' ? 'prints' : 'writes to a file';
      if (source.what === 'whole-env')
        return [draftOfFlow(flow, { message: `${where} every environment variable` })];
      if (source.what === 'env' && source.name !== '*' && isSecretName(source.name)) {
        return [draftOfUse(flow, 'low', `${where} secret ${source.name}`)];
      }
      const row = source.what === 'file' ? sensitivePath(source.name) : undefined;
      if (row === undefined || !privateKinds.has(row.kind) || /history$/.test(row.kind)) return [];
      if (isOwnCredentialFile(source.name, context)) {
        return [draftOfUse(flow, 'low', `${where} its own key (${source.name})`)];
      }
      // A copy that a page tells its reader to make, and what a skill does with the file of its own
      // service: where the copy goes from there is a flow of its own.
      const isOpen =
        (isInText(flow) && sink.what === 'file') ||
        row.isSettings === true ||
        isOfOwnService(source.name, context);
      return [
        draftOfFlow(flow, {
          severity: isOpen ? 'medium' : 'high',
          message: `${where} ${row.says} (${source.name})`,
        }),
      ];
    }),
});

// Arguments or typed text become part of a command line or of code.

export const inputToShell = defineRule({
  id: 'flow/input-to-shell',
  title: 'An argument becomes code',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'An agent takes arguments from what it reads. When a file name holds `; rm -rf ~`, a shell that gets the name as text runs it.',
  fix: 'Start the program with a list of arguments (execFile, subprocess.run([...])). In shell, quote with "$1". Never use eval.',
  maps: { cwe: ['CWE-78', 'CWE-95'], owasp: ['ASI05'], attack: ['T1059'] },
  reads: ['flow:exec'],
  check: ({ of }) =>
    flowsThatRun(of('flow')).flatMap((flow) => {
      if (flow.source.what !== 'input' || flow.sink.part !== 'code') return [];
      const asShell = flow.sink.capability?.kind === 'exec';
      const message = asShell
        ? `puts ${flow.source.name} into a command line`
        : `runs ${flow.source.name} as code`;
      return [draftOfFlow(flow, { message })];
    }),
});
