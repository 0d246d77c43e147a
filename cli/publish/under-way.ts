/** How commands wait for the scan of a version. */
import { setTimeout } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { type VersionAnswer, versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import type { ExactVersion } from '../terminal/exact-version.ts';

/** How long `--wait` and `import` wait for a scan. */
const scanWaitSecondsMax = 900;

const pollMillisMin = 150;

export const pollMillisMax = 2_000;

/**
 * A version as it is when its scan is over; a few seconds as a rule.
 * @throws Problem `scan-limit` after `scanWaitSecondsMax`
 */
export async function scanned(
  context: CommandContext,
  { name, version }: ExactVersion,
  question: { readonly token?: string } = {},
): Promise<VersionAnswer> {
  const ask = () =>
    askRegistry(context, `/api/v1/versions${versionPath(name, version)}`, versionAnswer, question);
  let found = await ask();
  const until = context.now().getTime() + scanWaitSecondsMax * 1000;
  for (let pause = pollMillisMin; isUnderWay(found); pause = Math.min(pause * 1.5, pollMillisMax)) {
    if (context.now().getTime() > until)
      throw new Problem(
        'scan-limit',
        `${name}@${version} has been ${found.status} for more than ${scanWaitSecondsMax} s`,
        {
          hint: 'ask the operator whether a scanner is running (skillgate scanner work)',
        },
      );
    await setTimeout(pause, undefined, { signal: context.signal });
    found = await ask();
  }
  return found;
}

function isUnderWay({ status }: Pick<VersionAnswer, 'status'>): boolean {
  return status === 'received' || status === 'scanning';
}
