/** Variables that are set for a program, and name an address that the program may ask. */
import { providerOf } from '../../../lookup-tables/secrets.ts';
import { besideOf } from '../../beside.ts';
import type { Call } from '../call.ts';
import { noteFlows } from '../graph.ts';
import type { ShellRun } from '../run.ts';
import { joinTaints, type ShellValue, textsOf } from '../value.ts';

/**
 * Notes `PIP_INDEX_URL="https://host/$KEY" pip …`. The key of a known provider counts beside an
 * address in another variable of the same call, too.
 */
export function noteAddressesSet(run: ShellRun, call: Call): void {
  const set = call.env.map(({ value }) => value);
  const exported = [...run.exported].flatMap((name) => run.vars.get(name) ?? []);
  for (const value of [...set, ...exported]) noteBeside(run, call, [value], value.taints);
  const keys = joinTaints(set).filter(
    ({ source }) => source.what === 'env' && providerOf(source.name) !== undefined,
  );
  noteBeside(run, call, set, keys);
}

function noteBeside(
  run: ShellRun,
  call: Call,
  values: readonly ShellValue[],
  taints: ShellValue['taints'],
): void {
  const { beside } = besideOf(values.flatMap(textsOf));
  if (beside === undefined) return;
  const capability = { kind: 'exec', program: call.name } as const;
  noteFlows(run, call, taints, {
    what: 'exec',
    capability,
    api: call.name,
    part: 'argument',
    beside,
  });
}
