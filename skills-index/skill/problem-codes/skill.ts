/** Failures that concern a skill itself: its name, files and manifest. */
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
      'A file name in the skill could mean another file on another machine, or leads out of the skill’s folder.',
    fix: 'Rename or remove the listed files; `convmv -r -f utf8 -t utf8 --nfc --notest .` turns all names into NFC. Nothing was stored.',
  },
  'bundle-invalid': {
    exit: 6,
    status: 422,
    means:
      'The files do not make a bundle: a limit, a link, a special file or a damaged file list.',
    fix: 'Correct each listed fault. Nothing was stored.',
  },
  'skill-md-missing': {
    exit: 3,
    status: 422,
    means: 'The folder is not a skill: it has no SKILL.md.',
    fix: 'Write SKILL.md, or type skillgate init.',
  },
  'skill-md-invalid': {
    exit: 2,
    status: 422,
    means: 'The front matter of SKILL.md cannot be read, or lacks a name or description.',
    fix: 'Correct the front matter at the place named.',
  },
  'manifest-missing': {
    exit: 3,
    status: 422,
    means: 'Publishing needs a skill.json that a person confirmed.',
    fix: 'Type skillgate manifest --write, and read the file.',
  },
  'package-lock-missing': {
    exit: 6,
    status: 422,
    means: 'skill.json requires packages that no lock file of the skill pins.',
    fix: 'Lock the packages: skillgate lock.',
  },
  'package-lock-differs': {
    exit: 6,
    status: 422,
    means: 'skill.json and the skill’s lock file pin different packages, or different files.',
    fix: 'Lock the packages again (skillgate lock), and read what changed.',
  },
  'package-lock-invalid': {
    exit: 6,
    status: 422,
    means:
      'A lock file cannot be read, or pins something other than wheels and registry tarballs with a strong hash.',
    fix: 'Correct what the message names, or write the lock anew: skillgate lock.',
  },
  'package-unresolved': {
    exit: 6,
    status: 422,
    means: 'No versions of the required packages fit together, or a package has no wheel.',
    fix: 'Change "requires" under "packages" in skill.json, and lock again: skillgate lock.',
  },
  'package-tool-missing': {
    exit: 5,
    status: 500,
    means:
      'This machine has no tool that can choose the versions. Skillgate needs uv to leave out versions that are too new for host policy.',
    fix: 'Install uv for Python (pip install uv), or npm for Node.',
  },
  'placeholder-text': {
    exit: 6,
    status: 422,
    means:
      'A reason or a description is still the placeholder of skillgate init or skillgate manifest.',
    fix: 'Describe in your own words what the skill does and why it needs each capability.',
  },
  'manifest-invalid': {
    exit: 2,
    status: 422,
    means: 'skill.json does not follow its schema.',
    fix: 'Correct the keys at the places named. docs/manifest.md describes every key.',
  },
  'json-invalid': {
    exit: 2,
    status: 400,
    means: 'A JSON file cannot be parsed, repeats a key, or is nested too deeply.',
    fix: 'Correct the file that the message names, at the line and column in the message.',
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
    fix: 'Check that the path in the message is spelled correctly and names a file or folder that you may read.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
