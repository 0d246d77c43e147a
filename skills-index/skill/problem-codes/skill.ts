/** Failures of what a skill is. */
import type { ProblemCodeRow } from './row.ts';

export const skillCodes = {
  'name-invalid': {
    exit: 2,
    status: 400,
    means: 'A skill name is @scope/name, each part lower-case letters, digits and single hyphens.',
    fix: 'Rename it, for example @acme/weekly-report.',
  },
  'version-invalid': {
    exit: 2,
    status: 400,
    means: 'A version is semver 2, for example 1.4.0.',
    fix: 'Write MAJOR.MINOR.PATCH.',
  },
  'digest-invalid': {
    exit: 2,
    status: 400,
    means: 'A digest is sha256: and 64 lower-case hexadecimal digits.',
    fix: 'Copy the whole digest.',
  },
  'path-invalid': {
    exit: 6,
    status: 422,
    means:
      'A file name in the skill could mean something else on another machine, or leave the skill.',
    fix: 'Rename or remove the files listed; nothing was taken.',
  },
  'bundle-invalid': {
    exit: 6,
    status: 422,
    means: 'The files do not make a bundle: a limit, a link, a special file or a damaged list.',
    fix: 'Mend each reason listed; nothing was taken.',
  },
  'skill-md-missing': {
    exit: 3,
    status: 422,
    means: 'A skill is a folder with a SKILL.md.',
    fix: 'Write SKILL.md, or run skillgate init.',
  },
  'skill-md-invalid': {
    exit: 2,
    status: 422,
    means: 'The front matter of SKILL.md cannot be read or lacks a name or description.',
    fix: 'Mend the front matter at the place named.',
  },
  'manifest-missing': {
    exit: 3,
    status: 422,
    means: 'Publishing needs a skill.json that a person confirmed.',
    fix: 'Run skillgate manifest --write and read it.',
  },
  'text-unwritten': {
    exit: 6,
    status: 422,
    means:
      'A reason or a description is still the one that skillgate init or skillgate manifest put there.',
    fix: 'Say in your own words what the skill does and why it needs each capability.',
  },
  'manifest-invalid': {
    exit: 2,
    status: 422,
    means: 'skill.json does not follow its schema.',
    fix: 'Mend the keys at the places named.',
  },
  'json-invalid': {
    exit: 2,
    status: 400,
    means: 'A JSON file cannot be parsed, repeats a key or nests too deep.',
    fix: 'Correct the JSON file at the line and column that the message names.',
  },
  'capability-invalid': {
    exit: 2,
    status: 422,
    means: 'A capability is not one of env, secret, egress, mount or exec in its documented form.',
    fix: 'See docs/manifest.md.',
  },
  'file-not-found': {
    exit: 3,
    status: 404,
    means: 'A file or folder that was named does not exist.',
    fix: 'Check the path.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
