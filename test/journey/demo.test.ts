import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));

describe('npm run demo', () => {
  it('proves each claim, from the empty registry to the revoked twin, and leaves nothing behind', async () => {
    const { INIT_CWD: _, ...env } = process.env;
    const child = spawn('npm', ['run', '-s', 'demo'], { cwd: top, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once('close', resolve)),
    ]);
    expect({ code, end: code === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ code: 0, end: '' });
    const proven = stdout.split('\n').filter((line) => line.startsWith('  ✔'));
    expect(proven).toEqual(
      expect.arrayContaining(
        [
          'the registry scanned it in a process of its own; it waits for people',
          'approved, by two signatures over the very bytes',
          'verified before a byte was written; the lock names the bundle',
          'the CRM received the real token, added on the way out',
          'the agent never saw it',
          'bare, the stranger gets the token and the figures',
          'the registry quarantines it, though the author declared the stranger',
          'the stranger’s record is empty',
          'the attempt is in the audit log, with agent, skill and why',
          'it does not start',
        ].map((claim) => `  ✔ ${claim}`),
      ),
    );
    expect(stdout).toContain('rita signed the hash of the statement with her passkey');
  });
});
