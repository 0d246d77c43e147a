/** A skill and a session on a host whose only way out is a company's proxy that opens TLS. */
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { type ConnectProxy, startConnectProxy } from '../connect-proxy.ts';
import { makeStage, type Stage } from './processes.ts';

const feedHost = 'files.vendor.example';
const company = makeAuthority(['*'], new Date());
const manners = { login: 'ann:correct-horse' };
const env: Record<string, string> = { NO_PROXY: 'localhost,127.0.0.1,.corp.example' };
const feed = createServer(company.leafFor(feedHost), (_, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: price 42\n\n');
  setTimeout(() => response.end('data: price 43\n\n'), 200);
});
let proxy: ConnectProxy;
let stage: Stage;

beforeAll(async () => {
  await once(feed.listen(0, '127.0.0.1'), 'listening');
  proxy = await startConnectProxy(manners);
  proxy.to = (feed.address() as AddressInfo).port;
  env.HTTPS_PROXY = proxy.url.replace('//', `//${manners.login}@`);
  stage = makeStage(env);
  const egress = [{ url: `https://${feedHost}/sse`, methods: ['GET'], why: 'follows the feed' }];
  stage.write({
    'watch-feed/SKILL.md': '---\nname: watch-feed\ndescription: Follows a feed.\n---\nRun watch.\n',
    'watch-feed/skill.json': JSON.stringify({
      name: '@acme/watch-feed',
      version: '0.1.0',
      commands: { watch: 'watch.py' },
      capabilities: { egress },
    }),
    'watch-feed/watch.py': `import urllib.request
for line in urllib.request.urlopen("https://${feedHost}/sse", timeout=20):
    print(line.decode().strip())`,
  });
  writeFileSync(join(stage.folder, 'company.pem'), company.certificate, { mode: 0o600 });
});
afterAll(async () => {
  feed.close();
  feed.closeAllConnections();
  proxy.close();
  await stage.close();
});

const attempt = () => stage.skill('ann', 'try', 'watch-feed');
const doctor = async (): Promise<string> =>
  (await stage.skill('ann', 'doctor')).out.match(/.*upstream proxy.*/)?.[0] ?? '';

it('is led from the failure to the rule, and its password stays outside', async () => {
  const said = [await attempt()];
  expect(said[0]?.err).toContain('help: skillgate host egress proxy --from-env');
  expect(await doctor()).toMatch(/^no .*type: skillgate host egress proxy --from-env$/);
  expect(proxy.asked).toEqual([]);

  const taken = ['host', 'egress', 'proxy', '--from-env'];
  said.push(await stage.skill('ann', ...taken));
  expect(await doctor()).toMatch(/^yes /);
  said.push(await attempt());
  expect(said.at(-1)?.err).toContain('certificate is not valid');
  expect((await stage.skill('ann', 'explain', 'certificate-denied')).out).toContain('--authority');

  said.push(await stage.skill('ann', ...taken, '--authority', 'company.pem'));
  said.push(await attempt());
  expect(said.at(-1)).toMatchObject({ exit: 0, out: 'data: price 42\n\ndata: price 43\n\n' });

  await stage.skill('ann', 'agent', 'create', 'coder');
  await stage.skill('ann', 'agent', 'grant', 'coder', '--egress', `https://${feedHost}/*`);
  const session = ['agent', 'run', 'coder', '--', 'curl', '-sN', `https://${feedHost}/sse`];
  said.push(await stage.skill('ann', ...session));
  expect(said.at(-1)?.out).toContain('price 43');
  expect(proxy.asked.at(-1)).toContain(`CONNECT ${feedHost}:443 `);

  manners.login = 'ann:another-one';
  said.push(await attempt());
  expect(said.at(-1)?.err).toContain('asks for a login');
  expect(await doctor()).toMatch(/^no .*type: skillgate explain proxy-login$/);

  const files = readdirSync(join(stage.folder, 'ann'), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map(({ name, parentPath }) => [name, readFileSync(join(parentPath, name), 'utf8')] as const);
  const secret = /correct-horse|YW5uOm/;
  expect(files.filter(([, text]) => secret.test(text)).map(([name]) => name)).toEqual([
    'secrets.json',
  ]);
  expect(JSON.stringify(said)).not.toMatch(secret);
});
