/** A call with its values, as what notes its effects gets it. */

import type { Confidence } from '../../../../skills-index/statement/finding.ts';
import type { ArgOf } from '../../../knowledge/row.ts';
import { unknownPy } from '../assignments/alternatives.ts';
import type { PythonModule, PyValue } from '../program.ts';

/** A call with its values. */
export interface PyCall extends PyNoting {
  readonly object: PyValue;
  readonly method: string;
  readonly args: readonly PyValue[];
  readonly keywords: ReadonlyMap<string, PyValue>;
  /** Nodes of what is given with stars. */
  readonly spread: readonly string[];
  /** What else the arguments may be, where a list gives them all. */
  readonly otherArgs?: PyValue['otherItems'];
}

/** A call of no object, with these arguments alone. */
export function callWith(
  { module, node, api, certainty }: PyNoting,
  args: readonly PyValue[],
  keywords: ReadonlyMap<string, PyValue> = new Map(),
): PyCall {
  const object = unknownPy;
  return { module, node, api, certainty, object, method: '', args, keywords, spread: [] };
}

/** An argument's value; of several arguments, the first. */
export function argumentOf(call: PyCall, of: ArgOf): PyValue | undefined {
  if (of === 'self') return call.object;
  const { at, name, text } = placeOf(of);
  const given =
    (at === undefined ? undefined : call.args[at]) ??
    (name === undefined ? undefined : call.keywords.get(name));
  return given ?? (text === undefined ? undefined : { ...unknownPy, texts: [text] });
}

/** The values of what a row names. */
export function valuesOf(call: PyCall, these: readonly ArgOf[] = []): readonly PyValue[] {
  return these.flatMap((of) =>
    typeof of === 'object' && of.rest !== undefined
      ? call.args.slice(of.rest)
      : (argumentOf(call, of) ?? []),
  );
}

/** Where a call has an argument: at a position, by a name, or either. */
export function placeOf(of: ArgOf): {
  readonly at?: number | undefined;
  readonly name?: string | undefined;
  readonly text?: string | undefined;
} {
  if (typeof of === 'number') return { at: of };
  return typeof of === 'string' ? { name: of } : { ...of, at: of.at ?? of.rest };
}

export interface PyNoting {
  readonly module: PythonModule;
  readonly node: { readonly from: number; readonly to: number };
  readonly api: string;
  readonly certainty: Confidence;
}
