import { describe, expect, it } from 'vitest';
import { printShim, shimmedFiles } from '../../cli/shims.ts';
import { packBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';

const name = parseSkillName('@acme/weekly-report');
const bytes = (text: string) => new TextEncoder().encode(text);

// That each of them runs, however it is called, is shown by test/journey/shims.test.ts.
describe('printShim', () => {
  it.each([
    ['x.sh', 'report', 'exec skill run @acme/weekly-report report "$@"'],
    ['x.sh', "it's $(x)", `exec skill run @acme/weekly-report 'it'\\''s $(x)' "$@"`],
    ['x.py', 'a "b"', '["skill", "run", "@acme/weekly-report", "a \\"b\\""] + sys.argv[1:]'],
    ['x.ts', 'report', '["run", "@acme/weekly-report", "report", ...process.argv.slice(2)]'],
    ['x.rb', "it's #{x}", "exec('skill', 'run', '@acme/weekly-report', 'it\\'s #{x}', *ARGV)"],
  ])('%s stands for %s', (path, command, text) => {
    expect(printShim(path, bytes(''), { name, command })).toContain(text);
  });

  it('is two lines', () => {
    for (const file of ['a.sh', 'a.py', 'a.ts', 'a.rb', 'a.pl', 'a'])
      expect(printShim(file, bytes(''), { name, command: 'x' }).trimEnd().split('\n')).toHaveLength(2);
  });
});

describe('shimmedFiles', () => {
  it('takes what a command names and what is executable, but never a text that agents read', () => {
    const file = (at: string, mode: number) => ({ path: at, bytes: bytes('x'), mode });
    const { bundle } = packBundle([
      file('SKILL.md', 0o755),
      file('skill.json', 0o755),
      file('notes.md', 0o755),
      file('data.csv', 0o644),
      file('scripts/report.ts', 0o644),
      file('scripts/clean.sh', 0o755),
      file('scripts/module.py', 0o644),
    ]);
    const commands = { report: 'scripts/report.ts' as BundlePath, again: 'scripts/report.ts' as BundlePath };
    expect([...shimmedFiles(bundle, commands)]).toEqual([
      ['scripts/clean.sh', 'scripts/clean.sh'],
      ['scripts/report.ts', 'again'],
    ]);
  });
});
