import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../cli/temporary-folder.ts';

const guard = fileURLToPath(new URL('../../cli/guard.js', import.meta.url));

/** Starts the guard in a Node that says it is another version. */
async function startAs(
  version: string | undefined,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
) {
  const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`;
  const args = [...(version === undefined ? [] : ['--import', pretend]), guard, ...argv];
  const run = promisify(execFile)(process.execPath, args, { env });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

describe('the guard', () => {
  it.each(['18.0.0', '20.20.2', '22.21.9', '23.11.1', '24.14.9'])(
    'stops Node %s with one sentence and the way out',
    async (version) => {
      const { code, stdout, stderr } = await startAs(version, ['--version']);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(
        `error[node-too-old]: Skillgate needs Node 22.22, 24.15 or newer, and this is Node ${version}`,
      );
      expect(stderr).toContain('npm run -s skill --');
    },
  );

  it.each([undefined, '22.22.2', '24.15.0', '26.0.0'])('lets Node %s through', async (version) => {
    expect(await startAs(version, ['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

it('the guard ends the process itself, with the exit code of the command', async () => {
  const loud = `data:text/javascript,const {exit}=process;process.exit=(code)=>{console.error('ends with',code);exit(code)}`;
  const env = { ...process.env, NODE_OPTIONS: `--import "${loud}"` };
  expect((await startAs(undefined, ['--version'], env)).stderr).toBe('ends with 0\n');
  const wrong = await startAs(undefined, ['publsh'], env);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/\nends with 2\n$/)]);
});

describe('compiled code', () => {
  const filesIn = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());

  it('is kept in the user’s own folder', async () => {
    const home = folderWith();
    await startAs(undefined, ['help', 'help'], { SKILLGATE_HOME: home });
    expect(statSync(join(home, 'cache/compiled')).mode & 0o777).toBe(0o700);
    expect(filesIn(join(home, 'cache/compiled')).length).toBeGreaterThan(5);
  });

  it('is neither read from nor written to a folder that others may write to', async () => {
    const home = folderWith({ 'cache/compiled/planted': 'x' });
    chmodSync(join(home, 'cache/compiled'), 0o777);
    expect((await startAs(undefined, ['help', 'help'], { SKILLGATE_HOME: home })).code).toBe(0);
    expect(filesIn(join(home, 'cache/compiled')).map((one) => one.name)).toEqual(['planted']);
  });

  it('is not kept below a folder whose writers could exchange it', async () => {
    const home = folderWith({ 'cache/other': 'x' });
    chmodSync(join(home, 'cache'), 0o777);
    expect((await startAs(undefined, ['help', 'help'], { SKILLGATE_HOME: home })).code).toBe(0);
    expect(filesIn(join(home, 'cache/compiled'))).toEqual([]);
  });
});
