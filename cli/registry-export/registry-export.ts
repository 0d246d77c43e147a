import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseScope } from '../../skills-index/skill/name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { readsPrivately } from '../readers/read-tokens.ts';
import { freshRegistry } from '../registries/refresh.ts';
import { trustedRegistry } from '../registries/registries.ts';
import { parseBase } from '../registries/registry-base.ts';
import { answer, count, inkFor, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { startProgress } from '../terminal/progress.ts';
import { ExportFolder } from './export-folder.ts';
import { type Exported, exportRegistry } from './export-registry.ts';

/** `skillgate registry export URL DIR`: copies the public files of a registry to a folder. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { args, cwd, options, fetch, send, signal, now } = context;
  const pinned = trustedRegistry(context, parseBase(args[0]));
  const dir = resolve(cwd, args[1] ?? '');
  const scopes = Array.isArray(options.scope) ? options.scope.map(parseScope) : [];
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
    const root = pinned.fingerprint;
    answer(
      context,
      {
        schema: 'skillgate.registry-export/1',
        registry: base,
        root,
        dir,
        ...exported,
      },
      () => textOf(context, dir, exported),
    );
    // A file server asks nobody for a token.
    if (readsPrivately(context.paths, base, now()))
      printNote(
        context,
        safe`You read ${base} with a session or token, so ${dir} may have private skills. Do not serve the folder to others who may not read them.`,
      );
    return exported.lacking.length === 0 ? exitCodes.ok : exitCodes.refused;
  } finally {
    letGo();
  }
}

function textOf(
  context: CommandContext,
  dir: string,
  { size, entries, versions, expires, lacking }: Exported,
): Safe {
  const ink = inkFor(context.stdout, context.env);
  return joined(
    [
      safe`${ink.green('✔')} ${dir}: ${count(size, 'entry', 'entries')} of the log (${entries} new), ${count(versions, 'new version')}; hosts accept the copy until ${expires}`,
      ...lacking.map(
        ({ name, version, why }) =>
          safe`${ink.red('✘')} ${name}@${version} is not in the copy: ${why}`,
      ),
    ],
    '\n',
  );
}
