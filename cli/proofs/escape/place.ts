/** A sandbox for attempts, with the widest plan that it can give. */
import type * as backends from '../../../runner/backends/public.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { wantedAttempt, worked } from './batch.ts';
import { type ControlRow, controlRows, sessionControls } from './controls.ts';
import type { EscapeRow } from './row.ts';
import { type ExtraAccess, runSandboxed } from './sandboxed.ts';
import { inWorld } from './world.ts';

export interface AttemptPlace {
  readonly sandbox: backends.Sandbox;
  readonly grants: readonly ExtraAccess[];
  /** Whether attempts are made in an agent's session. */
  readonly isSession?: true;
  /** Granted actions; they must work beside the attempts. */
  readonly controls: readonly ControlRow[];
  /** Why the sandbox does not give the other kinds of access. */
  readonly lacks: ReadonlyMap<ExtraAccess, string>;
}

const narrower: readonly (readonly ExtraAccess[])[] = [
  ['egress', 'writing'],
  ['writing'],
  ['egress'],
  [],
];

/**
 * Finds the access that a sandbox can give. @returns a reason where attempts would prove nothing:
 * the sandbox does not start, or it blocks granted actions too
 */
export async function findPlace(sandbox: backends.Sandbox): Promise<AttemptPlace | string> {
  const lacks = new Map<ExtraAccess, string>();
  let last = '';
  for (const grants of narrower) {
    const controls = controlRows.filter(
      ({ shows }) => shows === undefined || grants.includes(shows),
    );
    const place = { sandbox, grants, controls, lacks };
    const why = await whyNot(place);
    if (why === undefined) return place;
    const [grant, ...others] = grants;
    if (grant !== undefined && others.length === 0) lacks.set(grant, why);
    last = why;
  }
  return last;
}

/** The place of an attempt: a session has other granted actions than a run of a skill. */
export function placeFor(row: EscapeRow, place: AttemptPlace): AttemptPlace {
  return row.kind !== 'runner' && row.in === 'session'
    ? { ...place, controls: sessionControls, isSession: true }
    : place;
}

async function whyNot(place: AttemptPlace): Promise<string | undefined> {
  return inWorld(async (world) => {
    try {
      const wanted = place.controls.map((row, number) => wantedAttempt(world, row, number));
      const { outputs, printed } = await runSandboxed(world, place, wanted, { atOnce: 1 });
      const failed = place.controls.find((row, number) => !worked(world, row, number, outputs));
      return (
        failed && `a granted action fails: ${failed.name}: ${outputs.get(failed.name) ?? printed}`
      );
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
      return `${cause.code}: ${cause.message}`;
    }
  });
}
