/** Schemathesis at the versions of requirements.txt, in a Python environment below `.cache`. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const cache = fileURLToPath(new URL('../../.cache/schemathesis', import.meta.url));

/** Installs the program if it is missing, in about twenty seconds. Returns its path. */
export function makeSchemathesis(): string {
  // Other versions get another folder.
  const versions = hexOf(digestOf(readFileSync(requirements))).slice(0, 16);
  const venv = join(cache, versions);
  const installed = join(venv, 'requirements.txt');
  if (!existsSync(installed)) {
    rmSync(cache, { recursive: true, force: true });
    run('python3', ['-m', 'venv', venv]);
    // The list names every package, so pip need not look for others.
    const quietly = ['install', '--quiet', '--disable-pip-version-check', '--no-deps'];
    run(join(venv, 'bin/pip'), [...quietly, '--requirement', requirements]);
    copyFileSync(requirements, installed);
  }
  return join(venv, 'bin/schemathesis');
}

function run(program: string, argv: readonly string[]): void {
  execFileSync(program, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
}
