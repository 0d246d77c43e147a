/** Attempts in a sandbox. The runner starts them as a skill with the widest possible plan. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as audit from '../../../runner/audit/public.ts';
import type * as backends from '../../../runner/backends/public.ts';
import * as changes from '../../../runner/changes/public.ts';
import * as runs from '../../../runner/run/public.ts';
import * as secrets from '../../../runner/secret-sources/public.ts';
import { emptyHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import type { AttemptOutputs, WantedAttempt } from './batch.ts';
import { parseOutputs } from './batch.ts';
import { factsOf, names, secretName } from './facts.ts';
import { batchSecondsMax } from './limits.ts';
import { probeProgram } from './probe.ts';
import type { EscapeWorld } from './world.ts';

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
    egress: grants.includes('egress') ? [{ url, methods: ['GET', 'POST'], why }] : [],
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
export function withOwnLocks({ hostPolicy }: runs.RunRequest): Partial<runs.RunRequest> {
  return { hostPolicy: { ...hostPolicy, ownLocks: ['library'] } };
}

/** A request to run a skill in a world; `printed` is the output so far. */
export function requestIn(
  world: EscapeWorld,
  sandbox: backends.Sandbox | undefined,
  skill: EscapeSkill,
): runs.RunRequest & { printed(): string } {
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
      hosts: { [names.api]: upstream, [names.pinned]: upstream },
    },
    paths: world.paths,
    secrets: secrets.openSecrets({ env: {}, paths: world.paths }, undefined),
    audit: audit.openAudit(auditFileOf(world), () => new Date(), auditKeyFileOf(world)),
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
export async function runAndApply(request: runs.RunRequest): Promise<runs.RunResult> {
  const end = await runs.runSkill(request);
  await changes.applyAllowed(
    request.paths,
    { policy: request.hostPolicy, audit: request.audit },
    end.changes,
  );
  return end;
}

export interface BatchTerms {
  readonly limits?: EscapeSkill['limits'];
  /** The number of concurrent attempts. */
  readonly atOnce: number;
  readonly change?: (request: runs.RunRequest) => Partial<runs.RunRequest>;
}

/** Runs a batch. The end reason matters too: an attempt may have ended the run. */
export async function runSandboxed(
  world: EscapeWorld,
  {
    sandbox,
    grants,
  }: { readonly sandbox: backends.Sandbox; readonly grants: readonly ExtraAccess[] },
  attempts: readonly WantedAttempt[],
  { limits, atOnce, change = () => ({}) }: BatchTerms,
): Promise<{
  readonly outputs: AttemptOutputs;
  readonly reason: runs.EndReason;
  readonly printed: string;
}> {
  mkdirSync(join(world.paths.data, 'audit'), { recursive: true, mode: 0o700 });
  secrets.storeSecret(join(world.paths.config, 'secrets.json'), {
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
