/** How the files of an upload differ from the newest version of the skill. */
import * as v from 'valibot';
import { type BundleFile, parseBundle } from '../../../skills-index/skill/bundle.ts';
import { type Digest, digestOf, hexOf, isDigest } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import {
  askRegistry,
  fetchStoredBlob,
  type RegistryWorld,
  requestBytes,
  versionPath,
} from '../../registries/registry-api.ts';

export interface UploadChanges {
  /** The version that the upload is compared with. */
  readonly since: string;
  /** Why there is no comparison; absent where there is one. */
  readonly why?: string;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Undefined for the first version of a skill. */
export async function compareUpload(
  world: RegistryWorld,
  name: string,
  files: readonly BundleFile[],
  token: string,
): Promise<UploadChanges | undefined> {
  const before = await newestOf(world, name, token);
  if (before === undefined) return undefined;
  const { bundle, version: since } = before;
  const list = await readList(world, bundle, token);
  const none = { since, added: [], changed: [], removed: [] };
  if (list === undefined) return { ...none, why: 'this key may not read its files' };
  const had = new Map(list.map(({ path, sha256 }) => [path, sha256]));
  const has = new Set(files.map(({ path }) => path));
  return {
    since,
    added: files.filter(({ path }) => !had.has(path)).map(({ path }) => path),
    changed: files
      .filter(({ path, sha256 }) => had.has(path) && had.get(path) !== sha256)
      .map(({ path }) => path),
    removed: list.filter(({ path }) => !has.has(path)).map(({ path }) => path),
  };
}

const listed = v.looseObject({
  versions: v.array(
    v.looseObject({ version: v.string(), bundle: v.custom<Digest>(isDigest, 'is not a digest') }),
  ),
});

async function newestOf(world: RegistryWorld, name: string, token: string) {
  const path = `/api/v1/versions${versionPath(name)}?before=end`;
  const page = await orAbsent(askRegistry(world, path, listed, { token }));
  return page?.versions.at(-1);
}

/** The author reads the list of a version's files, and everybody that of an approved one. */
async function readList(
  world: RegistryWorld,
  bundle: Digest,
  token: string,
): Promise<readonly BundleFile[] | undefined> {
  const stored = await orAbsent(fetchStoredBlob(world, bundle, token));
  const path = `/blobs/sha256/${hexOf(bundle)}`;
  const bytes = stored ?? (await orAbsent(requestBytes(world, path, { token })));
  return bytes === undefined || digestOf(bytes) !== bundle
    ? undefined
    : parseBundle(bytes).bundle.files;
}

async function orAbsent<Found>(found: Promise<Found>): Promise<Found | undefined> {
  return found.catch((cause: unknown) => {
    if (cause instanceof Problem && cause.code === 'not-found') return undefined;
    throw cause;
  });
}
