/**
 * The variables with which interpreters find a run's packages. Python runs no path files (`.pth`)
 * of the folders in PYTHONPATH.
 */
import { availableParallelism } from 'node:os';
import type { Plan, PlannedPackages } from '../../skills-index/run/plan/plan.ts';

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

/** The note on a run's packages for the audit log. The plan names each package. */
export function packagesNote({ ecosystem, packages, path }: PlannedPackages): string {
  const key = path.split('/').at(-2)?.slice(0, 12);
  return `packages of ${ecosystem}: ${packages.length} in set ${key}`;
}
