/** Requests and connections: which hosts they reach, and which parts of them carry data. */

import type { Capability } from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FlowSink, Trait } from '../../fact/fact.ts';
import type { EffectOf } from '../../knowledge/row.ts';
import {
  anyEgress,
  egressOf,
  isAddress,
  isLoopbackHost,
  socketEgressOf,
  unknownPart,
  writtenHost,
} from '../../lookup-tables/egress-of.ts';
import { addRest } from '../assigned.ts';
import type { Engine } from '../interpret.ts';
import { leadingNodes, Text } from '../text.ts';
import {
  allNodesOf,
  dataOf,
  instanceValue,
  itemsOf,
  knownOf,
  newObject,
  type OpenOn,
  objectsOf,
  shownTexts,
  textsOf,
  textValue,
  unknown,
  type Value,
} from '../value.ts';
import { type ApiCall, argOf } from './effects.ts';
import { applyFile, saveTo, writeTo } from './files.ts';
import { withOptions } from './options.ts';
import { feedProgram } from './programs.ts';

/** What a request carries, by the part of it. */
interface Parts {
  readonly url: readonly string[];
  readonly body: readonly string[];
  readonly header: readonly string[];
}

/** A request: to the address that it is given, else to what its object is open on. */
export function applyRequest(engine: Engine, call: ApiCall, effect: EffectOf<'request'>): Value {
  if (effect.options !== undefined) {
    const plain = withOptions(engine, call, effect);
    return applyRequest(engine, plain.call, plain.effect);
  }
  const valuesOf = (these: EffectOf<'request'>['body'] = []): readonly Value[] =>
    these.flatMap((one) => argOf(call, one) ?? []);
  const set = effect.url === undefined ? optionsOf(call) : undefined;
  if (set !== undefined) return transfer(engine, call, set);
  const url = effect.url === undefined ? undefined : argOf(call, effect.url);
  const methods = methodsOf(call, effect);
  const bodies = valuesOf(effect.body).filter((value) => knownOf(value) !== null);
  const files = valuesOf(effect.files).map((path) =>
    applyFile(engine, { ...call, args: [path], named: new Map() }, { does: 'read', path: 0 }),
  );
  const parts = {
    url: allNodesOf(valuesOf(effect.query)),
    body: allNodesOf([...bodies, ...files]),
    header: allNodesOf(valuesOf(effect.header)),
  };
  // A request that was made before, or the client that the object is.
  const open = openOn(url === undefined ? call.self : url.texts.length === 0 ? url : undefined);
  if (open.length > 0 && effect.host === undefined) {
    const path = valuesOf([0]).flatMap((value) => allNodesOf([value]));
    return saved(
      engine,
      call,
      effect,
      sendTo(engine, call, open, { ...parts, url: [...parts.url, ...path] }),
    );
  }
  const texts =
    url === undefined ? [fixedHost(effect.host)] : addressesOf(engine, based(call, url));
  const targets = texts.flatMap((text): (OpenOn & { readonly text: Text })[] => {
    const egress = targetOf(text.whole, methods, effect);
    if (egress === undefined) return [];
    const capability: Capability = { kind: 'egress', ...egress };
    const traits = requestTraits(capability, text.whole, bodies.length);
    const isUnchecked =
      engine.knowledge.isOpen && knownOf(call.named.get('verify') ?? unknown) === false;
    engine.notes.capability(atText(call, text), capability, [
      ...(effect.traits ?? []),
      ...traits,
      ...(isUnchecked ? (['tls-off'] as const) : []),
    ]);
    return [{ capability, hostFrom: leadingNodes(text), text }];
  });
  const fronted = engine.knowledge.isOpen ? frontedHosts(engine, call, texts, methods) : [];
  return saved(engine, call, effect, sendTo(engine, call, [...targets, ...fronted], parts));
}

