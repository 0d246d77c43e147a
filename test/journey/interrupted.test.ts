import { spawn } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeReportSkill, release } from '../cli/installer-world.ts';
import { writeKey } from '../cli/registry-users.ts';
import { sampleOf } from '../sample.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';

const signalAtStep = fileURLToPath(new URL('signal-at-step.mjs', import.meta.url));
const text = "console.log('news');\n";
const version = (version: string, script: string) =>
  makeReportSkill('@acme/news', { version, files: { 'scripts/report.ts': script } });

let host: InstalledHost;
beforeAll(async () => {
  host = await makeInstalledHost();
  await release(host.network, version('1.0.0', text));
  await release(host.network, makeReportSkill('@acme/other'));
  writeKey(join(host.home, 'config/keys'), 'default', host.network.registry.author);
});
afterAll(() => host?.close());

// What must hold of a project after a command was interrupted at any act: SIGINT leaves what was
// there before, or what the whole command leaves; after SIGKILL, the same command again leads there.
describe.each([
  ['install', [['install', '@acme/other']], ['install', '@acme/news@1.0.0', '--agent', 'claude']],
  ['update', [['install', '@acme/news@^1.0.0']], ['update', '@acme/news', '--yes']],
  [
    'remove',
    [
      ['install', '@acme/news@1.0.0'],
      ['install', '@acme/other'],
    ],
    ['remove', '@acme/news'],
  ],
])('an interrupted %s', (name, before, command) => {
  let start: string;
  let ends: { start: string; end: string; acts: number };

  beforeAll(async () => {
    rmSync(host.project, { recursive: true });
    mkdirSync(host.project);
    for (const argv of before) await done(...argv);
    if (name === 'update') await release(host.network, version('1.1.0', `${text}${text}`));
    start = `${host.project}-${name}`;
    cpSync(host.project, start, { recursive: true, verbatimSymlinks: true });
    const first = treeOf(host.project);
    const count = join(host.home, 'acts');
    expect(await run(command, { SIGNAL_COUNT: count })).toMatchObject({ exit: 0 });
    ends = { start: first, end: treeOf(host.project), acts: Number(readFileSync(count, 'utf8')) };
    expect(ends.end).not.toBe(first);
    expect(ends.acts).toBeGreaterThan(5);
  });
  afterAll(() => rmSync(start, { recursive: true, force: true }));

  it.each(['SIGINT', 'SIGKILL'] as const)('by %s', { timeout: 900_000 }, async (kind) => {
    const wrong: unknown[] = [];
    for (const step of sampleOf(
      Array.from({ length: ends.acts }, (_, at) => at + 1),
      9,
    )) {
      rmSync(host.project, { recursive: true });
      cpSync(start, host.project, { recursive: true, verbatimSymlinks: true });
      const ran = await run(command, { SIGNAL_KIND: kind, SIGNAL_STEP: String(step) });
      const left = treeOf(host.project);
      const isEnd = left === ends.end;
      if (kind === 'SIGINT' && !isEnd && left !== ends.start) wrong.push({ step, ran, left });
      if (kind === 'SIGINT' && isEnd) continue;
      const listed = await run(['list'], {});
      const again = isEnd ? { exit: 0 } : await run(command, {});
      // A second `remove` finds nothing where the first one had all but ended.
      const isDone = again.exit === 0 || name === 'remove';
      if (listed.exit !== 0 || !isDone || treeOf(host.project) !== ends.end)
        wrong.push({ step, ran, listed, again, left: treeOf(host.project) });
    }
    expect(wrong).toEqual([]);
  });
});

describe('an interrupted publish', () => {
  const publish = async (version: string, env: Readonly<Record<string, string>> = {}) => {
    const { files } = makeReportSkill('@acme/daily', { version });
    for (const { path, bytes } of files) {
      mkdirSync(join(host.project, 'daily', path, '..'), { recursive: true });
      writeFileSync(join(host.project, 'daily', path), bytes);
    }
    return await run(['publish', 'daily'], env);
  };

  it.each(['SIGINT', 'SIGKILL'] as const)('by %s', { timeout: 900_000 }, async (kind) => {
    const count = join(host.home, 'acts');
    const major = kind === 'SIGINT' ? 1 : 2;
    const whole = await publish(`${major}.0.0`, { SIGNAL_COUNT: count });
    expect(whole, whole.err).toMatchObject({ exit: 0 });
    const acts = Number(readFileSync(count, 'utf8'));
    expect(acts).toBeGreaterThan(5);
    const wrong: unknown[] = [];
    for (const step of sampleOf(
      Array.from({ length: acts }, (_, at) => at + 1),
      5,
    )) {
      const version = `${major}.0.${step}`;
      const ran = await publish(version, { SIGNAL_KIND: kind, SIGNAL_STEP: String(step) });
      const before = await run(['status', `@acme/daily@${version}`], {});
      const again = await publish(version);
      const after = await run(['status', `@acme/daily@${version}`], {});
      // It is there or it is not, and who says so is right: a second attempt is refused or whole.
      const isRight = again.exit === (before.exit === 0 ? 6 : 0);
      if (!isRight || after.exit !== 0 || (ran.exit === 0 && before.exit !== 0))
        wrong.push({ step, ran, before, again, after });
    }
    expect(wrong).toEqual([]);
  });
});

// The claim of a process that is gone is taken over: it is no difference.
/** Each entry with its mode and content. */
function treeOf(top: string): string {
  return readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.endsWith('.claim'))
    .map((path) => join(top, path))
    .sort()
    .map((path) => {
      const { mode } = lstatSync(path);
      const what = lstatSync(path).isSymbolicLink()
        ? readlinkSync(path)
        : lstatSync(path).isFile()
          ? readFileSync(path, 'utf8')
          : '';
      return `${path.slice(top.length)} ${mode.toString(8)} ${what}`;
    })
    .join('\n');
}

async function done(...argv: readonly string[]): Promise<void> {
  const { exit, err } = await host.skill(...argv);
  expect(exit, `${argv.join(' ')}: ${err}`).toBe(0);
}

function run(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ exit: number | string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', signalAtStep, host.guard, ...argv], {
      cwd: host.project,
      env: { ...host.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (exit, signal) => resolve({ exit: exit ?? signal ?? -1, err }));
  });
}
