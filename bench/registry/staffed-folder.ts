/** A registry's data folder with a board, a scanner and reviewers, as `registry init` makes it. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRegistryFolder } from '../../cli/root-rotation/registry-folder.ts';
import type { Finding, Verdict } from '../../skills-index/statement/finding.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import { makeKey, type TestKey } from '../../test/registry/people.ts';
import {
  type Answer,
  approve,
  claimScope,
  enrol,
  publish,
  type Send,
  type Skill,
  scan,
  signIn,
} from '../../test/registry/road.ts';
import { type Served, whileServed } from './served.ts';

export interface Staff {
  readonly administrator: TestKey;
  readonly scanner: TestKey;
  readonly reviewer: TestKey;
}

export interface StaffedFolder extends Staff {
  readonly dir: string;
  readonly root: RootFile;
  /** Deletes the folder. */
  remove(): void;
}

/** Tokens of one run of the registry. */
export interface Session {
  readonly scanner: string;
  readonly reviewer: string;
}

/** The staff at work. */
export interface By {
  readonly staff: Staff;
  readonly session: Session;
}

interface Judgement {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/** Makes the folder, and enrols the scanner and the reviewer over HTTP. */
export async function makeStaffedFolder(): Promise<StaffedFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-'));
  const dir = join(folder, 'registry');
  const staff = { administrator: makeKey(), scanner: makeKey(), reviewer: makeKey() };
  const root = await makeRegistryFolder(
    dir,
    'localhost',
    async () => ({
      ...staff.administrator,
      name: 'administrator',
      publicPem: publicPemOf(staff.administrator),
    }),
    { noScanner: true },
  );
  await whileServed(dir, async ({ send }) => {
    for (const role of ['scanner', 'reviewer'] as const) {
      const enrolled = { name: role, roles: [role], key: staff[role] };
      requireTaken(await enrol(send, staff.administrator, enrolled));
    }
  });
  return {
    ...staff,
    dir,
    root,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Signs the staff in. */
export async function openSession({ send }: Pick<Served, 'send'>, staff: Staff): Promise<Session> {
  return {
    scanner: await signIn(send, staff.scanner),
    reviewer: await signIn(send, staff.reviewer),
  };
}

/** Claims a scope for a new key. */
export async function claimFor(send: Send, scope: string): Promise<TestKey> {
  const owner = makeKey();
  requireTaken(await claimScope(send, scope, owner));
  return owner;
}

/** Publishes a version and hands in the scanner's report about it. */
export async function publishScanned(
  send: Send,
  skill: Skill,
  { author, ...by }: By & { readonly author: TestKey },
  report: Judgement = { verdict: 'pass', findings: [] },
): Promise<void> {
  requireTaken(await publish(send, skill, author));
  await scanPublished(send, skill, by, report);
}

/** Hands in the scanner's report about the version that waits longest. */
export async function scanPublished(
  send: Send,
  skill: Skill,
  { staff, session }: By,
  { verdict, findings }: Judgement = { verdict: 'pass', findings: [] },
): Promise<void> {
  requireTaken(await scan(send, session.scanner, staff.scanner, skill, verdict, findings));
}

/** Approves a version that is in review. */
export async function approveScanned(
  send: Send,
  skill: Skill,
  { staff, session }: By,
): Promise<void> {
  requireTaken(await approve(send, session.reviewer, staff.reviewer, skill, { independent: true }));
}

/** @throws Error when the registry refused */
export function requireTaken(answer: Answer): Answer {
  if (answer.status < 300) return answer;
  throw new Error(`the registry refused: ${answer.status} ${JSON.stringify(answer.body)}`);
}

function publicPemOf({ pem }: TestKey): string {
  return createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }).toString();
}
