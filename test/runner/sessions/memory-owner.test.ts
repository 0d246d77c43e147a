import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { giveMemory } from '../../../runner/sessions/session-host.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

it.skipIf(process.getuid?.() !== 0)(
  'the owner of an agent’s memory changes, and no folder to which a link in the memory leads',
  () => {
    const folder = folderWith();
    const [memory, other] = [join(folder, 'memory'), join(folder, 'other')];
    fs.mkdirSync(join(memory, 'notes'), { recursive: true });
    fs.mkdirSync(other);
    fs.writeFileSync(join(other, 'file'), '');
    fs.symlinkSync(other, join(memory, 'notes/link'));
    giveMemory(memory, 65_534, 65_534);
    const owners = ['memory', 'memory/notes', 'memory/notes/link', 'other', 'other/file'].map(
      (path) => fs.lstatSync(join(folder, path)).uid,
    );
    expect(owners).toEqual([65_534, 65_534, 65_534, 0, 0]);
  },
);
