import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const guard = fileURLToPath(new URL('../../cli/guard.js', import.meta.url));

describe('output that cannot be written', () => {
  it.each([['--version'], ['help']])('ends %s with one line and no stack, where the disk is full', async (word) => {
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((done) => {
      // /dev/full answers every write with ENOSPC.
      const script = `exec "${process.execPath}" "${guard}" ${word} >&3`;
      const child = execFile('sh', ['-c', `${script} 3>/dev/full`], (error, _, text) =>
        done({ code: error?.code, stderr: text }),
      );
      child.stdin?.end();
    });
    expect(stderr).toBe('error[disk-full]: Cannot write the output: ENOSPC\n');
    expect(code).toBe(1);
  });
});
