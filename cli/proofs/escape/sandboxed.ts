/** Attempts in a sandbox. The runner starts them as a skill with the widest possible plan. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAudit } from '../../../runner/audit/audit.ts';
import { applyAllowed } from '../../../runner/changes/accept.ts';
import { findProgram } from '../../../runner/host/host.ts';
import { runSkill } from '../../../runner/run/run.ts';
import type { EndReason, RunRequest, RunResult } from '../../../runner/run/run-request.ts';
import type { Sandbox } from '../../../runner/sandbox/sandbox.ts';
import { openSecrets, storeSecret } from '../../../runner/secret-sources/secret-store.ts';
import { emptyHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import {
  type AttemptOutputs,
  detailOf,
  parseOutputs,
  type WantedAttempt,
  wantedAttempt,
  worked,
} from './batch.ts';
import { factsOf, names, secretName } from './facts.ts';
import { probeProgram, supervisorProgram } from './probe.ts';
import type { Attempt, EscapeResult, EscapeRow } from './row.ts';
import { changeOwner, type EscapeWorld, inWorld } from './world.ts';

/** For all attempts of one batch together. */
const batchSecondsMax = 240;

/** Concurrent attempts of one batch. */
export const attemptsAtOnceMax = 8;

const why = 'escape suite';

/** Access that not every sandbox gives. */
export type ExtraAccess = 'egress' | 'writing';

/** A read-only folder. */
export const libraryMount = { source: 'workspace:library', target: '/library', mode: 'ro', why };

/** Two workspaces, one of them writable, a host with a secret, a shell and node. */
export function capabilitiesOf(grants: readonly ExtraAccess[]) {
  const url = `http://${names.api}/v2/*`;
  return {
    mount: [
      {
        source: 'workspace:reports',
        target: '/reports',
        mode: grants.includes('writing') ? 'rw' : 'ro',
        why,
      },
      libraryMount,
    ],
    egress: grants.includes('egress')
      ? [
          { url, methods: ['GET', 'POST'], why },
          { url: `tcp://${names.database}:6000`, why },
        ]
      : [],
    secret: [{ name: secretName, hosts: [names.api], as: 'bearer', why }],
    exec: ['sh', 'node'].map((program) => ({ program, why })),
  };
}

// The breaker would end a batch at its first rows; other rows test the breaker.
const patientBreakers = { denied: 1e6, 'secret-unbound': 1e6, 'private-address': 1e6 };

/** A skill with one command, which is its first file. */
export interface EscapeSkill {
  readonly files: Readonly<Record<string, string>>;
  readonly capabilities?: object;
  /** `packages` of skill.json. */
  readonly packages?: object;
  readonly limits?: { readonly seconds: number; readonly memoryMiB: number };
}

/** Host policy that gives the read-only folder its own locks. */
export function withOwnLocks({ hostPolicy }: RunRequest): Partial<RunRequest> {
  return { hostPolicy: { ...hostPolicy, ownLocks: ['library'] } };
}

/** A request to run a skill in a world; `printed` is the output so far. */
export function requestIn(
  world: EscapeWorld,
  sandbox: Sandbox | undefined,
  skill: EscapeSkill,
): RunRequest & { printed(): string } {
  const [command = ''] = Object.keys(skill.files);
  const manifest = parseManifest(
    Buffer.from(
      JSON.stringify({
        name: '@escape/probe',
        version: '1.0.0',
        license: 'MIT',
        commands: { probe: command },
        capabilities: skill.capabilities ?? {},
        ...(skill.packages === undefined ? {} : { packages: skill.packages }),
        limits: skill.limits ?? { seconds: batchSecondsMax, memoryMiB: 512 },
      }),
    ),
  );
  const files = {
    'SKILL.md': '---\nname: probe\ndescription: tries to get out\n---\n',
    ...skill.files,
  };
  const packed = packBundle(
    Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o755 })),
  );
  const upstream = { address: '127.0.0.1', port: world.port };
  const out: Buffer[] = [];
  const keep = (chunk: Uint8Array): void => void out.push(Buffer.from(chunk));
  return {
    skill: {
      admitted: { name: manifest.name, version: manifest.version, bundle: packed.digest },
      ...packed,
    },
    manifest,
    approved: manifest.capabilities,
    args: [],
    hostPolicy: {
      ...emptyHostPolicy,
      workspaces: { reports: world.workspace, library: world.library },
      writable: ['reports'],
      breakers: patientBreakers,
      hosts: { [names.api]: upstream, [names.database]: upstream, [names.pinned]: upstream },
    },
    paths: world.paths,
    secrets: openSecrets({ env: {}, paths: world.paths }, undefined),
    audit: openAudit(auditFileOf(world), () => new Date(), auditKeyFileOf(world)),
    ...(sandbox === undefined ? {} : { sandbox }),
    onStdout: keep,
    onStderr: keep,
    now: () => new Date(),
    printed: () => Buffer.concat(out).toString(),
  };
}

