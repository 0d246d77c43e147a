import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { give, giveTrees, makeOwnedFolder, readHead } from '../../../runner/files/owned-folder.ts';
import { writePrivateFile } from '../../../runner/files/private-file.ts';
import { temporaryFolder } from '../../../runner/git/quarantine.ts';

const isRoot = process.getuid?.() === 0;
const user = isRoot ? { uid: 4321, gid: 4321 } : { uid: process.getuid?.() ?? 0, gid: 0 };

let top = '';
beforeEach(() => {
  top = fs.mkdtempSync(join(tmpdir(), 'skillgate-given-'));
  onTestFinished(() => fs.rmSync(top, { recursive: true }));
});

describe.skipIf(!isRoot)('what the runner gives', () => {
  it('is given while the folder above is the runner’s, with links and not their targets', () => {
    fs.mkdirSync(join(top, 'tree/inner'), { recursive: true });
    fs.writeFileSync(join(top, 'file'), '');
    fs.symlinkSync('../file', join(top, 'tree/link'));
    giveTrees([join(top, 'tree')], user);
    makeOwnedFolder(join(top, 'made'), user);
    writePrivateFile(join(top, 'token'), 'text', user);
    const owners = ['tree', 'tree/inner', 'tree/link', 'made', 'token', 'file'].map(
      (path) => fs.lstatSync(join(top, path)).uid,
    );
    expect(owners).toEqual([4321, 4321, 4321, 4321, 4321, 0]);
  });

  it.each<[string, (path: string) => void]>([
    ['gives an entry', (path) => give(path, user)],
    ['gives a tree', (path) => giveTrees([path], user)],
    ['makes a folder', (path) => makeOwnedFolder(`${path}2`, user)],
    ['writes a file', (path) => writePrivateFile(path, 'text', user)],
  ])('below a folder of another user, nobody %s', (_, act) => {
    makeOwnedFolder(join(top, 'theirs'), user);
    const entry = join(top, 'theirs/entry');
    fs.writeFileSync(entry, 'of root');
    expect(() => act(entry)).toThrow('not the runner’s alone');
    expect([fs.lstatSync(entry).uid, fs.readFileSync(entry, 'utf8')]).toEqual([0, 'of root']);
    expect(fs.readdirSync(join(top, 'theirs'))).toEqual(['entry']);
  });

  it('has a place that its owner cannot give to a link', () => {
    const room = temporaryFolder();
    onTestFinished(() => fs.rmSync(room, { recursive: true }));
    makeOwnedFolder(join(room, 'objects'), user);
    const script = 'touch objects/own && rmdir objects; mv objects away; ln -s /etc new';
    spawnSync('/bin/sh', ['-c', script], { cwd: room, ...user });
    expect(fs.readdirSync(room)).toEqual(['objects']);
    expect(fs.readdirSync(join(room, 'objects'))).toEqual(['own']);
  });
});

describe('the head of a file', () => {
  it('has at most as many bytes as asked', () => {
    fs.writeFileSync(join(top, 'file'), 'a longer text');
    expect(readHead(join(top, 'file'), 8)?.bytes.toString()).toBe('a longer');
  });

  it.each([
    ['a pipe without a writer', 'mkfifo it'],
    ['a folder', 'mkdir it'],
    ['a device without an end', 'ln -s /dev/zero it'],
    ['a link to a file', 'echo text > file; ln -s file it'],
  ])('is none of %s', (_, script) => {
    spawnSync('/bin/sh', ['-c', script], { cwd: top });
    const bytes = (): unknown => {
      try {
        return readHead(join(top, 'it'), 8)?.bytes;
      } catch (cause) {
        return (cause as NodeJS.ErrnoException).code;
      }
    };
    expect([undefined, 'ELOOP']).toContain(bytes());
  });
});
