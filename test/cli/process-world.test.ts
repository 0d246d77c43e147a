import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const module = fileURLToPath(new URL('../../cli/process-world.ts', import.meta.url));

/** The addresses that a process with a proxy asks the proxy for. */
async function throughProxy(hosts: readonly string[], noProxy?: string): Promise<string[]> {
  const seen: string[] = [];
  const proxy = createServer((request, answer) => {
    seen.push(new URL(request.url ?? '').hostname);
    answer.end();
  });
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void proxy.close());
  const env = {
    HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    ...(noProxy === undefined ? {} : { NO_PROXY: noProxy }),
  };
  // Nothing listens at port 9: a request that goes straight to this machine fails.
  const script = `const { useProxy } = await import(${JSON.stringify(module)});
    await useProxy(${JSON.stringify(env)});
    const { get } = await import('node:http');
    for (const host of ${JSON.stringify(hosts)})
      await new Promise((done) =>
        get('http://' + host + ':9/', (answer) => answer.resume().on('end', done)).on('error', done));
    process.exit();`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 20_000,
  });
  return seen;
}

it('sends no token for this machine to a proxy, by any name of this machine', async () => {
  const own = ['localhost', 'registry.localhost', '127.0.0.1', '127.0.0.2', '[::1]'];
  expect(await throughProxy(own)).toEqual([]);
});

it('sends requests to other machines through the proxy, except where NO_PROXY says no', async () => {
  const others = ['skills.acme.example', 'localhost.acme.example', '128.0.0.1'];
  expect(await throughProxy(others)).toEqual(others);
  expect(await throughProxy(['skills.acme.example', '127.0.0.2'], 'x.example,127.9.9.9')).toEqual([
    'skills.acme.example',
  ]);
});

/** How a command with a clean-up of two seconds ends after signals at these milliseconds. */
async function endAfter(...signals: readonly number[]): Promise<string> {
  const script = `const { takeSignals } = await import(${JSON.stringify(module)});
    const { signal } = takeSignals(process);
    signal.addEventListener('abort', () => setTimeout(() => {
      process.stdout.write('cleaned up');
      process.exit(0);
    }, 2_000));
    setInterval(() => undefined, 1_000);
    process.stdout.write('ready ');`;
  const child = execFile(process.execPath, ['--input-type=module', '-e', script]);
  let said = '';
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  child.stdout?.on('data', (text: string) => {
    said += text;
    if (text.startsWith('ready'))
      for (const at of signals) setTimeout(() => child.kill('SIGINT'), at);
  });
  await ended;
  return said;
}

it('takes the signal that npm passes on for the same Ctrl-C, and a later one for a second', async () => {
  expect(await endAfter(0, 50)).toBe('ready cleaned up');
  expect(await endAfter(0, 1_000)).toBe('ready ');
});

it('says that the proxy of the environment is no address, without its password', async () => {
  const script = `const { useProxy } = await import(${JSON.stringify(module)});
    await useProxy({ HTTPS_PROXY: 'http://ann:correct-horse@[p' });`;
  const args = ['--input-type=module', '-e', script];
  await expect(promisify(execFile)(process.execPath, args)).rejects.toMatchObject({
    code: 2,
    stderr: 'error[usage]: Cannot start: HTTPS_PROXY or HTTP_PROXY is not http://HOST:PORT\n',
  });
});
