import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));

describe('npm run demo', () => {
  it('proves each claim, from the empty registry to the revoked twin, on two screens', async () => {
    const { INIT_CWD: _, ...env } = process.env;
    const child = spawn('npm', ['run', '-s', 'demo'], {
      cwd: top,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once('close', resolve)),
    ]);
    expect({ code, end: code === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ code: 0, end: '' });
    const proven = stdout.split('\n').filter((line) => /^ {4}[✔✘] /.test(line));
    expect(proven.map((line) => line.slice(6, 16).trim())).toEqual([
      'registry',
      'people',
      'intake',
      'scan',
      'review',
      'review',
      'admission',
      'plan',
      'egress',
      'sandbox',
      'hold',
      'hold',
      'secret',
      'view',
      'no gate',
      'scan',
      'no gate',
      'canary',
      'egress',
      'breaker',
      'incident',
      'audit log',
      'admission',
    ]);
    for (const claim of [
      'Rita signed the hash of the very statement with her passkey',
      'the request waited with its connection open, and left when she had signed',
      'the same again was asked again; she said no, and nothing was sent',
      'the CRM got the real token, put in by the proxy; neither the agent nor its model ever saw it',
      'nothing was in the folder before; exactly what was shown is in it now',
      'a credential that only a thief would send was in what left: the run was ended',
      'the stranger got nothing; the token was never in there to be taken',
    ])
      expect(stdout).toContain(claim);
    // Two screens, which nobody has to widen.
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(105);
    expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });
});
