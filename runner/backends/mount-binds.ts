/** Turns the mounts of a plan into binds, with protected paths read-only inside writable mounts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { placeholderText } from '../../skills-index/run/changes/protected-names.ts';
import type { SandboxStart } from '../bubblewrap/sandbox.ts';
import type { OciBind } from './oci-spec.ts';

type Mounted = Pick<SandboxStart, 'plan' | 'protectedPaths' | 'sources'>;

/** Empty entries that cover names which must stay free. */
export interface Empty {
  readonly file: string;
  /** An empty JSON object, for programs that read the file as JSON. */
  readonly json: string;
  readonly folder: string;
}

/** Creates the empty entries in a folder of the run. */
export function makeEmpty(folder: string): Empty {
  const empty = {
    file: `${folder}/empty-file`,
    json: `${folder}/empty-json`,
    folder: `${folder}/empty-folder`,
  };
  writeFileSync(empty.file, '', { mode: 0o444 });
  writeFileSync(empty.json, '{}', { mode: 0o444 });
  mkdirSync(empty.folder, { mode: 0o755 });
  return empty;
}

/**
 * Returns binds by path. The prelude in the sandbox then checks that each mount is the judged
 * folder.
 */
export function mountBinds({ plan, protectedPaths, sources }: Mounted, empty: Empty): OciBind[] {
  return plan.mounts.flatMap(({ target, mode, path: own }) => {
    const source = sources?.get(target) ?? own;
    const shut = mode === 'ro' ? [] : (protectedPaths.get(target) ?? []);
    return [
      { source, target, writable: mode !== 'ro' },
      ...shut.map(({ path, kind }): OciBind => {
        const there = {
          file: placeholderText(path) === '' ? empty.file : empty.json,
          folder: empty.folder,
        };
        const shown = kind === 'file' || kind === 'folder' ? there[kind] : `${source}/${path}`;
        return { source: shown, target: `${target}/${path}`, writable: kind === 'pinned' };
      }),
    ];
  });
}
