/**
 * A regular expression that takes one variable out of a text, as `^NAME=(.*)$` does: whoever reads
 * a file of settings so has this variable, and nothing else of the file.
 */

import {
  type Channel,
  channels,
  openClientIn,
  sendsNothing,
} from '../../../knowledge/python/packages.ts';
import { pythonOwnModules } from '../../../lookup-tables/python-own-modules.ts';
import { besideOf } from '../../../programs/beside.ts';
import { nodesOf, unknownPy } from '../assignments/alternatives.ts';
import { classIn } from '../names/canonical.ts';
import { methodOf } from '../names/classes.ts';
import { argumentsOf, nameOf, textOf } from '../nodes.ts';
import { PyNode, type PythonModule, type PyValue } from '../program.ts';
import { flowEdge, flowNode, flowSink, flowSource, type PythonRun } from '../run.ts';
import { callWith, type PyCall } from './call.ts';
import { applySend, connectedBefore, isElsewhere } from './connections.ts';
import { baseOf } from './network.ts';

/** The variable that a call of `re` takes out of a text; undefined where it may take more. */
export function namedLine(run: PythonRun, call: PyCall, qual: string): PyValue | undefined {
  if (!/^re\.(findall|finditer|match|search)$/.test(qual)) return undefined;
  const [pattern, text, flags = call.keywords.get('flags')] = call.args;
  const isPlain = flags === undefined || plainFlags.test(flags.qual ?? '');
  const [written = '', ...more] = pattern?.texts ?? [];
  if (!isPlain || more.length > 0 || pattern?.otherTexts.length !== 0) return undefined;
  if (text === undefined || text.nodes.length === 0) return undefined;
  const name = oneLine.exec(written)?.[1];
  const stored = name === undefined ? undefined : justRead(run, call);
  if (name === undefined || stored === undefined) return undefined;
  const from = flowSource(run, call, { what: 'env', name }, `takes ${name} out of a text`);
  return { ...unknownPy, nodes: [from, ...stored] };
}

// What flows into the text besides the file that is read, such as what the skill itself stores
// there. A text that is put together, or comes from elsewhere, may have anything behind the name.
// A match also gives the whole text as `string`. A program that writes may have written the file.
function justRead(run: PythonRun, { module, node }: PyCall): readonly string[] | undefined {
  if (!(node instanceof PyNode) || givesMore.test(module.source.text)) return undefined;
  const [, given] = argumentsOf(module, node).positional;
  const read = boundTo(module, given);
  if (read?.name !== 'CallExpression' || !isReading.test(textOf(module, read))) return undefined;
  const object = read.firstChild?.firstChild;
  if (object === undefined || object === null || boundTo(module, object) === undefined)
    return undefined;
  const { nodes } = run.evaluate(run, module, read);
  const sources = nodes.filter((id) => id.includes('::source@'));
  const isFile = sources.length > 0 && sources.every((id) => isOfFile.test(id));
  return isFile ? nodes.filter((id) => !sources.includes(id)) : undefined;
}

