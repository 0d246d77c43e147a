/** Everybody on the road, and the steps that each part of the contract takes with them. */

import { expect } from 'vitest';
import { makeKey, type TestKey } from '../people.ts';
import {
  type Answer,
  approve,
  call,
  claimScope,
  enrol,
  publishScanned,
  type Skill,
  signIn,
} from '../road.ts';
import { bodyAt } from '../steps.ts';
import type { Shell } from './shell.ts';

/** The part of a shell without which nobody can walk. */
export type Road = Pick<Shell, 'send' | 'trust'>;

/** The people of the contract, enrolled; the members are signed in. */
export interface People {
  readonly author: TestKey;
  readonly scanner: TestKey;
  readonly rita: TestKey;
  readonly tokens: { readonly scanner: string; readonly rita: string };
  /** Posts JSON as the scanner. */
  asScanner(path: string, json: unknown): Promise<Answer>;
  /** Publishes and scans. */
  offer(skill: Skill): Promise<void>;
  approve(skill: Skill): Promise<Answer>;
  /** Publishes, scans and approves. */
  release(skill: Skill): Promise<Answer>;
  statusOf(skill: Skill): Promise<string>;
}

/** The people at a shell. */
export type Cast<One extends Road = Shell> = One & People;

/** Enrols the people of the contract at a registry that has none yet. */
export async function makeCast<One extends Road>(shell: One): Promise<Cast<One>> {
  const { send, trust } = shell;
  const [author, scanner, rita] = [makeKey(), makeKey(), makeKey()];
  const members = [
    { name: 'scanner', roles: ['scanner'], key: scanner },
    { name: 'rita', roles: ['reviewer'], key: rita },
  ] as const;
  for (const member of members)
    expect((await enrol(send, trust.administrator, member)).status).toBe(201);
  expect((await claimScope(send, 'acme', author)).status).toBe(201);
  const tokens = { scanner: await signIn(send, scanner), rita: await signIn(send, rita) };
  const offer = async (skill: Skill): Promise<void> => {
    await publishScanned({ send, author, scanner, tokens }, skill);
  };
  const approveAsRita = (skill: Skill) => approve(send, tokens.rita, rita, skill);
  return {
    ...shell,
    author,
    scanner,
    rita,
    tokens,
    asScanner: (path, json) => call(send, path, { token: tokens.scanner, json }),
    offer,
    approve: approveAsRita,
    release: async (skill) => {
      await offer(skill);
      return approveAsRita(skill);
    },
    statusOf: async ({ manifest: { name, version } }) =>
      (await bodyAt(send, `/api/v1/versions/${name}/${version}`)).status,
  };
}
