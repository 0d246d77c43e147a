import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const guard = fileURLToPath(new URL('../../cli/guard.js', import.meta.url));

/** Runs `skill WORD` with its output on a device that answers every write with ENOSPC. */
function ontoFullDisk(word: string): Promise<{ code: unknown; stderr: string }> {
  return new Promise((done) => {
    const script = `exec "${process.execPath}" "${guard}" ${word} > /dev/full`;
    execFile('sh', ['-c', script], (error, _, stderr) => done({ code: error?.code, stderr }));
  });
}

describe('output that cannot be written', () => {
  it.each([['--version'], ['help']])(
    'ends %s with one line and no stack, where the disk is full',
    async (word) => {
      expect(await ontoFullDisk(word)).toEqual({
        code: 1,
        stderr: 'error[disk-full]: Cannot write the output: ENOSPC\n',
      });
    },
  );
});
