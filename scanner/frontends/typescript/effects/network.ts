/** Calls that reach the network. */
import { ts } from 'ts-morph';
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../../skills-index/skill/egress-target.ts';
import type { FlowSink, Trait } from '../../../fact/fact.ts';
import type { EffectOf } from '../../../knowledge/row.ts';
import {
  anyEgress,
  egressOf,
  isAddress,
  isLoopbackHost,
  socketEgressOf,
  unknownPart,
  writtenHost,
} from '../../../lookup-tables/egress-of.ts';
import { type Called, capability, certaintyOf, type Out, sink } from '../out.ts';
import { argumentsGiven, bareOf } from '../syntax.ts';
import { addressOf, fieldOf } from '../values/address.ts';
import {
  alternatives,
  type Frame,
  isWhole,
  type JsValue,
  text,
  unknown,
} from '../values/values.ts';
import { argumentOf, positionOf } from './arguments.ts';
import { pathOf } from './files.ts';
import { madeBy } from './sending.ts';

/** A request, with the parts of the call that carry data. */
export function request(out: Out, call: Called, effect: EffectOf<'request'>): void {
  const url = argumentOf(call.args, effect.url);
  const options = argumentOf(call.args, effect.options);
  const address = url?.node;
  // Options of other clients may name another host.
  if (call.api === 'fetch' && address !== undefined)
    call.use.requests.push({
      address,
      hostsIn: (frame) => hostsIn(out, call, address, frame),
    });
  for (const value of alternatives(url?.value ?? options?.value ?? unknown)) {
    const methods = methodsOf(out, call, effect, value, options?.value);
    const address =
      addressOf(out, call, value, effect.scheme) ??
      (effect.host === undefined ? undefined : `https://${effect.host}/*`);
    const request =
      address === undefined ? { url: anyEgress, methods } : egressOf(address, methods);
    const base =
      request === undefined || request.url === anyEgress || isBelowBase(call, address)
        ? madeBy(out, call)
            .flatMap((use) => use.opened)
            .find((capability) => capability.kind === 'egress')
        : undefined;
    const egress = base === undefined ? request : { ...base, methods };
    if (egress === undefined) continue;
    const candidate: Capability = { kind: 'egress', ...egress };
    capability(out, call, candidate, certaintyOf(value, egress.url === anyEgress), [
      ...(effect.traits ?? []),
      ...egressTraits(egress.url),
    ]);
    call.use.opened.push(candidate);
    call.use.sources.push({ what: 'network', name: egress.url });
    const written =
      egress.url === anyEgress && address !== undefined ? writtenHost(address) : undefined;
    const to = (part: FlowSink['part']): FlowSink => ({
      what: 'network',
      capability: candidate,
      api: call.api,
      part,
      ...(written !== undefined && { written }),
    });
    if (url !== undefined && value.kind !== 'object') {
      sink(call, url.node, to('url'), 'exact');
      if (url.node !== undefined && egress.url === anyEgress)
        for (const part of leadingParts(out, url.node)) sink(call, part, to('host'), 'exact');
    }
    for (const [part, node] of partsOf(
      value.kind === 'object' ? (url ?? options)?.node : options?.node,
      effect.host !== undefined,
    ))
      sink(call, node, to(part), 'exact');
    for (const of of effect.body ?? [])
      sink(call, argumentOf(call.args, of)?.node, to('body'), 'exact');
    if (effect.header?.includes('self')) sink(call, clientOf(call), to('header'), 'exact');
    if (/#(open|goto|access|connect)$/.test(call.api)) noteOpened(out, call, candidate);
  }
}

// Only a value that cannot have changed otherwise says which hosts one call means.
function hostsIn(
  out: Out,
  call: Called,
  named: ts.Expression,
  frame: Frame,
): ReadonlySet<string> | undefined {
  const self = out.settled();
  const hosts = new Set<string>();
  for (const value of alternatives(self.valueOf(named, frame))) {
    const address = addressOf({ ...out, self }, call, value, undefined);
    const egress = address === undefined ? undefined : egressOf(address, ['*']);
    if (egress === undefined || egress.url === anyEgress) return undefined;
    hosts.add(parseEgressUrl(egress.url).host);
  }
  return hosts;
}

// `api` of `api.get(url)` and of `api(url)`.
function clientOf({ node }: Called): ts.Expression | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const callee = bareOf(node.expression);
  return ts.isPropertyAccessExpression(callee) ? callee.expression : callee;
}

