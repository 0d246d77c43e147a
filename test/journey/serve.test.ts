import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { makeStage } from './processes.ts';

const stage = makeStage();
const checkout = new URL('../..', import.meta.url);

beforeAll(async () => {
  await stage.skill('operator', 'registry', 'init', 'data', '--origin', 'localhost');
  stage.write({ 'wrong.toml': 'urls = "https://skills.acme.example"\n' });
});
afterAll(() => stage.close());

const childrenOf = (pid: number | undefined): number[] => {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number) : [];
};
const isGone = (pid: number): boolean =>
  !existsSync(`/proc/${pid}`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !what(); tries++) await setTimeout(50);
  expect(what()).toBe(true);
}

describe('skillgate serve', () => {
  it('starts a scanner that was ended again, and takes it along when it is killed itself', async () => {
    const serving = await stage.serve('operator', 'data');
    const scanner = () => childrenOf(serving.process.pid)[0];
    await until(() => serving.err().includes('scanner works for'));
    const first = scanner() ?? 0;
    process.kill(first, 'SIGKILL');
    await until(() => serving.err().split('scanner works for').length === 3);
    expect(serving.err()).toContain('scanner ended (SIGKILL)');
    const second = scanner() ?? 0;
    expect(second).not.toBe(first);
    const theirs = childrenOf(second);
    process.kill(serving.process.pid ?? 0, 'SIGKILL');
    await until(() => [second, ...theirs].every(isGone));
  });

  it('serves TLS from a settings file, reads its files again at SIGHUP, and ends in five seconds', async () => {
    const authority = makeAuthority(['localhost'], new Date());
    const { cert, key } = authority.leafFor('localhost');
    stage.write({
      'cert.pem': cert,
      'registry.toml':
        'data = "data"\nurl = "https://localhost:4999"\nport = 0\ntls-certificate = "cert.pem"\ntls-key = "key.pem"\n',
    });
    writeFileSync(`${stage.folder}/key.pem`, key, { mode: 0o600 });
    const serving = await stage.serve('operator', '--config', 'registry.toml');
    expect(serving.base).toBe('https://localhost:4999');
    // The scanner is started with the plain port of this machine, and works.
    await until(() => /scanner works for http:\/\/127\.0\.0\.1:\d+/.test(serving.err()));
    stage.write({ 'cert.pem': authority.leafFor('localhost').cert });
    serving.process.kill('SIGHUP');
    await until(() => serving.err().includes('uses the new certificate'));
    expect(serving.err()).not.toContain('scanner ended');
    const from = Date.now();
    expect(await serving.stop()).toMatchObject({ exit: 0 });
    expect(Date.now() - from).toBeLessThan(5_000);
  });

  it('takes no request at SIGTERM, and ends in five seconds although a client sends slowly', async () => {
    const serving = await stage.serve('operator', 'data', '--no-scanner');
    const { port, host } = new URL(serving.base);
    const slow = connect(Number(port), 'localhost');
    slow.on('error', () => undefined);
    slow.write(`POST /api/v1/statements HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 99\r\n\r\n{`);
    await once(slow, 'connect');
    await setTimeout(300);
    const from = Date.now();
    const ended = serving.stop();
    await setTimeout(300);
    await expect(fetch(`${serving.base}/healthz`)).rejects.toThrow();
    expect(await ended).toMatchObject({ exit: 0 });
    expect(Date.now() - from).toBeLessThan(5_000);
    slow.destroy();
  });

  it('ends when the npm that started it is killed', async () => {
    const env = { ...process.env, SKILLGATE_HOME: `${stage.folder}/operator` };
    const words = ['run', '-s', 'skill', '--', 'serve', `${stage.folder}/data`, '--port', '0'];
    const npm = spawn('npm', words, { env, stdio: ['ignore', 'pipe', 'ignore'], cwd: checkout });
    await once(npm.stdout, 'data');
    const [serving = 0] = childrenOf(npm.pid);
    expect(isGone(serving)).toBe(false);
    npm.kill('SIGKILL');
    await until(() => isGone(serving));
  });

  it.each([
    [['nowhere'], 3, /error\[file-not-found\][\s\S]*skillgate registry init/],
    [['data', '--port', '99999'], 2, /error\[usage\][\s\S]*1 to 65535/],
    [['data', '--host', '0.0.0.0'], 2, /error\[usage\][\s\S]*--url https:/],
    [['data', '--tls-key', 'x.pem'], 2, /error\[usage\][\s\S]*--tls-certificate FILE/],
    [['--config', 'wrong.toml'], 2, /error\[settings-invalid\][\s\S]*mean url\?.*wrong\.toml:1:1/],
    [['--config', 'none.toml'], 3, /error\[file-not-found\][\s\S]*none\.toml/],
  ])('says what is wrong: serve %j', async (argv, exit, says) => {
    expect(await stage.skill('operator', 'serve', ...argv)).toMatchObject({
      exit,
      out: '',
      err: expect.stringMatching(says),
    });
  });

  it('names a folder that is served, and a port that is taken, and leaves nothing running', async () => {
    const serving = await stage.serve('operator', 'data', '--no-scanner');
    const { port } = new URL(serving.base);
    for (const other of [port, '0'])
      expect(await stage.skill('operator', 'serve', 'data', '--port', other)).toMatchObject({
        exit: 6,
        err: expect.stringMatching(/error\[folder-in-use\].*another process uses it/),
      });
    expect(childrenOf(serving.process.pid)).toEqual([]);
    expect(await serving.stop()).toMatchObject({ exit: 0 });
    const program = createServer().listen(0, 'localhost');
    await once(program, 'listening');
    const address = program.address();
    const taken = String(typeof address === 'object' ? address?.port : '');
    expect(await stage.skill('operator', 'serve', 'data', '--port', taken)).toMatchObject({
      exit: 4,
      err: expect.stringMatching(/error\[port-taken\].*:\d+/),
    });
    program.close();
  });

  it('takes no key file that others may read', async () => {
    const { chmodSync } = await import('node:fs');
    chmodSync(`${stage.folder}/data/keys.json`, 0o644);
    expect(await stage.skill('operator', 'serve', 'data', '--port', '0')).toMatchObject({
      exit: 6,
      err: expect.stringContaining('error[key-file-invalid]'),
    });
  });
});
