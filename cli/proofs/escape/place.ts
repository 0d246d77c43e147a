/** Where attempts are made: a sandbox, and the widest plan that it can give. */
import type { Sandbox } from '../../../runner/sandboxes/sandbox.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { wantedAttempt, worked } from './batch.ts';
import { type ControlRow, controlRows } from './controls.ts';
import { type ExtraAccess, runSandboxed } from './sandboxed.ts';
import { inWorld } from './world.ts';

export interface AttemptPlace {
  readonly sandbox: Sandbox;
  readonly grants: readonly ExtraAccess[];
  /** Attempts of what is granted; they have to work beside the others. */
  readonly controls: readonly ControlRow[];
  /** Why it does not give the others. */
  readonly lacks: ReadonlyMap<ExtraAccess, string>;
}

const narrower: readonly (readonly ExtraAccess[])[] = [
  ['egress', 'writing'],
  ['writing'],
  ['egress'],
  [],
];

/**
 * Finds what a sandbox can give, or why nothing that it stops would count: it does not start, or
 * stops what was granted too.
 */
export async function findPlace(sandbox: Sandbox): Promise<AttemptPlace | string> {
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

async function whyNot(place: AttemptPlace): Promise<string | undefined> {
  return inWorld(async (world) => {
    try {
      const wanted = place.controls.map((row, number) => wantedAttempt(world, row, number));
      const { told, printed } = await runSandboxed(world, place, wanted, { atOnce: 1 });
      const failed = place.controls.find((row, number) => !worked(world, row, number, told));
      return (
        failed &&
        `what was granted does not work: ${failed.name}: ${told.get(failed.name) ?? printed}`
      );
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
      return `${cause.code}: ${cause.message}`;
    }
  });
}
