/**
 * The variables with which interpreters find a run's packages. Python runs no path files (`.pth`)
 * of the folders in PYTHONPATH.
 */
import { availableParallelism } from 'node:os';
import type { Plan, PlannedPackages } from '../../skills-index/run/plan/plan.ts';

/** Packages that a host chose for a run, as the audit log names them: a line has 16 KiB. */
const notedPackagesMax = 80;

/** Packages that write below HOME at their first import write to the temporary folder instead. */
const temporary = {
  MPLCONFIGDIR: '/tmp/matplotlib',
  NUMBA_CACHE_DIR: '/tmp/numba',
  HF_HOME: '/tmp/hf',
};

export function packageEnvironment({ packages }: Pick<Plan, 'packages'>): Record<string, string> {
  const python = packages.find(({ ecosystem }) => ecosystem === 'python');
  if (python === undefined) return {};
  // numpy starts a thread for each processor, and each thread counts as a process.
  const threads = String(Math.max(1, Math.floor(availableParallelism() / 2)));
  return {
    PYTHONPATH: python.target,
    ...temporary,
    MPLBACKEND: 'Agg',
    OMP_NUM_THREADS: threads,
    OPENBLAS_NUM_THREADS: threads,
  };
}

/**
 * The notes on a run's packages for the audit log. A lock of the skill is in its approval, and only
 * the log says later what a host had chosen.
 */
export function packagesNotes({ ecosystem, isHouse, packages, path }: PlannedPackages): string[] {
  const key = path.split('/').at(-2)?.slice(0, 12);
  const set = `packages of ${ecosystem}: ${packages.length} in set ${key}`;
  if (isHouse !== true) return [set];
  const shown = packages.slice(0, notedPackagesMax).map((one) => `chosen by this host: ${one}`);
  const more = packages.length - shown.length;
  return [set, ...shown, ...(more > 0 ? [`chosen by this host: ${more} more`] : [])];
}
