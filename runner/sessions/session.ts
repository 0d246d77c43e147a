/**
 * A session of an agent's own program: a temporary sandbox with the system's programs, a workspace,
 * the agent's memory, its model, and a bridge to its skills. runner/run/run-plan.ts runs sessions
 * and skills alike; this file holds the session's part. Skills of a session run in sandboxes of
 * their own.
 */

import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { whyEnded } from '../../skills-index/run/agents/agent.ts';
import { runnerHost } from '../../skills-index/run/agents/bridge.ts';
import { type RunTokens, runTokens } from '../../skills-index/run/agents/run-token.ts';
import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import { workspaceOf } from '../../skills-index/run/plan/plan-capabilities.ts';
import { keyVariableOf } from '../../skills-index/run/plan/plan-session.ts';
import { holdsOfEgress } from '../../skills-index/run/plan/plan-surroundings.ts';
import {
  type SessionPlan,
  sessionSkill,
  sessionThresholds,
} from '../../skills-index/run/plan/session-plan.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { ownersOf } from '../files/ownership.ts';
import { writePrivateFile } from '../files/private-file.ts';
import { latinOf, textOf, withParent } from '../files/walk-folder.ts';
import { beginHandOver } from '../git/hand-over.ts';
import { indexAnswers } from '../indexes/index-answers.ts';
import type { KeptFolders, KeptProducts, OpenKeptFolders } from '../mounts/kept-folders.ts';
import type { FilledRunFolder, PlannedWork } from '../run/planned-work.ts';
import { runPlan } from '../run/run-plan.ts';
import type { RunEnd, RunWorld } from '../run/run-request.ts';
import type { Sandbox, SandboxFile } from '../sandbox/sandbox.ts';
import { type BridgeCalls, serveBridge } from './bridge-server.ts';
import { productFinder } from './build-products.ts';
import {
  cachesFolderOf,
  isUsed,
  type KeptProductList,
  keepProducts,
  readKeptProducts,
  release,
  removeProduct,
  sweepOld,
  treeOf,
  use,
  withCache,
  writeKeptProducts,
} from './keep-products.ts';
import { giveMemory, readBridge, type SessionHost } from './session-host.ts';
import { type SessionSkill, skillFolders, writeSkillTree } from './skill-tree.ts';

/**
 * Seconds between renewals of a run token. A run token stays valid for longer than these seconds.
 */
export const tokenRenewSeconds = 120;

interface PlannedSession {
  /** Id of the session, which all of its lines in the audit log carry. */
  readonly id: string;
  readonly plan: SessionPlan;
  readonly digest: Digest;
  readonly host: SessionHost;
  readonly skills: readonly SessionSkill[];
  readonly calls: BridgeCalls;
  readonly sandbox: Sandbox;
}

/**
 * Runs the session to its end. Each Problem is in the audit log before this function throws it.
 * @throws Problem of the plan's first refusal, `budget-used`, `sandbox-missing`, `sandbox-refused`
 */
export async function runSession(session: PlannedSession, world: RunWorld): Promise<RunEnd> {
  const { hostPolicy, now } = world;
  const tokens = runTokens(now, () => randomBytes(32));
  // Sessions have their own circuit breaker, which counts over all sessions of the agent.
  const breakers = sessionThresholds(hostPolicy.breakers);
  const own = world.agent === undefined ? [] : holdsOfEgress(world.agent);
  try {
    const begun = await beginHandOver(writableFolders(session));
    return await runPlan(
      { ...workOf(session, tokens, world), ...begun },
      {
        ...world,
        hostPolicy: { ...hostPolicy, breakers, holds: [...hostPolicy.holds, ...own] },
      },
    );
  } finally {
    tokens.end();
  }
}

function writableFolders({ host, plan }: PlannedSession): Map<string, number> {
  const writable = plan.mounts.filter(({ mode }) => mode !== 'ro');
  return new Map(
    writable.flatMap(({ source }) => {
      const folder = host.folders.get(workspaceOf(source));
      return folder === undefined ? [] : [[source, folder] as const];
    }),
  );
}

