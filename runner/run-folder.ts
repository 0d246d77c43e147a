/** A folder for one run alone: the proxy's socket, and copies where descriptors do not suffice. Gone afterwards. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RunFolder {
  readonly path: string;
  remove(): void;
}

/** Makes it. A runner that is root lets the run's uid walk through, by name only, to what is staged for it. */
export function makeRunFolder(): RunFolder {
  const root = process.getuid?.() === 0;
  const path = mkdtempSync(join(root ? '/tmp' : tmpdir(), 'skillgate-'));
  if (root) chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
