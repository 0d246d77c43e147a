import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { useInstallerProject } from '../cli/installer-project.ts';
import { makeReportSkill, release } from '../cli/installer-world.ts';

const project = useInstallerProject(false);
const { at, read, lock } = project;

describe('skillgate install', () => {
  it('writes verified texts, shims, and a lock that says exactly what was verified', async () => {
    const said = await project.user.run('install', '@acme/weekly-report');
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(read('.agents/skills/weekly-report/notes/format.md')).toBe('How the report looks.\n');
    expect(read('.agents/skills/weekly-report/scripts/report.ts')).toContain(
      '"@acme/weekly-report", "report"',
    );
    expect(read('.agents/skills/weekly-report/scripts/clean.sh')).toContain(
      'exec skillgate run @acme/weekly-report scripts/clean.sh "$@"',
    );
    expect(lock()).toEqual({
      '@acme/weekly-report': {
        registry: 'localhost',
        root: rootFingerprint(project.network.registry.trust.root),
        version: '1.0.0',
        bundle: project.report.packed.digest,
        publisher: project.network.registry.author.keyId,
        scopeClaim: expect.any(Number),
        capabilities: expect.stringMatching(/^sha256:/),
        logIndex: expect.any(Number),
      },
    });
    expect(JSON.parse(read('skillgate.json'))).toEqual({
      schema: 'skillgate.project/1',
      skills: { '@acme/weekly-report': '*' },
    });
  });

  it('says what the skill will and will not be able to do', async () => {
    const reader = makeReportSkill('@acme/reader', {
      capabilities: {
        mount: [
          { source: 'workspace:reports', target: '/reports', mode: 'ro', why: 'reads the reports' },
        ],
      },
    });
    await release(project.network, reader);
    const { out } = await project.user.run('install', '@acme/reader');
    expect(out).toContain('mount ro workspace:reports at /reports (reads the reports)');
    expect(out).toContain('reach any host');
    expect(out).not.toContain('read or write any folder');
    expect(out).toMatch(
      /In the sandbox the skill will be able to:[\s\S]*In the sandbox the skill will not be able to:/,
    );
  });

  it('promises no limit for a skill that is texts alone', async () => {
    const texts = makeReportSkill('@acme/texts', { commands: {} });
    const files = texts.files.filter((file) => !file.path.startsWith('scripts/'));
    await release(project.network, { ...texts, files, packed: packBundle(files) });
    const { out, exit } = await project.user.run('install', '@acme/texts');
    expect(exit).toBe(0);
    expect(out).toContain(
      'Only the agent’s own host limits what an agent does after reading the skill.',
    );
    expect(out).not.toContain('able to:');
    expect(out).toContain('the skill has no commands\n  unchanged: 3 files of text and data');
  });

  it('answers with one line of JSON and nothing else when asked to', async () => {
    const { out } = await project.user.run('install', '@acme/weekly-report', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      schema: 'skillgate.install/1',
      installed: [
        {
          name: '@acme/weekly-report',
          version: '1.0.0',
          bundle: project.report.packed.digest,
          folder: 'weekly-report',
        },
      ],
    });
  });

  it('says that nothing changed, even if the registry is down', async () => {
    await project.user.run('install', '@acme/weekly-report');
    project.network.lie = async () => {
      throw new TypeError('fetch failed');
    };
    const { out, err, exit } = await project.user.run('install', '@acme/weekly-report');
    expect({ exit, err }).toMatchObject({ exit: 0 });
    expect(out).toContain(
      'Changed since 1.0.0:\n    no capability: the skill may do the same as before\n',
    );
  });

  it('shows the difference in capabilities when it updates, and wants a person’s yes for more', async () => {
    await release(project.network, makeReportSkill('@acme/grows'));
    await project.user.run('install', '@acme/grows@^1');
    const egress = [{ url: 'https://api.crm.example/v2/*', why: 'reads deals' }];
    await release(
      project.network,
      makeReportSkill('@acme/grows', { version: '1.1.0', capabilities: { egress } }),
    );
    const asked = await project.user.run('install', '@acme/grows');
    expect(asked.err).toContain('error[not-confirmed]');
    expect(lock()['@acme/grows']?.version).toBe('1.0.0');
    const { out, exit } = await project.user.run('install', '@acme/grows', '--yes');
    expect(exit).toBe(0);
    expect(asked.out).toContain('+ egress GET,HEAD https[:]//api.crm.example/v2/*');
    expect(out).toMatch(
      /Changed since 1\.0\.0:\n {4}\+ egress GET,HEAD https\[:\]\/\/api\.crm\.example\/v2\/\*/,
    );
    expect(lock()['@acme/grows']?.version).toBe('1.1.0');
  });

  it('goes back to an older version only when that is named', async () => {
    await release(project.network, makeReportSkill('@acme/withheld'));
    await release(project.network, makeReportSkill('@acme/withheld', { version: '1.1.0' }));
    await project.user.run('install', '@acme/withheld');
    project.network.lie = async (path, honest) => {
      const response = await honest();
      if (path !== '/index/@acme/withheld') return response;
      const [first = ''] = (await response.text()).split('\n');
      return new Response(`${first}\n`);
    };
    const withheld = await project.user.run('install', '@acme/withheld');
    expect(withheld.exit).toBe(6);
    expect(withheld.err).toContain('1.1.0 is installed, and the registry offers the older 1.0.0');
    expect(withheld.err).toContain('Cannot find @acme/withheld@1.1.0');
    expect(withheld.err).toContain('on purpose: skillgate install @acme/withheld@1.0.0');
    expect((await project.user.run('install', '@acme/withheld@1.1.0')).err).toContain('1.1.0');
    expect(lock()['@acme/withheld']?.version).toBe('1.1.0');
    expect((await project.user.run('install', '@acme/withheld@1.0.0')).exit).toBe(0);
  });

  it('links for chosen agents, and does not forget them, nor --as, when it updates', async () => {
    await release(project.network, makeReportSkill('@acme/kept'));
    await project.user.run(
      'install',
      '@acme/kept',
      '--agent',
      'claude',
      '--agent',
      'goose',
      '--copy',
      '--as',
      'weekly',
    );
    await release(
      project.network,
      makeReportSkill('@acme/kept', { version: '1.1.0', files: { 'new.md': 'new\n' } }),
    );
    expect((await project.user.run('install', '@acme/kept')).exit).toBe(0);
    for (const folder of ['.agents', '.claude', '.goose'])
      expect(read(`${folder}/skills/weekly/new.md`)).toBe('new\n');
    expect(existsSync(at('.agents/skills/kept'))).toBe(false);
  });

  it('moves the folder when another name is given', async () => {
    await project.user.run('install', '@acme/weekly-report', '--agent', 'claude');
    expect((await project.user.run('install', '@acme/weekly-report', '--as', 'weekly')).exit).toBe(
      0,
    );
    expect(readdirSync(at('.agents/skills'))).toEqual(['weekly']);
    expect(readdirSync(at('.claude/skills'))).toEqual(['weekly']);
  });

  it('refuses a second skill of the same short name, until --as names it', async () => {
    await project.user.run('install', '@acme/weekly-report');
    const other = makeReportSkill('@acme/other');
    await release(project.network, other);
    const refused = await project.user.run('install', '@acme/other', '--as', 'weekly-report');
    expect(refused.exit).toBe(6);
    expect(refused.err).toContain('@acme/weekly-report is installed there');
    expect(Object.keys(lock())).toEqual(['@acme/weekly-report']);
    expect((await project.user.run('install', '@acme/other', '--as', 'second')).exit).toBe(0);
  });

  it('heals what an interrupted installation left', async () => {
    await project.user.run('install', '@acme/weekly-report');
    const files = ['skillgate.lock', 'skillgate.json'].map((file) => [file, read(file)] as const);
    // The lock was written and the rename did not happen; or the folder was half removed by hand.
    for (const leave of ['.agents/skills/weekly-report', '.agents/skills/weekly-report/SKILL.md']) {
      rmSync(at(leave), { recursive: true });
      expect((await project.user.run('verify')).exit).toBe(6);
      expect((await project.user.run('install', '@acme/weekly-report')).exit).toBe(0);
      expect((await project.user.run('verify')).exit).toBe(0);
      for (const [file, text] of files) expect(read(file)).toBe(text);
    }
  });

  it('leaves no script that runs on the host, also where no command names it, and says exactly so', async () => {
    const files = { 'scripts/who.js': "console.log('the host of', process.env.HOME);\n" };
    await release(project.network, makeReportSkill('@acme/unnamed', { commands: {}, files }));
    const lines = [
      'files that start a command in the sandbox: scripts/clean.sh',
      'rejected on this host, because no command of skill.json names the file: scripts/report.ts, scripts/who.js',
      'unchanged: 3 files of text and data',
    ];
    const { out } = await project.user.run('install', '@acme/unnamed');
    const verified = await project.user.run('verify', '@acme/unnamed');
    for (const line of lines) for (const said of [out, verified.out]) expect(said).toContain(line);
    const ran = spawnSync(process.execPath, [at('.agents/skills/unnamed/scripts/who.js')], {
      encoding: 'utf8',
    });
    expect(ran).toMatchObject({ status: 6, stdout: '' });
    expect(ran.stderr).toContain('no command of the skill names the file');
  });

  it('is verified skill by skill: one that differs hides none of the others', async () => {
    await release(project.network, makeReportSkill('@acme/whole'));
    await project.user.run('install', '@acme/weekly-report');
    await project.user.run('install', '@acme/whole');
    writeFileSync(at('.agents/skills/weekly-report/SKILL.md'), 'changed');
    const said = await project.user.run('verify');
    expect(said.exit).toBe(6);
    expect(said.out).toContain('verified @acme/whole@1.0.0');
    expect(said.err).toMatch(
      /not verified: @acme\/weekly-report\n.*1 installed file differs[\s\S]*verified 1 of 2/,
    );
    const json = JSON.parse((await project.user.run('verify', '--format', 'json')).out);
    expect(json).toMatchObject({
      verified: [
        {
          name: '@acme/whole',
          files: { 'scripts/report.ts': 'runs report', 'SKILL.md': 'as approved' },
        },
      ],
      failed: [{ name: '@acme/weekly-report', code: 'installed-differs' }],
    });
  });

  it('writes the original files with --plain, warns, and puts the shims back without it', async () => {
    const plain = await project.user.run('install', '@acme/weekly-report', '--plain');
    expect(plain.out).toContain('they run without a sandbox');
    expect(read('.agents/skills/weekly-report/scripts/clean.sh')).toBe(
      '#!/bin/sh\necho clean "$@"\n',
    );
    expect((await project.user.run('verify')).out).toContain('the original files, no sandbox');
    await project.user.run('install', '@acme/weekly-report');
    expect(read('.agents/skills/weekly-report/scripts/clean.sh')).toContain('skillgate run');
  });

  it('refuses --plain where host policy says so, before anything is fetched', async () => {
    mkdirSync(join(project.user.home, 'config'), { recursive: true });
    writeFileSync(join(project.user.home, 'config/host.json'), '{"plain": false}', { mode: 0o600 });
    const said = await project.user.run('install', '@acme/weekly-report', '--plain');
    expect(said.err).toContain('error[plain-refused]');
    expect(said.exit).toBe(6);
    expect(project.network.asked).toEqual([]);
    expect(readdirSync(project.user.project)).toEqual([]);
  });

  it.each([
    [['@acme/weekly-report', '--as', '../x'], 2],
    [['@acme/weekly-report', '--agent', 'nobody'], 2],
    [['@acme/weekly-report@not-a-range'], 2],
    [['weekly-report'], 2],
  ])('skillgate install %j is an error of usage', async (words, exit) => {
    expect((await project.user.run('install', ...words)).exit).toBe(exit);
    expect(readdirSync(project.user.project)).toEqual([]);
  });
});
