/** Programs: those that nobody granted, and those that every sandbox has. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type * as backends from '../../../../runner/backends/public.ts';
import * as host from '../../../../runner/host/public.ts';
import { type Attempt, type Outcome, printsThrough, type RunnerAttempt } from '../row.ts';
import type { EscapeSkill } from '../sandboxed.ts';
import type { EscapeWorld } from '../world.ts';
import { runOnce } from './run-once.ts';

export const programRows: readonly Attempt[] = [
  {
    name: 'start a program of the host by its path',
    wants: 'a program that nobody granted',
    proof: printsThrough,
    program: 'sh',
    code: `/usr/bin/perl -e 'print "through\\n"'`,
  },
  {
    name: 'find a program of the host that nobody granted',
    wants: 'a program that nobody granted',
    proof: printsThrough,
    program: 'sh',
    code: `find /usr /bin/ /sbin/ -name perl -type f 2>/dev/null | grep . && echo through`,
  },
  {
    name: 'start a command by a base program as root',
    wants: 'root',
    as: 'root',
    proof: printsThrough,
    program: 'sh',
    code: `[ "$(env id -u)" = 0 ] && touch /etc/skillgate-escape && rm /etc/skillgate-escape && echo through`,
  },
];

/** Starts interpreters by base programs, in a skill that declares no program. */
const startsOthers = `import { spawnSync } from 'node:child_process';
for (const [program, args, input] of [
  ['env', ['sh', '-c', 'echo through']],
  ['awk', ['BEGIN { system("echo through") }']],
  ['find', ['/', '-maxdepth', '0', '-exec', 'sh', '-c', 'echo through', ';']],
  ['xargs', ['sh', '-c'], '"echo through"'],
  ['timeout', ['5', 'perl', '-e', 'print "through\\n"']],
  ['nice', ['python3', '-c', 'print("through")']],
  ['tar', ['cf', '/dev/null', '--checkpoint=1', '--checkpoint-action=exec=echo through', '/etc/passwd']],
  ['sed', ['1e echo through', '/etc/passwd']],
]) console.log(program, spawnSync(program, args, { input, encoding: 'utf8' }).stdout ?? 'is not there');
console.log('tried');`;

const skill: EscapeSkill = { files: { 'probe.mjs': startsOthers } };
const awk: EscapeSkill = { files: { 'probe.sh': `awk 'BEGIN { print "tried" }'` } };

function outcomeOf(printed: string, problem: string | undefined): Outcome {
  if (/\bthrough$/m.test(printed)) return { result: 'through', detail: printed };
  const detail = problem ?? printed;
  return { result: printed.includes('tried') ? 'blocked' : 'untested', detail };
}

function copiesOf({ paths }: EscapeWorld): string[] {
  const above = join(paths.cache, 'programs');
  const folders = fs.existsSync(above) ? fs.readdirSync(above) : [];
  return folders.map((name) => join(above, name, 'awk'));
}

function plant(copy: string): void {
  fs.rmSync(copy, { force: true });
  fs.writeFileSync(copy, '#!/bin/sh\necho through\n', { mode: 0o555 });
}

async function changeCopies(world: EscapeWorld, sandbox: backends.Sandbox): Promise<Outcome> {
  await runOnce(world, sandbox, () => awk);
  for (const copy of copiesOf(world)) plant(copy);
  const { printed, problem } = await runOnce(world, sandbox, () => awk);
  return outcomeOf(printed, problem);
}

/** Programs that see folders of their packages; a host has some of them. */
const packaged = ['gcc', 'java', 'soffice', 'convert', 'ffmpeg', 'dot', 'pdftotext'];

const startsAlternatives = `for one in editor fakeroot lzma nc nodejs pager vi x-www-browser; do
  [ -x "/etc/alternatives/$one" ] && [ -f "/etc/alternatives/$one" ] && echo through
done; echo tried`;

function writesBeside(word: string): string {
  return `for folder in /etc/alternatives /etc/fonts /usr/share/poppler /usr/include; do
  true 2>/dev/null > "$folder/skillgate-${word}" && rm "$folder/skillgate-${word}" && echo through
done; echo tried`;
}

function besideRow(
  described: Pick<RunnerAttempt, 'name' | 'wants'>,
  codeOf: (world: EscapeWorld) => string,
): RunnerAttempt {
  return {
    ...described,
    bare: async (world) =>
      execFileSync('/bin/sh', ['-c', codeOf(world)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).includes('through'),
    attempt: async (world, sandbox) => {
      const found = packaged.filter((program) => host.findProgram(program) !== undefined);
      const exec = found.map((program) => ({ program, why: 'escape suite' }));
      const { printed, problem } = await runOnce(world, sandbox, () => ({
        files: { 'probe.sh': codeOf(world) },
        capabilities: { exec },
      }));
      return found.length === 0
        ? { result: 'untested', detail: 'this host has no such program' }
        : outcomeOf(printed, problem);
    },
  };
}

/** Folders that a sandbox shows beside granted programs. */
export const besideRows: readonly RunnerAttempt[] = [
  besideRow(
    {
      name: 'start a program by a link beside a granted program',
      wants: 'a program that nobody granted',
    },
    () => startsAlternatives,
  ),
  besideRow(
    {
      name: 'write to a folder beside a granted program',
      wants: 'changed programs for every user',
    },
    ({ word }) => writesBeside(word),
  ),
];

/** Base programs in a skill without a shell, and in a cache that somebody changed. */
export const baseRows: readonly RunnerAttempt[] = [
  {
    name: 'start a shell or another interpreter by a base program',
    wants: 'an interpreter that nobody granted',
    bare: async () =>
      /\bthrough$/m.test(
        execFileSync(process.execPath, ['--input-type=module', '-e', startsOthers], {
          encoding: 'utf8',
        }),
      ),
    attempt: async (world, sandbox) => {
      const { printed, problem } = await runOnce(world, sandbox, () => skill);
      return outcomeOf(printed, problem);
    },
  },
  {
    name: 'change the copy of a base program between two runs',
    wants: 'its own program in the sandbox of every skill',
    bare: async ({ folder }) => {
      plant(join(folder, 'copy-of-awk'));
      return execFileSync(join(folder, 'copy-of-awk'), { encoding: 'utf8' }).includes('through');
    },
    attempt: changeCopies,
  },
];
