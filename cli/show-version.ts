/** `skillgate --version`: answers without loading anything else, because scripts often ask. */
import { exitCodes, type Format, type OutStream } from './command.ts';
import { ownVersion } from './own-version.ts';

export function isVersion([first, ...rest]: readonly string[]): boolean {
  return (first === '--version' || first === '-V') && rest.length === 0;
}

export function showVersion(stdout: OutStream, format: Format): number {
  const json = { schema: 'skillgate.version/1', version: ownVersion() };
  stdout.write(format === 'json' ? `${JSON.stringify(json)}\n` : `${json.version}\n`);
  return exitCodes.ok;
}
