/** The first root of trust of several administrators, by the commands that the output names. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readTrust } from '../../../registry/data-folder/trust.ts';
import { skill } from '../command-line.ts';

it('is signed and published as the output of registry init says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-administrators-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const as = async (user: string, argv: readonly string[]) => {
    const cwd = join(folder, user);
    mkdirSync(cwd, { recursive: true });
    const ran = await skill(argv, { cwd, env: { SKILLGATE_HOME: join(cwd, 'home') } });
    expect([ran.exit, ran.stderr]).toEqual([0, expect.any(String)]);
    return ran;
  };
  await as('ben', ['key', 'create', 'administrator']);
  const ben = join(folder, 'ben', 'home', 'config', 'keys', 'administrator.pub.json');
  const data = join(folder, 'data');
  const origin = ['--origin', 'localhost'];
  const made = await as('ada', ['registry', 'init', data, ...origin, '--administrator', ben]);
  const warnings: string[] = [];
  const warn = async () => {
    warnings.length = 0;
    await readTrust({ dir: data }, (line) => warnings.push(line));
    return warnings;
  };
  expect(await warn()).toEqual([
    expect.stringMatching(/2 of 2 administrators have not signed .*tuf-missing.*rotate publish/),
  ]);
  const [, sent, command = ''] =
    /Send each of them (.*)\.\n.*with both files in one folder: skillgate (.*)\n/.exec(
      made.stderr,
    ) ?? [];
  const [signed = '', ...files] = (sent?.split(' and ') ?? []).toReversed();
  for (const user of ['ada', 'ben']) {
    mkdirSync(join(folder, user), { recursive: true });
    for (const file of [signed, ...files])
      copyFileSync(file, join(folder, user, file.slice(data.length + 1)));
    await as(user, [...command.split(' '), '--yes']);
  }
  const copies = ['ada', 'ben'].map((user) => join(folder, user, signed.slice(data.length + 1)));
  await as('ada', ['registry', 'rotate', 'publish', data, ...copies]);
  expect(await warn()).toEqual([]);
});
