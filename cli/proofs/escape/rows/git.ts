/**
 * References that a session hands over. A naive hand-over takes every name that git takes, and git,
 * a shell or a person then reads the name as something else.
 */
import { execFileSync } from 'node:child_process';
import * as host from '../../../../runner/host/public.ts';
import { whyRefRefused } from '../../../../skills-index/run/changes/repositories.ts';
import type { RunnerAttempt } from '../row.ts';

const names: readonly (readonly [act: string, name: string, wants: string])[] = [
  ['shadow the branch of a server', 'refs/remotes/origin/main', 'commits that a person trusts'],
  ['replace an object', `refs/replace/${'a'.repeat(40)}`, 'other files in a commit that stays'],
  ['make a branch HEAD', 'refs/heads/HEAD', 'commands of git that act on the branch'],
  ['name a branch like a commit', 'refs/heads/abcdef1', 'commands of git that act on the branch'],
  ['name a branch like a reference', 'refs/heads/refs/heads/main', 'the branch of the host'],
  ['put a command into a branch', 'refs/heads/$(id>x)', 'a command in scripts of the host'],
  ['hide a sign in a branch', 'refs/heads/ma\u200Bin', 'a person who takes it for main'],
  ['leave a note for git', 'refs/notes/commits', 'texts that git shows in every log'],
];

function isTakenByGit(name: string): boolean {
  const git = host.findProgram('git');
  if (git === undefined) return false;
  try {
    execFileSync(git, ['check-ref-format', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const gitRows: readonly RunnerAttempt[] = names.map(([act, name, wants]) => ({
  name: `${act} in a session’s repository`,
  wants,
  bare: async () => isTakenByGit(name),
  attempt: async () => {
    const why = whyRefRefused(name);
    return why === undefined
      ? { result: 'through', detail: 'the reference is offered' }
      : { result: 'blocked', detail: why };
  },
}));