// An object that is made first and connected later.
function noteOpened(out: Out, call: Called, opened: Capability): void {
  for (const use of madeBy(out, call)) use.opened.push(opened);
}

// A client that was made with a base puts each address without a scheme below that base.
function isBelowBase({ api }: Called, address: string | undefined): boolean {
  return api.startsWith('axios.Instance') && address !== undefined && /^[\w-]/.test(address)
    ? !/^[a-z][a-z\d+.-]*:/i.test(address)
    : false;
}

function methodsOf(
  out: Out,
  call: Called,
  effect: EffectOf<'request'>,
  url: JsValue,
  options: JsValue | undefined,
): string[] {
  const from = [options, url]
    .filter((value) => value?.kind === 'object')
    .map((options) => fieldOf(out, call, options ?? unknown, 'method'));
  const named = from.find((value) => value.kind !== 'method');
  if (named !== undefined) {
    const known = alternatives(named)
      .filter(isWhole)
      .map((alternative) => alternative.text.toUpperCase());
    return known.length > 0 && known.every((method) => /^[A-Z]+$/.test(method))
      ? [...new Set(known)].sort()
      : ['*'];
  }
  const value = argumentOf(call.args, effect.methodAt)?.value;
  if (value !== undefined)
    return isWhole(value) && /^[a-z]+$/i.test(value.text) ? [value.text.toUpperCase()] : ['*'];
  const verb = /\.(get|post|put|patch|delete|head|options)$/i.exec(call.api)?.[1];
  if (verb !== undefined) return [verb.toUpperCase()];
  if (effect.method !== undefined) return [effect.method];
  return options !== undefined &&
    options.kind !== 'object' &&
    options.kind !== 'function' &&
    effect.host === undefined
    ? ['*']
    : ['GET'];
}

/** The parts of the options of a request. The client of one service puts its key into a header. */
export function partsOf(
  options: ts.Expression | undefined,
  isClient: boolean,
): [FlowSink['part'], ts.Expression][] {
  if (options === undefined) return [];
  if (!ts.isObjectLiteralExpression(options)) return [['body', options]];
  return options.properties.flatMap((property): [FlowSink['part'], ts.Expression][] => {
    if (ts.isSpreadAssignment(property)) return [['body', property.expression]];
    const name =
      property.name !== undefined &&
      (ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name))
        ? property.name.text
        : '';
    const value = ts.isPropertyAssignment(property)
      ? property.initializer
      : ts.isShorthandPropertyAssignment(property)
        ? property.name
        : undefined;
    if (value === undefined || /^(method|signal|agent|dispatcher|timeout|redirect)$/.test(name))
      return [];
    if (/^(host|hostname)$/.test(name)) return [['host', value]];
    return [
      [
        name === 'headers' || name === 'auth' || (isClient && keyOfClient.test(name))
          ? 'header'
          : /^(path|url|query|params|searchParams|qs)$/.test(name)
            ? 'url'
            : 'body',
        value,
      ],
    ];
  });
}

const keyOfClient = /^(apiKey|api_key|authToken|accessToken|token)$/;

/** A connection, a datagram or a question to DNS. */
export function connect(out: Out, call: Called, effect: EffectOf<'connect'>): void {
  if (effect.scheme === 'dns') resolveName(out, call, positionOf(effect.host));
  else if (effect.content !== undefined) sendDatagram(out, call);
  else openConnection(out, call, effect);
}

