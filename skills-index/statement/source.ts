/** The source of a version, as SLSA provenance that Skillgate makes names it. */
import * as v from 'valibot';
import type { ProvenancePredicate } from './predicates.ts';

export interface VersionSource {
  /** Address of the repository. */
  readonly repository: string;
  /** Full name of the branch or tag. */
  readonly ref?: string;
  readonly commit: string;
  /** Path of the skill in the repository; empty for its top folder. */
  readonly folder: string;
  /** Id of the folder’s tree. */
  readonly tree?: string;
  /** What SKILL.md says about the licence. */
  readonly licence?: string;
  /** Path in the repository of the licence’s text, and the id of the text. */
  readonly licenceFile?: { readonly path: string; readonly blob: string };
}

/** A version of another registry, of which a version is the copy. */
export interface MirroredVersion {
  /** Address of the other registry. */
  readonly registry: string;
  /** The owner and the name of the skill there. */
  readonly owner?: string;
  readonly skill: string;
  readonly version: string;
  /**
   * SHA-256 in hex of the list of files that the other registry gave: a line `path:sha256` for each
   * file, in the byte order of the paths. Each file had the digest that the list names.
   */
  readonly files: string;
}

/** Where a version came from, as its publisher signed it. */
export interface VersionOrigin {
  readonly source?: VersionSource;
  readonly mirrored?: MirroredVersion;
}

const text = v.pipe(v.string(), v.maxLength(2_000));
const id = v.pipe(v.string(), v.regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/));
const predicateShape = v.looseObject({
  buildDefinition: v.looseObject({
    externalParameters: v.looseObject({
      repository: text,
      folder: text,
      ref: v.exactOptional(text),
    }),
    resolvedDependencies: v.array(
      v.looseObject({
        name: v.exactOptional(text),
        digest: v.looseObject({
          gitCommit: v.exactOptional(id),
          gitTree: v.exactOptional(id),
          gitBlob: v.exactOptional(id),
        }),
        annotations: v.exactOptional(v.looseObject({ licence: v.exactOptional(text) })),
      }),
    ),
  }),
});

/** What `sourceDependencies` wrote; undefined for provenance of another tool. */
function sourceIn(predicate: ProvenancePredicate): VersionSource | undefined {
  const parsed = v.safeParse(predicateShape, predicate);
  if (!parsed.success) return undefined;
  const { externalParameters, resolvedDependencies } = parsed.output.buildDefinition;
  const { repository, folder, ref } = externalParameters;
  const commit = resolvedDependencies.find(({ digest }) => digest.gitCommit)?.digest.gitCommit;
  if (commit === undefined) return undefined;
  const skill = resolvedDependencies.find(({ digest }) => digest.gitTree);
  const licence = skill?.annotations?.licence;
  const file = resolvedDependencies.find(({ digest }) => digest.gitBlob);
  return {
    repository,
    commit,
    folder,
    ...(ref === undefined ? {} : { ref }),
    ...(skill?.digest.gitTree === undefined ? {} : { tree: skill.digest.gitTree }),
    ...(licence === undefined ? {} : { licence }),
    ...(file?.digest.gitBlob === undefined
      ? {}
      : { licenceFile: { path: file.name ?? '', blob: file.digest.gitBlob } }),
  };
}

const mirroredShape = v.looseObject({
  buildDefinition: v.looseObject({
    externalParameters: v.looseObject({
      registry: text,
      owner: v.exactOptional(text),
      skill: text,
      version: text,
    }),
    resolvedDependencies: v.tuple([
      v.looseObject({
        digest: v.looseObject({ sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
      }),
    ]),
  }),
});

/** The skill and version as people write them: `@owner/name@1.0.0`. */
export function mirroredName({ owner, skill, version }: MirroredVersion): string {
  return `${ownedName(owner, skill)}@${version}`;
}

/** A skill of another registry as people write it: `@owner/name`. */
export function ownedName(owner: string | undefined, skill: string): string {
  return owner === undefined ? skill : `@${owner}/${skill}`;
}

/** What `mirroredParts` wrote; undefined for provenance of another tool. */
function mirroredIn(predicate: ProvenancePredicate): MirroredVersion | undefined {
  const parsed = v.safeParse(mirroredShape, predicate);
  if (!parsed.success) return undefined;
  const { externalParameters, resolvedDependencies } = parsed.output.buildDefinition;
  const { owner, registry, skill, version } = externalParameters;
  const [{ digest }] = resolvedDependencies;
  return {
    registry,
    skill,
    version,
    files: digest.sha256,
    ...(owner === undefined ? {} : { owner }),
  };
}

/** Where a version came from; empty for provenance of another tool. */
export function originIn(predicate: ProvenancePredicate): VersionOrigin {
  const source = sourceIn(predicate);
  if (source !== undefined) return { source };
  const mirrored = mirroredIn(predicate);
  return mirrored === undefined ? {} : { mirrored };
}

/** The members of an SLSA build definition that name the copied version. */
export function mirroredParts(mirrored: MirroredVersion): Readonly<Record<string, unknown>> {
  const { files, owner, registry, skill, version } = mirrored;
  const asked = new URLSearchParams({
    slug: skill,
    version,
    ...(owner === undefined ? {} : { ownerHandle: owner }),
  });
  return {
    externalParameters: { registry, skill, version, ...(owner === undefined ? {} : { owner }) },
    internalParameters: {},
    resolvedDependencies: [
      {
        name: 'files',
        uri: `${registry}/api/v1/download?${asked}`,
        digest: { sha256: files },
        annotations: { checked: 'each file has the digest that the registry named' },
      },
    ],
  };
}

/** The members of an SLSA build definition that name the source. */
export function sourceParts(source: VersionSource): Readonly<Record<string, unknown>> {
  const { repository, ref, commit, folder, tree, licence, licenceFile } = source;
  const uri = `git+${repository}`;
  return {
    externalParameters: { repository, folder, ...(ref === undefined ? {} : { ref }) },
    internalParameters: {},
    resolvedDependencies: [
      { uri: ref === undefined ? uri : `${uri}@${ref}`, digest: { gitCommit: commit } },
      ...(tree === undefined
        ? []
        : [
            {
              name: folder,
              digest: { gitTree: tree },
              ...(licence === undefined ? {} : { annotations: { licence } }),
            },
          ]),
      ...(licenceFile === undefined
        ? []
        : [{ name: licenceFile.path, digest: { gitBlob: licenceFile.blob } }]),
    ],
  };
}
