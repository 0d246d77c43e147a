/**
 * A real registry in memory, a user's files on disk, and between them a network that writes down
 * what was asked and can lie.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinRegistry } from '../../cli/registries/addresses/pin-registry.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import { approvalsNeeded, defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { freshNonce } from '../nonce.ts';
import { approve, publish, type Skill, scan, state } from '../registry/road.ts';
import { makeStaffedWorld, type Staffed } from '../registry/world.ts';
import { type Said, skill, type User } from './skill-command.ts';

/** Answers instead of the registry, or lets it answer. */
export type Lie = (path: string, honest: () => Promise<Response>) => Promise<Response>;

export interface Network {
  readonly registry: Staffed;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  lie: Lie | undefined;
  /** Milliseconds by which the users' clock is ahead of the registry's. */
  ahead: number;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly close: () => void;
}

/** Somebody with files of their own who has pinned the registry. */
export interface Installer {
  readonly network: Network;
  readonly home: string;
  readonly project: string;
  /** Runs a command line in the project. */
  run(...argv: string[]): Promise<Said>;
  runWith(more: Partial<Omit<User, 'home'>>, ...argv: string[]): Promise<Said>;
  close(): void;
}

export const base = 'http://localhost';

export async function makeNetwork(): Promise<Network> {
  const registry = await makeStaffedWorld();
  const network: Network = {
    registry,
    asked: [],
    lie: undefined,
    ahead: 0,
    fetch: async (input, init) => {
      const path = String(input instanceof Request ? input.url : input).slice(base.length);
      network.asked.push(path);
      if (network.lie === undefined) return registry.send(path, init);
      // A registry that lies wants the content, also of what the host has already.
      const headers = new Headers(init?.headers);
      headers.delete('if-none-match');
      return network.lie(path, async () => registry.send(path, { ...init, headers }));
    },
    now: () => new Date(registry.registry.now().getTime() + network.ahead),
    close: () => registry.close(),
  };
  return network;
}

/** A registry without packs: each request shows which blob a host reads. */
export const withoutPacks: Lie = async (path, honest) =>
  path.startsWith('/packs/') ? new Response('nothing here', { status: 404 }) : honest();

/** What one test did to the network is undone. */
export function makeHonest(network: Network): void {
  network.lie = undefined;
  network.ahead = 0;
  network.asked.length = 0;
}

export async function makeInstaller(network: Network): Promise<Installer> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-installer-'));
  const home = join(folder, 'home');
  const project = mkdtempSync(join(folder, 'project-'));
  await pinRegistry(pathsOf(home), base, network.registry.trust.root, []);
  const { fetch, now } = network;
  const runWith: Installer['runWith'] = (more, ...argv) =>
    skill({ home, cwd: project, fetch, now, ...more }, ...argv);
  return {
    network,
    home,
    project,
    runWith,
    run: (...argv) => runWith({}, ...argv),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function pathsOf(home: string): { config: string; data: string; cache: string } {
  return { config: join(home, 'config'), data: join(home, 'data'), cache: join(home, 'cache') };
}

export interface SkillText {
  readonly version?: string;
  readonly capabilities?: object;
  readonly commands?: Record<string, string>;
  readonly packages?: object;
  readonly requires?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly limits?: { readonly seconds?: number; readonly memoryMiB?: number };
  /** Path → text; those that end in `.sh` are executable. */
  readonly files?: Record<string, string>;
}

export function makeReportSkill(name: string, text: SkillText = {}): Skill {
  const { version = '1.0.0', capabilities = {}, commands = { report: 'scripts/report.ts' } } = text;
  const { limits, packages, requires } = text;
  const skillJson = JSON.stringify({
    name,
    version,
    commands,
    capabilities,
    limits,
    packages,
    requires,
  });
  const texts: Record<string, string> = {
    'SKILL.md': `---\nname: ${name.split('/')[1]}\ndescription: ${text.description ?? 'Writes the weekly report.'}\n---\nRun report.\n`,
    'skill.json': skillJson,
    'scripts/report.ts': "console.log('the report of', ...process.argv.slice(2));\n",
    'scripts/clean.sh': '#!/bin/sh\necho clean "$@"\n',
    'notes/format.md': 'How the report looks.\n',
    ...text.files,
  };
  const files = Object.entries(texts).map(([path, content]) => ({
    path,
    bytes: Buffer.from(content),
    mode: path.endsWith('.sh') ? 0o755 : 0o644,
  }));
  return { files, packed: packBundle(files), manifest: parseManifest(Buffer.from(skillJson)) };
}

/**
 * Publishes, scans and has it approved, by two people where policy wants two; what fails on the way
 * throws.
 */
export async function release(network: Pick<Network, 'registry'>, released: Skill): Promise<Skill> {
  const { send, author, scanner, rita, omar, tokens } = network.registry;
  for (const step of [
    () => publish(send, released, author),
    () => scan(send, tokens.scanner, scanner, released, 'pass'),
    () => approve(send, tokens.rita, rita, released),
    ...(isHigh(released)
      ? [() => approve(send, tokens.omar, omar, released, { independent: true })]
      : []),
  ]) {
    const { status, body } = await step();
    if (status >= 300) throw new Error(`the road ends: ${status} ${JSON.stringify(body)}`);
  }
  return released;
}

function isHigh({ manifest }: Skill): boolean {
  return (
    approvalsNeeded(defaultPolicy, { capabilities: manifest.capabilities, findings: [] }).total > 1
  );
}

/** A reviewer suspends, lifts or revokes a bundle. */
export async function sayOf(
  network: Network,
  about: Skill,
  kind: 'suspended' | 'lifted' | 'revoked',
): Promise<void> {
  const { send, rita } = network.registry;
  const answer = await state(
    send,
    revocationStatement({
      nonce: freshNonce(),
      kind,
      target: { bundle: about.packed.digest },
      reason: 'it leaks',
    }),
    rita,
  );
  if (answer.status >= 300) throw new Error(`not ${kind}: ${JSON.stringify(answer.body)}`);
}

/** The last entry of the audit log that is no checkpoint. */
export function lastAudited({ home }: Installer): unknown {
  return readFileSync(join(home, 'data/audit/audit.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .findLast(({ event }) => event !== 'checkpoint');
}