function workOf(session: PlannedSession, tokens: RunTokens, world: RunWorld): PlannedWork {
  const { now } = world;
  const { calls, digest, host, id, plan, sandbox } = session;
  const [command = '', ...args] = plan.command;
  return {
    plan,
    digest,
    sandbox,
    // Rules of host policy that name no skill apply to a session.
    named: sessionSkill,
    subject: { run: id, agent: plan.agent, session: id },
    command: plan.terminal === undefined ? plan.command : inTerminal(plan.command),
    words: { command, args, why: '' },
    started: { command: plan.command.join(' '), why: 'session' },
    files: plan.terminal === undefined ? bridgeFiles() : [...bridgeFiles(), terminalFile],
    programs: [],
    // A session has all programs of the system.
    base: [],
    folders: plan.folders,
    env: (placeholders) => environmentOf(plan, placeholders),
    // Agents' programs routinely send their environment to their models, which would trip a canary
    // there.
    hasCanaryInEnvironment: false,
    services: new Map([[`${runnerHost}:80`, (stream) => serveBridge(stream, tokens, calls)]]),
    answers: indexAnswers(plan, world),
    // A skill may not ask: its author would write what the person reads.
    asks: world.hostPolicy.approvers.length === 0 ? undefined : world.hostPolicy.hosts,
    openKept: openCaches(cachesFolderOf(world.paths, plan.agent), id),
    descriptors: host.folders,
    whyNot: (agent) => whyEnded(agent, now()),
    purpose: `start a session of agent ${plan.agent}`,
    hint: `skillgate agent run --plan ${plan.agent} -- COMMAND`,
    fillRunFolder: (runFolder) => fillRunFolder(session, tokens, runFolder),
  };
}

function environmentOf(
  plan: SessionPlan,
  placeholders: readonly BoundPlaceholder[],
): Record<string, string> {
  return {
    ...Object.fromEntries(plan.env.map((variable) => [variable.name, variable.value])),
    ...Object.fromEntries(
      placeholders.map((secret) => [keyVariableOf(secret), secret.placeholder]),
    ),
  };
}

async function fillRunFolder(
  { plan, skills }: PlannedSession,
  tokens: RunTokens,
  runFolder: string,
): Promise<FilledRunFolder> {
  const memory = plan.mounts.find((mount) => mount.source === 'memory');
  if (memory !== undefined) giveMemory(memory.path, plan.uid, plan.gid);
  await writeSkillTree(`${runFolder}/skills`, skills);
  const close = renewToken(`${runFolder}/token`, tokens, plan);
  return { folders: runFolders(runFolder), close };
}

// The program that gives an agent's program a terminal. The pseudo-terminal is made inside the
// sandbox: the person's own terminal never is a file of the sandbox, so no program in the sandbox
// can write into the person's input. Python has pseudo-terminals in its standard library.

const path = '/opt/skillgate/terminal.py';

/**
 * Standard input has frames: one byte for the kind, four for the length, and a body. A frame `d`
 * holds typed bytes. A frame `w` holds the rows and columns of the person's terminal.
 */
const program = `import fcntl, os, pty, select, signal, struct, sys, termios

def exactly(count):
    data = b''
    while len(data) < count:
        more = os.read(0, count - len(data))
        if not more:
            return None
        data += more
    return data

def frame():
    head = exactly(5)
    if head is None:
        return None
    kind, length = struct.unpack('>cI', head)
    body = exactly(length)
    return None if body is None else (kind, body)

def resize(fd, body):
    rows, columns = struct.unpack('>HH', body)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

def show(data):
    while data:
        data = data[os.write(1, data):]

first = frame()
pid, master = pty.fork()
if pid == 0:
    try:
        if first is not None:
            resize(0, first[1])
        os.execvp(sys.argv[1], sys.argv[1:])
    except OSError as error:
        os.write(2, (sys.argv[1] + ': ' + os.strerror(error.errno) + '\\n').encode())
    os._exit(127)
os.set_blocking(master, False)
pending = b''
listens = True
status = None
while status is None:
    reads = [master] + ([0] if listens and len(pending) < 65536 else [])
    readable, writable, _ = select.select(reads, [master] if pending else [], [], 0.1)
    try:
        if writable:
            pending = pending[os.write(master, pending):]
        if 0 in readable:
            given = frame()
            if given is None:
                listens = False
                os.kill(pid, signal.SIGHUP)
            elif given[0] == b'd':
                pending += given[1]
            else:
                resize(master, given[1])
        if master in readable:
            show(os.read(master, 65536))
    except BlockingIOError:
        pass
    except OSError:
        pending = b''
        select.select([], [], [], 0.02)
    ended, code = os.waitpid(pid, os.WNOHANG)
    status = code if ended == pid else None
try:
    while select.select([master], [], [], 0.05)[0]:
        data = os.read(master, 65536)
        if not data:
            break
        show(data)
except OSError:
    pass
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
`;

const terminalFile: SandboxFile = { path, mode: '444', bytes: Buffer.from(program) };

/** The command that runs another command in a terminal of its own. */
function inTerminal(command: readonly string[]): readonly string[] {
  return ['/usr/bin/python3', '-I', path, ...command];
}

