/** One run for an attempt on the runner itself. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type * as backends from '../../../../runner/backends/public.ts';
import type * as runs from '../../../../runner/run/public.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { auditFileOf, type EscapeSkill, requestIn, runAndApply } from '../sandboxed.ts';
import type { EscapeWorld } from '../world.ts';

export interface Once {
  readonly printed: string;
  /** Why the runner refused to run the skill. */
  readonly problem?: string;
  readonly end?: runs.RunResult;
}

/** Runs a skill once, and returns a refusal as a value. @throws internal errors */
export async function runOnce(
  world: EscapeWorld,
  sandbox: backends.Sandbox,
  skillOf: () => EscapeSkill,
  change: Partial<runs.RunRequest> | ((request: runs.RunRequest) => Partial<runs.RunRequest>) = {},
): Promise<Once> {
  mkdirSync(dirname(auditFileOf(world)), { recursive: true, mode: 0o700 });
  let printed = (): string => '';
  try {
    const request = requestIn(world, sandbox, skillOf());
    printed = request.printed;
    const end = await runAndApply({
      ...request,
      ...(typeof change === 'function' ? change(request) : change),
    });
    return { printed: printed(), end };
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
    return { printed: printed(), problem: `${cause.code}: ${cause.message}` };
  }
}
