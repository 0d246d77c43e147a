/** A skill with "scratch": true starts from a writable copy of its folder. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeTestHost, requestFor, runTest, type TestHost } from './sandbox-fixture.ts';

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

const code = `import os, sys
own = os.path.dirname(os.path.abspath(__file__))
print(own)
count = os.path.join(own, 'count.txt')
before = open(count).read()
open(count, 'w').write('2')
open(os.path.join(own, 'new.txt'), 'w').write('x')
print(before, open(count).read(), open('/skills/@acme/probe/count.txt').read())
try:
    open('/skills/@acme/probe/count.txt', 'w')
except OSError as error:
    print(error.strerror)
`;
const skill = { files: { 'probe.py': code, 'count.txt': '1' } };
const expected = '/tmp/skill\n1 2 1\nRead-only file system\n';

it('changes its copy, which is new in each run, and never the approved files', async () => {
  const { manifest } = requestFor(host, skill);
  for (const _ of [1, 2]) {
    const run = await runTest(host, skill, { manifest: { ...manifest, scratch: true } });
    expect(run).toMatchObject({ stderr: '', stdout: expected });
  }
});

it('has no copy unless its manifest asks for one', async () => {
  const run = await runTest(host, skill);
  expect(run.stdout).toBe('/skills/@acme/probe\n');
  expect(run.stderr).toContain('Read-only file system');
});

it('is refused where a backend cannot give a copy', async () => {
  const request = requestFor(host, skill);
  const { bubblewrap } = await import('../../runner/bubblewrap/bubblewrap.ts');
  const other = { ...bubblewrap(), name: 'other' };
  const manifest = { ...request.manifest, scratch: true as const };
  await expect(runTest(host, skill, { manifest, sandbox: other })).rejects.toMatchObject({
    code: 'sandbox-refused',
    message: expect.stringContaining('"scratch"'),
  });
});
