/**
 * Libraries to which a whole program tells things, and which send them to a host that is named
 * once: logging with a handler that sends, reports of errors, traces of requests.
 */
import { nodesOf, unknownPy } from '../assignments/alternatives.ts';
import { classIn } from '../names/canonical.ts';
import { methodOf } from '../names/classes.ts';
import type { PyValue } from '../program.ts';
import { flowEdge, flowNode, flowSink, type PythonRun } from '../run.ts';
import { callWith, type PyCall } from './call.ts';
import { type Channel, channels } from './tables/python-channels.ts';

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
