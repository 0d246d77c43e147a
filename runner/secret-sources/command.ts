/**
 * Reads a secret from the output of a program that the operator names, such as `pass show crm`. No
 * shell runs it, its environment is minimal, and its time is limited.
 */
import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { programOnPath } from '../files/path-programs.ts';
import { secretCommandMillisMax, secretInputBytesMax } from './limits.ts';

/**
 * Parses a command line into program and arguments. The program is found now, so a later change of
 * PATH cannot replace it.
 * @throws Problem `secret-refused` for shell syntax, and for a program that does not exist
 */
export function parseSecretCommand(name: string, line: string, path: string | undefined): string[] {
  const refused = (why: string): Problem =>
    new Problem('secret-refused', `Cannot use secret ${JSON.stringify(name)}: ${why}`, {
      hint: 'Name a program and its arguments, with spaces between them. Put anything else into a script.',
    });
  const [program = '', ...args] = line.split(' ').filter((word) => word !== '');
  if (!/^[\x20-\x7e]*$/.test(line) || /["'`$|&;<>(){}[\]*?~#\\!]/.test(line))
    throw refused('its command has characters that only a shell understands, and no shell runs it');
  const found = isAbsolute(program) ? program : programOnPath(program, path);
  if (found === undefined) throw refused(`there is no program ${JSON.stringify(program)}`);
  return [found, ...args];
}

/**
 * Runs the program and returns its output. The program has no terminal and no input, so it cannot
 * prompt. At the time limit it is killed with its children.
 * @throws Problem `secret-refused`, without any of the output
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
      () => stop(`did not end within ${milliseconds / 1_000} s`),
      milliseconds,
    );
    child.stdout.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size > secretInputBytesMax) stop(`printed more than ${secretInputBytesMax} bytes`);
    });
    child.on('error', () => resolve('could not be started'));
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
      hint: `Run the command by hand to see why; then skillgate secret set ${name} --host HOST --command "${[program, ...args].join(' ')}"`,
    },
  );
}

// The child leads a process group of its own; kill the group.
function endAll(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The process ended by itself meanwhile.
  }
}
