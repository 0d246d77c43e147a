/**
 * Functions of Python that call a function that they are given: threads, pools, map, what runs at
 * the end.
 */
import { alternativesMax } from '../../../limits.ts';
import { either, unknownPy } from '../assignments/alternatives.ts';
import type { PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { argumentOf, callWith, type PyCall } from './call.ts';
import { applyRequest, sendTo } from './network.ts';
import { observeCall } from './observe.ts';
import type { PythonEffect } from './tables/python-api.ts';

/** Calls what an API is given, with the arguments that it passes on. */
export function applyCallback(
  run: PythonRun,
  call: PyCall,
  { callee, given }: Extract<PythonEffect, { does: 'call' }>,
): PyValue {
  const target = argumentOf(call, callee);
  if (target === undefined || (target.qual === undefined && target.own === undefined))
    return unknownPy;
  observeCall(run, call);
  const behind = given.from === undefined ? undefined : call.keywords;
  const dict = given.dict === undefined ? behind : argumentOf(call, given.dict)?.entries;
  const results = argumentLists(call, given).map((args) => {
    const inner = callWith(call, args, dict);
    const values = [target, ...target.others].map((one) => run.invoke(run, inner, one, 1));
    return either(values);
  });
  return { ...unknownPy, items: results, nodes: results.flatMap((result) => result.nodes) };
}

function argumentLists(
  call: PyCall,
  { from, list, each, spread, twice }: Extract<PythonEffect, { does: 'call' }>['given'],
): PyValue[][] {
  if (from !== undefined) return [call.args.slice(from)];
  if (list !== undefined) {
    const args = argumentOf(call, list);
    return [args?.items === undefined ? (args === undefined ? [] : [args]) : [...args.items]];
  }
  const values = each === undefined ? undefined : call.args[each];
  if (values === undefined) return [[]];
  const more = each === undefined ? [] : call.args.slice(each + 1);
  const unknown = { ...values, texts: [], items: undefined };
  const rows = [
    ...(values.items?.slice(0, alternativesMax) ?? []),
    ...(values.items === undefined || values.items.length > alternativesMax ? [unknown] : []),
  ];
  return rows.map((row, index) =>
    spread === true
      ? [...(row.items ?? [row])]
      : [
          row,
          ...(twice === true ? [row] : []),
          ...more.map((other) => other.items?.[index] ?? { ...other, texts: [] }),
        ],
  );
}

/** An option of a transfer that says where it goes or what it carries. */
export function applyOption(
  run: PythonRun,
  call: PyCall,
  { name, value }: Extract<PythonEffect, { does: 'option' }>,
): PyValue | undefined {
  const option = argumentOf(call, name)?.qual?.split('.').at(-1);
  const carries = option === 'POSTFIELDS' || option === 'READDATA' || option === 'HTTPPOST';
  if (option !== 'URL' && !carries) return undefined;
  const at = call.args.indexOf(argumentOf(call, value) ?? unknownPy);
  if (option === 'URL')
    return applyRequest(run, call, {
      does: 'request',
      url: { at, key: '' },
      method: '*',
      body: [],
      header: [],
    });
  const made = run.facts.findLast(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === call.module.source.path &&
      fact.api === call.api,
  );
  if (made?.kind !== 'capability') return undefined;
  return sendTo(run, call, [made.capability], {
    url: [],
    body: [call.args[at] ?? unknownPy],
    header: [],
  });
}
