/** A folder for one run alone: the proxy's socket, and what is staged for the run's uid. Gone afterwards. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Acts in a new folder. A runner that is root lets the run's uid walk through it, by name only, to what is staged. */
export async function withRunFolder<Result>(act: (path: string) => Promise<Result>): Promise<Result> {
  const root = process.getuid?.() === 0;
  const path = mkdtempSync(`${root ? '/tmp' : tmpdir()}/skillgate-`);
  try {
    if (root) chmodSync(path, 0o711);
    return await act(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
