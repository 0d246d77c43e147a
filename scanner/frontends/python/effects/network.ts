/** Requests and connections of Python. */

import type { Capability } from '../../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../../skills-index/skill/egress-target.ts';
import type { FlowSink, Trait } from '../../../fact/fact.ts';
import type { NotAfter } from '../../../flow/graph.ts';
import type { ArgOf, EffectOf } from '../../../knowledge/row.ts';
import {
  anyEgress,
  egressOf,
  isAddress,
  isLoopbackHost,
  socketEgressOf,
  unknownPart,
  writtenHost,
} from '../../../lookup-tables/egress-of.ts';
import { nodesOf, textsOf, unknownPy } from '../assignments/alternatives.ts';
import { attributeNode } from '../names/classes.ts';
import { argumentsOf } from '../nodes.ts';
import { PyNode, type PyTarget, type PyValue } from '../program.ts';
import { flowSink, flowSource, notePyCapability, type PythonRun } from '../run.ts';
import { argumentOf, callWith, type PyCall, type PyNoting, placeOf, valuesOf } from './call.ts';
import { callsElsewhere } from './callers.ts';
import { hostNodesOf, isAnyHost } from './connections.ts';
import { leadingNodes } from './leading.ts';

// `Request(url, None, headers)` sends nothing.
function isGiven(value: PyValue | undefined): boolean {
  return value !== undefined && !(value.texts.length === 1 && value.texts[0] === 'None');
}

export function applyRequest(run: PythonRun, call: PyCall, effect: EffectOf<'request'>): PyValue {
  const named = effect.methodAt === undefined ? undefined : argumentOf(call, effect.methodAt);
  const given = named === undefined ? [] : textsOf(named);
  const query = valuesOf(call, effect.query);
  const bodies = valuesOf(call, effect.body);
  const { method = 'GET' } = effect;
  const usual =
    method === 'GET' && /urlopen|Request$/.test(call.api) && isGiven(bodies[0]) ? 'POST' : method;
  const methods = given.every((one) => /^[A-Za-z]+$/.test(one))
    ? [...new Set(given.map((one) => one.toUpperCase()))]
    : [given.length === 1 ? usual : '*'];
  const url = effect.url === undefined ? undefined : belowBase(call, argumentOf(call, effect.url));
  const headers = valuesOf(call, effect.header);
  // A request object made before, or one that an object was opened for.
  const open = openFor(call, effect, url);
  if (open.length > 0) {
    const afters = new Map(open.map(({ at, notAfter }) => [at, notAfter]));
    return sendTo(run, call, [...afters.keys()], {
      url: [],
      body: [...bodies, ...(url?.nodes.length ? [url] : []), { ...unknownPy, nodes: call.spread }],
      header: headers,
      afters,
      leading: hostNodesOf(open),
    });
  }
  const written = new Map<Capability, string>();
  const addresses = urlsOf(url, effect.host);
  const ofClients = call.api.includes('()') ? run.fronted.get(call.module.source.path) : undefined;
  const all = [...addresses, ...frontedHosts(call, addresses), ...(ofClients ?? [])];
  const capabilities = all.flatMap((text): Capability[] => {
    const egress = egressOf(text, methods.length === 0 ? [usual] : methods);
    if (egress === undefined) return [];
    const capability: Capability = { kind: 'egress', ...egress };
    const host = egress.url === anyEgress ? writtenHost(text) : undefined;
    if (host !== undefined) written.set(capability, host);
    return [capability];
  });
  for (const capability of capabilities)
    notePyCapability(run, call, capability, requestTraits(call, capability, url, bodies.length));
  return sendTo(run, call, capabilities, {
    written,
    leading: leadingOf(run, call, effect.url),
    elsewhere: elsewhereOf(run, call, effect.url),
    url: [...(url === undefined ? [] : [url]), ...query],
    body: [...bodies, { ...unknownPy, nodes: call.spread }],
    // What an object was given before (a session's headers) goes along.
    header: call.api.includes('()')
      ? [...headers, { ...unknownPy, nodes: call.object.nodes }]
      : headers,
  });
}

