import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crm, giveToken, makeTestHost, runTest, startUpstream, type TestHost } from './sandbox-fixture.ts';

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

describe('what a command sees', () => {
  it('runs TypeScript, Python and shell with nothing of the runner in its environment', async () => {
    process.env.CANARY_OF_RUNNER = 'seven-swans';
    const script = {
      'probe.ts': `import { readFileSync } from 'node:fs'; const n: number = 1;
        console.log(JSON.stringify(process.env), readFileSync('/proc/1/environ', 'latin1'), readFileSync('/proc/self/environ', 'latin1'), n);`,
      'probe.py': `import os\nprint(dict(os.environ), open('/proc/1/environ').read(), os.listdir('/usr/bin'))`,
      'probe.sh': `read -r all < /proc/1/environ; echo "$all"; set; echo /usr/bin/*`,
    };
    for (const [name, content] of Object.entries(script)) {
      const run = await runTest(host, { files: { [name]: content } });
      expect(run.stderr).toBe('');
      expect(run).toMatchObject({ reason: 'exit', code: 0 });
      expect(run.stdout).not.toContain('seven-swans');
    }
  });
});

describe('the egress of a command', () => {
  it('puts the secret on the request upstream and keeps it out of the sandbox', async () => {
    giveToken(host, 'real-token-0123456789');
    const upstream = await startUpstream((request) => `echo ${request.headers.authorization}`);
    const run = await runTest(
      host,
      {
        files: {
          'probe.ts': `const r = await fetch('http://api.crm.example/v2/deals?x=1', { headers: { Authorization: 'Bearer ' + process.env.CRM_TOKEN } });
            console.log(r.status, await r.text());`,
        },
        capabilities: crm,
      },
      {},
      { hosts: { 'api.crm.example': { address: '127.0.0.1', port: upstream.port } } },
    );
    upstream.close();
    expect(run.stderr).toBe('');
    expect(upstream.seen).toEqual(['GET /v2/deals?x=1 Bearer real-token-0123456789 ']);
    expect(run.stdout).toMatch(/^200 echo Bearer skillgate-secret-[0-9a-f]{32}\n$/);
  });
});
