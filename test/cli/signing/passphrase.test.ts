import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createKeyFile } from '../../../cli/signing/key-file.ts';
import { skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';

/** A person at a terminal who types the same line at each question. */
const person = (home: string, typed: string, ...argv: string[]) => {
  const keyboard = new PassThrough();
  const setRawMode = (isAsking: boolean): unknown => isAsking && keyboard.write(typed);
  return skill(argv, {
    env: { SKILLGATE_HOME: home },
    stdin: Object.assign(keyboard, { isTTY: true, setRawMode }),
  });
};

describe('a person who makes a key with a passphrase', () => {
  it('is told that the key exists before a passphrase is asked', async () => {
    const home = folderWith();
    const keys = join(home, 'config/keys');
    mkdirSync(keys, { recursive: true, mode: 0o700 });
    await createKeyFile(join(keys, 'operator.json'), undefined, 'operator');
    const { stderr } = await person(
      home,
      'correct horse battery\n',
      ...['key', 'create', 'operator', '--passphrase'],
    );
    expect(stderr).toContain('file-exists');
    expect(stderr).not.toContain('Passphrase of key');
  });

  it('is told to take a longer passphrase', async () => {
    const { stderr } = await person(folderWith(), 'short\n', 'key', 'create', 'op', '--passphrase');
    expect(stderr).toContain('it needs at least 12 characters');
    expect(stderr).toContain('help: run the command again with a longer passphrase');
  });
});

it('shows the line that makes the key of an approver where there is none', async () => {
  const argv = ['host', 'approver', 'add', 'operator'];
  const { stderr } = await skill(argv, { env: { SKILLGATE_HOME: folderWith() } });
  expect(stderr).toContain('There is no key operator on this host');
  expect(stderr).toMatch(/skill(gate)? key create operator --passphrase$/m);
});
