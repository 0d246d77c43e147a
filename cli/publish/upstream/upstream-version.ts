/** Reads one version of another registry's skill, and compares each file with the listed digest. */
import { createHash } from 'node:crypto';
import * as fetches from '../../../runner/package-fetch/public.ts';
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import { isBundlePath } from '../../../skills-index/skill/bundle-path.ts';
import {
  bundleBytesMax,
  bundleFileBytesMax,
  bundleFilesMax,
} from '../../../skills-index/skill/limits.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Version } from '../../../skills-index/skill/version.ts';
import { mirroredParts, ownedName } from '../../../skills-index/statement/source.ts';
import type { SourceSkill } from '../import/import-source.ts';
import { archiveFrameBytesMax } from './limits.ts';
import { type UpstreamFile, versionAnswer } from './upstream-answers.ts';
import { type UpstreamRegistry, withQuery } from './upstream-registry.ts';

/** A version of another registry. The names have been checked. */
export interface UpstreamVersion {
  readonly upstream: UpstreamRegistry;
  /** The skill's name there. */
  readonly slug: string;
  readonly owner?: string;
  readonly version: Version;
}

/** The version, as an import reads it. Nothing is fetched before `read`. */
export function upstreamVersion(which: UpstreamVersion): SourceSkill {
  const { owner, slug, upstream, version } = which;
  let listed: readonly UpstreamFile[] = [];
  return {
    path: `${ownedName(owner, slug)}@${version}`,
    folderName: slug,
    named: { name: slug, version },
    read: async () => {
      listed = await readList(which);
      const files = readFiles(which, listed, await readArchive(which, listed));
      return { files, unread: [], unlisted: 0, skipped: [] };
    },
    origin: async () =>
      mirroredParts({
        registry: upstream.address,
        skill: slug,
        version,
        files: digestOfList(listed),
        ...(owner === undefined ? {} : { owner }),
      }),
  };
}

async function readList(which: UpstreamVersion): Promise<readonly UpstreamFile[]> {
  const { owner, slug, upstream, version } = which;
  const path = `skills/${slug}/versions/${encodeURIComponent(version)}`;
  const answer = await upstream.ask(withQuery(path, { ownerHandle: owner }), versionAnswer);
  if (answer === undefined) throw missing(which);
  const { files } = answer.version;
  const why = whyNotFiles(files);
  if (why !== undefined) throw refused('upstream-invalid', which, why);
  return files;
}

function whyNotFiles(files: readonly UpstreamFile[]): string | undefined {
  if (files.length > bundleFilesMax)
    return `it has ${files.length} files; at most ${bundleFilesMax}`;
  const large = files.find(({ size }) => size > bundleFileBytesMax);
  if (large !== undefined) return `a file has ${large.size} bytes; at most ${bundleFileBytesMax}`;
  const bytes = sizeOf(files);
  if (bytes > bundleBytesMax) return `it has ${bytes} bytes; at most ${bundleBytesMax}`;
  if (new Set(files.map(({ path }) => path)).size < files.length) return 'a file is listed twice';
  const unsafe = files.find(({ path }) => !isBundlePath(path));
  return unsafe && `no skill can have a file ${JSON.stringify(unsafe.path)}`;
}

async function readArchive(
  which: UpstreamVersion,
  listed: readonly UpstreamFile[],
): Promise<ZipFile[]> {
  const { owner, slug, upstream, version } = which;
  const path = withQuery('download', { slug, ownerHandle: owner, version });
  const zip = await upstream.bytes(path, sizeOf(listed) + archiveFrameBytesMax);
  if (zip === undefined) throw missing(which);
  return unpacked(which, () => fetches.readZip('the archive', zip));
}

type ZipFile = ReturnType<typeof fetches.readZip>[number];

/** The listed files. An archive with other files, or with other bytes, is refused whole. */
function readFiles(
  which: UpstreamVersion,
  listed: readonly UpstreamFile[],
  archive: readonly ZipFile[],
): SourceFile[] {
  const differs = (why: string): Problem => refused('upstream-differs', which, why);
  const left = new Map(listed.map((one) => [one.path, one]));
  const files: SourceFile[] = [];
  for (const file of archive) {
    const { isExecutable, path, size } = file;
    const wanted = left.get(path);
    left.delete(path);
    // ClawHub puts a file about the archive itself beside the files of the skill.
    if (wanted === undefined && path === '_meta.json') continue;
    if (files.some((one) => one.path === path))
      throw differs(`the archive has ${JSON.stringify(path)} twice`);
    if (wanted === undefined)
      throw differs(`the archive has ${JSON.stringify(path)}, which the registry does not list`);
    // The size is compared first: nothing is unpacked to more bytes than were listed.
    const bytes = size === wanted.size ? unpacked(which, () => file.read()) : undefined;
    if (bytes === undefined || sha256Of(bytes) !== wanted.sha256)
      throw differs(`${JSON.stringify(path)} does not have the digest that the registry lists`);
    files.push({ path, bytes, mode: isExecutable ? 0o755 : 0o644 });
  }
  const [lacking] = left.keys();
  if (lacking === undefined) return files;
  throw differs(`the archive lacks ${JSON.stringify(lacking)}, which the registry lists`);
}

function unpacked<Result>(which: UpstreamVersion, unpack: () => Result): Result {
  try {
    return unpack();
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'package-unsafe') throw cause;
    throw refused('upstream-invalid', which, cause.message);
  }
}

function sizeOf(files: readonly UpstreamFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function digestOfList(files: readonly UpstreamFile[]): string {
  const lines = files.map(({ path, sha256 }) => Buffer.from(`${path}:${sha256}`));
  return sha256Of(Buffer.from(lines.sort(Buffer.compare).join('\n')));
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function missing({ slug, upstream, version }: UpstreamVersion): Problem {
  return new Problem('upstream-missing', `${upstream.address} does not offer ${slug}@${version}`);
}

function refused(
  code: 'upstream-invalid' | 'upstream-differs',
  { slug, version }: UpstreamVersion,
  why: string,
): Problem {
  return new Problem(code, `Cannot take ${slug}@${version}: ${why}`);
}
