/** A call with its values, as what notes its effects gets it. */

import type { Confidence } from '../../../../skills-index/statement/finding.ts';
import { unknownPy } from '../assignments/alternatives.ts';
import type { PythonModule, PyValue } from '../program.ts';
import type { Argument } from './tables/python-api.ts';

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

/** An argument's value. */
export function argumentOf(call: PyCall, { at, key, text }: Argument): PyValue | undefined {
  const given =
    (at >= 0 ? call.args[at] : undefined) ?? (key === '' ? undefined : call.keywords.get(key));
  return given ?? (text === undefined ? undefined : { ...unknownPy, texts: [text] });
}

export interface PyNoting {
  readonly module: PythonModule;
  readonly node: { readonly from: number; readonly to: number };
  readonly api: string;
  readonly certainty: Confidence;
}
