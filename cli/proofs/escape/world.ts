/**
 * The prepared host for attempts: folders, secrets and listeners below one temporary folder, the
 * same for each sandbox and without one.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as audit from '../../../runner/audit/public.ts';
import * as files from '../../../runner/files/public.ts';
import * as host from '../../../runner/host/public.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Paths } from '../../command.ts';
import { startRecorder } from './recorder.ts';
import { onceReady, startVictim, type Victim } from './victim.ts';

export interface EscapeWorld {
  /** Unique for each world; the tokens of its attempts begin with this word. */
  readonly word: string;
  readonly folder: string;
  /** The user of attempts: nobody, where this process is root. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** The runner's own folders, which no other user may enter. */
  readonly paths: Paths;
  /** A writable mount. */
  readonly workspace: string;
  /** A read-only mount. */
  readonly library: string;
  /** The folders of an operator with the same user as the attempts. */
  readonly operator: Paths;
  /**
   * No attempt may print or send these words: one in files, memory and environments of this host,
   * and a stored secret.
   */
  readonly secrets: readonly string[];
  /** The stored secret among them. */
  readonly storedSecret: string;
  readonly victim: Victim;
  readonly port: number;
  readonly datagramPort: number;
  readonly abstractName: string;
  /** A variable of this process with a secret, like a key in an operator's shell. */
  readonly environmentName: string;
  readonly received: () => string;
  close(): void;
}

const nobody = 65_534;

/** @throws Problem `sandbox-missing` where there is no Python */
async function openWorld(): Promise<EscapeWorld> {
  const word = `e${randomBytes(6).toString('hex')}`;
  const makeSecret = (): string => `KEY-${randomBytes(12).toString('hex')}`;
  const canary = makeSecret();
  const storedSecret = makeSecret();
  const user = {
    uid: process.getuid?.() || nobody,
    gid: process.getuid?.() === 0 ? nobody : (process.getgid?.() ?? nobody),
  };
  const folder = fs.mkdtempSync(join(tmpdir(), 'skillgate-escape-'));
  fs.chmodSync(folder, 0o755);
  const sockets = ['docker.sock', 'other-proxy.sock', 'agent.sock'].map((name) =>
    join(folder, name),
  );
  const recorder = await startRecorder(sockets, `skillgate-${word}`);
  const { paths, operator } = writeFolders(folder, canary, user);
  const shared = writeShared(word, canary, user);
  const environmentName = `ESCAPE_${word}`;
  process.env[environmentName] = canary;
  const child = startVictim(folder, canary, user);
  return {
    environmentName,
    word,
    folder,
    user,
    paths,
    operator,
    storedSecret,
    secrets: [canary, storedSecret],
    workspace: join(folder, 'workspace'),
    library: join(folder, 'library'),
    victim: await onceReady(child),
    port: recorder.port,
    datagramPort: recorder.datagramPort,
    received: recorder.received,
    abstractName: `skillgate-${word}`,
    close: () => {
      delete process.env[environmentName];
      child.kill('SIGKILL');
      recorder.close();
      fs.rmSync(shared, { force: true });
      const remove = (): void => files.removeTree(folder);
      remove();
      // The audit log writes with a delay, and would create its folder again.
      setTimeout(remove, 3 * audit.auditDelayMillis);
    },
  };
}

type User = EscapeWorld['user'];

function pathsBelow(folder: string): Paths {
  return {
    config: join(folder, 'config'),
    data: join(folder, 'data'),
    cache: join(folder, 'cache'),
  };
}

function writeFolders(
  folder: string,
  canary: string,
  user: User,
): { readonly paths: Paths; readonly operator: Paths } {
  const [paths, operator] = ['runner', 'operator'].map((name) => pathsBelow(join(folder, name)));
  if (paths === undefined || operator === undefined) throw new Problem('internal', 'No folders');
  for (const path of Object.values(paths)) fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  const files: Readonly<Record<string, string>> = {
    'canary.txt': canary,
    'home/.ssh/id_ed25519': canary,
    'home/.bashrc': '# nothing\n',
    'skills/other/SKILL.md': canary,
    'skills/blob': canary,
    'workspace/notes.txt': 'notes\n',
    'workspace/drafts/one.md': 'one\n',
    'workspace/app/package.json': '{"version":"1.0.0"}\n',
    'workspace/app/.npmrc': 'ignore-scripts=true\n',
    'workspace/hooked/.git/config': '[core]\n\thooksPath = scripts\n',
    'workspace/linked/team.md': 'be kind\n',
    'library/read.txt': 'to read\n',
    'library/watched.txt': 'opened again and again\n',
    'library/locked.txt': 'locked\n',
    'library/database': 'written again and again\n',
    'operator/config/host.json': '{}\n',
    'operator/config/secrets.json': canary,
    'holder/config/host.json': '{}\n',
    'operator/data/audit/audit.jsonl': '{"schema":"skillgate.audit/1","seq":1}\n',
    'operator/config/approvers.json': '{}\n',
    'operator/data/audit/older.jsonl': '{"schema":"skillgate.audit/1","seq":1}\n',
    'operator/data/breakers/open.json': '{}\n',
    'operator/cache/blob': canary,
  };
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(join(folder, name, '..'), { recursive: true, mode: 0o700 });
    fs.writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  fs.symlinkSync('team.md', join(folder, 'workspace/linked/AGENTS.md'));
  for (const name of ['home', 'skills', 'workspace', 'library', 'operator', 'holder'])
    changeOwner(join(folder, name), user);
  changeOwner(join(folder, 'canary.txt'), user);
  if (process.getuid?.() === 0) {
    // A setuid program of root, as many hosts have.
    const id = join(folder, 'workspace', 'id-as-root');
    fs.copyFileSync(host.findProgram('id') ?? '', id);
    fs.chmodSync(id, 0o4755);
  }
  return { paths, operator };
}

/**
 * Gives a path and its content to a user, when this process is root. The path may lie in a folder
 * of that user, who attacks nothing but the world of the suite.
 */
export function changeOwner(path: string, { gid, uid }: User): void {
  if (process.getuid?.() === 0)
    execFileSync('/bin/chown', ['-R', '-h', '-P', `${uid}:${gid}`, '--', path]);
}

function writeShared(word: string, canary: string, user: User): string {
  const shared = `/dev/shm/skillgate-${word}`;
  if (!fs.existsSync('/dev/shm')) return shared;
  fs.writeFileSync(shared, canary, { mode: 0o600 });
  changeOwner(shared, user);
  return shared;
}

/** Opens a world, calls `act`, and always closes the world. */
export async function inWorld<T>(act: (world: EscapeWorld) => Promise<T>): Promise<T> {
  const world = await openWorld();
  try {
    return await act(world);
  } finally {
    world.close();
  }
}
