/** Verdaccio from npm on loopback, and npm against it: what authors of packages know. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { installOnce } from '../../test/clients/clients.ts';
import { freePort } from '../../test/free-port.ts';
import { run } from './client-host.ts';

const release = 'verdaccio@6.10.4';
/** Mirrors of npm may lack the tag `cjs` of node-fetch, which a dependency of Verdaccio asks for. */
const project = JSON.stringify({ overrides: { 'node-fetch': '2.6.7' } });
const line = `echo '${project}' > ~/agents/package.json && npm install --prefix ~/agents -E ${release}`;
const startMsMax = 60_000;

export interface Verdaccio {
  readonly name: string;
  /** Publishes files as a package, by `npm publish`. */
  publish(
    name: string,
    version: string,
    files: readonly SourceFile[],
  ): Promise<() => Promise<void>>;
  /** `npm install` in a new project, without a cache. */
  install(reference: string): Promise<() => Promise<void>>;
  close(): void;
}

/** Installs Verdaccio into a cache folder when it is not there, and starts it. */
export async function startVerdaccio(): Promise<Verdaccio> {
  const installed = installOnce('verdaccio', line);
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-npm-'));
  const port = await freePort();
  const config = join(folder, 'config.yaml');
  writeFileSync(config, configOf(join(folder, 'storage')));
  const program = join(installed, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  const child = spawn(
    process.execPath,
    [program, '--config', config, '--listen', `127.0.0.1:${port}`],
    { cwd: folder, env: { PATH: process.env.PATH, HOME: folder }, stdio: 'ignore' },
  );
  const base = `http://127.0.0.1:${port}/`;
  const close = (): void => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  await untilUp(`${base}-/ping`).catch((cause) => {
    close();
    throw cause;
  });
  let runs = 0;
  const npm = (words: readonly string[], cwd: string): (() => Promise<void>) => {
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      npm_config_cache: join(folder, `cache-${runs++}`),
      npm_config_registry: base,
      npm_config_update_notifier: 'false',
      [`npm_config_//127.0.0.1:${port}/:_authToken`]: 'anybody',
    };
    return async () => {
      await run([...words, '--loglevel=error', '--ignore-scripts'], { cwd, env, program: 'npm' });
    };
  };
  return {
    name: release,
    publish: async (name, version, files) => {
      const cwd = mkdtempSync(join(folder, 'package-'));
      writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name, version }));
      writeFiles(cwd, files);
      return npm(['publish'], cwd);
    },
    install: async (reference) => {
      const cwd = mkdtempSync(join(folder, 'project-'));
      writeFileSync(join(cwd, 'package.json'), '{}');
      return npm(['install', reference, '--no-audit', '--no-fund'], cwd);
    },
    close,
  };
}

export function writeFiles(folder: string, files: readonly SourceFile[]): void {
  for (const { path, bytes, mode } of files) {
    const at = join(folder, path);
    mkdirSync(join(at, '..'), { recursive: true });
    writeFileSync(at, bytes, { mode: mode ?? 0o644 });
  }
}

function configOf(storage: string): string {
  return [
    `storage: ${storage}`,
    'auth: { htpasswd: { file: ./htpasswd } }',
    'uplinks: {}',
    "packages: { '**': { access: $all, publish: $all } }",
    'log: { type: stdout, format: json, level: fatal }',
    '',
  ].join('\n');
}

async function untilUp(url: string): Promise<void> {
  const end = performance.now() + startMsMax;
  for (;;) {
    const isUp = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isUp) return;
    if (performance.now() > end) throw new Error(`${url} does not answer`);
    await sleep(200);
  }
}
