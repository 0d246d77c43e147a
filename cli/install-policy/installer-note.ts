/**
 * The file that an installer writes beside the files of a skill, to remember where the skill came
 * from. No agent loads the file.
 */
import * as v from 'valibot';
import { peek } from '../../skills-index/client/peek.ts';
import type { BundleFile, PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { installerNoteBytesMax, installerNoteWordMax } from '../limits.ts';

/** Of `clawhub`. Any other file in the folder `.clawhub` counts as a file of the skill. */
const notePath = '.clawhub/origin.json' as BundlePath;

/**
 * The files of a folder without the installer's note.
 * @param expected the paths of the approved files: a note that was approved stays
 */
export function withoutInstallerNote(
  packed: PackedBundle,
  expected: { has(path: string): boolean },
): readonly BundleFile[] {
  const { files } = packed.bundle;
  if (expected.has(notePath)) return files;
  return files.filter((file) => file.path !== notePath || !isNote(file, packed));
}

/** Whether a folder has exactly the files of a bundle, perhaps beside an installer's note. */
export function isBundle(packed: PackedBundle, digest: Digest): boolean {
  if (packed.digest === digest) return true;
  const files = withoutInstallerNote(packed, new Set());
  return digestOf(Buffer.from(canonicalJson({ ...packed.bundle, files }))) === digest;
}

const word = (form: RegExp) => v.pipe(v.string(), v.maxLength(installerNoteWordMax), v.regex(form));
const name = word(/^@?[\w.-]+(\/[\w.-]+)?$/);

/**
 * What `clawhub` writes for a skill of a registry. A person or an agent who lists hidden files may
 * read the note, so no member can hold a sentence.
 */
const noteShape = v.strictObject({
  version: v.literal(1),
  registry: word(/^https?:\/\/[\w.:[\]-]+\/?$/),
  slug: name,
  ownerHandle: v.exactOptional(name),
  installedVersion: word(/^[\w.+-]+$/),
  installedAt: v.number(),
  fingerprint: v.exactOptional(word(/^[0-9a-f]{64}$/)),
});

/** A program or a text of the skill's author under the name of the note is no note. */
function isNote({ path, size, mode }: BundleFile, { contents }: PackedBundle): boolean {
  const bytes = contents.get(path);
  if (bytes === undefined || size > installerNoteBytesMax || mode !== '644') return false;
  const value = peek(() => parseJson(bytes, path).value);
  return v.is(noteShape, value);
}