// A connection by host and port, by options, or to a socket in the file system.
function openConnection(out: Out, call: Called, effect: EffectOf<'connect'>): void {
  const at = positionOf(effect.port);
  const scheme = effect.scheme === 'udp' ? 'udp' : 'tcp';
  const first = call.args[at]?.value ?? unknown;
  const second = call.args[at + 1]?.value;
  const field = (name: string): JsValue => out.self.memberOf(first, text(name), call.node);
  const isOptions = first.kind === 'object';
  const path = isOptions
    ? field('path')
    : first.kind === 'text' && first.text.startsWith('/')
      ? first
      : unknown;
  if (path.kind === 'text') {
    capability(
      out,
      call,
      { kind: 'mount', path: pathOf(path), mode: 'rw' },
      certaintyOf(path, false),
      ['raw-socket'],
    );
    return;
  }
  const host = isOptions
    ? field('host').kind === 'method'
      ? field('hostname')
      : field('host')
    : (second ?? (first.kind === 'text' ? first : unknown));
  const port = isOptions ? field('port') : first;
  const whole = isOptions ? field('connectionString') : unknown;
  if (whole.kind === 'text') {
    openAt(out, call, egressOf(whole.text, ['*']) ?? { url: anyEgress, methods: ['*'] }, whole, []);
    return;
  }
  const noHost = isOptions
    ? host.kind === 'method'
    : second === undefined || second.kind === 'function';
  openSocket(
    out,
    call,
    scheme,
    noHost && first.kind !== 'text' ? text('localhost') : host,
    port,
    [],
  );
}

// One datagram.
function sendDatagram(out: Out, call: Called): void {
  const values = call.args.map((arg) => arg.value);
  const at = values.findLastIndex((value, i) => i > 0 && value.kind === 'text');
  openSocket(out, call, 'udp', values[at] ?? unknown, values[at - 1] ?? unknown, [
    call.args[0]?.node,
  ]);
}

function openSocket(
  out: Out,
  call: Called,
  scheme: 'tcp' | 'udp',
  host: JsValue,
  port: JsValue,
  content: readonly (ts.Expression | undefined)[],
): void {
  const number =
    port.kind === 'number'
      ? port.number
      : isWhole(port) && /^\d+$/.test(port.text)
        ? Number(port.text)
        : undefined;
  const egress = socketEgressOf(scheme, host.kind === 'text' ? host.text : undefined, number);
  openAt(out, call, egress, host, content);
}

