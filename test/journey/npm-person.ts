/** A person with an empty home folder, who starts programs that npm installed. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number;
  readonly text: string;
}

export interface Person {
  readonly home: string;
  run(...words: string[]): Promise<Ended>;
  file(path: string): string | undefined;
}

/**
 * A person whose home folder exists.
 * @param program with its first arguments
 */
export function personIn(
  home: string,
  program: () => readonly [string, ...string[]],
  more: () => Record<string, string> = () => ({}),
): Person {
  const { PATH } = process.env;
  const env = { PATH, HOME: home, CI: '1', DISABLE_TELEMETRY: '1', ...more() };
  return {
    home,
    run: (...words) =>
      new Promise((resolve) => {
        const [path, ...first] = program();
        execFile(path, [...first, ...words], { cwd: home, env }, (error, out, err) =>
          resolve({ code: Number(error?.code ?? 0), text: out + err }),
        );
      }),
    file: (path) => {
      const whole = join(home, path);
      return existsSync(whole) ? readFileSync(whole, 'utf8') : undefined;
    },
  };
}

/** The program of a package in this repository's node_modules. */
export function programOf(module: string): string {
  const folder = new URL(`../../node_modules/${module}/`, import.meta.url);
  const { bin } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  return fileURLToPath(new URL(Object.values<string>(bin)[0] ?? '', folder));
}
