/**
 * By hand, `npm run test:backends`: what each backend of this host does with real skills,
 * as a table.
 */
import { backendOf, findBackends } from '../runner/backends/backends.ts';
import { makeTestHost, processesOf, runTest } from './journey/sandbox-fixture.ts';

for (const found of findBackends()) {
  if ('why' in found) {
    console.log(`${found.name.padEnd(12)}not here: ${found.why}`);
    continue;
  }
  const sandbox = backendOf({ backend: found.name });
  const host = makeTestHost();
  const name = `spins-${process.pid}.sh`;
  try {
    const begun = performance.now();
    const files = {
      'probe.sh':
        'read -r line; read -r text < /skills/@acme/probe/data.txt; echo "$line $text"; exit 9',
      'data.txt': 'file\n',
    };
    const limits = { seconds: 30, memoryMiB: 256 };
    const told = await runTest(host, { files, limits }, { sandbox, stdin: Buffer.from('input\n') });
    const milliseconds = Math.round(performance.now() - begun);
    const kill = new AbortController();
    const spin = { [name]: 'echo up; while :; do :; done' };
    let killed = 0;
    const onStdout = (): void => {
      killed = performance.now();
      kill.abort();
    };
    const ended = await runTest(
      host,
      { files: spin, limits },
      { sandbox, onStdout, signal: kill.signal },
    );
    const cells = {
      start: `${milliseconds} ms`,
      files: told.stdout === 'input file\n',
      'exit code': told.code === 9,
      kill: `${ended.reason === 'killed' && processesOf(name).length === 0} ${Math.round(performance.now() - killed)} ms`,
    };
    console.log(
      found.name.padEnd(12),
      Object.entries(cells)
        .map(([what, is]) => `${what}: ${is}`)
        .join('   '),
    );
  } catch (cause) {
    console.log(found.name.padEnd(12), (cause as Error).message);
  } finally {
    host.remove();
  }
}
