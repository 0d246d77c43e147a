import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printShim } from '../../cli/shims.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';

const name = parseSkillName('@acme/weekly-report');
const bytes = (text: string) => new TextEncoder().encode(text);
let folder = '';
let path = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-shims-'));
  mkdirSync(join(folder, 'bin'));
  // Stands in for the installed `skill`: says how it was called, and leaves with 6.
  const skill = '#!/bin/sh\nprintf "%s\\n" "$@"; printf "from %s\\n" "$SKILLGATE_SHIM"; cat; exit 6\n';
  writeFileSync(join(folder, 'bin/skill'), skill, { mode: 0o755 });
  path = `${join(folder, 'bin')}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function place(file: string, original: string, command: string): string {
  const at = join(folder, file);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, printShim(file, bytes(original), { name, command }));
  chmodSync(at, 0o755);
  return at;
}

function call(argv: readonly string[]) {
  const [program = '', ...args] = argv;
  const env = { PATH: path, HOME: folder, PYTHONDONTWRITEBYTECODE: '1' };
  return spawnSync(program, [...args, 'a b', '--plan', '$(x)'], { env, input: 'in\n', encoding: 'utf8', cwd: tmpdir() });
}

describe('printShim', () => {
  it.each([
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
  ])('%s (first line %j) called through %j hands everything to skill run', (file, original, interpreter) => {
    const at = place(file, original, 'report');
    const done = call([...interpreter, at]);
    expect(done.stderr).toBe('');
    expect(done.stdout).toBe(`run\n@acme/weekly-report\nreport\na b\n--plan\n$(x)\nfrom ${at}\nin\n`);
    expect(done.status).toBe(6);
  });

  it.each(['sh', 'py', 'mjs', 'pl'])('a path with quotes, dollars and spaces stays one word in a .%s shim', (ending) => {
    const file = `it's $(touch pwned) \`x\` #{y} @z.${ending}`;
    const interpreter = { sh: 'sh', py: 'python3', mjs: 'node', pl: 'perl' }[ending] ?? '';
    expect(call([interpreter, place(file, '', file)]).stdout.split('\n')[2]).toBe(file);
  });
});
