/** Failures of packages: fetching, unpacking, storing and mounting. */
import type { ProblemCodeRow } from './row.ts';

export const packageCodes = {
  'package-unsafe': {
    exit: 6,
    status: 422,
    means:
      'The archive of a package is malformed, or would write outside its folder, or a package names a dependency by an address. Nothing was unpacked or built.',
    fix: 'Lock another version of the package (skillgate lock), and tell the maintainers of the package.',
  },
  'package-differs': {
    exit: 6,
    status: 409,
    means: 'A package index has other bytes under the name of a locked file than the lock names.',
    fix: 'Find out who changed the file: the index, or something between this host and the index. Do not lock the other bytes before you know.',
  },
  'package-unavailable': {
    exit: 4,
    status: 503,
    means: 'A package index does not answer, or does not have the file of a locked package.',
    fix: 'Try again. To fetch packages from elsewhere, name a mirror or a folder: skillgate host index add.',
  },
  'package-unsuitable': {
    exit: 6,
    status: 422,
    means:
      'The locked packages do not fit this host or each other: no file for its interpreter or system, two packages with one file, or a module that would replace a part of Python.',
    fix: 'Lock other versions or fewer packages: skillgate lock.',
  },
  'package-malicious': {
    exit: 6,
    status: 403,
    means:
      'An advisory of this host, or of the registry’s scanner, lists a package of the skill as malicious.',
    fix: 'Do not run the skill. Read in the audit log what earlier runs did: skillgate log. The author locks another version: skillgate lock.',
  },
  'package-not-in-house': {
    exit: 6,
    status: 409,
    means:
      'The skill leaves the versions of its packages to the host, and the packages of this host do not meet what the skill requires.',
    fix: 'The operator adds the package: skillgate host packages add. Or the author deletes "lock": "house" in skill.json, and types: skillgate lock.',
  },
  'package-vulnerable': {
    exit: 6,
    status: 403,
    means:
      'An advisory in the folder that host policy names lists a package of the skill as vulnerable, and host policy refuses such packages.',
    fix: 'Install a version of the skill with a newer package: skillgate update. To allow one advisory on this host: skillgate host advisories add allow ID.',
  },
  'packages-missing': {
    exit: 6,
    status: 409,
    means: 'The packages that the skill needs are not stored on this host.',
    fix: 'Install the skill: skillgate install NAME.',
  },
  'packages-damaged': {
    exit: 6,
    status: 409,
    means: 'Stored packages differ from the packages that were fetched, so nothing was started.',
    fix: 'Find out who changed the files. Then install the skill again, which fetches the packages anew: skillgate install NAME.',
  },
  'packages-full': {
    exit: 7,
    status: 507,
    means: 'The store of packages has reached its limit, or its disk is full.',
    fix: 'Delete the packages that no skill used for a while: skillgate packages clean.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
