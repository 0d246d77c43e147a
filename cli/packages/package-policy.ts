/** The operator's rules about packages, with progress while a new archive of advisories is read. */
import * as packages from '../../runner/package-store/public.ts';
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

/**
 * The ids of the advisories that name packages of this host's sets.
 * @throws Problem `host-policy-invalid` when an advisory cannot be read
 */
export function idsOfStoredPackages(
  world: World,
  policy: Pick<HostPolicy, 'advisories' | 'packages'>,
): ReadonlySet<string> {
  const stored = packages
    .listSets(world.paths.data)
    .sets.flatMap(({ record }) =>
      record.packages.map(({ name, version }) => ({ ecosystem: record.ecosystem, name, version })),
    );
  return new Set(
    packages.advisedPackages(packagePolicy(world, policy), stored, 'all').map(({ id }) => id),
  );
}
