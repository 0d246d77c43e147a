/** What Python APIs do, as facts: requests, connections, files, programs, code, variables. */
import type { Capability } from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import type { FlowSink, Trait } from '../fact.ts';
import { anyEgress, egressOf, isAddress, isLoopbackHost, socketEgressOf, unknownPart } from '../models/egress-of.ts';
import type { Argument, PythonEffect } from '../models/python.ts';
import { shellVariables } from '../models/shell.ts';
import { runCodeOf, runProgram } from './python-programs.ts';
import {
  flowSink,
  flowSource,
  notePyCapability,
  notePyTrait,
  type PyNoting,
  type PythonRun,
  type PyValue,
  unknownPy,
} from './python-run.ts';
import { nodesOf } from './python-values.ts';

/** A call with its values. */
export interface PyCall extends PyNoting {
  readonly object: PyValue;
  readonly method: string;
  readonly args: readonly PyValue[];
  readonly keywords: ReadonlyMap<string, PyValue>;
  /** Nodes of what is given with stars. */
  readonly spread: readonly string[];
}

/** An argument's value. */
export function argumentOf(call: PyCall, { at, key }: Argument): PyValue | undefined {
  return (at >= 0 ? call.args[at] : undefined) ?? (key === '' ? undefined : call.keywords.get(key));
}

/** Notes what an effect does; gives the value it makes, if any. */
export function applyEffect(run: PythonRun, call: PyCall, effect: PythonEffect): PyValue | undefined {
  switch (effect.does) {
    case 'request':
      return applyRequest(run, call, effect);
    case 'connect':
      return applyConnect(run, call, effect);
    case 'send':
      return applySend(run, call, argumentOf(call, effect.content));
    case 'read':
    case 'write':
    case 'delete':
    case 'open':
    case 'self-read':
    case 'self-write':
    case 'self-delete':
    case 'self-open':
      return applyFile(run, call, effect);
    case 'shell':
    case 'program':
      return runProgram(run, call, argumentOf(call, effect.command) ?? unknownPy, effect);
    case 'code':
      return runCodeOf(run, call, argumentOf(call, effect.code) ?? unknownPy);
    case 'load': {
      const name = argumentOf(call, effect.module);
      if (name?.texts[0]?.includes(unknownPart) !== false)
        notePyTrait(run, { ...call, certainty: 'widened' }, 'dynamic-import', 'code whose place is computed');
      flowSink(run, call, name?.nodes ?? [], { what: 'exec', api: call.api, part: 'code' });
      return unknownPy;
    }
    case 'deserialize': {
      const data = argumentOf(call, effect.data);
      notePyTrait(run, call, 'deserialize', call.api);
      flowSink(run, call, data?.nodes ?? [], { what: 'exec', api: call.api, part: 'code' });
      return { ...unknownPy, nodes: data?.nodes ?? [], decoded: true };
    }
    case 'env':
      return readEnvironment(run, call, argumentOf(call, effect.name) ?? unknownPy);
    case 'whole-env':
      return wholeEnvironment(run, call);
    case 'input':
      return { ...unknownPy, nodes: [flowSource(run, call, { what: 'input', name: call.api }, `${call.api} reads it`)] };
    case 'output':
      flowSink(run, call, nodesOf([...call.args, ...call.keywords.values()]), { what: 'output', api: call.api, part: 'content' });
      return unknownPy;
    case 'listen':
      notePyTrait(run, call, 'listen', call.api);
      return unknownPy;
    case 'native':
      notePyTrait(run, call, 'native', call.args[0]?.texts[0] ?? '*');
      return unknownPy;
    case 'trait':
      notePyTrait(run, call, effect.trait, call.api);
      return unknownPy;
  }
}

/** One variable read. */
export function readEnvironment(run: PythonRun, at: PyNoting, name: PyValue): PyValue {
  const names = name.texts.length === 0 ? ['*'] : name.texts.map((text) => (text.includes(unknownPart) ? '*' : text));
  const nodes = names.map((one) => {
    if (!shellVariables.has(one))
      notePyCapability(
        run,
        { ...at, certainty: name.folded && one !== '*' ? 'folded' : at.certainty },
        { kind: 'env', name: one },
      );
    return flowSource(
      run,
      at,
      { what: 'env', name: one },
      one === '*' ? 'reads a variable whose name is computed' : `reads ${one}`,
    );
  });
  const isHome = names[0] === 'HOME' || names[0] === 'USERPROFILE';
  return { ...unknownPy, nodes: isHome ? [] : nodes, texts: isHome ? ['~'] : [] };
}

