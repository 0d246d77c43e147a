import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printStandIn, type StandIn } from '../../skills-index/run/agents/shims.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';

const name = parseSkillName('@acme/weekly-report');
const bytes = (text: string) => new TextEncoder().encode(text);
let folder = '';
let path = '';
let bare = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-shims-'));
  for (const bin of ['bin', 'bare']) mkdirSync(join(folder, bin));
  // Stands in for the installed `skillgate`: says how it was called, and leaves with 6.
  const skillgate =
    '#!/bin/sh\nprintf "%s\\n" "$@"; printf "from %s\\n" "$SKILLGATE_SHIM"; cat; exit 6\n';
  writeFileSync(join(folder, 'bin/skillgate'), skillgate, { mode: 0o755 });
  // A host as Debian has it: `skill` is another program, and there is no skillgate.
  writeFileSync(join(folder, 'bare/skill'), `#!/bin/sh\ntouch '${folder}/called'\n`, {
    mode: 0o755,
  });
  for (const program of ['sh', 'bash', 'python3', 'perl', 'env'])
    symlinkSync(`/usr/bin/${program}`, join(folder, 'bare', program));
  symlinkSync(process.execPath, join(folder, 'bare/node'));
  path = `${join(folder, 'bin')}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
  bare = join(folder, 'bare');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function place(file: string, original: string, standIn: StandIn): string {
  const at = join(folder, file);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, printStandIn(file, bytes(original), { name, standIn, commands: ['report'] }));
  chmodSync(at, 0o755);
  return at;
}

function call(argv: readonly string[], PATH = path) {
  const [program = '', ...args] = argv;
  const env = { PATH, HOME: folder, PYTHONDONTWRITEBYTECODE: '1' };
  return spawnSync(program, [...args, 'a b', '--plan', '$(x)'], {
    env,
    input: 'in\n',
    encoding: 'utf8',
    cwd: tmpdir(),
  });
}

const everyWay: readonly (readonly [string, string, readonly string[]])[] = [
  ['scripts/x.sh', '', []],
  ['scripts/x.sh', '', ['sh']],
  ['scripts/x.sh', '', ['bash']],
  ['scripts/x.py', '', []],
  ['scripts/x.py', '', ['python3']],
  ['scripts/x.ts', '', ['node']],
  ['scripts/x.mts', '', ['node']],
  ['scripts/x.js', '', ['node']],
  ['scripts/x.mjs', '', ['node']],
  ['scripts/x.cjs', '', ['node']],
  ['scripts/x.mjs', '', []],
  ['scripts/x.pl', '', ['perl']],
  ['scripts/plain', '#!/usr/bin/env -S python3 -u\nprint(1)\n', ['python3']],
  ['scripts/plain', '#!/usr/bin/perl\n', ['perl']],
  ['scripts/plain', '#!/bin/bash\n', ['sh']],
  ['scripts/x.unknown', '\u007fELF', []],
];

describe.each(everyWay)('%s (first line %j) called through %j', (file, original, interpreter) => {
  it('hands everything to skillgate run', () => {
    const at = place(file, original, { kind: 'runs', command: 'report' });
    const done = call([...interpreter, at]);
    expect(done.stderr).toBe('');
    expect(done.stdout).toBe(
      `run\n@acme/weekly-report\nreport\na b\n--plan\n$(x)\nfrom ${at}\nin\n`,
    );
    expect(done.status).toBe(6);
  });

  it('fails with 127 and says what to do where there is no skillgate, and calls no other program', () => {
    const done = call(
      [...interpreter, place(file, original, { kind: 'runs', command: 'report' })],
      bare,
    );
    expect(done.stderr).toMatch(
      /^skillgate: cannot run report of @acme\/weekly-report: there is no program skillgate on PATH\. .*doctor/,
    );
    expect(done).toMatchObject({ status: 127, stdout: '' });
    expect(existsSync(join(folder, 'called'))).toBe(false);
  });

  it('refuses with 6 and says why where no command names it', () => {
    const done = call([...interpreter, place(file, original, { kind: 'refuses' })], bare);
    expect(done.stderr).toMatch(
      /does not run on this host: no command of the skill names the file/,
    );
    expect(done).toMatchObject({ status: 6, stdout: '' });
  });
});

describe('a path with quotes, dollars and spaces', () => {
  it.each(['sh', 'py', 'mjs', 'pl'])('stays one word in a .%s file', (ending) => {
    const file = `it's $(touch pwned) \`x\` #{y} @z.${ending}`;
    const interpreter = { sh: 'sh', py: 'python3', mjs: 'node', pl: 'perl' }[ending] ?? '';
    const forwards = place(file, '', { kind: 'runs', command: file });
    expect(call([interpreter, forwards]).stdout.split('\n')[2]).toBe(file);
    expect(call([interpreter, forwards], bare).stderr).toContain(`cannot run ${file} of`);
    expect(call([interpreter, place(file, '', { kind: 'refuses' })]).stderr).toContain(
      `skillgate: ${file} of`,
    );
  });
});
