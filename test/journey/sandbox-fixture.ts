/**
 * A host of its own for each test: folders, policy, secrets and audit below one temporary folder,
 * and skills written inline.
 */

import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openAudit } from '../../runner/audit/audit.ts';
import { verifyAuditFile } from '../../runner/audit/audit-file.ts';
import { applyAllowed } from '../../runner/changes/accept.ts';
import { giveTrees } from '../../runner/files/owned-folder.ts';
import { runSkill } from '../../runner/run/run.ts';
import type { RunRequest, RunResult } from '../../runner/run/run-request.ts';
import type { Sandbox } from '../../runner/sandbox/sandbox.ts';
import { openSecrets, storeSecret } from '../../runner/secret-sources/secret-store.ts';
import type { AuditVerdict } from '../../skills-index/run/audit/audit-check.ts';
import { type AuditEntry, parseEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { emptyHostPolicy, type HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { bareSandbox } from './bare-sandbox.ts';

export interface TestHost {
  readonly verify: () => Promise<AuditVerdict>;
  readonly folder: string;
  /** The workspace `reports`, owned by a user that is not root. */
  readonly reports: string;
  readonly paths: RunRequest['paths'];
  readonly auditFile: string;
  audit(): AuditEntry[];
  remove(): void;
}

export function makeTestHost(): TestHost {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-test-'));
  const paths = {
    config: join(folder, 'config'),
    data: join(folder, 'data'),
    cache: join(folder, 'cache'),
  };
  for (const path of Object.values(paths)) mkdirSync(path, { mode: 0o700 });
  const reports = join(folder, 'reports');
  mkdirSync(reports);
  if (process.getuid?.() === 0) chownSync(reports, 65_534, 65_534);
  chmodSync(reports, 0o755);
  const auditFile = join(paths.data, 'audit', 'audit.jsonl');
  return {
    folder,
    reports,
    paths,
    auditFile,
    audit: () => readLines(auditFile),
    verify: () => verifyAuditFile(auditFile, join(paths.config, 'audit-key.json')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface TestSkill {
  readonly files: Readonly<Record<string, string>>;
  readonly capabilities?: object;
  readonly packages?: object;
  readonly limits?: { readonly seconds: number; readonly memoryMiB: number };
}

export interface TestRun extends RunResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** A request for the only command of a skill, whose file is the first one. */
export function requestFor(
  host: TestHost,
  skill: TestSkill,
  policy: Partial<HostPolicy> = {},
): RunRequest & { out: Buffer[]; err: Buffer[] } {
  const [command = ''] = Object.keys(skill.files);
  const manifest = parseManifest(
    Buffer.from(
      JSON.stringify({
        name: '@acme/probe',
        version: '1.0.0',
        license: 'MIT',
        commands: { probe: command },
        capabilities: skill.capabilities ?? {},
        ...(skill.packages === undefined ? {} : { packages: skill.packages }),
        limits: skill.limits ?? { seconds: 30, memoryMiB: 256 },
      }),
    ),
  );
  const files = {
    'SKILL.md': '---\nname: probe\ndescription: tries things\n---\n',
    ...skill.files,
  };
  const packed = packBundle(
    Object.entries(files).map(([path, content]) => ({
      path,
      bytes: Buffer.from(content),
      mode: 0o755,
    })),
  );
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  return {
    skill: {
      admitted: { name: manifest.name, version: manifest.version, bundle: packed.digest },
      bundle: packed.bundle,
      contents: packed.contents,
    },
    manifest,
    approved: manifest.capabilities,
    args: [],
    hostPolicy: {
      ...emptyHostPolicy,
      workspaces: { reports: host.reports },
      writable: ['reports'],
      breakers: calm,
      ...policy,
    },
    paths: host.paths,
    secrets: openSecrets({ env: {}, paths: host.paths }, undefined),
    audit: openAudit(host.auditFile, () => new Date(), join(host.paths.config, 'audit-key.json')),
    onStdout: (chunk) => out.push(Buffer.from(chunk)),
    onStderr: (chunk) => err.push(Buffer.from(chunk)),
    now: () => new Date(),
    out,
    err,
  };
}

// Probes are denied more often than a skill may be.
const calm = {
  denied: 9_000,
  'secret-unbound': 9_000,
  'private-address': 9_000,
  canary: 9_000,
  'spawn-failed': 9_000,
};

export async function runTest(
  host: TestHost,
  skill: TestSkill,
  more: Partial<RunRequest> = {},
  policy: Partial<HostPolicy> = {},
): Promise<TestRun> {
  const request = requestFor(host, skill, policy);
  const asked = { ...request, ...more };
  const { changes, ...result } = await runSkill(asked);
  const waiting = await applyAllowed(
    host.paths,
    { policy: asked.hostPolicy, audit: asked.audit },
    changes,
  );
  return {
    ...result,
    ...(waiting === undefined ? {} : { changes: waiting }),
    stdout: Buffer.concat(request.out).toString(),
    stderr: Buffer.concat(request.err).toString(),
  };
}

export const reportsMount = (mode: 'ro' | 'rw' | 'cow') => [
  { source: 'workspace:reports', target: '/reports', mode, why: 'test' },
];

export const crm = {
  egress: [{ url: 'http://api.crm.example/v2/*', methods: ['GET', 'POST'], why: 'test' }],
  secret: [{ name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'test' }],
};

export function giveToken(host: TestHost, value: string): void {
  storeSecret(join(host.paths.config, 'secrets.json'), {
    name: 'CRM_TOKEN',
    hosts: ['api.crm.example'],
    value: Buffer.from(value),
    now: new Date(),
  });
}

export interface Upstream {
  readonly port: number;
  /** `METHOD url authorization body` of each request. */
  readonly seen: string[];
  close(): void;
}

/** A server on loopback that records and, at `/v2/echo`, answers with the authorization it got. */
export async function startUpstream(
  answer: (request: IncomingMessage) => string = () => '{"deals":[1,2]}',
): Promise<Upstream> {
  const seen: string[] = [];
  const server: Server = createServer(async (request, response) => {
    const body = await text(request);
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''} ${body}`);
    response.end(answer(request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, seen, close: () => server.close() };
}

/** Gives a folder and all in it to the user that the workspace belongs to. */
export function giveTo(folder: string): void {
  giveTrees([folder], { uid: 65_534, gid: 65_534 });
}

/**
 * Tries Python expressions one by one: the value of each, or `errno message` of its failure.
 * With `unsafe` on the bare host, to see that the attempt itself works.
 */
export async function tryIt(
  host: TestHost,
  attempts: Readonly<Record<string, string>>,
  more: {
    readonly capabilities?: object;
    readonly unsafe?: boolean;
    readonly sandbox?: Sandbox;
  } = {},
  policy: Partial<HostPolicy> = {},
): Promise<Record<string, unknown>> {
  const content = `
import ctypes, json, os, socket, stat, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    if libc.syscall(number, *args) == -1: raise OSError(ctypes.get_errno(), 'system call')
    return 'through'
rows = {}
for name, code in json.loads(sys.argv[1]).items():
    try:
        value = eval(code)
        rows[name] = value.decode() if isinstance(value, bytes) else value if isinstance(value, (str, list, int)) else repr(value)
    except OSError as e: rows[name] = '%s %s' % (e.errno, e)
print(json.dumps(rows))`;
  const skill = {
    files: { 'probe.py': content },
    ...(more.capabilities === undefined ? {} : { capabilities: more.capabilities }),
  };
  const run = await runTest(
    host,
    skill,
    {
      args: [JSON.stringify(attempts)],
      ...(more.sandbox ? { sandbox: more.sandbox } : more.unsafe ? { sandbox: bareSandbox } : {}),
    },
    policy,
  );
  if (run.stderr !== '') throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

/** What was recorded of runs; checkpoints are about the log. */
function readLines(file: string): AuditEntry[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  return lines
    .flatMap((line) => parseEntry(line) ?? [])
    .filter(({ event }) => event !== 'checkpoint' && event !== 'child');
}

/** Pids of this host's processes whose command line names a script. */
export function processesOf(script: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(script);
    } catch {
      return false;
    }
  });
}