// Files of a session's sandbox besides the system: the token, the skills, and the bridge to the
// runner.

/**
 * Writes the token for the sandbox: a new token every two minutes, each valid for five. Returns a
 * function that stops the renewal.
 */
export function renewToken(
  folder: string,
  tokens: Pick<RunTokens, 'renew'>,
  owner: Pick<SessionPlan, 'gid' | 'uid'>,
): () => void {
  // The folder stays the runner's: whoever owned it could put a link where the next token goes.
  mkdirSync(folder);
  chmodSync(folder, 0o711);
  const write = (): void => writePrivateFile(`${folder}/token`, tokens.renew(), owner);
  write();
  const renew = (): void => {
    try {
      write();
    } catch {
      // The token in use stays valid for three more minutes, and the next renewal may succeed.
      // After that the bridge refuses the expired token. An error that a timer throws would end the
      // runner.
    }
  };
  const timer = setInterval(renew, tokenRenewSeconds * 1_000).unref();
  return () => clearInterval(timer);
}

/** The folders with the token and with the skills, at the places where agents look for skills. */
function runFolders(runFolder: string): { readonly path: string; readonly target: string }[] {
  chmodSync(`${runFolder}/skills`, 0o755);
  return [
    { path: `${runFolder}/token`, target: '/run/skillgate' },
    ...skillFolders.map((target) => ({ path: `${runFolder}/skills`, target })),
  ];
}

/** The program `skillgate` for a session's sandbox. */
function bridgeFiles(): SandboxFile[] {
  const { bytes, path } = readBridge();
  const launcher = `#!/bin/sh\nexec /opt/skillgate/bin/node ${path} "$@"\n`;
  return [
    { path, mode: '444', bytes },
    { path: '/opt/skillgate/bin/skillgate', mode: '755', bytes: Buffer.from(launcher) },
  ];
}

// Opens the build products that an agent keeps for a workspace, for one session. Products lie only
// where the workspace itself has nothing, so a folder of the host is never hidden.

/**
 * @param caches the folder of the agent's caches, which no other agent and no run of a skill gets
 * @param session id of the session
 */
export function openCaches(caches: string, session: string): OpenKeptFolders {
  return ({ id, source }, folder) => {
    if (!source.startsWith('workspace:')) return undefined;
    const opened = Date.now();
    sweepOld(caches, opened);
    const workspace = workspaceOf(source);
    // The name alone could mean another folder by now, and a new folder often gets the inode of a
    // deleted one.
    const { birthtimeNs } = fs.fstatSync(folder, { bigint: true });
    const cache = join(caches, `${workspace}-${id.replace(':', '-')}-${birthtimeNs}`);
    const base = withCache(cache, () => openBase(cache, session, folder));
    return {
      under: base === undefined ? undefined : treeOf(cache, base.generation),
      paths: (base?.folders ?? []).map(({ path }) => latinOf(path)),
      findIn: (root) => productFinder(root, ownersOf(fs.statSync(root))),
      // The changes of the session matter more than its products.
      keep: (view, products) =>
        keepProducts({ cache, session, workspace, base, opened }, view, products).catch(
          (cause: Error) => notKept(products, cause.message),
        ),
      close: () => release(cache, session),
    } satisfies KeptFolders;
  };
}

// The host may have got a folder of its own in a product's place, or lost the folder above it.
function openBase(cache: string, session: string, folder: number): KeptProductList | undefined {
  const list = readKeptProducts(cache);
  if (list === undefined) return undefined;
  const stale = list.folders.filter(({ path }) => !isFree(folder, path));
  const { generation } = list;
  // Another session sees these products, so this session begins without any.
  if (stale.length > 0 && isUsed(cache, generation, session)) return undefined;
  for (const { path } of stale) removeProduct(treeOf(cache, generation), path);
  const folders = list.folders.filter((one) => !stale.includes(one));
  if (stale.length > 0) writeKeptProducts(cache, { ...list, folders });
  use(cache, generation, session);
  return { ...list, folders };
}

function isFree(folder: number, path: string): boolean {
  const owners = ownersOf(fs.fstatSync(folder));
  try {
    return withParent(
      `/proc/self/fd/${folder}`,
      latinOf(path),
      owners,
      (at) => fs.lstatSync(at, { throwIfNoEntry: false }) === undefined,
    );
  } catch {
    // The folder above is gone, is a link, or belongs to another user.
    return false;
  }
}

function notKept(products: readonly string[], why: string): KeptProducts {
  const left = products.map((path) => ({
    path: textOf(path),
    why: `not kept for the next session: ${why}`,
  }));
  return { kept: [], left, commit: () => undefined };
}
