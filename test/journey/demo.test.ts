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
      'packages',
      'admission',
      'plan',
      'egress',
      'sandbox',
      'hold',
      'hold',
      'secret',
      'view',
      'packages',
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
      'Rita’s passkey signed the hash of the approval statement: 1 of 2 approvals',
      'the proxy held the request until Olga had signed, and then sent it',
      'the same request, sent again, was held again; Olga denied it, and the proxy sent nothing',
      'the proxy put the real token into the requests; neither the agent nor its model saw the token',
      'both sign the digests of its files and package',
      'the report was not in Olga’s folder before her signature; the report is there now',
      'the twin tried to send the canary, a fake credential that only a thief would use: the run was ended',
      'the stranger received nothing; the sandbox never contained the real token',
    ])
      expect(stdout).toContain(claim);
    expect(stdout).toMatch(/Go on with:(\n {2}npm run -s skill -- (scan|init|doctor)\b.*){3}\n$/);
    // Two screens, which nobody has to widen.
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(105);
    expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });
});
