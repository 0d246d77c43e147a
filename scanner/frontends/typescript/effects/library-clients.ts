/**
 * Clients of libraries that no table has: an object that a library made with an address is taken to
 * send what it is given to that address.
 */
import { ts } from 'ts-morph';
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import type { FlowSink } from '../../../fact/fact.ts';
import type { RowEffect } from '../../../knowledge/row.ts';
import { own } from '../../../lookup-tables/api.ts';
import { anyEgress, egressOf, isLoopbackHost } from '../../../lookup-tables/egress-of.ts';
import { besideOf } from '../../../programs/beside.ts';
import { apiNamed, apis, instanceOf } from '../library.ts';
import type { Called, Out } from '../out.ts';
import { bareOf, isAssignment, isFunctionish, memberName } from '../syntax.ts';
import { isPackage, madeByLibrary } from '../values/library-objects.ts';
import { alternatives, isWhole, type JsValue, text, textOr } from '../values/values.ts';
import { type ResolvedCall, resolveCall } from './calls.ts';
import { partsOf } from './network.ts';

/** Options that name the server of a client, whatever the library. */
const serverOptions =
  'baseURL baseUrl api_host apiHost base_url endpoint endPoint dsn connectionString host hostname node nodes brokers servers server apiUrl apiBase serverUrl serverURL'.split(
    ' ',
  );
const isClient = /client|connect|pool|transport|producer|socket|sdk$|api$|^io$/i;

/** Notes the address with which a library makes an object. */
export function openClient(out: Out, call: Called): void {
  if (!isPackage(call.api)) return;
  const isNamed = isClient.test(call.api.slice(call.api.lastIndexOf('.') + 1));
  for (const { value } of call.args)
    for (const candidate of alternatives(value)) {
      const found =
        candidate.kind === 'object'
          ? [...serverOptions, ...(isNamed ? ['url', 'uri'] : [])].flatMap((name) =>
              addressesOf(out.self.memberOf(candidate, text(name), call.node), true),
            )
          : addressesOf(candidate, false).filter(
              (address) => isNamed || !/^https?:/i.test(address),
            );
      for (const address of found) {
        const egress = egressOf(address, ['*']);
        if (egress === undefined || egress.url === anyEgress) continue;
        const candidate: Capability = { kind: 'egress', ...egress };
        call.use.opened.push(candidate);
      }
    }
  if (call.use.opened.length === 0) noteUnknownClient(call);
  const package_ = packageOf(call.api);
  if (call.use.opened.length > 0) {
    for (const { node } of call.args) giveOptions(call, call.use.opened, node);
    const known = out.openedByPackage.get(package_) ?? [];
    out.openedByPackage.set(package_, known);
    if (isSetUp.test(call.api)) known.push(...call.use.opened);
  } else if (call.args.length > 0)
    out.later.push(() => {
      const opened = out.openedByPackage.get(package_) ?? [];
      for (const { node } of call.args) give(call, opened, node, 'body');
    });
}

// A library is given an address of the web: nobody knows whether it sends there what else it is
// given.
function noteUnknownClient({ api, args, use }: Called): void {
  const texts = args.flatMap(({ value }) => alternatives(value).map((one) => textOr(one)));
  const { beside } = besideOf(texts);
  if (beside === undefined) return;
  for (const { node } of args)
    if (node !== undefined && !isFunctionish(bareOf(node)))
      use.sinks.push({
        at: node,
        sink: { what: 'exec', api, part: 'argument', beside },
        certainty: 'exact',
      });
}

// `Sentry.init({ dsn })`: the other functions of the package send there.
const isSetUp = /\.(init|initialize|configure|config|setup|setConfig|connect|start)$/;

