/** Backups and restores with the options that most tests take. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import {
  type BackupOptions,
  type MadeBackup,
  makeBackup,
} from '../../../registry/backup/backup.ts';
import {
  type Restored,
  type RestoreOptions,
  restoreRegistry,
} from '../../../registry/backup/restore.ts';
import { makeDataFolder } from '../../journey/registry-data.ts';
import { makeKey, type TestKey, type TestRoot } from '../people.ts';
import { claimScope, makeSkill, publish, type Send } from '../road.ts';
import { expectAnswer } from '../steps.ts';

/** A data folder in a folder that has nothing else: the caller removes that folder at the end. */
export function makeLoneDataFolder(trust: TestRoot): Promise<string> {
  return makeDataFolder(trust, mkdtempSync(join(tmpdir(), 'skillgate-backup-')));
}

/** Claims `acme`, and publishes three versions there, which nobody scans. */
export async function publishThree(send: Send): Promise<TestKey> {
  const author = makeKey();
  await expectAnswer(claimScope(send, 'acme', author), 201);
  for (let at = 0; at < 3; at++)
    await expectAnswer(publish(send, makeSkill('@acme/report', `1.0.${at}`), author), 201);
  return author;
}

export function backUp(
  dir: string,
  backup: string,
  more: Partial<BackupOptions> = {},
): Promise<MadeBackup> {
  return makeBackup({
    dir,
    backup,
    withKeys: false,
    say: () => undefined,
    signal: new AbortController().signal,
    ...more,
  });
}

/** Restores a backup, and reaches no witness. */
export function restore(
  backup: string,
  dir: string,
  more: Partial<RestoreOptions> = {},
): Promise<Restored> {
  return restoreRegistry({
    backup,
    dir,
    witnesses: [],
    isUnwitnessed: false,
    fetch: () => Promise.reject(new TypeError('fetch failed')),
    now: () => new Date(),
    say: () => undefined,
    progress: () => undefined,
    ...more,
  });
}

/** What is left of a folder, under its name or a longer one. */
export function leftOf(dir: string): readonly string[] {
  return readdirSync(dirname(dir)).filter((name) => name.includes(basename(dir)));
}