/** What a client is open on that was made with the first part of its addresses. */
export function baseOf(call: PyCall): readonly PyTarget[] {
  if (!basedClients.test(call.api)) return [];
  const at = call.api === 'aiohttp.ClientSession' ? 0 : -1;
  return (argumentOf(call, { at, name: 'base_url' })?.texts ?? []).flatMap((text): PyTarget[] => {
    const egress = egressOf(text, ['*']);
    return egress === undefined ? [] : [{ at: { kind: 'egress', ...egress } }];
  });
}

const basedClients = /^(httpx\.(Async)?Client|aiohttp\.ClientSession)$/;
const ofBasedClient = /^(httpx\.(Async)?Client|aiohttp\.ClientSession)\(\)\./;

// `Client(base_url=base).post('/in')`
function belowBase({ api, object }: PyCall, url: PyValue | undefined): PyValue | undefined {
  const base = object.targets[0]?.at;
  if (url === undefined || base?.kind !== 'egress' || !ofBasedClient.test(api)) return url;
  const { scheme, host, port } = parseEgressUrl(base.url);
  const below = (text: string): string =>
    /^[a-z]+:\/\//i.test(text) ? text : `${scheme}://${host}:${port}/${text.replace(/^\//, '')}`;
  return { ...url, texts: (url.texts.length === 0 ? [unknownPart] : url.texts).map(below) };
}

function openFor(
  { object }: PyCall,
  effect: EffectOf<'request'>,
  url: PyValue | undefined,
): readonly PyTarget[] {
  // The text of an answer is an address, and no request.
  const given = isRequest.test(url?.qual ?? '') ? (url?.targets ?? []) : [];
  return given.length > 0 ? given : effect.url === undefined ? object.targets : [];
}

const isRequest = /request\(\)$|\bprepare\w{0,20}\(\)$/i;

function urlsOf(url: PyValue | undefined, host: string | undefined): readonly string[] {
  if (url !== undefined && url.texts.length > 0) return textsOf(url);
  return host !== undefined && url === undefined
    ? [`https://${host.replace('*', 's3')}/`].map((one) =>
        host.startsWith('*') ? `https://${host.slice(2)}/` : one,
      )
    : [unknownPart];
}

/** A host that sees what a client sends later: `client.headers["Host"] = …`, its proxies. */
export function noteFronted(
  run: PythonRun,
  at: PyNoting,
  name: string,
  given: PyValue,
  client: PyValue,
): void {
  const capabilities = hostsIn(name, given).flatMap((address): Capability[] => {
    const egress = egressOf(address, ['*']);
    return egress === undefined ? [] : [{ kind: 'egress', ...egress }];
  });
  for (const capability of capabilities) notePyCapability(run, at, capability);
  const held = { ...unknownPy, nodes: [attributeNode(run, at.module, name, at.node)] };
  sendTo(run, callWith(at, []), capabilities, { url: [], body: [], header: [client, held] });
  const { path } = at.module.source;
  run.fronted.set(path, [...(run.fronted.get(path) ?? []), ...hostsIn(name, given)]);
}

interface SentParts {
  readonly url: readonly PyValue[];
  readonly body: readonly PyValue[];
  readonly header: readonly PyValue[];
  /** Of the address, the nodes that may say the host; all of them when absent. */
  readonly leading?: readonly string[] | undefined;
  /** The calls of the function around that mean another host than this one. */
  readonly elsewhere?: ReturnType<typeof callsElsewhere>;
  /** The same calls where the connection was opened before. */
  readonly afters?: ReadonlyMap<Capability, readonly NotAfter[] | undefined>;
  /** Hosts that stand in addresses whose host is not known. */
  readonly written?: ReadonlyMap<Capability, string>;
}

function leadingOf(
  run: PythonRun,
  call: PyCall,
  url: ArgOf | undefined,
): readonly string[] | undefined {
  const given = addressIn(call, url);
  return given === undefined ? undefined : leadingNodes(run, call.module, given);
}