function openAt(
  out: Out,
  call: Called,
  egress: { readonly url: string; readonly methods: readonly string[] },
  host: JsValue,
  content: readonly (ts.Expression | undefined)[],
): void {
  const candidate: Capability = { kind: 'egress', ...egress };
  capability(out, call, candidate, certaintyOf(host, host.kind !== 'text'), [
    'raw-socket',
    ...egressTraits(egress.url),
  ]);
  call.use.opened.push(candidate);
  if (/#(access|connect)$/.test(call.api)) noteOpened(out, call, candidate);
  call.use.sources.push({ what: 'network', name: egress.url });
  for (const node of content)
    sink(
      call,
      node,
      { what: 'network', capability: candidate, api: call.api, part: 'body' },
      'exact',
    );
}

// A question to DNS.
function resolveName(out: Out, call: Called, at: number): void {
  const argument = call.args[at];
  const value = argument?.value ?? unknown;
  const candidate: Capability = {
    kind: 'egress',
    ...socketEgressOf('dns', value.kind === 'text' ? value.text : undefined),
  };
  capability(
    out,
    call,
    candidate,
    certaintyOf(value, value.kind !== 'text'),
    isWhole(value) ? [] : ['dynamic-name'],
  );
  sink(
    call,
    argument?.node,
    { what: 'network', capability: candidate, api: call.api, part: 'host' },
    'exact',
  );
}

/** What a URL alone says. */
function egressTraits(url: string): Trait[] {
  const { scheme, host, port } = parseEgressUrl(url);
  return [
    ...(host === '*' ? (['dynamic-name'] as const) : []),
    ...(isAddress(host) && !isLoopbackHost(host) ? (['ip-literal'] as const) : []),
    ...(scheme === 'http' && !isLoopbackHost(host) ? (['cleartext'] as const) : []),
    ...(port !== 0 && ![80, 443, 53, 8080, 8443].includes(port) && !isLoopbackHost(host)
      ? (['odd-port'] as const)
      : []),
  ];
}

// Which parts of an address say what host it is: those before the first slash behind its scheme.
// `fetch(base + '/tasks/' + answer.id)` asks the host that `base` says, whatever the answer is.

/** Expressions, and whether the host has surely ended behind them. */
interface Leading {
  readonly parts: readonly ts.Expression[];
  readonly ends: boolean;
}

/** The expressions within an address that may say its host. */
function leadingParts(out: Out, address: ts.Expression): readonly ts.Expression[] {
  return [...new Set(leadingOf(out, address, new Set()).parts)];
}

function leadingOf(out: Out, expression: ts.Expression, seen: Set<ts.Node>): Leading {
  const bare = bareOf(expression);
  out.self.steps.take();
  const whole = (): Leading => ({ parts: [expression], ends: endsHost(out, expression) });
  if (seen.has(bare)) return { parts: [], ends: false };
  if (seen.size > leadingPartsMax) return whole();
  seen.add(bare);
  const inner = (one: ts.Expression): Leading => leadingOf(out, one, seen);
  if (ts.isStringLiteralLike(bare)) return { parts: [], ends: hasSlash(bare.text) };
  if (ts.isTemplateExpression(bare))
    return inOrder([
      () => ({ parts: [], ends: hasSlash(bare.head.text) }),
      ...bare.templateSpans.flatMap((span) => [
        () => inner(span.expression),
        () => ({ parts: [], ends: hasSlash(span.literal.text) }),
      ]),
    ]);
  if (ts.isBinaryExpression(bare)) {
    const { left, right, operatorToken } = bare;
    if (operatorToken.kind === ts.SyntaxKind.PlusToken)
      return inOrder([() => inner(left), () => inner(right)]);
    if (isEither(operatorToken.kind)) return anyOf([inner(left), inner(right)]);
  }
  if (ts.isConditionalExpression(bare)) return anyOf([inner(bare.whenTrue), inner(bare.whenFalse)]);
  if (
    ts.isNewExpression(bare) &&
    ts.isIdentifier(bare.expression) &&
    bare.expression.text === 'URL'
  ) {
    const [path, base] = bare.arguments ?? [];
    // A path that begins with a slash keeps the host of the base; any other may be an address.
    if (path !== undefined) return anyOf([path, ...(base ? [base] : [])].map(inner));
  }
  if (ts.isIdentifier(bare)) return ofName(out, bare, inner) ?? whole();
  return whole();
}

function ofName(
  out: Out,
  name: ts.Identifier,
  inner: (one: ts.Expression) => Leading,
): Leading | undefined {
  const { symbols } = out.self;
  const symbol = symbols.symbolOf(name);
  const [declaration, second] = symbol?.declarations ?? [];
  if (symbol === undefined || declaration === undefined || second !== undefined) return undefined;
  if (symbols.assignments(symbol).length > 0) return undefined;
  if (ts.isVariableDeclaration(declaration))
    return declaration.initializer === undefined || !ts.isIdentifier(declaration.name)
      ? undefined
      : inner(declaration.initializer);
  if (!ts.isParameter(declaration) || declaration.dotDotDotToken !== undefined) return undefined;
  const callee = declaration.parent;
  if (!ts.isIdentifier(declaration.name) || !('body' in callee)) return undefined;
  const at = callee.parameters.indexOf(declaration);
  const calls = symbols.callers(callee).map(({ call, given }) => given ?? argumentsGiven(call));
  const given = calls.map((all) => all[at]?.node);
  const isSpread = calls.some((all) => all.some(({ isList }) => isList));
  if (calls.length === 0 || isSpread || symbols.handedTo(callee).length > 0) return undefined;
  const all = [...given, declaration.initializer].filter((one) => one !== undefined);
  return all.length === 0 ? undefined : anyOf(all.map(inner));
}

function isEither(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken;
}

function endsHost(out: Out, expression: ts.Expression): boolean {
  return alternatives(out.self.valueOf(expression)).every(
    (value) => value.kind === 'text' && hasSlash(value.text),
  );
}

function inOrder(all: readonly (() => Leading)[]): Leading {
  const found: ts.Expression[] = [];
  for (const one of all) {
    const { parts, ends } = one();
    found.push(...parts);
    if (ends) return { parts: found, ends };
  }
  return { parts: found, ends: false };
}

function anyOf(all: readonly Leading[]): Leading {
  return { parts: all.flatMap(({ parts }) => parts), ends: all.every(({ ends }) => ends) };
}

// `//` begins a host as a scheme does; what is not known may hold the slash, or not.
function hasSlash(text: string): boolean {
  const rest = text.replace(/^(\w{1,20}:)?\/\//, '');
  return /[/?#]/.test(rest) && !rest.startsWith(unknownPart);
}

const leadingPartsMax = 64;
