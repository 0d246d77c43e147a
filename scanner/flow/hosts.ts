/** The destination of a flow, and whether the author declared it: shared by the rules on flows. */

import { dropHostOf } from '../../skills-index/network/drop-hosts.ts';
import { covers, listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import type { Severity } from '../../skills-index/statement/finding.ts';
import type { FlowFact, FlowSource } from '../fact/fact.ts';
import { isLoopbackHost, targetOf } from '../lookup-tables/egress-of.ts';
import { isPlaceholderHost } from '../lookup-tables/public-hosts.ts';
import type { FindingDraft, RuleContext } from '../rule.ts';

export interface Destination {
  /** `*` when it could not be computed. */
  readonly host: string;
  /** For messages: the host, or that it is unknown. */
  readonly said: string;
  /** Whether anyone can collect data at this host. */
  readonly drop: boolean;
  readonly loopback: boolean;
  /** Whether the author declared requests to it. */
  readonly declared: boolean;
}

// Names that a container has for its host machine.
const ownMachine = /^(host|gateway)\.docker\.internal$|^host\.containers\.internal$/;

/**
 * The destination of a flow into the network; undefined for other sinks.
 * @param written the host to take where the flow's own could not be computed
 */
export function destinationOf(
  flow: FlowFact,
  { declared, of, files }: Pick<RuleContext, 'declared' | 'of' | 'files'>,
  written?: string,
): Destination | undefined {
  const { sink } = flow;
  const capability = sink.capability;
  if (sink.what !== 'network' || capability?.kind !== 'egress') return undefined;
  const { host: computed, path } = parseEgressUrl(capability.url);
  const host = computed === '*' ? (written ?? computed) : computed;
  const given = declared === undefined ? [] : listCapabilities(declared);
  return {
    host,
    said: host === '*' ? 'a host that could not be computed' : host,
    drop: dropHostOf(host, path) !== undefined && !isOwnBot(path, flow, of('flow'), files),
    loopback: isLoopbackHost(host) || ownMachine.test(host),
    declared: given.some(
      (wide) => wide.kind === 'egress' && covers({ ...wide, methods: ['*'] }, capability),
    ),
  };
}

// `api.telegram.org/bot${process.env.TELEGRAM_BOT_TOKEN}` is the bot of the person who runs the
// skill. So is a bot whose token is in a file of that person. A token that is written in the code,
// or in a file of the skill, is the author's.
function isOwnBot(
  path: string,
  { span }: FlowFact,
  flows: readonly FlowFact[],
  files: ReadonlySet<string>,
): boolean {
  const tokens = flows.filter(
    ({ sink, span: at }) => sink.part === 'url' && at.path === span.path && at.start === span.start,
  );
  // Which message to ask for next is in the last answer of the bot itself.
  const isForeign = ({ source }: FlowFact): boolean =>
    source.what === 'network' && !source.name.startsWith('https://api.telegram.org/bot*');
  if (leftOpen.test(path)) return !tokens.some(isForeign);
  // With no variable set, `${process.env.TOKEN ?? ''}` gives an address without a token.
  if (!/^\/bot[*/]/.test(path)) return false;
  return !tokens.some(isForeign) && tokens.some(({ source }) => isUsersToken(source, files));
}

// `/bot<YOUR_BOT_TOKEN>/`: no such bot can be, and the reader fills in their own.
const leftOpen = /^\/bot(<|%3C)[\w -]{1,60}(>|%3E)\//i;

function isUsersToken({ what, name }: FlowSource, files: ReadonlySet<string>): boolean {
  if (what === 'env') return /(^|_)(TELEGRAM|TG|BOT)_|^(BOT_?)?TOKEN$/i.test(name);
  if (what !== 'file' || !/^[~/]/.test(name) || name.startsWith('/skills/')) return false;
  const end = name.slice(name.lastIndexOf('/') + 1);
  return ![...files].some((file) => file === end || file.endsWith(`/${end}`));
}

/**
 * Flows that count: not in comments; one for each source and sink, the shortest. Flows of code that
 * is only shown are included, since "bad example" above a block is written as easily as the block:
 * `draftOfFlow` keeps them as a row for the reviewer that decides nothing. A sentence that tells
 * the reader to run a block makes it code that runs, whatever other text is around it.
 */
export function flowsThatRun(flows: readonly FlowFact[]): FlowFact[] {
  const kept = new Map<string, FlowFact>();
  for (const flow of flows) {
    if (flow.context === 'comment') continue;
    const { sink, source, span } = flow;
    const to = sink.capability === undefined ? sink.api : printCapability(sink.capability);
    const part = /^(program|host)$/.test(sink.part) ? sink.part : '';
    const from = [source.what, source.name];
    const key = JSON.stringify([from, to, span, part, sink.written, sink.filled]);
    const known = kept.get(key);
    if (known === undefined || isBefore(flow, known)) kept.set(key, flow);
  }
  const all = [...kept.values()];
  const isShown = (flow: FlowFact): boolean => flow.context === 'fence-doc';
  return [...all.filter((flow) => !isShown(flow)), ...all.filter(isShown)];
}

// What runs a value says more than what only gets it as an argument, and the body of a request has
// more of a file than the address; then the shorter way.
function isBefore(flow: FlowFact, known: FlowFact): boolean {
  const isWhole = saysMore(flow);
  return isWhole === saysMore(known) ? flow.steps.length < known.steps.length : isWhole;
}

function saysMore({ source, sink }: FlowFact): boolean {
  return sink.part === 'code' || (source.what === 'file' && sink.part === 'body');
}

/** The draft of a finding on a flow: its place is the sink, and it lists the steps. */
export function draftOfFlow(
  flow: FlowFact,
  said: Omit<FindingDraft, 'span' | 'flow' | 'confidence'>,
): FindingDraft {
  const draft = { ...said, span: flow.span, confidence: flow.certainty, flow: flow.steps };
  if (flow.context !== 'fence-doc') return draft;
  const shown = {
    ...draft,
    kind: 'capability',
    message: `${said.message}, in a block that is only shown`,
  } as const;
  if (said.severity === 'info') return { ...shown, severity: 'info' };
  return said.severity !== 'low' && namesStranger(flow, said.severity)
    ? {
        ...shown,
        severity: 'medium',
        fix: 'Name a host that nobody can have in what is only shown, such as attacker.example.',
      }
    : { ...shown, severity: 'low' };
}

/** The finding of a flow that a skill may have for good. */
export function draftOfUse(flow: FlowFact, severity: Severity, message: string): FindingDraft {
  return draftOfFlow(flow, { kind: 'capability', severity, message });
}

// Words around a block are written easily. A block that shows an attack names a host that nobody
// can have, or that says what it is.
function namesStranger(flow: FlowFact, severity: FindingDraft['severity']): boolean {
  return hostsOf(flow, severity).some(
    (host) =>
      host !== '*' && !isLoopbackHost(host) && !isPlaceholderHost(host) && !shownHost.test(host),
  );
}

// Code that was downloaded has its host in the source. The address beside a secret counts where the
// rule takes it for a stranger's.
function hostsOf(
  { source, sink: { what, part, capability, beside } }: FlowFact,
  severity: FindingDraft['severity'],
): readonly string[] {
  const addresses = [
    ...(capability?.kind === 'egress' ? [capability.url] : []),
    ...(source.what === 'network' && what === 'exec' && part === 'code' ? [source.name] : []),
    ...(beside !== undefined && severity === 'medium' ? [beside] : []),
  ];
  return addresses.map((address) => targetOf(address).host);
}

const shownHost =
  /(?:^|\.)(?:example|invalid|test)$|(?:^|[.-])(?:attack(?:er|s)?|(?:bad|evil|hacker|malicious)(?:actor|corp|domain|guy|host|server|site)?|exfil(?:trate)?|hack|victim|webhook|requestbin|ngrok)(?=[.-]|$)/i;

/**
 * A flow that the author declared is no evidence of an attack, but a row that a person approves.
 */
export const allowed = {
  kind: 'capability',
  severity: 'info',
  fix: 'Nothing to mend: whoever approves the skill approves this.',
} as const;