function elsewhereOf(run: PythonRun, call: PyCall, url: ArgOf | undefined): SentParts['elsewhere'] {
  const given = addressIn(call, url);
  return given === undefined ? undefined : callsElsewhere(run, call.module, given);
}

function addressIn({ module, node }: PyCall, url: ArgOf | undefined): PyNode | undefined {
  if (url === undefined || !(node instanceof PyNode) || node.name !== 'CallExpression')
    return undefined;
  const { positional, keywords, starred } = argumentsOf(module, node);
  const { at = -1, name = '' } = placeOf(url);
  const given = positional[at] ?? keywords.get(name);
  return starred.length > 0 ? undefined : given;
}

export function sendTo(
  run: PythonRun,
  call: PyCall,
  targets: readonly Capability[],
  parts: SentParts,
): PyValue {
  const nodes: string[] = [];
  for (const capability of targets) {
    const isAny = isAnyHost(capability);
    const host = parts.written?.get(capability);
    const sink = (part: FlowSink['part']): FlowSink => ({
      what: 'network',
      capability,
      api: call.api,
      part,
      ...(host !== undefined && { written: host }),
    });
    const whole = nodesOf(parts.url);
    const leading = isAny ? (parts.leading ?? whole) : [];
    // A call that gives a known address is none of those for which the host is not known.
    const notAfter =
      capability.kind !== 'egress'
        ? []
        : ((isAny ? undefined : parts.afters?.get(capability)) ??
          parts.elsewhere?.(isAny ? '*' : parseEgressUrl(capability.url).host));
    flowSink(run, call, leading, sink('host'));
    flowSink(
      run,
      call,
      whole.filter((one) => !leading.includes(one)),
      sink('url'),
      notAfter,
    );
    flowSink(run, call, nodesOf(parts.body), sink('body'), notAfter);
    flowSink(run, call, nodesOf(parts.header), sink('header'), notAfter);
    const name = capability.kind === 'egress' ? capability.url : '*';
    nodes.push(flowSource(run, call, { what: 'network', name }, `${call.api} fetches ${name}`));
  }
  return {
    ...unknownPy,
    nodes,
    targets: targets.map((at) => ({
      at,
      notAfter: parts.afters?.get(at),
      ...(isAnyHost(at) && { hostFrom: parts.leading ?? nodesOf(parts.url) }),
    })),
  };
}

export function applyConnect(run: PythonRun, call: PyCall, effect: EffectOf<'connect'>): PyValue {
  const given = argumentOf(call, effect.host);
  const [host, port] = given?.items ?? [
    given,
    effect.port === undefined ? undefined : argumentOf(call, effect.port),
  ];
  const number = Number(port?.texts[0]);
  const { usual: standard = 0 } = effect;
  const usual = Number.isInteger(number) && number > 0 && number < 65_536 ? number : standard;
  const written = host === undefined || host.texts.length === 0 ? [unknownPart] : host.texts;
  const hosts = written.map(hostIn);
  const targets = hosts.map((text): Capability => {
    if (effect.scheme !== 'https' && effect.scheme !== 'http')
      return { kind: 'egress', ...socketEgressOf(effect.scheme, text, usual) };
    const egress = egressOf(`${effect.scheme}://${text}${usual === standard ? '' : `:${usual}`}/`, [
      '*',
    ]);
    const base =
      egress?.url === anyEgress ? anyEgress : (egress?.url ?? anyEgress).replace(/\/$/, '/*');
    return { kind: 'egress', url: base, methods: ['*'] };
  });
  for (const target of targets)
    notePyCapability(run, call, target, [
      ...addressTraits(target),
      ...(effect.scheme === 'tcp' || effect.scheme === 'udp' ? (['raw-socket'] as const) : []),
    ]);
  for (const capability of targets)
    flowSink(run, call, host?.nodes ?? [], {
      what: 'network',
      capability,
      api: call.api,
      part: 'host',
    });
  // The socket itself is what was connected: later sends of the same object go there.
  const nodes = targets.map((target) =>
    flowSource(
      run,
      call,
      { what: 'network', name: target.kind === 'egress' ? target.url : '*' },
      `${call.api} receives it`,
    ),
  );
  const elsewhere = elsewhereOf(run, call, effect.host);
  return {
    ...unknownPy,
    nodes,
    targets: targets.map((at) => ({
      at,
      notAfter:
        at.kind === 'egress' && at.url !== anyEgress
          ? elsewhere?.(parseEgressUrl(at.url).host)
          : undefined,
      ...(isAnyHost(at) && { hostFrom: host?.nodes }),
    })),
  };
}