function packageOf(api: string): string {
  return /^(?:@[^/]+\/)?[^.#/]+/.exec(api)?.[0] ?? api;
}

function addressesOf(value: JsValue, isServer: boolean): readonly string[] {
  return alternatives(value).flatMap((one): readonly string[] => {
    if (one.kind === 'array') return one.items.flatMap((item) => addressesOf(item, isServer));
    if (!isWhole(one)) return [];
    const whole = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*@)?([^/?#:]+)/i.exec(one.text);
    const host =
      whole?.[2] ?? (isServer ? /^([\w-]+(\.[\w-]+)+)(:\d+)?$/.exec(one.text)?.[1] : undefined);
    if (host === undefined || isLoopbackHost(host)) return [];
    return [whole === null ? `tcp://${one.text}` : one.text];
  });
}

/** What a method of such an object is given goes to its address. */
export function sendByClient(
  out: Out,
  node: ts.CallExpression | ts.NewExpression,
  call: () => Called,
): void {
  const callee = bareOf(node.expression);
  if (!ts.isPropertyAccessExpression(callee) || (node.arguments ?? []).length === 0) return;
  if (ofData.test(callee.name.text)) return;
  const opened = madeByLibrary(out.self, callee.expression).flatMap((made) => {
    const use = made === node ? undefined : out.useOf(made);
    // An answer is no client.
    return use === undefined || instanceOf(own(apis, use.api)) === 'Response' ? [] : use.opened;
  });
  if (opened.length === 0) return;
  const called = call();
  for (const argument of node.arguments ?? []) give(called, opened, argument, 'body');
}

// Methods of the lists and texts that a client gives.
const ofData =
  /^(map|forEach|filter|find\w*|some|every|flatMap|reduce\w*|push|pop|shift|unshift|slice|splice|join|split|includes|indexOf|startsWith|endsWith|concat|replace\w*|match\w*|test|sort|toSorted|then|catch|finally|on|once|off|addListener|removeListener|toString|trim|has|keys|entries|values|at)$/;

// The key with which a client is made signs its requests.
function giveOptions(
  call: Called,
  opened: readonly Capability[],
  node: ts.Expression | undefined,
): void {
  const bare = node === undefined ? undefined : bareOf(node);
  if (bare === undefined || !ts.isObjectLiteralExpression(bare)) give(call, opened, node, 'header');
  else for (const [part, value] of partsOf(bare, true)) give(call, opened, value, part);
}

function give(
  { api, use }: Called,
  opened: readonly Capability[],
  argument: ts.Expression | undefined,
  part: FlowSink['part'],
): void {
  if (argument === undefined || isFunctionish(bareOf(argument))) return;
  for (const address of opened)
    if (address.kind === 'egress')
      use.sinks.push({
        at: argument,
        sink: { what: 'network', capability: address, api, part },
        certainty: 'exact',
      });
}

// Functions of a library that a program keeps under a name or in a list and calls from there, and
// lists of arguments that grow.

/** Notes the names under which a function of a library that sends or starts something is kept. */
export function noteKept(out: Out, node: ts.Expression, api: string): void {
  const acts = apiNamed(api)?.effects.some(isFollowed);
  if (acts === true) for (const name of namesOfPlace(node)) out.keptNames.add(name);
}

function isFollowed(effect: RowEffect): boolean {
  if (effect.does === 'load') return effect.isApart === true;
  return /^(connect|program|request|send)$/.test(effect.does);
}

// `jobs.run = fetch`, `{ run: fetch.bind(null) }`. Items of a list have the name `*`. A name in
// quotes counts as `*` as well, because a program may read it in any way.
function namesOfPlace(given: ts.Expression): readonly string[] {
  const node = bindingOf(given) ?? given;
  const { parent } = node;
  if (ts.isBinaryExpression(parent) && isAssignment(parent.operatorToken.kind)) {
    const target = bareOf(parent.left);
    if (ts.isPropertyAccessExpression(target)) return [target.name.text];
    return ts.isElementAccessExpression(target) ? [memberName(target), anyName] : [];
  }
  if (ts.isPropertyAssignment(parent)) {
    if (ts.isIdentifier(parent.name)) return [parent.name.text];
    return ts.isStringLiteralLike(parent.name) ? [parent.name.text, anyName] : [anyName];
  }
  if (ts.isShorthandPropertyAssignment(parent)) return [parent.name.text];
  const isItem =
    ts.isArrayLiteralExpression(parent) ||
    (ts.isCallExpression(parent) &&
      parent.expression !== node &&
      ts.isPropertyAccessExpression(parent.expression) &&
      adders.has(parent.expression.name.text));
  return isItem ? [anyName] : [];
}

// `fetch.bind(null)` for `fetch`.
function bindingOf({ parent }: ts.Expression): ts.CallExpression | undefined {
  return ts.isPropertyAccessExpression(parent) &&
    parent.name.text === 'bind' &&
    ts.isCallExpression(parent.parent) &&
    parent.parent.expression === parent
    ? parent.parent
    : undefined;
}

const anyName = '*';
const adders: ReadonlySet<string> = new Set(['push', 'unshift', 'set', 'add', 'splice', 'fill']);

/**
 * The functions of a library that a call may call because they were kept under its name, in
 * addition to those that are known without looking at writes.
 */
export function keptCallees(
  out: Out,
  node: ts.CallExpression | ts.NewExpression,
): readonly ResolvedCall[] {
  if (!namesOf(bareOf(node.expression)).some((name) => out.keptNames.has(name))) return [];
  const known = new Set(resolveCall(out.self, node).map(libraryName));
  return resolveCall(out.settled(), node).filter(
    (call) => libraryName(call) !== undefined && !known.has(libraryName(call)),
  );
}

// `tools.send.call(null, …)` is a call of `send` as well.
function namesOf(callee: ts.Expression): readonly string[] {
  if (ts.isElementAccessExpression(callee)) return [anyName, memberName(callee)];
  if (!ts.isPropertyAccessExpression(callee))
    return [anyName, ...(ts.isIdentifier(callee) ? [callee.text] : [])];
  return /^(call|apply)$/.test(callee.name.text)
    ? [callee.name.text, ...namesOf(bareOf(callee.expression))]
    : [callee.name.text];
}

/** The calls of a library with a list that has grown: `list.push(address); fetch(...list)`. */
export function callsWithGrown(
  out: Out,
  node: ts.CallExpression | ts.NewExpression,
): readonly ResolvedCall[] {
  const lists = [...(node.arguments ?? [])].filter(ts.isSpreadElement);
  const isOfLibrary = (call: ResolvedCall): boolean => libraryName(call) !== undefined;
  if (lists.length === 0 || !resolveCall(out.self, node).some(isOfLibrary)) return [];
  const grows = ({ expression }: ts.SpreadElement): boolean =>
    alternatives(out.settled().valueOf(expression)).some(({ kind }) => kind === 'growing');
  return lists.some(grows) ? resolveCall(out.settled(), node).filter(isOfLibrary) : [];
}

function libraryName({ callee }: ResolvedCall): string | undefined {
  return callee.kind === 'api' && apiNamed(callee.name) !== undefined ? callee.name : undefined;
}