// A host alone has the scheme and port of its program.
function targetOf(
  text: string,
  methods: readonly string[],
  { scheme, port = 0 }: EffectOf<'request'>,
): ReturnType<typeof egressOf> {
  const isSocket = scheme === 'tcp' || scheme === 'udp';
  if (!isSocket || text.includes('://')) return egressOf(text, methods);
  return socketEgressOf(scheme, text === unknownPart ? undefined : text, port);
}

// Hosts that a `Host` header names, and proxies: they see the request, whatever host the address
// has.
function frontedHosts(
  engine: Engine,
  call: ApiCall,
  texts: readonly Text[],
  methods: readonly string[],
): OpenOn[] {
  const asked = new Set(texts.map(({ whole }) => hostIn.exec(whole)?.[1]?.toLowerCase()));
  const own = objectsOf(call.self ?? unknown).flatMap(({ fields }) => [...fields]);
  const header = call.named.get('headers');
  const entries = [
    ...(header === undefined ? [] : objectsOf(header).flatMap(({ fields }) => [...fields])),
    ...own,
  ];
  const hosts = entries.flatMap(([key, one]) =>
    key.toLowerCase() === 'host'
      ? textsOf(one).map(({ whole }) =>
          whole
            .trim()
            .toLowerCase()
            .replace(/\.?(?::\d{0,5})?$/, ''),
        )
      : [],
  );
  const proxies = ['proxies', 'proxy'].flatMap((name) => {
    const value = call.named.get(name) ?? own.find(([key]) => key === name)?.[1];
    return value === undefined
      ? []
      : [value, ...objectsOf(value).flatMap(({ fields }) => [...fields.values()])].flatMap((one) =>
          textsOf(one).map(({ whole }) => proxyHost.exec(whole)?.[1]?.toLowerCase() ?? ''),
        );
  });
  const found = [
    ...hosts.filter((host) => domain.test(host)),
    ...proxies.filter((host) => (domain.test(host) || isAddress(host)) && !isLoopbackHost(host)),
  ];
  return [...new Set(found)]
    .filter((host) => !asked.has(host))
    .flatMap((host): OpenOn[] => {
      const egress = egressOf(`https://${host}/`, methods);
      if (egress === undefined) return [];
      const capability: Capability = { kind: 'egress', ...egress };
      engine.notes.capability(call.at, capability, requestTraits(capability, '', 1));
      return [{ capability }];
    });
}