// `host=db.example dbname=x`, `tcp://broker.example:1883`
function hostIn(text: string): string {
  const [, host] =
    /^[a-z][\w+.-]*:\/\/(?:[^/@\s]*@)?([^/?#\s]+)/i.exec(text) ??
    /(?:^|\s)host\s*=\s*'?([^\s']+)/.exec(text) ??
    [];
  return host ?? text;
}

function requestTraits(
  call: PyCall,
  capability: Capability,
  url: PyValue | undefined,
  bodies: number,
): Trait[] {
  const verify = call.keywords.get('verify');
  const isOff = verify?.qual === 'False' || verify?.texts[0] === 'False';
  return [
    ...addressTraits(capability),
    ...(isOff ? (['tls-off'] as const) : []),
    ...(/^http:/i.test(url?.texts[0] ?? '') ? (['cleartext'] as const) : []),
    ...(bodies === 0 ? (['download'] as const) : []),
  ];
}

function addressTraits(capability: Capability): Trait[] {
  if (capability.kind !== 'egress') return [];
  const { host, port, scheme } = parseEgressUrl(capability.url);
  const isWeb = scheme === 'http' || scheme === 'https';
  return [
    ...(isAddress(host) ? (['ip-literal'] as const) : []),
    ...(isWeb && ![0, 80, 443, 8080, 8443].includes(port) && !isLoopbackHost(host)
      ? (['odd-port'] as const)
      : []),
  ];
}

// Other hosts that see a request than the one in its address: in a `Host` header, and proxies.

/**
 * Addresses of the hosts that a `Host` header names, and of proxies: a content network hands the
 * request to the host of the header, whatever host the address has, and a proxy is asked first.
 */
function frontedHosts({ keywords }: PyCall, addresses: readonly string[]): string[] {
  const asked = new Set(addresses.map((text) => hostOf.exec(text)?.[1]?.toLowerCase()));
  return ['headers', 'proxies', 'proxy']
    .flatMap((name) => hostsIn(name, keywords.get(name)))
    .filter((address) => !asked.has(hostOf.exec(address)?.[1]));
}

/** Addresses of the hosts that headers or proxies name; `name` says which of them they are. */
function hostsIn(name: string, value: PyValue | undefined): string[] {
  if (value === undefined) return [];
  if (name !== 'headers')
    return [value, ...(value.entries?.values() ?? [])].flatMap(textsOf).flatMap(proxyIn);
  return [...(value.entries ?? [])].flatMap(([key, one]) =>
    key.toLowerCase() === 'host' ? textsOf(one).flatMap(headerHost) : [],
  );
}

function headerHost(text: string): string[] {
  const host = text.trim().toLowerCase().replace(portOrDot, '');
  return domain.test(host) ? [`https://${host}/`] : [];
}

// A proxy of this machine is a program that somebody started here.
function proxyIn(text: string): string[] {
  const host = proxyHost.exec(text)?.[1]?.toLowerCase() ?? '';
  const isKnown = domain.test(host) || /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
  return isKnown && !isLoopbackHost(host) ? [`https://${host}/`] : [];
}

const proxyHost =
  /^\s{0,9}(?:(?:https?|socks\w{0,2}):\/\/)?(?:[^@/\s]{0,100}@)?([\w.-]{1,255})(?=[:/?#]|\s{0,9}$)/i;
const hostOf = /^\s{0,9}https?:\/\/([\w.-]{1,255})(?=[:/?#]|\s{0,9}$)/i;
// `host.example:443` and `host.example.` are `host.example`.
const portOrDot = /\.?(?::\d{0,5})?$/;
const domain = /^(?:[\w-]{1,63}\.){1,10}[a-z]{2,24}$/;
