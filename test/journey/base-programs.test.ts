/** The programs that every sandbox has, in each backend that this host can start. */
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBackends } from '../../runner/backends/backends.ts';
import type { Sandbox } from '../../runner/sandbox/sandbox.ts';
import { makeTestHost, reportsMount, runTest, type TestHost } from './sandbox-fixture.ts';

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

const sandboxes = findBackends().flatMap((one): [string, Sandbox][] =>
  'sandbox' in one ? [[one.name, one.sandbox]] : [],
);

/** Commands and what they print. */
const commands: Readonly<Record<string, string>> = {
  "awk 'BEGIN { print 6 * 7 }'": '42',
  'printf "b\\na\\n" | sort | tr a-z A-Z | head -n 1': 'A',
  'printf abc | wc -c': '3',
  'basename /x/y.txt .txt': 'y',
  'printf x | gzip | gzip -dc': 'x',
  'printf x | gzip | zcat': 'x',
  'cd /tmp && printf x > f && tar cf - f | tar tf -': 'f',
  'find /skills -name SKILL.md | grep -c .': '1',
  'printf one | sed s/one/two/': 'two',
  'printf x > /tmp/1; printf x > /tmp/2; diff /tmp/1 /tmp/2 && echo same': 'same',
  'printf "a b" | xargs -n 1 echo | tail -n 1': 'b',
  '/bin/cat /etc/passwd | cut -d: -f1': 'skill',
  'printf x | sha256sum | cut -c 1-8': '2d711642',
  'timeout 5 date -u -d @0 +%Y': '1970',
  'which tr': '/usr/bin/tr',
  ...(existsSync('/usr/bin/file')
    ? { 'printf "#!/bin/sh\\n" > /tmp/s; file --brief --mime-type /tmp/s': 'text/x-shellscript' }
    : {}),
};

describe.each(sandboxes)('in %s', (_, sandbox) => {
  it('a shell script has the base programs without declaring them', async () => {
    const lines = Object.keys(commands).map((command) => `(${command}); echo`);
    const run = await runTest(host, { files: { 'probe.sh': lines.join('\n') } }, { sandbox });
    expect(run.stderr).toBe('');
    const printed = run.stdout.split('\n').filter((line) => line !== '');
    expect(printed).toEqual(Object.values(commands));
  });

  it('a script starts by env, and finds nothing that was not granted', async () => {
    const names = ['awk', 'sh', 'which', 'curl', 'perl', 'python3', 'ssh', 'mount', 'chroot'];
    const code = `import { existsSync } from 'node:fs'; import { execFileSync } from 'node:child_process';
const names = ${JSON.stringify(names)};
console.log(names.filter((name) => existsSync('/usr/bin/' + name)).join(' '));
console.log(names.filter((name) => existsSync('/usr/libexec/skillgate/' + name)).join(' '));
console.log(execFileSync('/usr/bin/env', ['node', '-e', 'console.log(7)'], { encoding: 'utf8' }).trim());`;
    const run = await runTest(host, { files: { 'probe.ts': code } }, { sandbox });
    expect(run).toMatchObject({ stderr: '', stdout: 'awk\nawk\n7\n' });
  });

  it('no run changes a base program', async () => {
    const code = `for at in /usr/bin/awk /usr/libexec/skillgate/awk /usr/libexec/skillgate; do
  chmod 777 "$at" 2>/dev/null && echo changed; rm -f "$at" 2>/dev/null && echo removed; done
true 2>/dev/null > /usr/libexec/skillgate/new && echo made
ln -s /tmp/x /usr/bin/new 2>/dev/null && echo linked; awk 'BEGIN { print "still" }'`;
    const run = await runTest(host, { files: { 'probe.sh': code } }, { sandbox });
    expect(run).toMatchObject({ stderr: '', stdout: 'still\n' });
  });
});

it('a run with mounts sees the base programs through a view of its own', async () => {
  const files = { 'probe.sh': 'wc -c < /skills/@acme/probe/probe.sh > /reports/size' };
  const skill = { files, capabilities: { mount: reportsMount('rw') } };
  expect(await runTest(host, skill)).toMatchObject({ code: 0, stderr: '' });
});
