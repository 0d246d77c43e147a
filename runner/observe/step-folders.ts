/**
 * The folders of one step: made, filled and then given to the step. From here on, nothing of the
 * observation uses a path below them, because the step can put a link in the place of any entry.
 */
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { giveTrees, type Owner } from '../files/given-folder.ts';
import { folderOnly } from '../files/walk-folder.ts';
import { type DecoyFile, type Decoys, filesOfHome } from './decoys.ts';
import { givenFile, type Persona } from './steps.ts';

export const folderNames = ['home', 'skill', 'observe', 'temporary'] as const;
type FolderName = (typeof folderNames)[number];

/** Where a step sees its folders. */
export type Targets = Readonly<Record<FolderName, string>>;

export function targetsOf({ home }: Pick<Decoys, 'home'>): Targets {
  return { home, skill: '/skills/submission', observe: '/observe', temporary: '/tmp' };
}

export interface StepFolders {
  /** Paths for the sandbox, which binds the folders and checks them against the descriptors. */
  readonly sources: ReadonlyMap<string, string>;
  readonly descriptors: ReadonlyMap<string, number>;
  /** The folders through their descriptors. */
  readonly opened: Targets;
  close(): void;
}

export interface StepContent {
  readonly decoys: Decoys;
  readonly files: readonly {
    readonly path: string;
    readonly mode: '644' | '755';
    readonly bytes: Uint8Array;
  }[];
}

/** @param owner gets the folders; absent for an observer that is not root */
export function makeStepFolders(
  { decoys, files }: StepContent,
  persona: Persona,
  runFolder: string,
  owner: Owner | undefined,
): StepFolders {
  // Closed until everything is in place and given.
  const above = `${runFolder}/step`;
  fs.mkdirSync(above, { mode: 0o700 });
  const paths = folderNames.map((name) => join(above, name));
  for (const path of paths) fs.mkdirSync(path, { mode: 0o700 });
  const at = (name: FolderName): string => join(above, name);
  place(at('home'), filesOfHome(decoys, persona));
  for (const { path, mode, bytes } of files) {
    const full = join(at('skill'), path);
    fs.mkdirSync(join(full, '..'), { recursive: true });
    fs.writeFileSync(full, bytes, { mode: mode === '755' ? 0o755 : 0o644 });
  }
  place(at('temporary'), [{ path: basename(givenFile), text: '# Notes\n\nMeeting on Monday.\n' }]);
  const numbers = paths.map((path) => fs.openSync(path, folderOnly));
  if (owner !== undefined) giveTrees(paths, owner);
  fs.chmodSync(above, 0o711);
  const targets = targetsOf(decoys);
  const byTarget = <Value>(values: readonly Value[]): ReadonlyMap<string, Value> =>
    new Map(
      folderNames.flatMap((name, index) => {
        const value = values[index];
        return value === undefined ? [] : [[targets[name], value] as const];
      }),
    );
  const self = (name: FolderName): string => `/proc/self/fd/${numbers[folderNames.indexOf(name)]}`;
  return {
    sources: byTarget(paths),
    descriptors: byTarget(numbers),
    opened: {
      home: self('home'),
      skill: self('skill'),
      observe: self('observe'),
      temporary: self('temporary'),
    },
    close: () => {
      for (const number of numbers) fs.closeSync(number);
    },
  };
}

// A read of a decoy changes the time of its last access, where the file system keeps that time.
function place(folder: string, files: readonly DecoyFile[]): void {
  const past = new Date('2026-01-05T08:00:00Z');
  for (const { path, text } of files) {
    const full = join(folder, path);
    fs.mkdirSync(join(full, '..'), { recursive: true, mode: 0o700 });
    fs.writeFileSync(full, text, { mode: 0o600 });
    fs.utimesSync(full, past, past);
  }
}
