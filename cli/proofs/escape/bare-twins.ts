/** The bare twins: whether attempts work without a sandbox. */
import { runBare } from './bare.ts';
import { detailOf, wantedAttempt, worked } from './batch.ts';
import { attemptsAtOnceMax } from './limits.ts';
import type { Attempt, EscapeResult, EscapeRow } from './row.ts';
import { inWorld } from './world.ts';

/** The result of a bare twin. */
export interface Bare {
  readonly bare: EscapeResult['bare'];
  readonly detail: string;
}

type BatchRow = Extract<EscapeRow, { kind: 'together' }>;

/**
 * Whether the twin deserves another try, alone: it was refused or not made, and this host does not
 * lack what it needs.
 */
export function isWorthRetry({ bare, detail }: Bare): boolean {
  return bare === 'refused' || (bare === 'impossible' && detail === notMade);
}

const notMade = 'the attempt was not made';

/** Results of the twins that run together, by name. */
export async function tryBareTogether(rows: readonly BatchRow[]): Promise<Map<string, Bare>> {
  const bare = new Map<string, Bare>(rows.map((row) => [row.name, needsRoot]));
  const tryAs = async (as: 'root' | 'user'): Promise<void> => {
    const usersRows = rows.filter((row) => userFor(row) === as);
    if (usersRows.length === 0) return;
    await inWorld(async (world) => {
      const wanted = usersRows.map((row, number) => wantedAttempt(world, row, number));
      const outputs = await runBare(world, wanted, as, attemptsAtOnceMax);
      for (const [number, row] of usersRows.entries())
        bare.set(row.name, judge(worked(world, row, number, outputs), outputs.get(row.name)));
    });
  };
  await Promise.all([tryAs('user'), tryAs('root')]);
  return bare;
}

/** Result of a twin that runs alone. */
export async function tryBareAlone(row: EscapeRow): Promise<Bare> {
  return inWorld(async (world) => {
    if (row.kind === 'runner')
      return {
        bare: (await row.bare(world)) ? 'succeeds' : 'refused',
        detail: 'a naive runner prevents it too',
      };
    const as = userFor(row);
    if (as === undefined) return needsRoot;
    const outputs = await runBare(world, [wantedAttempt(world, row, 0)], as, 1);
    return judge(worked(world, row, 0, outputs), outputs.get(row.name));
  });
}

const needsRoot: Bare = { bare: 'impossible', detail: 'only root can make the attempt' };

/** The user that makes the attempt; undefined where it needs root and this process is not root. */
function userFor({ as }: Attempt): 'root' | 'user' | undefined {
  if (as === undefined) return 'user';
  return process.getuid?.() === 0 ? as : undefined;
}

// ENOENT, ENXIO, ENODEV, ENOSYS, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EAFNOSUPPORT: this host lacks
// the device, call or protocol.
const isLacking = /\[Errno (2|6|19|38|93|94|97)\]|not found/;

function judge(works: boolean, output: string | undefined): Bare {
  const detail = detailOf(output ?? notMade);
  if (works) return { bare: 'succeeds', detail };
  return {
    bare: output === undefined || isLacking.test(output) ? 'impossible' : 'refused',
    detail,
  };
}
