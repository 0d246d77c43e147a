/**
 * Repositories that an agent's session hands over, to a person who accepts every change and every
 * branch by name. A naive hand-over copies git's folder with the files. Afterwards the person types
 * ordinary commands of git.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type * as backends from '../../../../runner/backends/public.ts';
import * as changes from '../../../../runner/changes/public.ts';
import { type ChangeSet, changeSetDigest } from '../../../../skills-index/run/changes/changes.ts';
import { exactName } from '../../../../skills-index/run/changes/chosen-refs.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { runInSession, type SessionEnd } from '../in-session.ts';
import type { Outcome, RunnerAttempt } from '../row.ts';
import type { EscapeWorld } from '../world.ts';
import { freshFolder } from './fresh-folder.ts';
import { type HostileRepository, hostileRepositories } from './repositories.ts';

const begin = 'git init -q -b main && echo one > a && git add a && git commit -qm begin';
const folderName = 'handed';

/** Runs shell lines in a folder, as the owner of the workspace. */
function typed(world: EscapeWorld, cwd: string, script: string): string {
  const { stdout } = spawnSync('/bin/sh', ['-c', script], {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: join(world.folder, 'home'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_PAGER: 'cat',
      GIT_AUTHOR_NAME: 'Ann',
      GIT_AUTHOR_EMAIL: 'ann@acme.example',
      GIT_COMMITTER_NAME: 'Ann',
      GIT_COMMITTER_EMAIL: 'ann@acme.example',
      ...variablesOf(world),
    },
    ...(process.getuid?.() === 0 ? world.user : {}),
  });
  return stdout;
}

function variablesOf({ folder }: EscapeWorld): { readonly command: string; folder: string } {
  return { command: `touch ${folder}/home/ran`, folder };
}

// The command of the session counts only where the person's own commands started it.
function succeeds(world: EscapeWorld, folder: string, after: string): boolean {
  const mark = join(world.folder, 'home/ran');
  fs.rmSync(mark, { force: true });
  const printed = typed(world, folder, after);
  return /^through$/m.test(printed) || fs.existsSync(mark);
}

function worksOnCopies(world: EscapeWorld, { script, after }: HostileRepository): boolean {
  const [host, view] = ['naive-host', 'naive-view'].map((name) => freshFolder(world, name));
  if (host === undefined || view === undefined) return false;
  typed(world, host, begin);
  const copy = (from: string, to: string): void => {
    fs.rmSync(to, { recursive: true });
    execFileSync('cp', ['-a', from, to]);
  };
  copy(host, view);
  typed(world, view, script);
  copy(view, host);
  return succeeds(world, host, after);
}

async function handOver(
  world: EscapeWorld,
  sandbox: backends.Sandbox,
  { script, after }: HostileRepository,
): Promise<Outcome> {
  const folder = freshFolder(world, folderName);
  typed(world, folder, begin);
  const variables = Object.entries(variablesOf(world)).map(([name, text]) => `${name}='${text}'`);
  const command = ['sh', '-c', `${variables.join('; ')}\n${script}\necho made`];
  try {
    const session = await runInSession(world, sandbox, { agent: 'one', folder, command });
    if (!session.printed.includes('made'))
      return { result: 'untested', detail: `${session.end.reason}: ${session.printed}` };
    const refused = await acceptAll(session);
    if (succeeds(world, folder, after)) return { result: 'through', detail: session.printed };
    const left = session.end.cleaned.map(({ path, why }) => `${path}: ${why}`);
    return {
      result: 'contained',
      detail: [...left, ...(refused === undefined ? [] : [refused])].join('; '),
    };
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
    return { result: 'untested', detail: cause.message };
  }
}

/** Accepts all changes and branches, each by name. @returns why nothing is applied */
async function acceptAll({ end, request }: SessionEnd): Promise<string | undefined> {
  const { audit, hostPolicy: policy, paths } = request;
  if (end.changes === undefined) return 'the session offers no change';
  const include = namesOf(end.changes);
  try {
    const digest = changeSetDigest(end.changes);
    await changes.acceptChanges(paths, { policy, audit }, end.run, digest, { include });
    return undefined;
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
    return cause.message;
  }
}

function namesOf({ folders }: ChangeSet): string[] {
  return folders.flatMap((folder) => {
    const { repositories = [] } = folder;
    const refs = repositories.flatMap((repository) =>
      repository.refs.map((ref) => exactName(repositories, { repository, ref })),
    );
    return [...refs, ...folder.changes.map(({ path }) => `${folder.target}/${path}`)];
  });
}

export const handedOverRows: readonly RunnerAttempt[] = hostileRepositories.map((row) => ({
  name: `${row.name}, in a session’s repository`,
  wants: row.wants,
  bare: async (world) => worksOnCopies(world, row),
  attempt: (world, sandbox) => handOver(world, sandbox, row),
}));
