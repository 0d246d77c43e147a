import { describe, expect, it } from 'vitest';
import { printStandIn, type StandIn, standIns } from '../../../../skills-index/run/agents/shims.ts';
import { packBundle } from '../../../../skills-index/skill/authoring/pack-bundle.ts';
import type { BundlePath } from '../../../../skills-index/skill/bundle-path.ts';
import { parseSkillName } from '../../../../skills-index/skill/name.ts';

const name = parseSkillName('@acme/weekly-report');
const bytes = (text: string) => new TextEncoder().encode(text);
const endings = ['sh', 'py', 'ts', 'cjs', 'rb', 'pl', 'php', 'lua', 'ps1', 'bat', 'jar', 'unknown'];
const shim = (path: string, command: string) =>
  printStandIn(path, bytes(''), { name, standIn: { kind: 'runs', command }, commands: [command] });
const refusal = (path: string, commands: readonly string[] = []) =>
  printStandIn(path, bytes(''), { name, standIn: { kind: 'refuses' }, commands });

// That each of them runs, however it is called, is shown by test/journey/shims.test.ts.
describe('a stand-in', () => {
  it.each([
    ['x.sh', 'report', 'exec skillgate run @acme/weekly-report report "$@"'],
    ['x.sh', "it's $(x)", `exec skillgate run @acme/weekly-report 'it'\\''s $(x)' "$@"`],
    ['x.py', 'a "b"', '["skillgate", "run", "@acme/weekly-report", "a \\"b\\""] + sys.argv[1:]'],
    ['x.ts', 'report', '["run", "@acme/weekly-report", "report", ...process.argv.slice(2)]'],
    ['x.rb', "it's #{x}", "exec('skillgate', 'run', '@acme/weekly-report', 'it\\'s #{x}', *ARGV)"],
  ])('%s hands %s on', (path, command, text) => {
    expect(shim(path, command)).toContain(text);
  });

  it.each(endings)(
    'of a .%s file never calls the program skill, which ends processes where it is procps’',
    (ending) => {
      for (const text of [shim(`a.${ending}`, 'report'), refusal(`a.${ending}`, ['report'])])
        expect(text).not.toMatch(/(exec|command -v|["'(])\s*["']?skill\b(?!gate)/);
    },
  );

  it('refuses also where a command names a file that no sandbox runs', () => {
    expect(shim('x.php', 'report')).toContain('no sandbox runs the language of the file');
  });
});

describe('standIns', () => {
  const of = (path: string, text = 'x', mode = 0o644): StandIn | undefined => {
    const { bundle, contents } = packBundle([
      { path: 'SKILL.md', bytes: bytes('x'), mode: 0o755 },
      { path: 'skill.json', bytes: bytes('x'), mode: 0o755 },
      { path, bytes: Buffer.from(text, 'latin1'), mode },
    ]);
    const commands = {
      report: 'scripts/report.ts' as BundlePath,
      again: 'scripts/report.ts' as BundlePath,
    };
    const found = standIns(bundle, contents, commands);
    expect([...found.keys()].filter((one) => one !== path)).toEqual([]);
    return found.get(path as BundlePath);
  };

  it('hands on what a command names, and what is executable', () => {
    expect(of('scripts/report.ts')).toEqual({ kind: 'runs', command: 'again' });
    expect(of('scripts/clean.sh', 'x', 0o755)).toEqual({
      kind: 'runs',
      command: 'scripts/clean.sh',
    });
  });

  it.each([
    ...[
      'who.js',
      'who.mjs',
      'WHO.PY',
      'a.sh',
      'a.rb',
      'a.pl',
      'a.ps1',
      'a.bat',
      'a.php',
      'a.jar',
      'a.so',
      'a.wasm',
      'x/Makefile',
      'x/.sh',
      '.envrc',
    ].map((path) => [path, 'x']),
    ['setup', '#!/bin/sh\n'],
    ['notes.md', '#! /usr/bin/env bash\n'],
    ['data.bin', '\u007fELF\u0002'],
    ['data.bin', '\u0000asm'],
    ['data.bin', 'MZ'],
  ])('refuses %s (%j), which a command line could run and no command names', (path, text) => {
    expect(of(path, text)).toEqual({ kind: 'refuses' });
  });

  it.each([
    ['notes.md', 'x', 0o755],
    ['data.csv', 'x', 0o644],
    ['LICENSE', 'Copyright', 0o644],
    ['main.txt', '#![allow(unused)]\n', 0o644],
    ['assets/logo.png', '\u0089PNG', 0o644],
  ])('leaves the text or data %s (%j, mode %o) as it is', (path, text, mode) => {
    expect(of(path, text, mode)).toBeUndefined();
  });
});
