/** Failures of packages: fetching, unpacking, storing and mounting. */
import type { ProblemCodeRow } from './row.ts';

export const packageCodes = {
  'package-unsafe': {
    exit: 6,
    status: 422,
    means:
      'The archive of a package is malformed, or would write outside its folder. Nothing of the archive was unpacked.',
    fix: 'Lock another version of the package (skillgate lock), and tell the maintainers of the package.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