const hostIn = /^\s{0,9}https?:\/\/([\w.-]{1,255})(?=[:/?#]|\s{0,9}$)/i;
const proxyHost =
  /^\s{0,9}(?:(?:https?|socks\w{0,2}):\/\/)?(?:[^@/\s]{0,100}@)?([\w.-]{1,255})(?=[:/?#]|\s{0,9}$)/i;
const domain = /^(?:[\w-]{1,63}\.){1,10}[a-z]{2,24}$/;

// Also what is not known, where an address may come from elsewhere instead.
function addressesOf({ knowledge }: Engine, url: Value): readonly Text[] {
  return knowledge.isOpen && url.isOpen && url.nodes.length > 0 ? shownTexts(url) : textsOf(url);
}

// A transfer whose parts were set as options of its object.
function optionsOf(call: ApiCall): ReadonlyMap<string, Value> | undefined {
  return objectsOf(call.self ?? call.args[0] ?? unknown).find(({ fields }) => fields.has('url'))
    ?.fields;
}

function transfer(engine: Engine, call: ApiCall, set: ReadonlyMap<string, Value>): Value {
  const [url = unknown, body, header] = ['url', 'body', 'header'].map((part) => set.get(part));
  const args = [url, body ?? unknown, header ?? unknown];
  return applyRequest(
    engine,
    { ...call, args, named: new Map() },
    {
      does: 'request',
      url: 0,
      method: body === undefined ? 'GET' : 'POST',
      ...(body !== undefined && { body: [1] }),
      header: [2],
    },
  );
}

function saved(
  engine: Engine,
  call: ApiCall,
  { saves }: EffectOf<'request'>,
  answer: Value,
): Value {
  const to = saves === undefined ? undefined : argOf(call, saves);
  if (to === undefined) return answer;
  saveTo(engine, call.at, to, answer);
  return unknown;
}

function fixedHost(host: string | undefined): Text {
  // A tenant of a service names its own host: it is known by what all have in common.
  return Text.of(host === undefined ? unknownPart : `https://${host.replace(/^\*\./, '')}/`);
}

function atText(call: ApiCall, text: Text): ApiCall['at'] {
  const isPut = !text.isPlain && text.isKnown && text.pieces.length > 1;
  return isPut && call.at.certainty === 'exact' ? { ...call.at, certainty: 'folded' } : call.at;
}

// A client that was made with the first part of its addresses.
function based(call: ApiCall, url: Value): Value {
  const base = openOn(call.self).find(({ capability }) => capability.kind === 'egress')?.capability;
  if (base?.kind !== 'egress' || base.url === anyEgress) return url;
  const { scheme, host, port, path } = parseEgressUrl(base.url);
  const isWhole = (text: Text): boolean => /^[a-z]+:\/\//i.test(text.whole);
  const folder = path === '/*' ? '/' : path.replace('*', unknownPart).replace(/\/?$/, '/');
  const origin = `${scheme}://${host}:${port}${folder}`;
  const texts = textsOf(url).map((text) =>
    isWhole(text)
      ? text
      : new Text([
          ...Text.of(origin).pieces,
          ...text.slice(Number(text.whole.startsWith('/')), text.whole.length).pieces,
        ]),
  );
  return { ...url, texts, isOpen: false };
}

/** What the objects of a value are open on. */
export function openOn(value: Value | undefined): readonly OpenOn[] {
  return value === undefined ? [] : objectsOf(value).flatMap((object) => object.openOn);
}

function methodsOf(
  call: ApiCall,
  { method = 'GET', methodAt }: EffectOf<'request'>,
): readonly string[] {
  const given = methodAt === undefined ? undefined : argOf(call, methodAt);
  if (given === undefined) return [method];
  const names = textsOf(given).map(({ whole }) => whole.toUpperCase());
  return names.every((name) => /^[A-Z]+$/.test(name)) ? [...new Set(names)] : ['*'];
}

/** Notes the data that goes to hosts; gives what comes back, open on them. */
function sendTo(
  engine: Engine,
  call: ApiCall,
  targets: readonly (OpenOn & { readonly text?: Text })[],
  parts: Parts,
): Value {
  const { at } = call;
  const nodes: string[] = [];
  for (const { capability, hostFrom = [], text } of targets) {
    if (capability.kind !== 'egress') continue;
    const isAny = capability.url === anyEgress;
    const host = text !== undefined && isAny ? writtenHost(text.whole) : undefined;
    const sink = (part: FlowSink['part']): FlowSink => ({
      what: 'network',
      capability,
      api: at.api,
      part,
      ...(host !== undefined && { written: host }),
    });
    const leading = isAny ? hostFrom : [];
    const path = text === undefined ? [] : text.nodes.filter((node) => !leading.includes(node));
    engine.notes.sink(at, leading, sink('host'));
    engine.notes.sink(at, [...path, ...parts.url], sink('url'));
    engine.notes.sink(at, parts.body, sink('body'));
    engine.notes.sink(at, parts.header, sink('header'));
    const source = { what: 'network', name: capability.url } as const;
    nodes.push(engine.notes.source(at, source, `${at.api} fetches ${capability.url}`));
  }
  const object = newObject('object');
  object.openOn = targets.map(({ capability, hostFrom = [] }) => ({ capability, hostFrom }));
  object.rest = dataOf(nodes);
  return { ...instanceValue('Response', object), nodes, isOpen: true };
}

/** A connection that an object is open on from now on. */
export function applyConnect(engine: Engine, call: ApiCall, effect: EffectOf<'connect'>): Value {
  const { at } = call;
  const host = argOf(call, effect.host) ?? unknown;
  // `connect(port, () => …)`
  const address = host.things.some(({ is }) => is === 'function') ? textValue('localhost') : host;
  // A socket of the file system.
  const socket = engine.knowledge.callsBack
    ? [argOf(call, 'path'), effect.port === undefined ? undefined : argOf(call, effect.port)]
        .flatMap((one) => one?.texts ?? [])
        .find(({ whole }) => whole.startsWith('/'))
    : undefined;
  if (socket !== undefined) engine.notes.mount(at, socket.whole, 'rw', ['raw-socket']);
  if (socket !== undefined) return unknown;
  // A host and its port as a pair.
  const pair = itemsOf(address);
  const given = pair?.[0] ?? address;
  const portGiven = pair?.[1] ?? (effect.port === undefined ? undefined : argOf(call, effect.port));
  const port = portGiven === undefined ? undefined : knownOf(portGiven);
  const number = Number(port instanceof Text ? port.whole : (port ?? effect.usual ?? 0));
  const isWeb = effect.scheme === 'http' || effect.scheme === 'https';
  const opened = textsOf(given).map((text): OpenOn => {
    const address = addressIn(text.whole);
    const scheme = address.scheme ?? effect.scheme;
    const capability: Capability =
      isWeb || scheme === 'http' || scheme === 'https'
        ? webEgress(scheme, address.host, address.port ?? (number || undefined))
        : {
            kind: 'egress',
            ...socketEgressOf(
              socketScheme(effect.scheme, address.scheme),
              address.host,
              address.port ?? number,
            ),
          };
    const isRaw = effect.scheme === 'tcp' || effect.scheme === 'udp';
    engine.notes.capability(atText(call, text), capability, [
      ...addressTraits(capability),
      ...(effect.tellsPort ? oddPort(capability) : []),
      ...(isRaw ? (['raw-socket'] as const) : []),
    ]);
    const sink = { what: 'network', capability, api: at.api, part: 'host' } as const;
    engine.notes.sink(at, leadingNodes(text), sink);
    return { capability, hostFrom: leadingNodes(text) };
  });
  const nodes = opened.map(({ capability }) => {
    const name = capability.kind === 'egress' ? capability.url : '*';
    return engine.notes.source(at, { what: 'network', name }, `${at.api} receives it`);
  });
  for (const object of objectsOf(call.self ?? unknown))
    object.openOn = [...object.openOn, ...opened];
  const object = newObject('object');
  object.openOn = opened;
  const kept = engine.knowledge.isOpen
    ? allNodesOf([...call.args.slice(1), ...call.named.values()])
    : [];
  object.rest = dataOf([...nodes, ...kept]);
  return { ...instanceValue('Connection', object), nodes };
}

function socketScheme(usual: string, written: string | undefined): 'tcp' | 'udp' | 'dns' {
  if (usual === 'dns') return 'dns';
  return (written ?? usual) === 'udp' ? 'udp' : 'tcp';
}

interface Address {
  readonly scheme: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

function addressIn(text: string): Address {
  const [, scheme, rest = text] = /^([a-z][\w+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  const [authority = ''] = rest.split(/[/?#]/);
  const [, host = authority, port] =
    /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? [];
  return {
    scheme: scheme?.toLowerCase(),
    host,
    port: port === undefined ? undefined : Number(port),
  };
}

function webEgress(scheme: string, host: string, port: number | undefined): Capability {
  const usual = scheme === 'http' ? 80 : 443;
  const at = port === undefined || port === usual ? '' : `:${port}`;
  const egress = egressOf(`${scheme}://${host}${at}/`, ['*']);
  const url = egress?.url ?? anyEgress;
  return {
    kind: 'egress',
    url: url === anyEgress ? url : url.replace(/\/$/, '/*'),
    methods: ['*'],
  };
}

/** Sends data over what an object is open on, or writes it there. */
export function sendOver(
  engine: Engine,
  call: ApiCall,
  content: Value,
  part: 'body' | 'header' | 'url',
): void {
  const { at } = call;
  const nodes = allNodesOf([content]);
  const open = openOn(call.self ?? call.args[0]);
  for (const one of open) {
    const { capability, hostFrom = [], file, input } = one;
    if (file !== undefined) writeTo(engine, at, file, content, false);
    if (input !== undefined) feedProgram(engine, call, one, content);
    const what =
      capability.kind === 'mount' ? 'file' : capability.kind === 'exec' ? undefined : 'network';
    if (what === undefined) continue;
    const sink = { what, capability, api: at.api } as const;
    engine.notes.sink(at, nodes, { ...sink, part: what === 'file' ? 'content' : part });
    if (what === 'network') engine.notes.sink(at, hostFrom, { ...sink, part: 'host' });
  }
  if (open.length > 0 || call.self === undefined) return;
  // Opened elsewhere, or later: what it is given goes along with it.
  for (const object of objectsOf(call.self)) addRest(engine, object, content);
}

/** Sends data over a connection: where it goes is not known when it was opened elsewhere. */
export function send(engine: Engine, call: ApiCall, effect: EffectOf<'send'>): undefined {
  const content = argOf(call, effect.content) ?? unknown;
  const part = effect.part === 'input' ? undefined : (effect.part ?? 'body');
  sendOver(engine, call, content, part ?? 'body');
  const over = call.self ?? call.args[0] ?? unknown;
  if (!engine.knowledge.isOpen || part === undefined || openOn(over).length > 0) return undefined;
  const capability = engine.notes.lastEgress;
  const isConnection = over.things.some(({ is }) => is === 'instance');
  if (!isConnection && capability.url === anyEgress) return undefined;
  const { at } = call;
  engine.notes.sink(at, allNodesOf([content]), { what: 'network', capability, api: at.api, part });
  return undefined;
}

/** An option of a transfer: what its name says. */
export function setOption(engine: Engine, call: ApiCall, effect: EffectOf<'option'>): undefined {
  const named = argOf(call, effect.name) ?? unknown;
  const names = [
    ...textsOf(named).map(({ whole }) => whole),
    ...named.things.flatMap((one) =>
      one.is === 'api' || one.is === 'instance'
        ? [(one.is === 'api' ? one.name : one.of).replace(/^.*[.#]/, '')]
        : [],
    ),
  ];
  const value = argOf(call, effect.value) ?? unknown;
  const holder = objectsOf(call.self ?? call.args[0] ?? unknown);
  for (const name of names) {
    if (effect.off?.test(name) && (knownOf(value) === false || knownOf(value) === 0))
      engine.notes.trait(call.at, 'tls-off', name);
    const part = effect.url.test(name)
      ? 'url'
      : effect.body.test(name)
        ? 'body'
        : effect.header.test(name)
          ? 'header'
          : undefined;
    if (part === undefined) continue;
    for (const object of holder) engine.heap.set(object, part, value);
  }
  if (engine.knowledge.isOpen && holder.some(({ fields }) => fields.has('url')))
    applyRequest(engine, { ...call, args: [], named: new Map() }, { does: 'request' });
  return undefined;
}

function requestTraits(capability: Capability, url: string, bodies: number): Trait[] {
  return [
    ...addressTraits(capability),
    ...(/^http:/i.test(url) ? (['cleartext'] as const) : []),
    ...(bodies === 0 ? (['download'] as const) : []),
  ];
}

// A port that no service of the web has.
function oddPort(capability: Capability): Trait[] {
  if (capability.kind !== 'egress') return [];
  const { host, port } = parseEgressUrl(capability.url);
  const isUsual = [0, 53, 80, 443, 8080, 8443].includes(port);
  return isUsual || isLoopbackHost(host) ? [] : ['odd-port'];
}

/** What the address of a request tells by itself. */
export function addressTraits(capability: Capability): Trait[] {
  if (capability.kind !== 'egress') return [];
  const { host, port, scheme } = parseEgressUrl(capability.url);
  const isWeb = scheme === 'http' || scheme === 'https';
  const isOdd = isWeb && ![0, 80, 443, 8080, 8443].includes(port) && !isLoopbackHost(host);
  return [
    ...(isAddress(host) ? (['ip-literal'] as const) : []),
    ...(isOdd ? (['odd-port'] as const) : []),
  ];
}
