/** Clients that are open on a host: what makes them, and what each of their methods sends. */
import { pythonOwnModules } from '../../../lookup-tables/python-own-modules.ts';
import { besideOf } from '../../beside.ts';
import { nodesOf } from '../assignments/alternatives.ts';
import type { PyValue } from '../program.ts';
import { flowSink, type PythonRun } from '../run.ts';
import type { PyCall } from './call.ts';
import { applySend, connectedBefore, isElsewhere } from './connections.ts';
import { baseOf } from './network.ts';
import { openClientIn, sendsNothing } from './tables/python-open-clients.ts';

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
