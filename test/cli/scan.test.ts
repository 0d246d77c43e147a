import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitOfReport } from '../../cli/scan/read-prose.ts';
import { startWatchedScanner } from '../../cli/scan/watched-scan.ts';
import type { Finding, Severity, Verdict } from '../../skills-index/statement/finding.ts';
import { skill } from './command-line.ts';
import { folderWith } from './temporary-folder.ts';

const skillMd = (name: string) => `---\nname: ${name}\ndescription: says hello\n---\nSay hello.\n`;
const finding = (severity: Severity): Finding => ({
  rule: 'test/rule',
  kind: 'capability',
  severity,
  confidence: 'exact',
  message: '',
  path: 'a',
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  flow: [],
  fix: '',
  fingerprint: '',
});

describe('skillgate scan', () => {
  it.each<[Severity[], Verdict, number]>([
    [[], 'pass', 0],
    [['info'], 'pass', 0],
    [['low', 'info'], 'pass', 11],
    [['medium'], 'review', 12],
    [['low', 'high'], 'review', 13],
    [['critical', 'medium'], 'block', 14],
    [[], 'incomplete', 7],
    [['info'], 'incomplete', 7],
    // A gate may let low and medium findings pass, and what nobody read may be worse.
    [['low'], 'incomplete', 7],
    [['medium'], 'incomplete', 7],
    [['high'], 'incomplete', 13],
  ])('exits for findings %j and verdict %s with %i', (severities, verdict, exit) => {
    expect(exitOfReport({ findings: severities.map(finding), verdict })).toBe(exit);
  });

  it('gives one line for each skill in path order, each skill once, the same each time', async () => {
    const cwd = folderWith({
      'b/SKILL.md': skillMd('b'),
      'a/x/SKILL.md': skillMd('x'),
      'a/x/inner/SKILL.md': skillMd('inner'),
    });
    const first = await skill(['scan', '.', 'b', 'a/x', '--format', 'jsonl'], { cwd });
    const reports = first.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(reports.map((report) => [report.schema, report.path, report.name])).toEqual([
      ['skillgate.scan/1', 'a/x', 'x'],
      ['skillgate.scan/1', 'b', 'b'],
    ]);
    const json = await skill(['scan', '.', '--format', 'json'], { cwd });
    expect(JSON.parse(json.stdout)).toEqual({ schema: 'skillgate.scans/1', reports });
  });

  it('gives no control of a terminal as it stands in the skill', async () => {
    const cwd = folderWith({ 'a/SKILL.md': skillMd('a'), 'a/\u009b2Jgone.md': 'Text.\n' });
    const { stdout } = await skill(['scan', 'a', '--format', 'jsonl'], { cwd });
    expect(stdout).toContain('\\u009b2Jgone');
    expect(stdout).not.toMatch(/[\u007f-\u009f]/);
  });

  it('never calls a skill clean of which it could not read something', async () => {
    const cwd = folderWith({ 'a/SKILL.md': skillMd('a') });
    symlinkSync('/etc/passwd', join(cwd, 'a/link'));
    const { exit, stdout } = await skill(['scan', 'a', '--format', 'jsonl'], { cwd });
    const report = JSON.parse(stdout);
    expect(exit).toBeGreaterThanOrEqual(7);
    expect(report.verdict).toBe('incomplete');
    expect(report.coverage.files).toContainEqual(
      expect.objectContaining({
        path: 'link',
        disposition: 'unanalysed',
        reason: 'is a symbolic link',
      }),
    );
    expect(stdout).not.toContain('root:');
  });

  it('counts all that is in a folder, and can be compared with afterwards', async () => {
    const names = Array.from({ length: 1_300 }, (_, i): [string, string] => [
      `a/f${i}.txt`,
      `${i}\n`,
    ]);
    const cwd = folderWith({ 'a/SKILL.md': skillMd('a'), ...Object.fromEntries(names) });
    const { stdout } = await skill(['scan', 'a', '--format', 'jsonl'], { cwd });
    const { verdict, coverage } = JSON.parse(stdout);
    expect([verdict, coverage.files.length, coverage.unlisted]).toEqual(['incomplete', 1_200, 101]);
    writeFileSync(join(cwd, 'before.jsonl'), stdout);
    const text = await skill(['scan', 'a', '--baseline', 'before.jsonl'], { cwd });
    expect(text.stdout.trimEnd().split('\n').at(-1)).toMatch(/, 301 not analysed$/);
    expect(text.stdout).toContain('… and 281 more files not analysed');
  });

  it('gives one SARIF run for all skills, with paths from where it was started', async () => {
    const cwd = folderWith({ 'b/SKILL.md': skillMd('b'), 'a/x/SKILL.md': skillMd('x') });
    const { exit, stdout } = await skill(['scan', '.', '--format', 'sarif'], { cwd });
    const { version, runs } = JSON.parse(stdout);
    expect([exit, version, runs.length]).toEqual([0, '2.1.0', 1]);
    expect(
      runs[0].artifacts.map((artifact: { location: { uri: string } }) => artifact.location.uri),
    ).toEqual(['a/x/SKILL.md', 'b/SKILL.md']);
  });

  it('lets what a reviewer accepted count for no exit code, and changes nothing of the report', async () => {
    const cwd = folderWith({
      'a/SKILL.md': skillMd('a'),
      'a/a.py': 'import requests\nrequests.get("https://a.example/", verify=False)\n',
    });
    const first = await skill(['scan', 'a', '--format', 'jsonl'], { cwd });
    expect(first.exit).toBeGreaterThan(0);
    const report = JSON.parse(first.stdout);
    const accepted = (report.findings as Finding[]).map(({ fingerprint, severity }) => ({
      fingerprint,
      severity,
      skill: 'a',
      reason: 'a test machine with its own certificate',
      by: 'Rita',
      expires: '2999-12-31',
    }));
    writeFileSync(join(cwd, 'accepted.json'), JSON.stringify(accepted));
    const second = await skill(
      ['scan', 'a', '--format', 'jsonl', '--suppressions', 'accepted.json'],
      { cwd },
    );
    expect([second.exit, second.stdout]).toEqual([0, first.stdout]);
    const text = await skill(['scan', 'a', '--suppressions', 'accepted.json'], { cwd });
    expect(text.stdout.trimEnd().split('\n').at(-1)).toContain(
      `, ${accepted.length} accepted; files: `,
    );
    const old = accepted.map((one) => ({ ...one, expires: '2020-01-31' }));
    writeFileSync(join(cwd, 'old.json'), JSON.stringify(old.slice(0, 1)));
    const expired = await skill(['scan', 'a', '--suppressions', 'old.json'], { cwd });
    expect(expired.stderr).toContain('suppressions: 1 entry expired on 2020-01-31\n');
    expect(text.stdout.replace(/\s+/g, ' ')).toContain(
      'accepted: by Rita until 2999-12-31: a test machine with its own certificate',
    );
  });

  it('lets no accepted finding hide a file that nobody analysed', async () => {
    const cwd = folderWith({
      'a/SKILL.md': skillMd('a'),
      'a/a.sh': 'cat ~/.ssh/id_rsa\n',
      'a/main.go': 'package main\n',
    });
    const scan = (...more: string[]) => skill(['scan', 'a', '--format', 'jsonl', ...more], { cwd });
    const first = await scan();
    expect(first.exit).toBeGreaterThan(7);
    const accepted = (JSON.parse(first.stdout).findings as Finding[])
      .filter(({ severity }) => severity !== 'info')
      .map(({ fingerprint, severity }) => ({
        fingerprint,
        severity,
        skill: 'a',
        reason: 'a machine for tests, without a key of anybody',
        by: 'Rita',
        expires: '2999-12-31',
      }));
    writeFileSync(join(cwd, 'accepted.json'), JSON.stringify(accepted));
    expect((await scan('--suppressions', 'accepted.json')).exit).toBe(7);
  });

  it('compares with an earlier report in one document', async () => {
    const cwd = folderWith({
      'a/SKILL.md': skillMd('a'),
      'a/a.py': 'import os\nos.environ["A_KEY"]\n',
    });
    writeFileSync(
      join(cwd, 'before'),
      (await skill(['scan', 'a', '--format', 'json'], { cwd })).stdout,
    );
    writeFileSync(join(cwd, 'a/b.py'), 'import os\nos.environ["B_KEY"]\n');
    const { stdout } = await skill(['scan', 'a', '--format', 'sarif', '--baseline', 'before'], {
      cwd,
    });
    const states = JSON.parse(stdout).runs[0].results.map(
      (result: { baselineState: string }) => result.baselineState,
    );
    expect(new Set(states)).toEqual(new Set(['new', 'unchanged']));
  });

  it.each([
    [
      'a host',
      'requests.get("https://other.example/")',
      '\n  egress GET https[:]//other.example/*\n',
      12,
    ],
    ['nothing', 'requests.get("https://api.example/")', undefined, 0],
  ])('holds a skill that newly reaches %s', async (_, line, says, exits) => {
    const cwd = folderWith({
      'a/SKILL.md': skillMd('a'),
      'a/skill.json': JSON.stringify({
        name: '@acme/a',
        version: '1.0.0',
        capabilities: {
          egress: ['api', 'other']
            .map((host) => ({
              url: `https://${host}.example/*`,
              methods: ['GET'],
              why: 'reads the weather',
            }))
            .slice(0, says === undefined ? 1 : 2),
        },
      }),
      'a/a.py': 'import requests\nrequests.get("https://api.example/")\n',
    });
    const manifest = join(cwd, 'a/skill.json');
    const wide = readFileSync(manifest, 'utf8');
    const { capabilities, ...rest } = JSON.parse(wide);
    const narrow = { ...rest, capabilities: { egress: capabilities.egress.slice(0, 1) } };
    writeFileSync(manifest, JSON.stringify(narrow));
    const before = await skill(['scan', 'a', '--format', 'jsonl'], { cwd });
    writeFileSync(join(cwd, 'before.jsonl'), before.stdout);
    writeFileSync(manifest, wide);
    writeFileSync(join(cwd, 'a/a.py'), `import requests\n${line}\n`);
    const now = await skill(['scan', 'a'], { cwd });
    const compared = await skill(['scan', 'a', '--baseline', 'before.jsonl'], { cwd });
    expect([now.exit, compared.exit]).toEqual([now.exit, Math.max(now.exit, exits)]);
    expect(compared.stdout.includes('New since the earlier report')).toBe(says !== undefined);
    expect(compared.stdout).toContain(says ?? '');
  });

  it('stops a scan that takes too long, and scans the next one', async () => {
    const scanner = startWatchedScanner(0);
    const request = {
      files: [{ path: 'SKILL.md', bytes: Buffer.from(skillMd('a')), mode: 0o644 }],
      path: '.',
      unread: [],
    };
    await expect(scanner.scan(request)).rejects.toMatchObject({ code: 'scan-killed' });
    await expect(scanner.scan(request)).rejects.toMatchObject({ code: 'scan-killed' });
    await scanner.close();
  });

  it.each([
    [['scan'], 2, 'usage'],
    [['scan', 'nowhere'], 3, 'file-not-found'],
    [['scan', 'empty'], 3, 'skill-md-missing'],
    [['scan', '.', '--format', 'xml'], 2, 'usage'],
    [['scan', 'full', '--suppressions', 'nowhere.json'], 3, 'file-not-found'],
    [['scan', 'full', '--suppressions', 'full/accepted.json'], 2, 'usage'],
    [['scan', 'full', '--suppressions', 'short.json'], 2, 'json-invalid'],
    [['scan', 'full', '--baseline', 'short.json'], 2, 'json-invalid'],
  ])('refuses %j', async (argv, exit, code) => {
    const cwd = folderWith({
      'empty/readme': '',
      'full/SKILL.md': skillMd('full'),
      'full/accepted.json': '[]',
      'short.json':
        '[{"fingerprint":"","reason":"fine","by":"","expires":"soon","severity":"high"}]',
    });
    expect(await skill(argv, { cwd })).toMatchObject({
      exit,
      stdout: '',
      stderr: expect.stringContaining(`error[${code}]`),
    });
  });
});
