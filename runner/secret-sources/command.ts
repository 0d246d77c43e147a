/**
 * A secret that a program of the operator prints, such as `pass show crm`: never through a shell,
 * with next to no environment, not for long.
 */
import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { secretCommandMillisMax, secretInputBytesMax } from './limits.ts';
import { programOnPath } from './path-programs.ts';

/**
 * Program and arguments of a line. The program is looked for now: what PATH says later starts no
 * other.
 * @throws Problem `secret-refused` for what a shell would have to read, and for a program that is
 * not there
 */
export function parseSecretCommand(name: string, line: string, path: string | undefined): string[] {
  const refused = (why: string): Problem =>
    new Problem('secret-refused', `Cannot use secret ${JSON.stringify(name)}: ${why}`, {
      hint: 'Name a program and its arguments, with spaces between them; what is longer goes into a script.',
    });
  const [program = '', ...args] = line.split(' ').filter((word) => word !== '');
  if (!/^[\x20-\x7e]*$/.test(line) || /["'`$|&;<>(){}[\]*?~#\\!]/.test(line))
    throw refused('its command is not run by a shell, which alone could read it');
  const found = isAbsolute(program) ? program : programOnPath(program, path);
  if (found === undefined) throw refused(`there is no program ${JSON.stringify(program)}`);
  return [found, ...args];
}

/**
 * What it prints. Nobody can be asked: it has no terminal and no input, and is ended with all that
 * it started when its time is over.
 * @throws Problem `secret-refused`, without a word of what it printed
 */
export async function runSecretCommand(
  name: string,
  [program = '', ...args]: readonly string[],
  { PATH = '', HOME = '' }: Readonly<Record<string, string | undefined>>,
  milliseconds = secretCommandMillisMax,
): Promise<Buffer> {
  const child = spawn(program, args, {
    env: { PATH, HOME },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const parts: Buffer[] = [];
  let size = 0;
  const why = await new Promise<string | undefined>((resolve) => {
    const stop = (reason: string): void => {
      resolve(reason);
      endAll(child.pid);
    };
    const timer = setTimeout(
      () => stop(`has not answered in ${milliseconds / 1_000} s`),
      milliseconds,
    );
    child.stdout.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size > secretInputBytesMax) stop(`prints more than ${secretInputBytesMax} bytes`);
    });
    child.on('error', () => resolve('cannot be started'));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`);
    });
  });
  if (why === undefined) return Buffer.concat(parts);
  child.stdout.destroy();
  throw new Problem(
    'secret-refused',
    `Cannot use secret ${JSON.stringify(name)}: its command ${program} ${why}`,
    {
      hint: `Run it by hand; then skillgate secret set ${name} --host HOST --command "${[program, ...args].join(' ')}"`,
    },
  );
}

// It leads a process group of its own.
function endAll(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}
