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

/** What `sourceParts` wrote; undefined for provenance of another tool. */
export function sourceIn(predicate: ProvenancePredicate): VersionSource | undefined {
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
