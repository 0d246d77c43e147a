/**
 * Clients of libraries that no table has: an object that a library made with an address is taken to
 * send what it is given to that address.
 */
import { ts } from 'ts-morph';
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import type { FlowSink } from '../../../fact/fact.ts';
import { own } from '../../../lookup-tables/api.ts';
import { anyEgress, egressOf, isLoopbackHost } from '../../../lookup-tables/egress-of.ts';
import { besideOf } from '../../beside.ts';
import { apis } from '../library.ts';
import type { Called, Out } from '../out.ts';
import { bareOf, isFunctionish } from '../syntax.ts';
import { isPackage, madeByLibrary } from '../values/library-objects.ts';
import { alternatives, isWhole, type JsValue, text, textOr } from '../values/values.ts';
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
    return use === undefined || own(apis, use.api)?.gives === 'Response' ? [] : use.opened;
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
