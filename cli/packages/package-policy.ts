/** The operator's rules about packages, with progress while a new archive of advisories is read. */
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { CommandContext } from '../command.ts';
import { printLine, safe } from '../terminal/output.ts';

type World = Pick<CommandContext, 'now' | 'paths'> & Partial<Pick<CommandContext, 'stderr'>>;

/** Milliseconds before the first line, and between two lines. */
const quietMillis = 2_000;
const pauseMillis = 5_000;
/** Advisories between two looks at the clock. */
const lookEvery = 500;

export function packagePolicy(
  { now, paths, stderr }: World,
  { advisories: folder, packages: rules }: Pick<HostPolicy, 'advisories' | 'packages'>,
) {
  let next = now().getTime() + quietMillis;
  let known = '';
  const onRead = (path: string, read: number, total: number): void => {
    if (stderr === undefined || read % lookEvery !== 0 || now().getTime() < next) return;
    next = now().getTime() + pauseMillis;
    if (known !== path)
      printLine(
        stderr,
        safe`note: reading all ${total} advisories of ${path}, because it is new or has changed …`,
      );
    else printLine(stderr, safe`note: read ${Math.floor((read / total) * 100)} % of ${path}`);
    known = path;
  };
  return { folder, cache: paths.cache, rules, onRead };
}
