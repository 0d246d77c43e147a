/** A secret goes where a value says that is only known when the skill runs. */
import { getDomain } from 'tldts';
import type { FlowFact } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { isSamePlace, type SentSecret, sentSecrets } from '../../flow/secret-flows.ts';
import { isLoopbackHost, targetOf } from '../../lookup-tables/egress-of.ts';
import { isModelHost, isPlaceholderHost, isTenantHost } from '../../lookup-tables/public-hosts.ts';
import { isKnownProvider, providerOf } from '../../lookup-tables/secret-providers.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const secretToComputedHost = defineRule({
  id: 'flow/secret-to-computed-host',
  title: 'A secret goes to a host that is chosen at run time',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Whoever chooses the host gets the secret: a server that names the next address, or a page that talks the agent into another argument.',
  fix: 'Write the host into the code, in the call that sends. If users run the service themselves, take its address from a variable beside the secret, and declare both.',
  maps: { cwe: ['CWE-918', 'CWE-522'], owasp: ['LLM02', 'ASI03'], attack: ['T1041'] },
  reads: ['flow:network', 'source'],
  check: (context) => {
    const everyHost = context.of('flow').filter((flow) => flow.sink.part === 'host');
    const hosts = flowsThatRun(everyHost);
    const all = sentSecrets(context);
    return all
      .filter(({ to, flow }) => to.host === '*' && !to.drop && !isDnsQuestion(flow))
      .map((sent): FindingDraft => {
        const named = hosts.filter((flow) => isSamePlace(flow, sent.flow));
        const isNoAddress = namesNoHost(sent, all);
        const chosenBy = named.filter(
          ({ source }) => !isNoAddress || source.what !== 'env' || source.name !== sent.name,
        );
        const written = all.filter(
          ({ to, name, flow }) =>
            to.host !== '*' && name === sent.name && isSamePlace(flow, sent.flow),
        );
        // A default is one host. Of many, the unknown one may be the last.
        const isDefault = new Set(written.map(({ to }) => to.host)).size === 1;
        // The default of one variable says nothing about what else may choose the host. `hosts` has
        // one flow for several reads of a variable, and perhaps not the read with the default. An
        // argument's default is often such a variable. Who sets the secret sets the one beside it.
        const isGiven = chosenBy.some(({ source }) => source.what === 'input');
        const isOfVariable = everyHost.some(
          (flow) =>
            flow.source.hasDefault &&
            isSamePlace(flow, sent.flow) &&
            !(isGiven && isBeside(flow.source.name, sent.name)),
        );
        const usual = isDefault && !isOfVariable ? written[0] : undefined;
        const answerers = all.filter(({ name }) => name === sent.name);
        const choice = { chosenBy, isChosen: named.length > 0 && chosenBy.every(isOutside) };
        return draftOfFlow(sent.flow, judge(sent, choice, usual, answerers, context));
      });
  },
});

interface Choice {
  /** What names the host. */
  readonly chosenBy: readonly FlowFact[];
  /** Whether only variables and arguments name the host. */
  readonly isChosen: boolean;
}

function isOutside({ source }: FlowFact): boolean {
  return source.what === 'env' || source.what === 'input';
}

function judge(
  sent: SentSecret,
  { chosenBy, isChosen }: Choice,
  usual: SentSecret | undefined,
  carriers: readonly SentSecret[],
  context: RuleContext,
): Parameters<typeof draftOfFlow>[1] {
  const { name, flow } = sent;
  const answers = chosenBy.filter(({ source }) => source.what === 'network');
  const received = answers.find((answer) => !isFromReader(answer, carriers, context)) ?? answers[0];
  if (received !== undefined) {
    const from = received.source.name.startsWith('https://*/')
      ? 'the network'
      : received.source.name;
    const message = `sends secret ${name} to the host that an answer from ${from} names`;
    // Who has the secret already gains nothing by naming a host.
    if (isFromReader(received, carriers, context)) return { severity: 'medium', message };
    return { kind: 'malice', severity: 'high', message };
  }
  const variables = new Set(
    chosenBy.flatMap(({ source }) => (source.what === 'env' ? [source.name] : [])),
  );
  const isSetHere = variables.values().some((variable) => isSet(variable, usual, context));
  const others = chosenBy.filter(({ source }) => source.what !== 'env');
  // The host in the code is what counts, and flow/secret-to-network judges that host. Whoever sets
  // the variable instead, or gives the argument, runs the service. A host that nothing names may be
  // one of too many values, or hidden, so it is no such choice.
  if (usual !== undefined && isChosen && !isSetHere && !isToldElsewhere(usual, context))
    return {
      severity: 'low',
      message: `sends secret ${name} to ${usual.to.said}, or to a host that ${nameOfChoice(variables)} names instead`,
    };
  if (others.some(({ source }) => source.what === 'input' || source.what === 'file')) {
    return { message: `sends secret ${name} to a host that its caller or a file names` };
  }
  if (
    variables.size > 0 &&
    others.length === 0 &&
    !isSetHere &&
    variables.values().every((variable) => variable !== '*' && isBeside(variable, name))
  ) {
    return {
      severity: 'info',
      message: `sends secret ${name} to the host that ${nameOfChoice(variables)} says`,
    };
  }
  // In a text it stands for what the reader fills in; a password for mail or a database signs in at
  // the server that the user names.
  const isUsual = (isInText(flow) || isSignIn(sent)) && providerOf(name) === undefined;
  const severity = isUsual ? 'low' : 'medium';
  return { severity, message: `sends secret ${name} to a host that could not be computed` };
}