export function auditFileOf(world: EscapeWorld): string {
  return join(world.paths.data, 'audit', 'audit.jsonl');
}

export function auditKeyFileOf(world: EscapeWorld): string {
  return join(world.paths.config, 'audit-key.json');
}

/** Runs a skill and applies its allowed changes to writable folders, as `skillgate run` does. */
export async function runAndApply(request: RunRequest): Promise<RunResult> {
  const end = await runSkill(request);
  await applyAllowed(
    request.paths,
    { policy: request.hostPolicy, audit: request.audit },
    end.changes,
  );
  return end;
}

interface BatchTerms {
  readonly limits?: EscapeSkill['limits'];
  /** The number of concurrent attempts. */
  readonly atOnce: number;
  readonly change?: (request: RunRequest) => Partial<RunRequest>;
}

/** Runs a batch. The end reason matters too: an attempt may have ended the run. */
export async function runSandboxed(
  world: EscapeWorld,
  { sandbox, grants }: { readonly sandbox: Sandbox; readonly grants: readonly ExtraAccess[] },
  attempts: readonly WantedAttempt[],
  { limits, atOnce, change = () => ({}) }: BatchTerms,
): Promise<{
  readonly outputs: AttemptOutputs;
  readonly reason: EndReason;
  readonly printed: string;
}> {
  mkdirSync(join(world.paths.data, 'audit'), { recursive: true, mode: 0o700 });
  storeSecret(join(world.paths.config, 'secrets.json'), {
    name: secretName,
    hosts: [names.api],
    value: Buffer.from(world.storedSecret),
    now: new Date(),
  });
  const files = { 'probe.py': probeProgram, 'rows.json': JSON.stringify(attempts) };
  const skill = {
    files,
    capabilities: capabilitiesOf(grants),
    ...(limits === undefined ? {} : { limits }),
  };
  const request = requestIn(world, sandbox, skill);
  const { reason } = await runAndApply({
    ...request,
    ...change(request),
    args: [JSON.stringify(factsOf(world, true, atOnce))],
  });
  return { outputs: parseOutputs(request.printed()), reason, printed: request.printed() };
}

// The bare twins: whether attempts work without a sandbox.

/** The result of a bare twin. */
export interface Bare {
  readonly bare: EscapeResult['bare'];
  readonly detail: string;
}

type BatchRow = Extract<EscapeRow, { kind: 'together' }>;

/**
 * Whether the twin deserves another try, alone: it was refused or not made, and this host does not
 * lack what it needs.
 */
export function isWorthRetry({ bare, detail }: Bare): boolean {
  return bare === 'refused' || (bare === 'impossible' && detail === notMade);
}

const notMade = 'the attempt was not made';

/** Results of the twins that run together, by name. */
export async function tryBareTogether(rows: readonly BatchRow[]): Promise<Map<string, Bare>> {
  const bare = new Map<string, Bare>(rows.map((row) => [row.name, needsRoot]));
  const tryAs = async (as: 'root' | 'user'): Promise<void> => {
    const usersRows = rows.filter((row) => userFor(row) === as);
    if (usersRows.length === 0) return;
    await inWorld(async (world) => {
      const wanted = usersRows.map((row, number) => wantedAttempt(world, row, number));
      const outputs = await runBare(world, wanted, as, attemptsAtOnceMax);
      for (const [number, row] of usersRows.entries())
        bare.set(row.name, judge(worked(world, row, number, outputs), outputs.get(row.name)));
    });
  };
  await Promise.all([tryAs('user'), tryAs('root')]);
  return bare;
}

