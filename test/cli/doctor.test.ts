import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { namesOnPath } from '../../cli/commands/doctor.ts';

const entry = '/opt/it’s here/cli/guard.js';
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text: string, mode = 0o755) =>
  writeFileSync(join(folder, name), text, { mode });

describe('skillgate doctor', () => {
  it('says that shims end with 127 where there is no skillgate, with a line that puts it there', () => {
    put('skillgate', '#!/bin/sh\n', 0o644);
    const [row] = namesOnPath(folder, entry);
    expect(row).toMatchObject({
      name: 'skillgate',
      holds: false,
      detail: expect.stringContaining('127'),
    });
    const [line = ''] = (row?.type ?? '').split('   (');
    mkdirSync(join(folder, 'home'));
    execFileSync('/bin/sh', ['-c', line], {
      env: { HOME: join(folder, 'home'), PATH: '/usr/bin:/bin' },
    });
    const at = join(folder, 'home/.local/bin');
    expect(readFileSync(join(at, 'skillgate'), 'utf8')).toBe(
      `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`,
    );
    expect(namesOnPath(at, entry)).toMatchObject([
      { name: 'skillgate', holds: true },
      { name: 'skill', holds: false },
    ]);
  });

  it('says when skill is another program', () => {
    put('skillgate', '#!/bin/sh\n');
    put('skill', '\u007fELF procps');
    expect(namesOnPath(`relative:${folder}`, entry)).toMatchObject([
      { name: 'skillgate', holds: true },
      {
        name: 'skill',
        holds: false,
        detail: expect.stringContaining('is another program'),
        type: expect.stringContaining('shell-init'),
      },
    ]);
    expect(namesOnPath(folder, entry, true)[1]).toMatchObject({
      holds: true,
      detail: expect.stringContaining('a function'),
    });
  });

  it('takes a script that calls our entry for ours', () => {
    put('skillgate', '#!/bin/sh\n');
    put('skill', `#!/bin/sh\nexec node ${entry} "$@"\n`);
    expect(namesOnPath(folder, entry)[1]).toMatchObject({
      name: 'skill',
      holds: true,
      detail: expect.stringContaining('starts skillgate'),
    });
  });
});
