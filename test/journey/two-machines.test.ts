/** A registry on one machine and its people on another: network namespaces, with a cable between. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { type Ended, makeStage } from './processes.ts';

const host = 'skills.acme.example';
const id = String(process.pid);
const [server, people] = [`sg-s${id}`, `sg-p${id}`];
const machines = [
  { name: server, address: '10.234.77.1', link: `sgs${id}` },
  { name: people, address: '10.234.77.2', link: `sgp${id}` },
];
const [serverLink = '', peopleLink = ''] = machines.map(({ link }) => link);
const env: Record<string, string> = {};
const stage = makeStage(env, (user) => [
  '/usr/sbin/ip',
  'netns',
  'exec',
  user === 'server' ? server : people,
]);
afterAll(async () => {
  await stage.close();
  for (const { name } of canHaveMachines ? machines : []) {
    ip('netns', 'del', name);
    rmSync(join('/etc/netns', name), { recursive: true });
  }
});
const canHaveMachines = process.getuid?.() === 0 && makeMachines();

describe.skipIf(!canHaveMachines)('a registry on one machine, and its people on another', () => {
  it('meet by invite and join, and no file is copied', { timeout: 120_000 }, async () => {
    const authority = makeAuthority([host], new Date());
    const { cert, key } = authority.leafFor(host);
    stage.write({
      'ca.pem': authority.certificate,
      'cert.pem': cert,
      'registry.toml': `data = "data"\nurl = "https://${host}"\nhost = "0.0.0.0"\nport = 443\ntls-certificate = "cert.pem"\ntls-key = "key.pem"\n`,
    });
    writeFileSync(join(stage.folder, 'key.pem'), key, { mode: 0o600 });
    env.NODE_EXTRA_CA_CERTS = join(stage.folder, 'ca.pem');
    const made = await typed('ada', 'registry', 'init', 'data', '--origin', host);
    const root = /sha256:[0-9a-f]{64}/.exec(made)?.[0] ?? '';
    const serving = await stage.serve('server', '--config', 'registry.toml', '--port', '443');
    await typed('ada', 'registry', 'add', `https://${host}`, '--root', root);

    for (const [name, role] of [
      ['tom', 'author'],
      ['rita', 'reviewer'],
      ['bot', 'operator'],
    ] as const) {
      const line = (await typed('ada', 'invite', name, '--role', role)).trim();
      const joined = await typed(name, 'join', line);
      const code = /this code, .*: (\S+)/.exec(joined)?.[1];
      // The line of an operator pins the registry, and gives no right.
      if (code === undefined) continue;
      await typed('ada', 'member', 'confirm', code, '--no-identity');
      expect((await stage.skill('thief', 'join', line)).exit).not.toBe(0);
    }

    await typed('tom', 'init', 'hello', '--scope', 'tom');
    const path = join(stage.folder, 'hello/SKILL.md');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/^description: .*$/m, 'description: Greets a person.'));
    await typed('tom', 'publish', 'hello');
    await typed('rita', 'review', 'approve', '@tom/hello@0.1.0', '--reason', 'read it', '--yes');
    expect(await typed('bot', 'run', '@tom/hello', 'hello', 'Ada')).toBe('hello, Ada\n');
    await serving.stop();
  });
});

async function typed(user: string, ...argv: string[]): Promise<string> {
  const { exit, out, err }: Ended = await stage.skill(user, ...argv);
  expect(exit, `${user}: ${argv.join(' ')}: ${out}${err}`).toBe(0);
  return out;
}

function makeMachines(): boolean {
  try {
    for (const { name } of machines) ip('netns', 'add', name);
    ip('link', 'add', serverLink, 'type', 'veth', 'peer', 'name', peopleLink);
    for (const { name, address, link } of machines) {
      ip('link', 'set', link, 'netns', name);
      for (const words of [
        ['addr', 'add', `${address}/24`, 'dev', link],
        ['link', 'set', link, 'up'],
        ['link', 'set', 'lo', 'up'],
      ])
        ip('-n', name, ...words);
      // \`ip netns exec\` puts it over /etc/hosts.
      mkdirSync(join('/etc/netns', name), { recursive: true });
      writeFileSync(
        join('/etc/netns', name, 'hosts'),
        `127.0.0.1 localhost\n${machines[0]?.address} ${host}\n`,
      );
    }
    return true;
  } catch {
    return false;
  }
}

function ip(...words: string[]): void {
  execFileSync('/usr/sbin/ip', words, { stdio: 'pipe' });
}
