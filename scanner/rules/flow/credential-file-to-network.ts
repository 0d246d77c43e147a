/** A file in which another program keeps its credentials leaves. */
import { getDomain } from 'tldts';
import type { FlowFact } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import { signsInAtProvider } from '../../flow/belonging.ts';
import { collectionIn, isArgument, isHidden, isOfUser, isUnnamed } from '../../flow/collections.ts';
import {
  allowed,
  type Destination,
  destinationOf,
  draftOfFlow,
  draftOfUse,
  flowsThatRun,
} from '../../flow/hosts.ts';
import { passesFiles } from '../../flow/links.ts';
import { isOwnCredentialFile, serviceOfFile } from '../../flow/own-credentials.ts';
import { isSamePlace } from '../../flow/secret-flows.ts';
import { targetOf } from '../../lookup-tables/egress-of.ts';
import { isTenantHost } from '../../lookup-tables/public-hosts.ts';
import {
  isKnownProvider,
  isProvidersHost,
  providerOf,
} from '../../lookup-tables/secret-providers.ts';
import { normalisePath, privateKinds, sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type RuleContext } from '../../rule.ts';

export const credentialFileToNetwork = defineRule({
  id: 'flow/credential-file-to-network',
  title: 'A file with credentials is sent away',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'SSH keys, cloud profiles, cookies, wallets and histories belong to other programs of the user. No service needs such a file.',
  fix: 'Declare the secret that you need in skill.json; the runner adds it to requests, so the skill never needs the file.',
  maps: {
    cwe: ['CWE-200', 'CWE-522'],
    owasp: ['LLM02', 'ASI03'],
    attack: ['T1552.001', 'T1552.004', 'T1005', 'T1041'],
  },
  reads: ['flow:network', 'capability:mount', 'source'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow) => {
      const to = destinationOf(flow, context);
      if (
        to === undefined ||
        to.loopback ||
        flow.source.what !== 'file' ||
        flow.sink.part === 'host'
      )
        return [];
      const row = sensitivePath(flow.source.name);
      if (row === undefined || !privateKinds.has(row.kind)) return [];
      const encoded = flow.encoded ? ', encoded on the way' : '';
      const message = `sends ${row.says} (${flow.source.name}) to ${to.said}${encoded}`;
      if (isOwnCredentialFile(flow.source.name, context)) {
        return [draftOfUse(flow, 'low', `${message}; the skill keeps that file itself`)];
      }
      if (isForItsService(flow, to, context))
        return [draftOfUse(flow, 'medium', `${message}, the service that the file is named after`)];
      if (picksItsKey(flow, to, context))
        return [
          draftOfFlow(flow, {
            severity: 'medium',
            message: `${message}, the service whose key the code looks for in the file`,
          }),
        ];
      if (row.kind === 'credential' && signsInThere(flow, to))
        return [draftOfUse(flow, 'medium', `${message}, where it signs in`)];
      // Figures are made of transcripts, too: what goes through several files, or to whom the user
      // says, is for a person to look at.
      if (row.kind === 'agent-history' && (to.host === '*' || passesFiles(flow.steps)))
        return [draftOfUse(flow, 'medium', message)];
      return [draftOfFlow(flow, { message })];
    }),
});

// Nobody but a well-known service reads the headers of a request to it.
function signsInThere(flow: FlowFact, to: Destination): boolean {
  return !flow.encoded && !to.drop && signsInAtProvider({ flow, to });
}

// The registered domain must say the service that the file is named after, or the address must be
// in that file alone, as of what people run themselves. A skill that writes the file says what is
// in it, and the keys of known providers go to the providers.
function isForItsService(flow: FlowFact, to: Destination, { of }: RuleContext): boolean {
  const path = normalisePath(flow.source.name);
  const service = serviceOfFile(path);
  if (service === undefined || flow.encoded || to.drop) return false;
  const isWritten = of('capability').some(
    ({ capability }) =>
      capability.kind === 'mount' &&
      capability.mode !== 'ro' &&
      capability.path !== undefined &&
      (path.startsWith(normalisePath(capability.path)) || capability.path.includes('*')),
  );
  if (to.host !== '*') {
    if (flow.sink.part !== 'header' || generic.test(service)) return false;
    const key = `${service.toUpperCase()}_API_KEY`;
    return providerOf(key) === undefined
      ? getDomain(to.host, { allowPrivateDomains: true })?.split('.')[0] ===
          service.toLowerCase().replace(/_(?:api|cli|client|mcp)$/, '')
      : isProvidersHost(key, to.host);
  }
  const chosenBy = of('flow').filter(
    (one) => isSamePlace(one, flow) && /^(host|url)$/.test(one.sink.part),
  );
  return (
    !isWritten &&
    chosenBy.some(({ source }) => source.what === 'file' && source.name === flow.source.name) &&
    !chosenBy.some(({ source, sink }) => source.what === 'network' && sink.part === 'host')
  );
}