/** Result of a twin that runs alone. */
export async function tryBareAlone(row: EscapeRow): Promise<Bare> {
  return inWorld(async (world) => {
    if (row.kind === 'runner')
      return {
        bare: (await row.bare(world)) ? 'succeeds' : 'refused',
        detail: 'a naive runner prevents it too',
      };
    const as = userFor(row);
    if (as === undefined) return needsRoot;
    const outputs = await runBare(world, [wantedAttempt(world, row, 0)], as, 1);
    return judge(worked(world, row, 0, outputs), outputs.get(row.name));
  });
}

const needsRoot: Bare = { bare: 'impossible', detail: 'only root can make the attempt' };

/** The user that makes the attempt; undefined where it needs root and this process is not root. */
function userFor({ as }: Attempt): 'root' | 'user' | undefined {
  if (as === undefined) return 'user';
  return process.getuid?.() === 0 ? as : undefined;
}

// ENOENT, ENXIO, ENODEV, ENOSYS, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EAFNOSUPPORT: this host lacks
// the device, call or protocol.
const isLacking = /\[Errno (2|6|19|38|93|94|97)\]|not found/;

function judge(works: boolean, output: string | undefined): Bare {
  const detail = detailOf(output ?? notMade);
  if (works) return { bare: 'succeeds', detail };
  return {
    bare: output === undefined || isLacking.test(output) ? 'impossible' : 'refused',
    detail,
  };
}

// Attempts without a sandbox: as the sandbox's user, or as root in its own namespaces. A supervisor
// kills all processes that they leave.

/** All namespaces except the user namespace: root's changes end with them. */
const ownNamespaces =
  '--mount --uts --ipc --pid --net --fork --kill-child --mount-proc --propagation private --'.split(
    ' ',
  );

/** Runs a batch of attempts without a sandbox. */
export async function runBare(
  world: EscapeWorld,
  attempts: readonly WantedAttempt[],
  as: 'root' | 'user',
  atOnce: number,
): Promise<AttemptOutputs> {
  const folder = join(world.folder, 'probe');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, 'probe.py'), probeProgram);
  writeFileSync(join(folder, 'rows.json'), JSON.stringify(attempts));
  changeOwner(folder, world.user);
  const python = findProgram('python3') ?? '';
  const probe = [python, join(folder, 'probe.py'), JSON.stringify(factsOf(world, false, atOnce))];
  const { uid, gid } = as === 'root' ? { uid: 0, gid: 0 } : world.user;
  const supervise = [
    python,
    '-c',
    supervisorProgram,
    String(uid),
    String(gid),
    String(batchSecondsMax),
  ];
  const [program = '', ...args] = [
    ...supervise,
    ...(as === 'root' ? ['/usr/bin/unshare', ...ownNamespaces] : []),
    ...probe,
  ];
  return new Promise((resolve) => {
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: join(world.folder, 'home'),
      TMPDIR: world.folder,
      [world.environmentName]: process.env[world.environmentName],
      // As long as the runner's own canary.
      PROD_ADMIN_TOKEN: randomBytes(20).toString('hex'),
      [secretName]: world.storedSecret,
      SSH_AUTH_SOCK: join(world.folder, 'agent.sock'),
    };
    // For the attempt that looks for descriptors of its parent.
    const inherited = openSync(join(world.folder, 'canary.txt'), 'r');
    const child = spawn(program, args, {
      cwd: world.folder,
      env,
      stdio: ['ignore', 'pipe', 'ignore', inherited],
      detached: true,
    });
    closeSync(inherited);
    const out: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child
      .on('error', () => resolve(new Map()))
      .on('close', () => resolve(parseOutputs(Buffer.concat(out).toString())));
  });
}
