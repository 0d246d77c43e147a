import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { guard } from '../built-program.ts';
import { folderOf, stranger, theft } from '../cli/install-policy/folders.ts';
import { compiledCode } from '../compiled-code.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const action = parse(readFileSync(join(top, 'action.yml'), 'utf8'));
const [, installStep, scanStep, , endStep] = action.runs.steps;

const folder = mkdtempSync(join(tmpdir(), 'skillgate-action-'));
const project = join(folder, 'project');
const runner = join(folder, 'runner');
const git = (...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@acme.example', ...words], {
    cwd: project,
    encoding: 'utf8',
  });
const commit = (skills: Readonly<Record<string, ReturnType<typeof stranger>>>): string => {
  for (const [name, made] of Object.entries(skills))
    cpSync(folderOf(made), join(project, 'skills', name), { recursive: true });
  git('add', '.');
  git('commit', '-qm', 'skills');
  return git('rev-parse', 'HEAD').trim();
};

beforeAll(() => {
  for (const path of [project, runner]) mkdirSync(path);
  git('init', '-q');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a step's script as GitHub's runner does. */
function run(script: string, env: Readonly<Record<string, string>>): Promise<[number, string]> {
  const files = {
    GITHUB_OUTPUT: join(runner, 'output'),
    GITHUB_STEP_SUMMARY: join(runner, 'summary'),
  };
  for (const path of Object.values(files)) writeFileSync(path, '');
  const all = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    HOME: folder,
    RUNNER_TEMP: runner,
    ...compiledCode,
    ...files,
  };
  const words = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
  return new Promise((resolve) => {
    execFile('bash', words, { cwd: project, env: { ...all, ...env } }, (error, out, err) =>
      resolve([Number(error?.code ?? 0), out + err]),
    );
  });
}

it('scans what changed, and tells code scanning, the summary and the pull request', async () => {
  const base = commit({ same: stranger(), changed: stranger() });
  const asks = "await fetch('https://api.crm.example/deals');\n";
  commit({
    changed: stranger({ files: { 'scripts/report.ts': asks } }),
    'new::error::evil': stranger({ files: { 'scripts/report.ts': theft } }),
  });
  const command = `${process.execPath} ${guard}`;
  const scanned = await run(scanStep.run, { SCANNED: '.', SINCE: base, COMMAND: command });
  expect(scanned[0]).toBe(0);
  const output = readFileSync(join(runner, 'output'), 'utf8');
  expect(output).toBe(`sarif=${runner}/skillgate.sarif\ncode=14\n`);
  const [sarif] = JSON.parse(readFileSync(join(runner, 'skillgate.sarif'), 'utf8')).runs;
  const paths = sarif.properties.skills.map(({ path }: { path: string }) => path);
  expect(paths).toEqual(['skills/changed', 'skills/new::error::evil']);
  const summary = readFileSync(join(runner, 'summary'), 'utf8');
  expect(summary).toMatch(
    /\*\*New capabilities since the earlier report \(a person has to look at them\):\*\*\n\n- <code>egress [^\n]*crm/,
  );
  expect(summary).not.toContain('skills/same');
  // The name of a skill's folder is no command for the runner.
  expect(scanned[1]).toMatch(/^::error file=skills\/new%3A%3Aerror%3A%3Aevil/m);
  expect(scanned[1]).not.toMatch(/^::error::/m);
  expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);

  const ends = async (code: string, failOn: string) =>
    (await run(endStep.run, { CODE: code, FAIL_ON: failOn }))[0];
  expect(await ends('14', 'high')).toBe(14);
  expect(await ends('12', 'high')).toBe(0);
  expect(await ends('12', 'low')).toBe(12);
  expect(await ends('0', 'low')).toBe(0);
  // What could not be read, and what failed, is no mild finding.
  for (const code of ['7', '1', '2', '127'])
    expect(await ends(code, 'critical')).toBe(Number(code));
  expect(await ends('12', 'maybe')).toBe(2);
}, 240_000);

it('runs the installed program, and none that the pull request brought', async () => {
  const program = (path: string, text: string): void => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  };
  program(join(folder, 'bin/skillgate'), `#!/bin/sh\nexec '${process.execPath}' '${guard}' "$@"\n`);
  const base = git('rev-parse', 'HEAD').trim();
  const brought = join(project, 'node_modules/skillgate');
  program(join(brought, 'own.js'), "#!/usr/bin/env node\nconsole.log('nothing found');\n");
  const bin = { skillgate: 'own.js' };
  writeFileSync(
    join(brought, 'package.json'),
    JSON.stringify({ name: 'skillgate', version: '0.1.0', bin }),
  );
  program(
    join(project, 'node_modules/.bin/skillgate'),
    readFileSync(join(brought, 'own.js'), 'utf8'),
  );
  writeFileSync(join(project, '.npmrc'), 'registry=http://127.0.0.1:9/\n');
  commit({ hostile: stranger({ files: { 'scripts/report.ts': theft } }) });
  const env = { SCANNED: '.', SINCE: base, COMMAND: action.inputs.command.default };
  const [, text] = await run(scanStep.run, env);
  expect(text).toMatch(/^::error file=skills\/hostile/m);
  expect(readFileSync(join(runner, 'output'), 'utf8')).toMatch(/^code=14$/m);
  expect(installStep).toMatchObject({
    if: `inputs.command == '${action.inputs.command.default}'`,
    'working-directory': expect.stringContaining('runner.temp'),
  });
}, 240_000);

it('lets no severity excuse a file that nobody read', async () => {
  const reads = "import { readFileSync } from 'node:fs';\nreadFileSync('/root/.ssh/id_rsa');\n";
  commit({ partly: stranger({ files: { 'scripts/report.ts': reads } }) });
  const env = { SCANNED: 'skills/partly', SINCE: '', COMMAND: `${process.execPath} ${guard}` };
  const codeOf = async () => {
    await run(scanStep.run, env);
    return /^code=(\d+)$/m.exec(readFileSync(join(runner, 'output'), 'utf8'))?.[1];
  };
  expect(await codeOf()).toBe('13');
  symlinkSync('/etc/hostname', join(project, 'skills/partly/link'));
  expect(await codeOf()).toBe('7');
}, 240_000);

it('fails when the commit to compare with is missing', async () => {
  const env = { SCANNED: '.', SINCE: 'f'.repeat(40), COMMAND: `${process.execPath} ${guard}` };
  expect((await run(scanStep.run, env))[0]).not.toBe(0);
  const [code] = await run(scanStep.run, { ...env, SINCE: '--output=x' });
  expect(code).not.toBe(0);
});
