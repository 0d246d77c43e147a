/** What calls put into objects and functions that are not the skill's own. */
import type { ts } from 'ts-morph';
import type { Api } from '../../../../lookup-tables/api.ts';
import { memberName, parametersOf } from '../../syntax.ts';
import { into } from '../assignments.ts';
import { passTo } from '../known-calls.ts';
import { type Flow, toThreads } from '../nodes.ts';
import { addBuilt, addFilled, addGivenFunctions, addInterceptor } from './built.ts';

type Receiver = ts.PropertyAccessExpression | ts.ElementAccessExpression;

/** A call of what is not a function of the skill. */
export function addGiven(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  call: {
    /** The API's name; empty for what is not known. */
    readonly api: string;
    readonly row: Api | undefined;
    readonly receiver: Receiver | undefined;
  },
): void {
  const { api, row, receiver } = call;
  addGivenFunctions(flow, node);
  addThread(flow, node, api, receiver);
  if (row === undefined && api !== '') addFilled(flow, node, api);
  if (receiver === undefined) return;
  addBuilt(flow, node, receiver.expression);
  const handler = row?.intercepts === undefined ? undefined : node.arguments?.[row.intercepts];
  if (handler !== undefined) addInterceptor(flow, receiver.expression, handler);
  if (row === undefined) addFixed(flow, node, receiver);
}

// `send.bind(undefined, value)`: the function gets the value in each call.
// `bytes.copy(other)`, `encoder.encodeInto(text, bytes)`: the data is in the other one as well.
function addFixed(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  receiver: Receiver,
): void {
  const name = memberName(receiver);
  const [first, second] = node.arguments ?? [];
  const callee =
    name === 'bind' ? flow.out.self.symbols.functionOf(receiver.expression) : undefined;
  if (callee !== undefined)
    for (const [at, argument] of (node.arguments ?? []).slice(1).entries()) {
      const parameter = parametersOf(callee)[at];
      if (parameter !== undefined)
        passTo(flow, parameter, argument, flow.nodes.at(argument), `${flow.nodes.at(node)} bound`);
    }
  if (name === 'copy' && first !== undefined) into(flow, first, flow.nodes.at(receiver.expression));
  if (name === 'encodeInto' && first !== undefined && second !== undefined)
    into(flow, second, flow.nodes.at(first));
}

// `new Worker(file, { workerData })`, `worker.postMessage(data)`: what a thread is given.
function addThread(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  api: string,
  receiver: Receiver | undefined,
): void {
  const [first, second] = node.arguments ?? [];
  const isStart = /^(worker_threads\.)?Worker$/.test(api);
  const isSent = receiver !== undefined && memberName(receiver) === 'postMessage';
  const given = isStart ? second : isSent ? first : undefined;
  if (given !== undefined) flow.nodes.value(flow.nodes.at(given), toThreads);
}
