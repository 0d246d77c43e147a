/** Variables that are set for a program, and name an address that the program may ask. */
import { besideOf } from '../../beside.ts';
import type { Call } from '../call.ts';
import { noteFlows } from '../graph.ts';
import type { ShellRun } from '../run.ts';
import { textsOf } from '../value.ts';

/** Notes `PIP_INDEX_URL="https://host/$KEY" pip …`. */
export function noteAddressesSet(run: ShellRun, call: Call): void {
  const exported = [...run.exported].flatMap((name) => run.vars.get(name) ?? []);
  for (const value of [...call.env.map((one) => one.value), ...exported]) {
    const { beside } = besideOf(textsOf(value));
    const capability = { kind: 'exec', program: call.name } as const;
    if (beside !== undefined)
      noteFlows(run, call, value.taints, {
        what: 'exec',
        capability,
        api: call.name,
        part: 'argument',
        beside,
      });
  }
}
