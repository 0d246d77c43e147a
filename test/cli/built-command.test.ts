import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderWith } from './temporary-folder.ts';

const module = fileURLToPath(new URL('../../cli/built-command.ts', import.meta.url));

describe('the built program of a command', () => {
  let folder: string;
  let file: string;
  let code: string;

  beforeEach(() => {
    folder = folderWith();
    [file, code] = [join(folder, 'agents.cjs'), join(folder, 'run.code')];
    for (const name of ['agents', 'author', 'help', 'install'])
      writeFileSync(join(folder, `${name}.cjs`), programThatSays('one'));
  });

  it('keeps what it compiled when it went well, and takes it up', () => {
    expect(say('run')).toBe('one kept');
    const kept = statSync(code);
    expect(kept.mode & 0o777).toBe(0o600);
    expect(say('run')).toBe('one kept');
    expect(statSync(code).ino).toBe(kept.ino);
  });

  it.each([
    ['install'],
    ['update'],
    ['ci'],
    ['publish'],
    ['scan'],
    ['help'],
    ['mcp'],
    ['agent', 'run'],
  ])('keeps the code of %s %s by itself', (...argv) => {
    expect(say(...argv)).toBe('one kept');
    expect(existsSync(join(folder, 'run.code'))).toBe(false);
  });

  it('never runs the code of another program of the same length', () => {
    say('run');
    writeFileSync(file, programThatSays('two'));
    expect(say('run')).toBe('two kept');
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, 900)],
    ['empty', () => Buffer.alloc(0)],
  ])('compiles anew when what was kept is %s', (_, change) => {
    say('run');
    const whole = readFileSync(code);
    writeFileSync(code, change(Buffer.from(whole)));
    expect(say('run')).toBe('one kept');
    expect(readFileSync(code).length).toBe(whole.length);
  });

  it.each([['failed'], ['run', '--help'], ['publish', '--dry-run'], ['list'], ['agent', 'show']])(
    'keeps nothing of %s',
    (...argv) => {
      expect(say(...argv)).toMatch(/ nothing$/);
    },
  );

  function say(...argv: string[]): string {
    code = join(folder, `${argv[0] === 'failed' ? 'run' : argv[0]}.code`);
    const failing = argv[0] === 'failed';
    const words = failing ? ['run'] : argv;
    const script = `const { builtCommand } = await import(${JSON.stringify(module)});
      const program = builtCommand(${JSON.stringify(words)}, ${JSON.stringify(folder)}, ${JSON.stringify(folder)});
      process.stdout.write(program === undefined ? 'no program' : program.runCommandLine());
      process.exit(${failing ? 1 : 0});`;
    try {
      return `${execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe', encoding: 'utf8' })} ${keptOrNot()}`;
    } catch {
      return `failed ${keptOrNot()}`;
    }
  }

  function keptOrNot(): string {
    return statSync(code, { throwIfNoEntry: false }) === undefined ? 'nothing' : 'kept';
  }
});

function programThatSays(word: string): string {
  return `const say = () => '${word}'; module.exports = { runCommandLine: () => say() };`;
}
