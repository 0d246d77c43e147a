/** What a call hands over to a library, with what comes out of it there. */

import type { PyCall } from '../effects/call.ts';
import type { PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { comingOutOf, contentsOf } from './contents.ts';

// Functions that make one value of all attributes of an object.
const takesWhole =
  /^(dataclasses\.(asdict|astuple)|attrs?\.(asdict|astuple)|(pickle|dill|cloudpickle)\.dumps?|jsonpickle\.(encode|dumps))$/;

/** A library may call what it is given: functions, and methods of objects. */
export function handedOver(run: PythonRun, call: PyCall): PyCall {
  const withMore = (value: PyValue): PyValue => {
    const held = takesWhole.test(call.api) ? contentsOf(run, value) : [];
    const more = [...comingOutOf(run, value), ...held];
    return more.length === 0 ? value : { ...value, nodes: [...new Set([...value.nodes, ...more])] };
  };
  const { args, keywords } = call;
  return {
    ...call,
    args: args.map(withMore),
    keywords: new Map([...keywords].map(([key, value]) => [key, withMore(value)])),
  };
}