const givesMore =
  /\.\s*string\b|attr|vars\(|write[_l]|(?<!std(?:out|err)\.)\bwrite\b|\bdump\((?![^()]*\bstd(?:out|err)\b)|copy|rename|[,=]\s*["'][rb]?[wax][bt+]*["']/;
const isReading = /\.(read|read_text)\([^()]*\)$/;
const isOfFile = /::source@\d+:\d+:file:/;

function boundTo(module: PythonModule, node: PyNode | undefined): PyNode | undefined {
  return node?.name === 'VariableName' ? onlyValueOf(module, nameOf(module, node)) : node;
}

// The one value of a name of the module, whatever the function.
function onlyValueOf(module: PythonModule, name: string): PyNode | undefined {
  const all = [module.scope, ...module.scopes.values()].flatMap(
    ({ names }) => names.get(name) ?? [],
  );
  const [only, ...others] = all;
  return others.length === 0 && only?.kind === 'value' && only.place === undefined
    ? only.node
    : undefined;
}

const plainFlags = /^re\.(M|MULTILINE|I|IGNORECASE|A|ASCII)$/;

// One group, of characters of one line; nothing before or beside the name may match instead of it.
const oneLine =
  /^(?:\(\?m\))?(?:\^|\\b)?(?:\\s\*)?(?:\(\?:export\\s\+\)\?)?([A-Z][A-Z0-9]*_[A-Z0-9_]{1,60})(?:\\s\*)?[=:](?:\\s\*)?(?:["']\??|\["'\]\??)?\((?:\.[*+]|\\S[*+]|\[\^[^\]^]*(?:\\s|\\n)[^\]^]*\][*+])\??\)(?:["']\??|\["'\]\??)?(?:\\s\*)?\$?$/;

// Clients that are open on a host: what makes them, and what each of their methods sends.

/** Each method of an open client sends what it is given to the client's host. */
export function sendByClient(run: PythonRun, call: PyCall, callee: PyValue, qual: string): void {
  const client = openClientIn(qual);
  if (client === undefined || client === qual || sendsNothing.test(qual)) return;
  const targets = call.object.targets.length > 0 ? call.object.targets : callee.targets;
  const open = targets.length > 0 ? targets : connectedBefore(run, call, client);
  if (!open.some(isElsewhere)) return;
  const object = { ...call.object, targets: open };
  for (const value of [...call.args, ...call.keywords.values()])
    applySend(run, { ...call, object }, value);
}

/**
 * Notes that a library in no table is given an address of the web: nobody knows whether it sends
 * there what else it is given.
 */
export function noteUnknownClient(run: PythonRun, call: PyCall, qual: string): void {
  const [root = '', member] = qual.split('.');
  if (member === undefined || pythonOwnModules.has(root) || ofBuiltIns.test(root)) return;
  const given = [...call.args, ...call.keywords.values()];
  const inside = given.flatMap(({ items = [], entries }) => [
    ...items,
    ...(entries?.values() ?? []),
  ]);
  const keywords = [...call.keywords].flatMap(([name, { texts }]) =>
    texts.map((text) => `${name}=${text}`),
  );
  const texts = [...call.args, ...inside].flatMap((value) => value.texts);
  const { beside } = besideOf([...texts, ...keywords]);
  if (beside === undefined) return;
  const nodes = [...nodesOf([...given, ...inside]), ...call.spread];
  flowSink(run, call, nodes, {
    what: 'exec',
    api: qual,
    part: 'argument',
    beside,
  });
}

// Also what a call gives: its name has parentheses.
const ofBuiltIns =
  /^(builtins|bytes|bytearray|dict|float|frozenset|int|list|set|str|tuple|type)\b|\W/;

/** What a call made, with what it is open on where it is a client. */
export function clientMade(call: PyCall, qual: string, made: PyValue): PyValue {
  const base = baseOf(call);
  const given = [...call.args, ...call.keywords.values()];
  if (isHttpClient.test(qual)) return { ...made, targets: base, nodes: nodesOf(given) };
  // `XStub(channel)` is a client as the channel is.
  const channel = call.args.find(({ qual: one }) => isChannel.test(one ?? ''));
  if (channel !== undefined) return { ...made, targets: channel.targets, qual: channel.qual };
  // `BlockingConnection(ConnectionParameters(host))`
  return openClientIn(made.qual ?? '') === made.qual && made.targets.length === 0
    ? { ...made, targets: call.args.flatMap(({ targets }) => targets) }
    : made;
}

const isHttpClient = /^(httpx\.(Async)?Client|aiohttp\.ClientSession)$/;
const isChannel = /^grpc\.(aio\.)?(in)?secure_channel\(\)$/;

// Libraries to which a whole program tells things, and which send them to a host that is named
// once: logging with a handler that sends, reports of errors, traces of requests.

/** Notes what a call tells a channel, and to which host the call opens the channel. */
export function noteChannel(run: PythonRun, call: PyCall, qual: string, made: PyValue): void {
  if (takesHandlers.test(qual)) noteHandlers(run, call);
  if (qual === 'logging.config.dictConfig') configured(run, call);
  for (const channel of channels) {
    if (channel.tells.test(qual)) tell(run, channel, givenTo(call));
    if (!channel.opens.test(qual)) continue;
    const added = [...call.keywords].filter(([key]) => channel.adds.test(key));
    tell(run, channel, nodesOf(added.map(([, value]) => value)));
    for (const { at } of made.targets)
      flowSink(run, call, [nodeOf(run, channel)], {
        what: 'network',
        capability: at,
        api: call.api,
        part: 'body',
      });
  }
}

const takesHandlers =
  /^(logging(\.getLogger\(\))?\.(addHandler|basicConfig)|logging\.handlers\.QueueListener|loguru\.logger\.add)$/;

function givenTo(call: PyCall): readonly string[] {
  return [...nodesOf([...call.args, ...call.keywords.values()]), ...call.spread];
}

function tell(run: PythonRun, channel: Channel, nodes: readonly string[]): void {
  for (const from of nodes) flowEdge(run, from, nodeOf(run, channel));
}

// A handler of the skill, or a function, gets each message that is logged.
function noteHandlers(run: PythonRun, call: PyCall): void {
  const [logging] = channels;
  if (logging === undefined) return;
  const message = { ...unknownPy, nodes: [nodeOf(run, logging)] };
  const given = [...call.args, ...call.keywords.values()].flatMap((one) => [
    one,
    ...(one.items ?? []),
  ]);
  for (const one of given) {
    const own = one.own ?? methodOf(run, classIn('object', one.qual), 'emit');
    if (own !== undefined) run.invoke(run, callWith(call, [message]), { ...unknownPy, own }, 1);
  }
}

// Each handler in the table is made as if the table's class were called with the table's words.
function configured(run: PythonRun, call: PyCall): void {
  for (const { entries } of call.args[0]?.entries?.get('handlers')?.entries?.values() ?? [])
    for (const qual of entries?.get('class')?.texts ?? [])
      run.invoke(run, callWith(call, [], entries), { ...unknownPy, qual }, 1);
}

// One node for all modules: whoever tells a logger need not know the handler.
function nodeOf(run: PythonRun, { name }: Channel): string {
  const [first] = run.modules.values();
  const place = { from: 0, to: 0 };
  return first === undefined ? '' : flowNode(run, first, place, `told ${name}`, `told to ${name}`);
}
