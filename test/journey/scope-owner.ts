/** The owner of a scope at a served registry, with a home folder and the key of the scope. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathsOf } from '../../cli/paths.ts';
import { pinRegistry } from '../../cli/registries/addresses/pin-registry.ts';
import { type Ran, skill } from '../cli/command-line.ts';
import { writeKey } from '../cli/registry-users.ts';
import type { ForeignStage } from './foreign-stage.ts';

export interface ScopeOwner {
  /** `skillgate WORD…` */
  skill(...words: string[]): Promise<Ran>;
  /** Makes a token that uploads to @acme. */
  token(label: string): Promise<string>;
  close(): void;
}

export async function makeScopeOwner({ base, site, walk }: ForeignStage): Promise<ScopeOwner> {
  const home = mkdtempSync(join(tmpdir(), 'skillgate-owner-'));
  writeKey(join(home, 'config/keys'), 'default', walk.staff.author);
  await pinRegistry(pathsOf({ SKILLGATE_HOME: home }), base(), site.trust.root, []);
  const run = (...words: string[]): Promise<Ran> =>
    skill(words, { env: { SKILLGATE_HOME: home }, cwd: home, fetch, now: () => new Date() });
  return {
    skill: run,
    token: async (label) => {
      const { exit, stderr, stdout } = await run('scope', 'token', 'acme', label);
      const token = /token: {3}(\S{43})\n/.exec(stdout)?.[1];
      if (exit !== 0 || token === undefined) throw new Error(stderr);
      return token;
    },
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}