/** All variables at once. Handed to a child as its environment they stay in the sandbox; the rule is told so. */
export function wholeEnvironment(run: PythonRun, at: PyNoting): PyValue {
  const toChild = isForChild(at);
  const id = flowSource(run, at, { what: 'whole-env', name: '*' }, 'gives every variable');
  const isKnown = run.facts.some(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === at.module.source.path &&
      fact.span.start === at.node.from &&
      fact.traits.includes('whole-env'),
  );
  if (!isKnown) notePyCapability(run, at, { kind: 'env', name: '*' }, toChild ? ['whole-env', 'env-to-child'] : ['whole-env']);
  return { ...unknownPy, nodes: [id] };
}

// `env=os.environ`, `{**os.environ, …}` or a copy in a variable that is given as `env=`.
function isForChild({ module, node }: PyNoting): boolean {
  const { text } = module.source;
  const before = text.slice(Math.max(0, node.from - 200), node.from);
  if (/\benv\s*=\s*(dict\(|\{\s*\*\*)?\s*$/.test(before)) return true;
  const name = /(?:^|\n)[ \t]*(\w+)(?:\s*:\s*[\w[\], .]+)?\s*=\s*(?:dict\(|\{\s*\*\*|copy\.\w+\()?\s*$/.exec(before)?.[1];
  return name !== undefined && new RegExp(`\\benv\\s*=\\s*${name}\\b`).test(text);
}

function applyRequest(run: PythonRun, call: PyCall, effect: Extract<PythonEffect, { does: 'request' }>): PyValue {
  const given = effect.methodAt === undefined ? undefined : argumentOf(call, effect.methodAt)?.texts[0];
  const bodies = effect.body.map((one) => argumentOf(call, one)).filter((one) => one !== undefined);
  const usual =
    effect.method === 'GET' &&
    effect.body.some(({ key }) => key === 'data' && argumentOf(call, { at: 1, key }) !== undefined) &&
    /urlopen|Request$/.test(call.api)
      ? 'POST'
      : effect.method;
  const method = given !== undefined && /^[A-Za-z]+$/.test(given) ? given.toUpperCase() : usual;
  const url = effect.url === undefined ? undefined : argumentOf(call, effect.url);
  // A request object made before, or one that an object was opened for.
  if ((effect.toSelf || url?.target !== undefined) && (url?.target ?? call.object.target) !== undefined) {
    const target = url?.target ?? call.object.target;
    return target === undefined
      ? unknownPy
      : sendTo(run, call, [target], { url: [], body: [...bodies, ...(url?.nodes.length ? [url] : [])], header: [] });
  }
  const capabilities = urlsOf(url, effect.host).flatMap((text): Capability[] => {
    const egress = egressOf(text, [method]);
    return egress === undefined ? [] : [{ kind: 'egress', ...egress }];
  });
  for (const capability of capabilities)
    notePyCapability(run, call, capability, requestTraits(call, capability, url, bodies.length));
  const headers = effect.header.map((key) => call.keywords.get(key)).filter((one) => one !== undefined);
  return sendTo(run, call, capabilities, {
    url: url === undefined ? [] : [url],
    body: [...bodies, { ...unknownPy, nodes: call.spread }],
    header: headers,
  });
}

function urlsOf(url: PyValue | undefined, host: string | undefined): readonly string[] {
  if (url !== undefined && url.texts.length > 0) return url.texts;
  return host !== undefined && url === undefined
    ? [`https://${host.replace('*', 's3')}/`].map((one) => (host.startsWith('*') ? `https://${host.slice(2)}/` : one))
    : [unknownPart];
}

function sendTo(
  run: PythonRun,
  call: PyCall,
  targets: readonly Capability[],
  parts: { url: readonly PyValue[]; body: readonly PyValue[]; header: readonly PyValue[] },
): PyValue {
  const nodes: string[] = [];
  for (const capability of targets) {
    const isAny = capability.kind === 'egress' && capability.url === anyEgress;
    const sink = (part: FlowSink['part']): FlowSink => ({ what: 'network', capability, api: call.api, part });
    flowSink(run, call, nodesOf(parts.url), sink(isAny ? 'host' : 'url'));
    flowSink(run, call, nodesOf(parts.body), sink('body'));
    flowSink(run, call, nodesOf(parts.header), sink('header'));
    const name = capability.kind === 'egress' ? capability.url : '*';
    nodes.push(flowSource(run, call, { what: 'network', name }, `${call.api} fetches ${name}`));
  }
  return { ...unknownPy, nodes, target: targets[0] };
}

function applyConnect(run: PythonRun, call: PyCall, effect: Extract<PythonEffect, { does: 'connect' }>): PyValue {
  const given = argumentOf(call, effect.host);
  const [host, port] = given?.items ?? [given, call.args[effect.host.at + 1] ?? call.keywords.get('port')];
  const number = Number(port?.texts[0]);
  const usual = Number.isInteger(number) && number > 0 && number < 65_536 ? number : effect.port;
  const hosts = host === undefined || host.texts.length === 0 ? [unknownPart] : host.texts;
  const targets = hosts.map((text): Capability => {
    if (effect.scheme !== 'https' && effect.scheme !== 'http')
      return { kind: 'egress', ...socketEgressOf(effect.scheme, text, usual) };
    const egress = egressOf(`${effect.scheme}://${text}${usual === effect.port ? '' : `:${usual}`}/`, ['*']);
    const base = egress?.url === anyEgress ? anyEgress : (egress?.url ?? anyEgress).replace(/\/$/, '/*');
    return { kind: 'egress', url: base, methods: ['*'] };
  });
  for (const target of targets)
    notePyCapability(run, call, target, [
      ...addressTraits(target),
      ...(effect.scheme === 'tcp' || effect.scheme === 'udp' ? (['raw-socket'] as const) : []),
    ]);
  for (const capability of targets)
    flowSink(run, call, host?.nodes ?? [], { what: 'network', capability, api: call.api, part: 'host' });
  // The socket itself is what was connected: later sends of the same object go there.
  const nodes = targets.map((target) =>
    flowSource(run, call, { what: 'network', name: target.kind === 'egress' ? target.url : '*' }, `${call.api} receives it`),
  );
  return { ...unknownPy, nodes, target: targets[0] };
}

function applySend(run: PythonRun, call: PyCall, content: PyValue | undefined): PyValue {
  const target = call.object.target ?? lastConnection(run, call);
  if (target === undefined || content === undefined) return unknownPy;
  const what = target.kind === 'mount' ? 'file' : 'network';
  flowSink(run, call, content.nodes, { what, capability: target, api: call.api, part: what === 'file' ? 'content' : 'body' });
  return unknownPy;
}

// `s = socket.socket(); s.connect(…); s.send(x)`: the connection was noted by another call on the object.
function lastConnection(run: PythonRun, call: PyCall): Capability | undefined {
  const here = run.facts.findLast(
    (fact) => fact.kind === 'capability' && fact.span.path === call.module.source.path && fact.traits.includes('raw-socket'),
  );
  return here?.kind === 'capability' ? here.capability : { kind: 'egress', ...socketEgressOf('tcp', undefined) };
}

function applyFile(
  run: PythonRun,
  call: PyCall,
  effect: Extract<
    PythonEffect,
    { does: 'read' | 'write' | 'delete' | 'open' | 'self-read' | 'self-write' | 'self-delete' | 'self-open' }
  >,
): PyValue {
  const isSelf = effect.does.startsWith('self-');
  const path = 'path' in effect ? argumentOf(call, effect.path) : call.object;
  const mode = argumentOf(call, { at: isSelf ? 0 : 1, key: 'mode' })?.texts[0] ?? 'r';
  const does = effect.does.replace('self-', '');
  const writes = does === 'write' || does === 'delete' || (does === 'open' && /[wax+]/.test(mode));
  const traits: Trait[] = [
    ...(effect.traits ?? []),
    ...(does === 'open' && writes ? (['write', ...(mode.includes('a') ? (['append'] as const) : [])] as const) : []),
  ];
  const paths = pathsOf(path);
  const capabilities = paths.map((one): Capability => ({ kind: 'mount', path: one, mode: writes ? 'rw' : 'ro' }));
  // A URL handed to a reader of tables is a request.
  const url = path?.texts.find((text) => /^https?:\/\//.test(text));
  if (url !== undefined && does === 'read')
    return applyRequest(run, call, { does: 'request', url: { at: 0, key: '' }, method: 'GET', body: [], header: [] });
  for (const capability of capabilities) notePyCapability(run, call, capability, traits);
  if ('to' in effect && effect.to !== undefined) {
    for (const one of pathsOf(argumentOf(call, effect.to)))
      notePyCapability(run, call, { kind: 'mount', path: one, mode: 'rw' }, ['write']);
  }
  if ('content' in effect && effect.content !== undefined) {
    const [capability] = capabilities;
    if (capability !== undefined)
      flowSink(run, call, argumentOf(call, effect.content)?.nodes ?? [], {
        what: 'file',
        capability,
        api: call.api,
        part: 'content',
      });
  }
  const nodes = writes ? [] : paths.map((one) => flowSource(run, call, { what: 'file', name: one }, `reads ${one.slice(0, 80)}`));
  return {
    ...unknownPy,
    nodes: [...nodes, ...(path?.nodes ?? [])],
    ...(capabilities[0] !== undefined && { target: capabilities[0] }),
  };
}

function pathsOf(path: PyValue | undefined): readonly string[] {
  if (path === undefined || path.texts.length === 0) return ['*'];
  return path.texts.map((text) => {
    const at = text.indexOf(unknownPart);
    return at < 0 ? text || '.' : at === 0 ? '*' : `${text.slice(0, at)}*`;
  });
}

function requestTraits(call: PyCall, capability: Capability, url: PyValue | undefined, bodies: number): Trait[] {
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
    ...(isWeb && ![0, 80, 443, 8080, 8443].includes(port) && !isLoopbackHost(host) ? (['odd-port'] as const) : []),
  ];
}
