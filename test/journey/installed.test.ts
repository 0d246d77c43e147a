/** The commands for what is installed: list, show, outdated, update, remove. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useInstallerProject } from '../cli/installer-project.ts';
import { makeReportSkill, release } from '../cli/installer-world.ts';

const project = useInstallerProject(true);
const { at, lock, read } = project;
const egress = [{ url: 'https://api.crm.example/v2/*', why: 'reads deals' }];

// notes.txt of the folder that the command kept.
function keptIn(err: string): string {
  const [, kept = ''] = /is kept in (\S+);/.exec(err) ?? [];
  const notes = readdirSync(kept, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith('notes.txt'),
  );
  return readFileSync(join(kept, notes ?? ''), 'utf8');
}

describe('skillgate list', () => {
  it('shows the installed skills, without a network', async () => {
    project.network.lie = async () => {
      throw new TypeError('fetch failed');
    };
    const { exit, out } = await project.user.run('list');
    expect({ exit, out }).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/@acme\/weekly-report@1\.0\.0 +any version +\.agents\/skills\//),
    });
    const { out: json } = await project.user.run('list', '--format', 'json');
    expect(JSON.parse(json)).toMatchObject({
      schema: 'skillgate.list/1',
      skills: [{ name: '@acme/weekly-report', version: '1.0.0', range: '*', isThere: true }],
    });
  });

  it('says which folder is missing, and how to get it back', async () => {
    rmSync(at('.agents/skills/weekly-report'), { recursive: true });
    const { out } = await project.user.run('list');
    expect(out).toContain('is missing: skillgate ci installs it again');
  });
});

describe('skillgate show', () => {
  it('says what an approved skill can do, and writes nothing', async () => {
    await release(project.network, makeReportSkill('@acme/shown', { capabilities: { egress } }));
    const { exit, out } = await project.user.run('show', '@acme/shown');
    expect(exit).toBe(0);
    expect(out).toContain('@acme/shown@1.0.0 Writes the weekly report.');
    expect(out).toContain('egress GET,HEAD https[:]//api.crm.example/v2/* (reads deals)');
    expect(out).toContain(
      'Commands: report\n  Installed here: no\n→ install it: skillgate install @acme/shown',
    );
    expect(Object.keys(lock())).toEqual(['@acme/weekly-report']);
  });

  it('knows what is installed', async () => {
    const { out } = await project.user.run('show', '@acme/weekly-report', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      schema: 'skillgate.show/1',
      version: '1.0.0',
      installed: '1.0.0',
      commands: ['report'],
    });
  });

  it('refuses a skill that nobody published', async () => {
    expect(await project.user.run('show', '@acme/nothing')).toMatchObject({
      exit: 3,
      err: expect.stringContaining('error[not-found]'),
    });
  });
});

describe('skillgate list --outdated and update', () => {
  it('find nothing to do when every skill is the newest', async () => {
    expect(await project.user.run('list', '--outdated')).toMatchObject({
      exit: 0,
      out: 'No newer version is approved for 1 installed skill.\n',
    });
    const before = read('skillgate.lock');
    expect(await project.user.run('update')).toMatchObject({
      exit: 0,
      out: '1 installed skill checked: no newer version is approved.\n',
    });
    expect(read('skillgate.lock')).toBe(before);
  });

  it('update what asks for nothing more, and leave what asks for more to a person', async () => {
    await release(project.network, makeReportSkill('@acme/calm'));
    await release(project.network, makeReportSkill('@acme/wider'));
    await release(project.network, makeReportSkill('@acme/pinned'));
    for (const name of ['@acme/calm', '@acme/wider', '@acme/pinned@~1.0.0'])
      expect((await project.user.run('install', name)).exit).toBe(0);
    await release(project.network, makeReportSkill('@acme/calm', { version: '1.1.0' }));
    await release(project.network, makeReportSkill('@acme/pinned', { version: '1.1.0' }));
    await release(
      project.network,
      makeReportSkill('@acme/wider', { version: '1.1.0', capabilities: { egress } }),
    );

    const { out } = await project.user.run('list', '--outdated', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      checked: 4,
      skills: [
        { name: '@acme/calm', installed: '1.0.0', inRange: '1.1.0', newest: '1.1.0' },
        { name: '@acme/pinned', installed: '1.0.0', inRange: '1.0.0', newest: '1.1.0' },
        { name: '@acme/wider', installed: '1.0.0', inRange: '1.1.0', newest: '1.1.0' },
      ],
    });

    const updated = await project.user.run('update');
    expect(updated.exit).toBe(6);
    expect(updated.out).toContain('+ egress GET,HEAD https[:]//api.crm.example/v2/*');
    expect(updated.out).toMatch(/@acme\/calm +1\.0\.0 +→ 1\.1\.0/);
    expect(updated.out).toMatch(/@acme\/wider +1\.0\.0 +stays: not-confirmed/);
    const versions = () =>
      Object.fromEntries(Object.entries(lock()).map(([name, { version }]) => [name, version]));
    expect(versions()).toEqual({
      '@acme/calm': '1.1.0',
      '@acme/pinned': '1.0.0',
      '@acme/weekly-report': '1.0.0',
      '@acme/wider': '1.0.0',
    });

    writeFileSync(at('.agents/skills/wider/notes.txt'), 'mine');
    const widened = await project.user.run('update', '@acme/wider', '--yes');
    expect({ exit: widened.exit, version: versions()['@acme/wider'] }).toEqual({
      exit: 0,
      version: '1.1.0',
    });
    expect(existsSync(at('.agents/skills/wider/notes.txt'))).toBe(false);
    expect(keptIn(widened.err)).toBe('mine');
  });

  it('name a skill that is not installed', async () => {
    expect(await project.user.run('update', '@acme/weekly-reprot')).toMatchObject({
      exit: 3,
      err: expect.stringContaining('did you mean @acme/weekly-report?'),
    });
  });
});

describe('skillgate install --as', () => {
  it('keeps the earlier folder of the skill when a person changed that folder', async () => {
    writeFileSync(at('.agents/skills/weekly-report/notes.txt'), 'mine');
    const { err, exit } = await project.user.run('install', '@acme/weekly-report', '--as', 'other');
    expect({ exit, kept: keptIn(err) }).toEqual({ exit: 0, kept: 'mine' });
    expect(readdirSync(at('.agents/skills'))).toEqual(['other']);
  });
});

describe('skillgate remove', () => {
  it('deletes folder, links and entries, and a later installation begins anew', async () => {
    await project.user.run('install', '@acme/weekly-report', '--agent', 'claude');
    expect(existsSync(at('.claude/skills/weekly-report'))).toBe(true);
    expect(await project.user.run('remove', '@acme/weekly-report')).toMatchObject({
      exit: 0,
      out: 'removed @acme/weekly-report@1.0.0 from .agents/skills/weekly-report\n→ install it again: skillgate install @acme/weekly-report@1.0.0\n',
    });
    for (const path of ['.claude/skills/weekly-report', '.agents/skills/weekly-report'])
      expect(existsSync(at(path))).toBe(false);
    expect(lock()).toEqual({});
    expect(JSON.parse(read('skillgate.json')).skills).toEqual({});
    expect((await project.user.run('install', '@acme/weekly-report')).exit).toBe(0);
  });

  it('keeps a folder that a person changed, and says where', async () => {
    writeFileSync(at('.agents/skills/weekly-report/notes.txt'), 'mine');
    const { err, exit } = await project.user.run('remove', '@acme/weekly-report');
    expect({ exit, err }).toMatchObject({
      exit: 0,
      err: expect.stringContaining(
        'note: @acme/weekly-report was changed on disk: .agents/skills/weekly-report: notes.txt is not part of the skill',
      ),
    });
    expect(existsSync(at('.agents/skills/weekly-report'))).toBe(false);
    expect(keptIn(err)).toBe('mine');
  });

  it('keeps a folder that it cannot compare', async () => {
    writeFileSync(at('.agents/skills/weekly-report/notes.txt'), 'mine');
    rmSync(join(project.user.home, 'cache'), { recursive: true });
    const { err } = await project.user.run('remove', '@acme/weekly-report');
    expect(err).toContain('this host no longer has the files of 1.0.0 to compare with');
    expect(keptIn(err)).toBe('mine');
  });

  it('keeps a changed copy in an agent’s folder, the last folder of the skill', async () => {
    await project.user.run('install', '@acme/weekly-report', '--agent', 'claude', '--copy');
    writeFileSync(at('.claude/skills/weekly-report/notes.txt'), 'mine');
    rmSync(at('.agents'), { recursive: true });
    const { err, exit } = await project.user.run('remove', '@acme/weekly-report');
    expect({ exit, kept: keptIn(err) }).toEqual({ exit: 0, kept: 'mine' });
  });

  it('deletes nothing behind a link that leads out of the project', async () => {
    await project.user.run('install', '@acme/weekly-report', '--agent', 'claude');
    const outside = mkdtempSync(join(tmpdir(), 'skillgate-outside-'));
    mkdirSync(join(outside, 'weekly-report'));
    writeFileSync(join(outside, 'weekly-report/mine.txt'), 'mine');
    rmSync(at('.claude/skills'), { recursive: true });
    symlinkSync(outside, at('.claude/skills'));
    expect(await project.user.run('remove', '@acme/weekly-report')).toMatchObject({
      exit: 6,
      err: expect.stringMatching(/\.claude\/skills leads to .*, outside the project/),
    });
    expect(existsSync(join(outside, 'weekly-report/mine.txt'))).toBe(true);
    expect(existsSync(at('.agents/skills/weekly-report'))).toBe(true);
    expect(Object.keys(lock())).toEqual(['@acme/weekly-report']);
    rmSync(outside, { recursive: true });
  });

  it('deletes nothing for a name that is not installed', async () => {
    const before = read('skillgate.lock');
    expect((await project.user.run('remove', '@acme/other', '@acme/weekly-report')).exit).toBe(3);
    expect(read('skillgate.lock')).toBe(before);
    expect(existsSync(at('.agents/skills/weekly-report'))).toBe(true);
  });
});
