/**
 * An approved version as a plugin with one skill: a gzipped tar that npm, Claude Code and clients
 * of Agent Plugins 1.0 read. Everything of the author is below `skills/`, so that no file of a
 * skill is a manifest, a hook or a script of the plugin.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { Gzip } from 'fflate';
import { tarEnd, tarEntry } from '../../skills-index/skill/authoring/write-tar.ts';
import type { BundleFile } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf, shortNameOf } from '../../skills-index/skill/name.ts';
import { indexDescription } from '../../skills-index/trust/index-files/index-line.ts';
import type { Registry } from '../context.ts';
import { requireBlob } from '../store/blobs.ts';
import { filesOf, skillMdOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import { pluginPackages } from './catalogue-schema.ts';
import { digestOfParts, type MadeFile } from './made-files.ts';

const schema = 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json';
/** npm takes the files from the first folder of the archive, whose usual name is this. */
const folder = 'package';

/** A version whose plugin package somebody wants. */
export type PackagedVersion = Pick<VersionRow, 'id' | 'name' | 'version' | 'bundle'>;

/** The plugin package of a version, not compressed. */
export function pluginPackageOf(registry: Registry, row: PackagedVersion): MadeFile {
  return {
    name: `plugin ${row.id}`,
    type: 'application/gzip',
    open: async () => {
      const files = await filesOf(registry, row);
      const size = files.reduce((sum, file) => sum + file.size, 0);
      return { size, parts: () => packageParts(registry, row, files) };
    },
    digest: () => pluginPackageDigest(registry, row),
  };
}

/** @throws Problem `path-invalid` for a path that no tar archive can have */
async function* packageParts(
  registry: Registry,
  row: PackagedVersion,
  files: readonly BundleFile[],
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const gzip = new Gzip({ level: 0, mtime: 0 }, (chunk) => chunks.push(chunk));
  const add = (path: string, mode: '644' | '755', bytes: Uint8Array): void => {
    for (const part of tarEntry({ path: `${folder}/${path}`, mode, bytes })) gzip.push(part);
  };
  for (const [path, manifest] of Object.entries(manifestsOf(row, await skillMdOf(registry, files))))
    add(path, '644', Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`));
  for (const { mode, path, sha256 } of files) {
    add(`skills/${shortNameOf(row.name)}/${path}`, mode, await requireBlob(registry, sha256));
    yield* chunks.splice(0);
    // A sum over each file: a large skill must not keep others waiting.
    await nextTurn();
  }
  gzip.push(tarEnd, true);
  yield* chunks;
}

/** The digest of a version's plugin package, which is remembered once the package was made. */
export async function pluginPackageDigest(
  registry: Registry,
  row: PackagedVersion,
): Promise<Digest> {
  const [found] = await registry.db.read
    .select()
    .from(pluginPackages)
    .where(eq(pluginPackages.versionId, row.id));
  if (found !== undefined) return found.digest;
  const { parts } = await pluginPackageOf(registry, row).open();
  const digest = await digestOfParts(parts());
  await registry.db.batch([
    (db) => db.insert(pluginPackages).values({ versionId: row.id, digest }).onConflictDoNothing(),
  ]);
  return digest;
}

/** The manifests by their paths. No manifest has a script, a dependency or a hook. */
function manifestsOf(
  { bundle, name, version }: PackagedVersion,
  skill: { readonly description: string; readonly license?: string },
): Readonly<Record<string, object>> {
  const plugin = {
    name: shortNameOf(name),
    version,
    description: indexDescription(skill.description),
    author: { name: `@${scopeOf(name)}` },
    ...(skill.license === undefined ? {} : { license: skill.license }),
  };
  return {
    'plugin.json': {
      $schema: schema,
      ...plugin,
      extensions: { 'dev.skillgate': { name, version, bundle } },
    },
    '.claude-plugin/plugin.json': plugin,
    'package.json': { ...plugin, name, author: plugin.author.name },
  };
}
