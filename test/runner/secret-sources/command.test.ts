import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  parseSecretCommand,
  runSecretCommand,
} from '../../../runner/secret-sources/secret-store.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

const env = { PATH: '/usr/bin:/bin', HOME: '/home/me', TOKEN: 'of the runner' };
const sh = (script: string): string[] => ['/bin/sh', '-c', script];
const printed = async (script: string, milliseconds?: number) =>
  (await runSecretCommand('TOKEN', sh(script), env, milliseconds)).toString();
let folder: string;
beforeEach(() => {
  folder = folderWith();
});

describe('the line of a command', () => {
  it('is a program where PATH has it now, and its arguments', () => {
    expect(parseSecretCommand('T', 'sh  show crm/token', '/nowhere:/bin')).toEqual([
      '/bin/sh',
      'show',
      'crm/token',
    ]);
    expect(parseSecretCommand('T', '/opt/pass show crm', '')).toEqual(['/opt/pass', 'show', 'crm']);
  });

  it.each([...'"\'`$|&;<>(){}[]*?~#\\!\n\t\0', '', '   ', './pass x', 'no-such-program'])(
    '%j is no part of one',
    (part) => {
      expect(() =>
        parseSecretCommand(
          'T',
          /\w/.test(part) || part.trim() === '' ? part : `sh a${part}b`,
          '/bin',
        ),
      ).toThrowError(expect.objectContaining({ code: 'secret-refused' }));
    },
  );
});

describe('a command that prints a secret', () => {
  it('has PATH and HOME, no terminal and no input', async () => {
    expect(await printed('/usr/bin/env')).toMatch(
      /^(PATH=\/usr\/bin:\/bin|HOME=\/home\/me|PWD=\/|OLDPWD=.*|_=.*|SHLVL=\d|\n)+$/,
    );
    expect(await printed('cat; echo end')).toBe('end\n');
    expect(await printed('(: < /dev/tty) 2> /dev/null || echo no terminal')).toBe('no terminal\n');
  });

  it.each([
    ['fails', 'echo real-token; exit 3', 'ended with code 3'],
    ['is killed', 'kill -9 $$', 'ended with SIGKILL'],
    ['prints without end', 'yes real-token', 'printed more than'],
  ])('that %s gives nothing, and nothing of what it printed is said', async (_, script, says) => {
    const failing = printed(script);
    await expect(failing).rejects.toMatchObject({
      code: 'secret-refused',
      message: expect.stringContaining(says),
    });
    await expect(failing).rejects.not.toThrowError(/real-token/);
  });

  it('that waits for a person is ended, with what it started', async () => {
    const mark = join(folder, 'mark');
    const asking = printed(`sleep 60 & echo $! > ${mark}; echo real-token-0123456789; wait`, 500);
    await expect(asking).rejects.toMatchObject({
      code: 'secret-refused',
      message: expect.stringContaining('did not end within'),
    });
    const stat = `/proc/${readFileSync(mark, 'utf8').trim()}/stat`;
    await vi.waitFor(() =>
      expect(existsSync(stat) ? readFileSync(stat, 'utf8') : ') Z').toContain(') Z'),
    );
  });

  it('that is not there is told', async () => {
    await expect(runSecretCommand('TOKEN', ['/no/such/program'], env)).rejects.toMatchObject({
      message: expect.stringContaining('could not be started'),
    });
  });
});
