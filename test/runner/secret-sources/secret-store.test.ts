import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  listSecrets,
  removeSecret,
  storeSecret,
} from '../../../runner/secret-sources/secret-store.ts';
import { skill } from '../../cli/skill-command.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

const now = new Date('2026-01-01T00:00:00Z');
const value = Buffer.from('real-token-0123456789\n');
let folder: string;
beforeEach(() => {
  folder = folderWith();
});
const file = (): string => join(folder, 'secrets.json');

describe('a secret', () => {
  it('is listed without its value, its account or its command, and removed for one agent or all', () => {
    storeSecret(file(), {
      name: 'TOKEN',
      hosts: ['b.example', 'a.example'],
      methods: ['POST', 'GET'],
      value,
      now,
    });
    storeSecret(file(), {
      name: 'TOKEN',
      hosts: ['a.example'],
      agent: 'bot',
      keychain: 'secret-account',
      now,
    });
    storeSecret(file(), {
      name: 'OTHER',
      hosts: ['a.example'],
      command: ['/usr/bin/pass', 'show', 'secret-path'],
      now,
    });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const stored = now.toISOString();
    expect(listSecrets(file())).toEqual([
      {
        name: 'TOKEN',
        hosts: ['a.example', 'b.example'],
        methods: ['GET', 'POST'],
        source: 'file',
        stored,
      },
      { name: 'TOKEN', hosts: ['a.example'], agent: 'bot', source: 'keychain', stored },
      { name: 'OTHER', hosts: ['a.example'], source: 'command', stored },
    ]);
    expect(removeSecret(file(), 'TOKEN', 'bot')).toMatchObject({ keychain: 'secret-account' });
    removeSecret(file(), 'TOKEN');
    expect(listSecrets(file())).toMatchObject([{ name: 'OTHER' }]);
    expect(() => removeSecret(file(), 'TOKEN')).toThrowError(
      expect.objectContaining({ code: 'secret-refused' }),
    );
  });

  it.each([
    ['too short', { value: Buffer.from('short') }],
    ['two lines', { value: Buffer.from('first-line\nsecond') }],
    ['not ASCII', { value: Buffer.from('pässwörter-lang') }],
    ['without a host', { hosts: [] }],
    ['for a pattern', { hosts: ['*.a.example'] }],
    ['for an address', { hosts: ['127.0.0.1'] }],
    ['for a method that is none', { methods: ['get'] }],
    ['with a name that is none', { name: 'to ken' }],
  ])('%s is not stored, and no message repeats it', (_, more) => {
    const store = (): unknown =>
      storeSecret(file(), { name: 'TOKEN', hosts: ['a.example'], value, now, ...more });
    expect(store).toThrowError(expect.objectContaining({ code: 'secret-refused' }));
    expect(store).not.toThrowError(/real-token|short$|first-line/);
    expect(listSecrets(file())).toEqual([]);
  });

  it.each([
    '{"value":"real-token',
    '{"schema":"skillgate.secrets/1","secrets":[{"name":"real-token","hosts":[],"stored":""}]}',
    '{"schema":"skillgate.secrets/1","secrets":[{"name":"a","hosts":[],"stored":"","value":"real-token","command":["x"]}]}',
  ])('whose file is damaged is refused without a word of it: %s', (text) => {
    writeFileSync(file(), text, { mode: 0o600 });
    expect(() => listSecrets(file())).toThrowError(
      expect.objectContaining({
        code: 'key-file-invalid',
        message: expect.not.stringContaining('real'),
      }),
    );
  });
});

describe('skillgate secret', () => {
  const user = (stdin?: string) => ({ home: folder, ...(stdin === undefined ? {} : { stdin }) });
  const secret = (stdin: string | undefined, ...words: readonly string[]) =>
    skill(user(stdin), 'secret', ...words);

  it('stores, lists and forgets, and says no value', async () => {
    const set = await secret(
      'real-token-0123456789\n',
      'set',
      'TOKEN',
      '--host',
      'a.example',
      '--method',
      'GET',
    );
    expect(set).toEqual({
      exit: 0,
      out: 'stored TOKEN for a.example with GET alone, for every run\n',
      err: '',
    });
    const list = await secret(undefined, 'list');
    expect(list.out).toMatch(/^TOKEN +a\.example +GET +every run +file +2026/);
    expect(list.out + (await secret(undefined, 'list', '--format', 'json')).out).not.toContain(
      'real-token',
    );
    expect(await secret(undefined, 'remove', 'TOKEN')).toMatchObject({ exit: 0 });
    expect((await secret(undefined, 'list')).out).toContain('no secrets');
  });

  it('takes a command in the place of a value, tries it once, and stores what it is and not what it prints', async () => {
    const set = await secret(
      undefined,
      'set',
      'TOKEN',
      '--host',
      'a.example',
      '--command',
      'echo real-token-0123456789',
    );
    expect(set).toMatchObject({
      exit: 0,
      out: expect.stringContaining('its value comes from the command'),
    });
    const stored = JSON.parse(readFileSync(join(folder, 'config/secrets.json'), 'utf8'));
    expect(stored.secrets[0].command).toEqual([
      expect.stringMatching(/^\/.*\/echo$/),
      'real-token-0123456789',
    ]);
    expect((await secret(undefined, 'list')).out).toContain('command');
  });

  it.each([
    ['a command that a shell would have to read', ['--command', 'echo $HOME']],
    ['a program that is not there', ['--command', 'no-such-program show']],
    ['a command that fails', ['--command', 'false']],
    ['a command that prints no value', ['--command', 'echo short']],
    ['a method that is none', ['--method', 'get']],
  ])('stores nothing for %s', async (_, words) => {
    const said = await secret(
      'real-token-0123456789',
      'set',
      'TOKEN',
      '--host',
      'a.example',
      ...words,
    );
    expect(said).toMatchObject({
      exit: 6,
      err: expect.stringContaining('Cannot use secret "TOKEN"'),
    });
    expect((await secret(undefined, 'list')).out).toContain('no secrets');
  });

  it('wants one source, and a host', async () => {
    const both = ['--host', 'a.example', '--keychain', '--command', 'echo x'];
    expect((await secret(undefined, 'set', 'TOKEN', ...both)).exit).toBe(2);
    expect((await secret('real-token-0123456789', 'set', 'TOKEN')).exit).toBe(2);
  });
});