// `if line.startswith("KAGI_API_KEY=")`, `jq -r '.moltbook.api_key'`: of a file that skills share,
// the code looks for one key, which is named after the host, and sends a part of the file in a
// header. That nothing else of the file goes along is not sure.
function picksItsKey(flow: FlowFact, to: Destination, { sources }: RuleContext): boolean {
  const [first] = flow.steps;
  if (!sharedBySkills.test(normalisePath(flow.source.name)) || flow.encoded || to.drop)
    return false;
  const text = sources.find(({ path }) => path === first?.span.path)?.text;
  if (first === undefined || text === undefined || flow.sink.part !== 'header') return false;
  const entry = pickedEntry.exec(text.slice(first.span.start, first.span.end))?.[1];
  if (entry !== undefined) return isKeyOf(`${entry.toUpperCase()}_API_KEY`, to.host);
  const line = text.lastIndexOf('\n', first.span.start) + 1;
  const behind = text
    .slice(line, first.span.start + readingCharsMax)
    .replace(/(?:^|\s)(?:#|\/\/)[^\n]*/g, '');
  const names = new Set([...behind.matchAll(pickedNames)].map(([, one, other]) => one ?? other));
  const [name] = names;
  return (
    names.size === 1 &&
    name !== undefined &&
    isKeyOf(name, to.host) &&
    flow.steps.some(({ note }) => holdsPart(behind, /^held in "(\w{1,80})"/.exec(note)?.[1]))
  );
}

// The key of a known provider belongs to that provider, whatever another host is called.
function isKeyOf(name: string, host: string): boolean {
  if (providerOf(name) !== undefined) return isProvidersHost(name, host);
  const domain = getDomain(host, { allowPrivateDomains: true })?.split('.')[0];
  return domain === name.split('_')[0]?.toLowerCase();
}

// `for line in …`, `name, value = line.split("=", 1)`: the variable has a line of the file or less.
function holdsPart(text: string, variable: string | undefined): boolean {
  return (
    variable !== undefined &&
    [...text.matchAll(parts)].some(([, ...names]) =>
      names.some((list) => list?.split(/\W+/).includes(variable)),
    )
  );
}

const parts =
  /\bfor[ \t]{1,9}([\w, \t]{1,80})[ \t]in\b|\b([\w, \t]{1,80})=[ \t]{0,9}\w{1,80}(?:\.strip\(\))?\.(?:r?split|r?partition)\(/g;
const sharedBySkills =
  /\/\.(openclaw|clawdbot|moltbot)\/(\.env|(?:.{1,80}\/)?auth-profiles\.json)$/;
const readingCharsMax = 600;
const pickedNames =
  /\bstartswith\(\s{0,9}["']([A-Z][A-Z0-9_]{3,60})=?["']|==\s{0,9}["']([A-Z][A-Z0-9_]{3,60})["']/g;
const pickedEntry =
  /^jq(?:\s{1,9}-{1,2}[\w-]{1,20})*\s{1,9}["']\.([a-z]\w{2,40})(?:\.\w{1,40}){0,4}["'](?:\s|$)/i;

const generic =
  /^(accounts?|api|auth|client|config|credentials?|default|keys?|login|main|my|oauth2?|profiles?|secrets?|service|session|settings|store|tokens?|user)$/i;

// What was read from a file, or received from one host, leaves for a host that the manifest does
// not name.

export const fileToNetwork = defineRule({
  id: 'flow/file-to-network',
  title: 'Data is sent to a host that the manifest does not name',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'After secrets, attackers want reports, mails and figures most. A skill names its hosts in the manifest; data for another host leaves without the reader’s knowledge.',
  fix: 'Declare the host under capabilities.egress with the reason, and say in SKILL.md which host gets the files. Or do not send them.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02', 'ASI02'], attack: ['T1005', 'T1041', 'T1567'] },
  reads: ['flow:network', 'capability:mount', 'source'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow) => {
      const to = receiverOf(flow, context);
      const what = whatIsSent(flow, to);
      if (to === undefined || what === undefined || to.loopback || flow.sink.part === 'host')
        return [];
      return [draftOfFlow(flow, judge(flow, what, to, context))];
    }),
});

// `put(answer.url, file)`: whoever gives the address gets the file.
function receiverOf(flow: FlowFact, context: RuleContext): Destination | undefined {
  const to = destinationOf(flow, context);
  if (to?.host !== '*') return to;
  const [asked] = context.of('flow').flatMap(({ source, sink, span }) => {
    const isAddress = sink.part === 'host' && source.what === 'network';
    const isHere = span.path === flow.span.path && span.start === flow.span.start;
    return isAddress && isHere && !source.name.startsWith('https://*/')
      ? targetOf(source.name)
      : [];
  });
  return asked === undefined || asked.host === ''
    ? to
    : { ...to, host: asked.host, said: `an address that ${asked.host} gives` };
}

function whatIsSent({ source }: FlowFact, to: Destination | undefined): string | undefined {
  if (source.what === 'file') {
    const row = sensitivePath(source.name);
    // Credentials are the business of flow/credential-file-to-network.
    if (row !== undefined && privateKinds.has(row.kind)) return undefined;
    return source.name === '*' ? 'the content of a file' : `the content of ${source.name}`;
  }
  if (source.what === 'command')
    return `the output of ${source.name === '*' ? 'a program' : source.name}`;
  if (source.what !== 'network' || source.name.startsWith('https://*/')) return undefined;
  const { host } = targetOf(source.name);
  return host === to?.host ? undefined : `what it received from ${host}`;
}

function judge(
  flow: FlowFact,
  what: string,
  to: Destination,
  context: RuleContext,
): Parameters<typeof draftOfFlow>[1] {
  const { hasManifest } = context;
  if (to.drop)
    return { message: `sends ${what} to ${to.said}, where anyone can collect what is sent` };
  // A push to a place that keeps repositories is what the reader sees in each script for git.
  if (!hasManifest && flow.sink.api === 'git' && isKnownProvider(to.host) && !isTenantHost(to.host))
    return { kind: 'capability', severity: 'low', message: `sends ${what} to ${to.said}` };
  // Whoever approves a host does not approve that the user's home is sent there.
  const many = collectionIn(flow, context);
  const isStolen = !hasManifest && isHidden(to, context);
  if (isStolen && many !== undefined) {
    const message = `sends ${what} to ${to.said}, which no page of the skill names, file by file`;
    const isNamed = isArgument(many, flow, many.at, context);
    return isNamed ? { kind: 'capability', severity: 'medium', message } : { message };
  }
  const isWholeHome = many !== undefined && flow.source.name.startsWith('~');
  if ((to.declared && isWholeHome) || (!hasManifest && to.host !== '*' && many !== undefined))
    return {
      kind: 'capability',
      severity: 'medium',
      message: `sends ${what} to ${to.said}, file by file of a whole folder`,
    };
  if (to.declared) return { ...allowed, message: `sends ${what} to ${to.said}, as declared` };
  if (!hasManifest)
    return {
      kind: 'capability',
      severity: isUnnamed(to, context) && isUnseen(flow) ? 'medium' : 'low',
      message: `sends ${what} to ${to.said}`,
    };
  if (to.host === '*')
    return { kind: 'capability', severity: 'medium', message: `sends ${what} to ${to.said}` };
  return { message: `sends ${what} to ${to.said}, which skill.json does not name` };
}

// What the skill itself brought is no data of the user. A page shows its own code to the reader.
function isUnseen(flow: FlowFact): boolean {
  const { source, sink } = flow;
  const isLocal = source.what !== 'network' && !source.name.startsWith('/skills/');
  const isCarried = sink.part === 'body' || (source.what === 'file' && isOfUser(source.name));
  return isLocal && isCarried && !isInText(flow);
}
