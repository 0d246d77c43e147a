import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseScope, type Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { readsPrivately } from '../readers/read-tokens.ts';
import { freshRegistry } from '../registries/refresh.ts';
import { trustedRegistry } from '../registries/registries.ts';
import { parseBase } from '../registries/registry-base.ts';
import { withSession } from '../registries/session.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, count, inkFor, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { startProgress } from '../terminal/progress.ts';
import { copyOwn, type OwnVersions } from './copy-own.ts';
import { ExportFolder } from './export-folder.ts';
import { type Exported, exportRegistry } from './export-registry.ts';

/** `skillgate registry export URL DIR`: copies the public files of a registry to a folder. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { args, cwd, options, fetch, send, signal, now } = context;
  const pinned = trustedRegistry(context, parseBase(args[0]));
  const dir = resolve(cwd, args[1] ?? '');
  const scopes = Array.isArray(options.scope) ? options.scope.map(parseScope) : [];
  const isOwn = options.own === true;
  if (isOwn && scopes.length === 0)
    throw new Problem('usage', 'Cannot export your own versions: no scope is named', {
      hint: `skillgate registry export ${pinned.base} ${args[1]} --own --scope NAME`,
    });
  await mkdir(dir, { recursive: true });
  const { lockFolder } = await import('../../registry/store/database-file.ts');
  const letGo = lockFolder(dir, 'export.lock');
  try {
    const terms = { offline: false, graceHours: 0, isDoubted: true };
    const { registry } = await freshRegistry(context, pinned, terms);
    const folder = new ExportFolder(dir);
    const { base } = registry;
    const exported = await exportRegistry({
      registry,
      source: { fetch: send ?? fetch, store: folder.store, base, signal },
      folder,
      scopes: [...new Set(scopes)].sort(),
      now,
      startProgress: (total, unit) => startProgress(context, total, unit),
    });
    const own = isOwn ? await exportOwn(context, base, folder, scopes) : undefined;
    const root = pinned.fingerprint;
    answer(
      context,
      {
        schema: 'skillgate.registry-export/1',
        registry: base,
        root,
        dir,
        ...exported,
        ...(own === undefined ? {} : { own }),
      },
      () => textOf(context, dir, exported, own),
    );
    // A file server asks nobody for a token.
    if (readsPrivately(context.paths, base, now()))
      printNote(
        context,
        safe`You read ${base} with a session or token, so ${dir} may have private skills. Do not serve the folder to others who may not read them.`,
      );
    const lacking = exported.lacking.length + (own?.lacking.length ?? 0);
    return lacking === 0 ? exitCodes.ok : exitCodes.refused;
  } finally {
    letGo();
  }
}

async function exportOwn(
  context: CommandContext,
  registryBase: string,
  folder: ExportFolder,
  scopes: readonly Scope[],
): Promise<OwnVersions> {
  const registry = { ...context, registryBase };
  const signer = await (await signerFor(context)).unlocked();
  const found: OwnVersions[] = [];
  for (const scope of scopes)
    found.push(
      await copyOwn(
        {
          folder,
          registry,
          signedIn: (task) => withSession(registry, signer, task),
          startProgress: (total, unit) => startProgress(context, total, unit),
        },
        scope,
      ),
    );
  return {
    count: found.reduce((sum, one) => sum + one.count, 0),
    lacking: found.flatMap(({ lacking }) => lacking),
  };
}

function textOf(
  context: CommandContext,
  dir: string,
  { size, entries, versions, expires, lacking }: Exported,
  own: OwnVersions | undefined,
): Safe {
  const ink = inkFor(context.stdout, context.env);
  return joined(
    [
      safe`${ink.green('✔')} ${dir}: ${count(size, 'entry', 'entries')} of the log (${entries} new), ${count(versions, 'new version')}; hosts accept the copy until ${expires}`,
      ...(own === undefined
        ? []
        : [
            safe`${ink.green('✔')} ${dir}/own: ${count(own.count, 'version')} with their files, whatever their status`,
          ]),
      ...[...lacking, ...(own?.lacking ?? [])].map(
        ({ name, version, why }) =>
          safe`${ink.red('✘')} ${name}@${version} is not in the copy: ${why}`,
      ),
    ],
    '\n',
  );
}
