/** The bare twins: whether attempts work where nothing stops them. */
import { runBare } from './bare.ts';
import { detailOf, wantedAttempt, worked } from './batch.ts';
import { attemptsAtOnceMax } from './limits.ts';
import type { Attempt, EscapeResult, EscapeRow } from './row.ts';
import { inWorld } from './world.ts';

/** What came of it, and in which words. */
export interface Bare {
  readonly bare: EscapeResult['bare'];
  readonly detail: string;
}

type BatchRow = Extract<EscapeRow, { kind: 'together' }>;

/**
 * Whether another try, alone, may show that it works: it was refused or not made, and not for want
 * of something that this host has not.
 */
export function isWorthRetry({ bare, detail }: Bare): boolean {
  return bare === 'refused' || (bare === 'impossible' && detail === notMade);
}

const notMade = 'it was not made';

/** Those that are made together, by name. */
export async function tryBareTogether(rows: readonly BatchRow[]): Promise<Map<string, Bare>> {
  const bare = new Map<string, Bare>(rows.map((row) => [row.name, needsRoot]));
  const byWhom = async (as: 'root' | 'user'): Promise<void> => {
    const theirs = rows.filter((row) => whoTries(row) === as);
    if (theirs.length === 0) return;
    await inWorld(async (world) => {
      const wanted = theirs.map((row, number) => wantedAttempt(world, row, number));
      const told = await runBare(world, wanted, as, attemptsAtOnceMax);
      for (const [number, row] of theirs.entries())
        bare.set(row.name, judge(worked(world, row, number, told), told.get(row.name)));
    });
  };
  await Promise.all([byWhom('user'), byWhom('root')]);
  return bare;
}

/** One that is made alone. */
export async function tryBareAlone(row: EscapeRow): Promise<Bare> {
  return inWorld(async (world) => {
    if (row.kind === 'runner')
      return {
        bare: (await row.bare(world)) ? 'succeeds' : 'refused',
        detail: 'the obvious runner stops it too',
      };
    const as = whoTries(row);
    if (as === undefined) return needsRoot;
    const told = await runBare(world, [wantedAttempt(world, row, 0)], as, 1);
    return judge(worked(world, row, 0, told), told.get(row.name));
  });
}

const needsRoot: Bare = { bare: 'impossible', detail: 'only root can try it' };

/** Root's attempts can be made by nobody else. */
function whoTries({ as }: Attempt): 'root' | 'user' | undefined {
  if (as === undefined) return 'user';
  return process.getuid?.() === 0 ? as : undefined;
}

// ENOENT, ENXIO, ENODEV, ENOSYS, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EAFNOSUPPORT: this host has no
// such thing.
const hasNot = /\[Errno (2|6|19|38|93|94|97)\]|not found/;

function judge(works: boolean, output: string | undefined): Bare {
  const detail = detailOf(output ?? notMade);
  if (works) return { bare: 'succeeds', detail };
  return { bare: output === undefined || hasNot.test(output) ? 'impossible' : 'refused', detail };
}
