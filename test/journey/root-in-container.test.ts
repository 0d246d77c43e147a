import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const guard = fileURLToPath(new URL('../../cli/guard.js', import.meta.url));
/** What podman leaves to root in a container. */
const left =
  'chown dac_override fowner fsetid kill net_bind_service setfcap setgid setpcap setuid sys_chroot';
const folder = mkdtempSync(join(tmpdir(), 'skillgate-container-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Types a line as root in a container, with the program's folder closed to other users. */
function skill(...argv: string[]) {
  const bounds = ['-all', ...left.split(' ').map((name) => `+${name}`)].join(',');
  const { status, stderr, stdout } = spawnSync(
    '/usr/bin/setpriv',
    ['--bounding-set', bounds, '--', process.execPath, guard, ...argv],
    {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', HOME: folder, SKILLGATE_HOME: join(folder, 'home') },
      encoding: 'utf8',
    },
  );
  return { exit: status, out: stdout, err: stderr };
}

describe.runIf(process.getuid?.() === 0)('root in a container', () => {
  beforeAll(() => {
    mkdirSync(join(folder, 'cards/scripts'), { recursive: true });
    mkdirSync(join(folder, 'files'), { mode: 0o700 });
    writeFileSync(join(folder, 'files/a'), 'text', { mode: 0o600 });
    writeFileSync(
      join(folder, 'cards/SKILL.md'),
      '---\nname: cards\ndescription: Writes a card.\n---\nRun `python3 scripts/card.py IN OUT`.\n',
    );
    writeFileSync(
      join(folder, 'cards/scripts/card.py'),
      'import os, sys\nopen(sys.argv[2], "w").write("card of " + open(sys.argv[1]).read())\nprint(os.getuid())\n',
    );
  });

  it('drafts and tries a skill in a folder of its own, and accepts its changes', () => {
    expect(skill('init', 'cards')).toMatchObject({ exit: 0 });
    const tried = skill('try', '--mount', 'work=files', 'cards', 'card', 'a', 'b');
    expect(tried).toMatchObject({ exit: 0, out: '65534\n' });
    expect(readdirSync(join(folder, 'files'))).toEqual(['a']);
    const [{ digest, run }] = JSON.parse(skill('changes', 'show', '--format', 'json').out).runs;
    expect(skill('changes', 'accept', run, '--digest', digest)).toMatchObject({ exit: 0 });
    expect(statSync(join(folder, 'files/b'))).toMatchObject({ uid: 0, gid: 0, size: 12 });
  });

  it('gets the exit code and the streams of its command', () => {
    expect(skill('try', '--mount', 'work=files', 'cards', 'card')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('IndexError'),
    });
    expect(skill('nothing')).toMatchObject({ exit: 2, out: '' });
  });
});
