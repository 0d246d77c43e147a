/**
 * The file that an installer writes beside the files of a skill, to remember where the skill came
 * from. No agent loads the file.
 */
import * as v from 'valibot';
import { peek } from '../../skills-index/client/peek.ts';
import type { BundleFile, PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import { installerNoteBytesMax, installerNoteWordMax } from '../limits.ts';
import { parseBase } from '../registries/registry-base.ts';

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
  return files.filter((file) => file.path !== notePath || readNote(file, packed) === undefined);
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
  registry: word(/^https?:\/\/[\w.:[\]-]+(\/[\w./-]*)?$/),
  slug: name,
  ownerHandle: v.exactOptional(name),
  installedVersion: word(/^[\w.+-]+$/),
  installedAt: v.number(),
  fingerprint: v.exactOptional(word(/^[0-9a-f]{64}$/)),
});

/** The version that the note says to be in the folder. */
export function notedVersion(
  packed: PackedBundle,
): { registry: string; name: SkillName; version: Version } | undefined {
  const file = packed.bundle.files.find(({ path }) => path === notePath);
  const note = file && readNote(file, packed);
  if (note === undefined) return undefined;
  const { installedVersion, ownerHandle, registry, slug } = note;
  // `scope--name` is how clients before 0.23 name the skill of a scope.
  const [, scope = ownerHandle ?? '', short = slug] = /^(.*?)--(.*)$/.exec(slug) ?? [];
  const full = slug.startsWith('@') ? slug : `@${scope.replace(/^@/, '')}/${short}`;
  return peek(() => ({
    registry: parseBase(registry),
    name: parseSkillName(full),
    version: parseVersion(installedVersion),
  }));
}

/** A program or a text of the skill's author under the name of the note is no note. */
function readNote(
  { path, size, mode }: BundleFile,
  { contents }: PackedBundle,
): v.InferOutput<typeof noteShape> | undefined {
  const bytes = contents.get(path);
  if (bytes === undefined || size > installerNoteBytesMax || mode !== '644') return undefined;
  const parsed = v.safeParse(
    noteShape,
    peek(() => parseJson(bytes, path).value),
  );
  return parsed.success ? parsed.output : undefined;
}
