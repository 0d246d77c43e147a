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
});
