/** A registry with TUF metadata in memory, its operator with `registry export`, and hosts. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { requestSender } from '../../../cli/send-request.ts';
import { createApp } from '../../../registry/app.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { adviceStatement } from '../../../skills-index/statement/attestation.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { freshNonce } from '../../nonce.ts';
import { type Skill, state } from '../../registry/road.ts';
import { holdCeremony } from '../../registry/tuf-maker.ts';
import { type Ran, skill } from '../command-line.ts';
import { makeNetwork, type Network, release } from '../installer-world.ts';

export interface ExportStage {
  readonly network: Network;
  readonly folder: string;
  /** What becomes of an answer on its way to the export. */
  lie: (path: string, honest: () => Promise<Response>) => Promise<Response>;
  /** Paths that the export asked for. */
  readonly asked: string[];
  release(released: Skill): Promise<Skill>;
  /** `registry export` into the folder. */
  export(...more: string[]): Promise<Ran>;
  /** A command line on a host that reads nothing but files of its own. */
  offline(host: string, ...argv: string[]): Promise<Ran>;
  /** `registry add` and `install` on a host of this name. */
  install(host: string, ...argv: string[]): Promise<Ran>;
  /** The author yanks a version. @returns the status of the answer */
  yank(name: string, version: string): Promise<number>;
  setPolicy(host: string, policy: object): void;
  /** Path → digest of everything in the folder. */
  files(): Map<string, string>;
  wait(ms: number): void;
  close(): void;
}

const base = 'http://localhost';

export async function makeExportStage(): Promise<ExportStage> {
  const network = await makeNetwork();
  const { registry } = network;
  const top = mkdtempSync(join(tmpdir(), 'skillgate-export-'));
  const folder = join(top, 'export');
  const tuf = await holdCeremony({
    root: registry.trust.root,
    signers: registry.trust.administrators.slice(0, registry.trust.root.threshold),
    now: registry.registry.now().getTime(),
  });
  const app = createApp(
    { ...registry.registry, tuf },
    { logError: (error) => registry.errors.push(error) },
  );
  // tuf-js reads the clock of the process.
  const now = (): Date => network.now();
  const setClock = (): void => void vi.useFakeTimers({ toFake: ['Date'], now: now() });
  setClock();
  const root = rootFingerprint(registry.trust.root);
  const contextOf = (host: string) => {
    const home = join(top, host);
    const cwd = join(home, 'project');
    mkdirSync(cwd, { recursive: true });
    return { env: { SKILLGATE_HOME: home, PATH: process.env.PATH, NO_COLOR: '1' }, cwd, now };
  };
  const stage: ExportStage = {
    network,
    folder,
    asked: [],
    lie: (_, honest) => honest(),
    release: (released) => release(network, released),
    export: async (...more) => {
      setClock();
      const fetch: typeof globalThis.fetch = async (input, init) => {
        const path = String(input).slice(base.length);
        stage.asked.push(path);
        return stage.lie(path, async () => app.request(`${base}${path}`, init));
      };
      const given = { ...contextOf('operator'), fetch };
      const added = await skill(['registry', 'add', base, '--root', root], given);
      if (added.exit !== 0) return added;
      return skill(['registry', 'export', base, folder, '--format', 'json', ...more], given);
    },
    offline: (host, ...argv) => {
      setClock();
      const send = requestSender(new AbortController().signal);
      return skill(argv, { ...contextOf(host), send });
    },
    install: async (host, ...argv) => {
      const url = `file://${folder}`;
      const added = await stage.offline(host, 'registry', 'add', url, '--root', root);
      return added.exit === 0 ? stage.offline(host, 'install', ...argv) : added;
    },
    yank: async (name, version) => {
      const about = { name: parseSkillName(name), version: parseVersion(version) };
      const said = {
        ...about,
        kind: 'yanked',
        reason: 'wrong totals',
        nonce: freshNonce(),
      } as const;
      return (await state(registry, adviceStatement(said), registry.author)).status;
    },
    setPolicy: (host, policy) => {
      const config = join(top, host, 'config');
      mkdirSync(config, { recursive: true, mode: 0o700 });
      writeFileSync(join(config, 'host.json'), JSON.stringify(policy), { mode: 0o600 });
    },
    files: () =>
      new Map(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
          .map((path) => [path.slice(folder.length + 1), digestOf(readFileSync(path))]),
      ),
    wait: (ms) => registry.wait(ms),
    close: () => {
      vi.useRealTimers();
      network.close();
      rmSync(top, { recursive: true, force: true });
    },
  };
  return stage;
}
