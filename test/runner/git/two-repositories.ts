/**
 * A folder of the host and a run's view of the folder, with a repository each, and git's hand-over
 * between them. Git runs in the view without a sandbox here.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openRepository } from '../../../runner/git/git-folder.ts';
import { handOver } from '../../../runner/git/hand-over.ts';
import { readRefs, type StartInside } from '../../../runner/git/quarantine.ts';
import { prepareTakeOver, takeOver } from '../../../runner/git/take-over.ts';
import type { GitHandOver } from '../../../runner/mounts/ended-view.ts';
import type { Change, EntryState } from '../../../skills-index/run/changes/changes.ts';
import type { RefList } from '../../../skills-index/run/changes/moved-refs.ts';
import { makesRepository } from '../../../skills-index/run/changes/protected-names.ts';
import type { Repository } from '../../../skills-index/run/changes/repositories.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { gitAuthor } from '../../git-author.ts';

const run = '0f3c0000-0000-4000-8000-000000000000';
const env = {
  PATH: '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
  ...gitAuthor,
};

export interface TwoRepositories {
  readonly host: string;
  readonly view: string;
  /** Runs a shell script; throws when the script fails. */
  onHost(script: string): string;
  inView(script: string): string;
  /** What the run hands over, with the reasons for what stays. */
  handOver(workTrees?: readonly string[]): Promise<GitHandOver>;
  /** The reasons against the hand-over; none when the references were taken over. */
  accept(repositories: readonly Repository[]): Promise<string[]>;
  /** Stored bytes, as text. */
  stored(digest: Digest | undefined): string;
  /** Everything that was searched for the canary. */
  searched(): string;
}

/** @param begin makes the host's folder before the run, as a shell script */
export async function twoRepositories(begin: string): Promise<TwoRepositories> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-two-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [host, view] = [join(folder, 'host'), join(folder, 'view')];
  mkdirSync(host);
  const script = (cwd: string) => (text: string) => {
    const { status, stderr, stdout } = spawnSync('sh', ['-ec', text], { cwd, env });
    if (status !== 0) throw new Error(`${text}: ${stderr}`);
    return stdout.toString();
  };
  script(host)(begin);
  cpSync(host, view, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  const { gid, uid } = statSync(host);
  const owner = { uid, gid };
  const begun = await refsOf(host, owner);
  const store = new Map<Digest, Uint8Array>();
  const keep = (bytes: Uint8Array): Digest => {
    const digest = digestOf(bytes);
    store.set(digest, bytes);
    return digest;
  };
  const read = (digest: Digest): Uint8Array => store.get(digest) ?? new Uint8Array();
  let searched = '';
  const opened = (path: string): { readonly path: string; readonly descriptor: number } => {
    const descriptor = openSync(path, 'r');
    onTestFinished(() => closeSync(descriptor));
    return { path: `/proc/self/fd/${descriptor}`, descriptor };
  };
  return {
    host,
    view,
    onHost: script(host),
    inView: script(view),
    handOver: (workTrees = ['']) =>
      handOver({
        run,
        workTrees,
        begun: begun === undefined ? new Map() : new Map([['', { refs: begun }]]),
        view: opened(view).path,
        below: opened(host).path,
        target: view,
        source: 'workspace:two',
        owner,
        start: startHere,
        changes: changesOf(host, view, keep),
        read,
        keep,
        search: (piece) => {
          searched += Buffer.from(piece).toString('latin1');
        },
        judge: (path, link, siblings) =>
          link?.startsWith('/')
            ? { shelf: 'never', why: 'a link that leaves the folder' }
            : makesRepository(basename(path), siblings)
              ? { shelf: 'never', why: 'it makes the folder a repository' }
              : { shelf: /(?:package\.json|\.github)$/.test(path) ? 'obeyed' : 'plain' },
      }),
    accept: async (repositories) => {
      const { path: root } = opened(host);
      const reasons: string[] = [];
      const given = { root, owner, read, begun: false, run };
      for (const repository of repositories)
        reasons.push(...(await prepareTakeOver({ ...given, repository })).map(({ why }) => why));
      if (reasons.length > 0) return reasons;
      for (const repository of repositories) await takeOver({ ...given, repository });
      return [];
    },
    stored: (digest) => (digest === undefined ? '' : Buffer.from(read(digest)).toString()),
    searched: () => searched,
  };
}

async function refsOf(
  folder: string,
  owner: { readonly uid: number; readonly gid: number },
): Promise<RefList | undefined> {
  const git = openRepository(folder, '', owner);
  if (git === undefined) return undefined;
  try {
    return await readRefs(git);
  } finally {
    closeSync(git.descriptor);
  }
}

const startHere: StartInside = async ([program = '', ...args]) => {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<{ code: number | null; outOfMemory: boolean }>((resolve) =>
    child.on('close', (code) => resolve({ code, outOfMemory: false })),
  );
  const { stdin, stdout, stderr } = child;
  return { stdin, stdout, stderr, ended, kill: () => void child.kill('SIGKILL'), notes: [] };
};

/** The changes of ordinary files, as the runner would collect them. */
function changesOf(host: string, view: string, keep: (bytes: Uint8Array) => Digest): Change[] {
  const [old, now] = [statesOf(host, keep), statesOf(view, keep)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((path): Change[] => {
    const [before, after] = [old.get(path), now.get(path)];
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    return [{ path, ...(before && { before }), ...(after && { after }) }];
  });
}

function statesOf(folder: string, keep: (bytes: Uint8Array) => Digest): Map<string, EntryState> {
  const states = new Map<string, EntryState>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (path.split('/').includes('.git')) continue;
    const stats = lstatSync(join(folder, path));
    const owner = { uid: stats.uid, gid: stats.gid };
    if (stats.isDirectory())
      states.set(path, { kind: 'folder', mode: stats.mode & 0o777, ...owner });
    if (!stats.isFile()) continue;
    const bytes = readFileSync(join(folder, path));
    const sha256 = keep(bytes);
    states.set(path, {
      kind: 'file',
      sha256,
      bytes: bytes.length,
      mode: stats.mode & 0o777,
      ...owner,
    });
  }
  return states;
}