// The next page's address stands in the answer to a request that carried the same secret. Where
// anybody writes what a service answers, a stranger names the next host, but not where to upload.
function isFromReader(
  { source, steps }: FlowFact,
  carriers: readonly SentSecret[],
  { sources }: RuleContext,
): boolean {
  const asked = steps[0]?.span;
  const { host } = targetOf(source.name);
  const isWrittenByAnybody = isKnownProvider(host) && !isModelHost(host);
  return (
    (!isWrittenByAnybody || steps.some(({ span }) => uploadAddress.test(lineOf(span, sources)))) &&
    !isTenantHost(host) &&
    carriers.some(({ flow }) => flow.span.path === asked?.path && flow.span.start === asked.start)
  );
}

// Services make these addresses for one upload: LinkedIn, GitHub's releases, Google Drive.
const uploadAddress = /["'.]upload_?ur[il]\b/i;

function lineOf({ path, start }: FlowFact['span'], sources: RuleContext['sources']): string {
  const text = sources.find((source) => source.path === path)?.text ?? '';
  const end = text.indexOf('\n', start);
  return text.slice(text.lastIndexOf('\n', start) + 1, end < 0 ? undefined : end);
}

function nameOfChoice(variables: ReadonlySet<string>): string {
  return variables.size === 0 ? 'its caller' : [...variables].sort().join(' or ');
}

// A program of the skill that sets the variable itself chooses the host. So does a page that says
// to set the variable to another host than the code has.
function isSet(variable: string, usual: SentSecret | undefined, { sources }: RuleContext): boolean {
  const { names, isAny, hosts } = saidHostsOf(sources);
  return (
    isAny || names.has(variable) || !!hosts.get(variable)?.some((host) => isElsewhere(host, usual))
  );
}

interface SaidHosts {
  /** The variables that programs of the skill set. */
  readonly names: ReadonlySet<string>;
  /** A program sets a variable whose name is put together: it may be any variable. */
  readonly isAny: boolean;
  /** The hosts that pages say to set variables to. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  /** The hosts on lines that name a program of the skill. */
  readonly arguments: readonly string[];
}

// Read once for all secrets of a skill.
const known = new WeakMap<RuleContext['sources'], SaidHosts>();

function saidHostsOf(sources: RuleContext['sources']): SaidHosts {
  const before = known.get(sources);
  if (before !== undefined) return before;
  const programs = sources.filter(({ language, depth }) => language !== 'markdown' && depth === 0);
  const pages = sources.filter(({ language }) => language === 'markdown');
  const hosts = Map.groupBy(
    pages.flatMap(({ text }) => [...text.matchAll(inPages)]),
    ([, name = '']) => name,
  );
  const found: SaidHosts = {
    names: new Set(
      programs.flatMap(({ text }) =>
        inCode.flatMap((form) =>
          [...text.matchAll(form)]
            .filter((found) => !isOwnMachine(text, found.index + found[0].length, programs))
            .map(([, name = '']) => name),
        ),
      ),
    ),
    isAny: programs.some(({ text }) => computedSetting.test(text)),
    hosts: new Map([...hosts].map(([name, all]) => [name, all.map(([, , host = '']) => host)])),
    arguments: hostsBesidePrograms(sources),
  };
  known.set(sources, found);
  return found;
}

const inCode: readonly RegExp[] = [
  /(?:environ|env)(?:\.|\[["'`])(\w{1,100})(?:["'`]\])?[ \t]{0,8}(?:\|\||&&|\?\?)?=(?!=)/g,
  // `NAME="${NAME:-default}"` keeps what was set.
  /(?<=^|[\s;&|(])(\w{1,100})=(?!["']?\$\{?\1)/gm,
  // `NAME+=.host` after an address of this machine.
  /(?<=^|[\s;&|(])(\w{1,100})\+=/gm,
  /(?:putenv|setdefault|setenv)\([ \t]{0,8}["'](\w{1,100})["']/g,
  /\b(\w{1,100})["']?[ \t]{0,8}:[ \t]{0,8}["'`]https?:/g,
];

// A test starts the program with the address of a server of its own: `http://127.0.0.1:8080/`. An
// `@` behind the address would make it the user's name at another host.
function isOwnMachine(text: string, at: number, programs: RuleContext['sources']): boolean {
  const [found, hole] = ownMachine.exec(text.slice(at, at + ownMachineCharsMax)) ?? [];
  const mayHoldAt = (): boolean => programs.some((program) => writesAt.test(program.text));
  return found !== undefined && (hole === undefined || !mayHoldAt());
}

const ownMachineCharsMax = 200;
const ownMachine =
  /^[ \t]{0,8}[fbru]?["'`]?(?:https?:\/\/)?(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5}|:\$?(\{[\w.]{0,60}port\}))?(?:\/[\w/.-]*)?["'`][ \t]*(?=[;,)\]}]|(?:#[^\n]*)?(?:$|\n(?!(?:\s|#[^\n]*\n)*[bfru]{0,2}["'`])))/i;
// An `@` that no decorator begins with, or a code that makes one.
const writesAt = /[^\s]@|@[^\w\s]|\\x40|\\u0040|%40|\bchr\(|fromCharCode|fromCodePoint/;

const inPages = /\b(\w{1,100})=["']?https?:\/\/([a-z0-9.-]{1,200})/gi;

// `os.environ.update(…)` and `Object.assign(process.env, …)` may set any variable, too.
const computedSetting =
  /(?:environ|env)\[(?![ \t]{0,8}["'`][\w.-]{1,200}["'`][ \t]{0,8}\])[^\]\n]{1,200}\][ \t]{0,8}=(?!=)|\benviron\.update\(|\bObject\.assign\([ \t]{0,8}process\.env\b/;

function isElsewhere(host: string, usual: SentSecret | undefined): boolean {
  if (usual === undefined || isLoopbackHost(host) || isPlaceholderHost(host)) return false;
  return getDomain(host) !== getDomain(usual.to.host);
}

// A page or a script that names another host as an argument of a program. Any program of the skill
// counts, because it may start the one that sends.
function isToldElsewhere(usual: SentSecret, { sources }: RuleContext): boolean {
  return saidHostsOf(sources).arguments.some((host) => isElsewhere(host, usual));
}

function hostsBesidePrograms(sources: RuleContext['sources']): string[] {
  const outer = sources.filter(({ depth }) => depth === 0);
  const programs = new Set(
    outer
      .filter(({ language }) => language !== 'markdown')
      .map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
  );
  return outer
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => /https?:/i.test(line))
    .filter((line) => [...line.matchAll(/[\w.-]{1,200}/g)].some(([word]) => programs.has(word)))
    .flatMap((line) => [...line.matchAll(/https?:\/\/([a-z0-9.-]{1,200})/gi)])
    .map(([, host = '']) => host);
}

function isSignIn({ name, flow }: SentSecret): boolean {
  const isConnection =
    flow.sink.capability?.kind === 'egress' && flow.sink.capability.url.startsWith('tcp:');
  return (
    isConnection &&
    /^(SMTP|IMAP|POP3?|E?MAIL|LDAP|FTP|SFTP|SSH|DB|DATABASE|PG|POSTGRES|MYSQL|REDIS|MONGO)_?(PASS|PWD|AUTH|USER|KEY)/i.test(
      name,
    )
  );
}

// A secret names a host only when the secret is an address: its name says so, and no other part of
// the request carries it. In a list of arguments a secret stands beside the address, and flows into
// both.
function namesNoHost({ flow, name }: SentSecret, all: readonly SentSecret[]): boolean {
  if (!addressName.test(name)) return true;
  return all.some(
    (other) =>
      other.name === name &&
      other.flow.sink.part !== 'host' &&
      other.flow.sink.part !== 'url' &&
      isSamePlace(other.flow, flow),
  );
}

const addressName =
  /(?:^|_)(?:UR[IL]S?|(?:WEB)?HOOKS?|ENDPOINTS?|DSN|ADDR(?:ESS)?|LINK|HOST|SERVER|CONNECTION)S?\d*(?:_|$)/i;

// The same person sets both: `CRM_URL` beside `CRM_TOKEN`.
function isBeside(variable: string, secret: string): boolean {
  const [first = ''] = secret.split('_');
  return first.length >= 2 && variable.split('_')[0] === first;
}

function isDnsQuestion({ sink }: FlowFact): boolean {
  return sink.capability?.kind === 'egress' && sink.capability.url.startsWith('dns:');
}
