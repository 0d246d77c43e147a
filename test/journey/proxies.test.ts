/**
 * The road of a skill through a real reverse proxy, with the examples of docs/serving under their
 * public name: only ports, folders and certificates are replaced. A real browser makes a passkey
 * under that name, and approves.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { strangerWritesBurst } from '../../registry/request-limits/write-limits.ts';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { openTab, startChromium } from '../browser/chromium.ts';
import { freePort } from '../free-port.ts';
import { isWhole } from '../sample.ts';
import { makeStage, type Serving } from './processes.ts';
import { makePublicName, type PublicName } from './public-name.ts';

interface Proxy {
  readonly program: string;
  /** The example of docs/serving. */
  readonly example: string;
  /** The program’s arguments, after the files that it needs were written. */
  prepare(place: Place): readonly string[];
}

interface Place {
  readonly folder: string;
  /** The port of the proxy, and of the registry. */
  readonly port: number;
  readonly backend: number;
  readonly certificate: string;
  readonly key: string;
}

const exampleText = (name: string): string =>
  readFileSync(new URL(`../../docs/serving/${name}`, import.meta.url), 'utf8');

/** Replaces parts of an example, each of which has to be there. */
function withParts(name: string, parts: readonly (readonly [string, string])[]): string {
  return parts.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  }, exampleText(name));
}

const host = 'skills.acme.example';
const base = `https://${host}`;
const certificates = `/etc/letsencrypt/live/${host}`;

const nginx: Proxy = {
  program: 'nginx',
  example: 'nginx.conf',
  prepare: ({ folder, port, backend, certificate, key }) => {
    const site = withParts('nginx.conf', [
      ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl; listen [::1]:${port} ssl;`],
      ['listen 80;', `listen unix:${folder}/plain.sock;`],
      [`${certificates}/fullchain.pem`, certificate],
      [`${certificates}/privkey.pem`, key],
      ['127.0.0.1:4880', `127.0.0.1:${backend}`],
    ]);
    const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const temporary = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    writeFileSync(
      join(folder, 'main.conf'),
      `${user} daemon off; pid ${folder}/pid; error_log stderr; events {}\nhttp { access_log off; ${temporary}\n${site}\n}\n`,
    );
    return ['-e', 'stderr', '-p', folder, '-c', join(folder, 'main.conf')];
  },
};

const caddy: Proxy = {
  program: 'caddy',
  example: 'Caddyfile',
  prepare: ({ folder, port, backend, certificate, key }) => {
    const site = withParts('Caddyfile', [
      ['skills.acme.example {', `https://${host}:${port} {\n\ttls ${certificate} ${key}`],
      ['127.0.0.1:4880', `127.0.0.1:${backend}`],
    ]);
    const options = `{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tdefault_bind 127.0.0.1 [::1]\n\tstorage file_system ${folder}/caddy\n}\n`;
    writeFileSync(join(folder, 'Caddyfile'), options + site);
    return ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
  },
};

const isHere = ({ program }: Proxy): boolean =>
  spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin" command -v ${program}`]).status === 0;

const proxies = [nginx, caddy];
const one = proxies.find(isHere) ?? nginx;
for (const proxy of isWhole ? proxies : [one])
  describe.skipIf(!isHere(proxy))(`a registry behind ${proxy.program}`, () => {
    const env: Record<string, string> = {};
    const stage = makeStage(env);
    let front: ChildProcess;
    let said = '';
    let name: PublicName;
    let registry: Serving;
    let browserArgs: readonly string[];
    let fingerprint: string;

    beforeAll(async () => {
      const authority = makeAuthority([host], new Date());
      const { cert, key } = authority.leafFor(host);
      stage.write({ 'ca.pem': authority.certificate, 'cert.pem': cert, 'key.pem': key });
      const inFolder = (name: string): string => join(stage.folder, name);
      const [port, backend] = [await freePort(), await freePort()];
      name = await makePublicName(host, port);
      // Chromium asks the store of its user for authorities, and that store has no file.
      const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
      const trusted = createHash('sha256').update(spki).digest('base64');
      browserArgs = [...name.browserArgs, `--ignore-certificate-errors-spki-list=${trusted}`];
      Object.assign(env, name.env);
      env.NODE_EXTRA_CA_CERTS = inFolder('ca.pem');
      env.SKILLGATE_REGISTRY = base;
      setDefaultCACertificates([...getCACertificates('default'), authority.certificate]);
      fingerprint = (
        await stage.skill('operator', 'registry', 'init', 'data', '--origin', host)
      ).out.trim();
      stage.write({
        'registry.toml': withParts('registry.toml', [['/var/lib/skillgate/registry', 'data']]),
      });
      const words = ['--config', 'registry.toml', '--port', String(backend)];
      registry = await stage.serve('operator', ...words);
      const folder = inFolder('proxy');
      mkdirSync(folder);
      const files = { certificate: inFolder('cert.pem'), key: inFolder('key.pem') };
      front = spawn(proxy.program, proxy.prepare({ folder, port, backend, ...files }), {
        env: { PATH: `${process.env.PATH}:/usr/sbin`, HOME: folder },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      front.stderr?.on('data', (chunk) => {
        said += chunk;
      });
      for (let tries = 0; tries < 200; tries++) {
        if (
          await fetch(`${base}/healthz`).then(
            ({ ok }) => ok,
            () => false,
          )
        )
          return;
        await setTimeout(50);
      }
      throw new Error(`${proxy.program} does not answer: ${said}`);
    });
    afterAll(async () => {
      front?.kill('SIGTERM');
      name?.close();
      await stage.close();
    });

    const lists = '@acme/lists@1.0.0';

    it('takes a version that is larger than an upload may usually be', async () => {
      expect(registry.base).toBe(base);
      await Promise.all(
        ['operator', 'author', 'rita', 'ben'].map(async (user) => {
          await stage.json(user, 'registry', 'add', base, '--root', fingerprint);
          if (user !== 'operator') await stage.json(user, 'key', 'create');
        }),
      );
      for (const reviewer of ['rita', 'ben']) {
        const key = join(stage.folder, reviewer, 'config/keys/default.pub.json');
        const who = [reviewer, '--role', 'reviewer', '--no-identity', '--public-key', key];
        await stage.json('operator', 'member', 'add', ...who);
      }
      await stage.json('author', 'scope', 'claim', 'acme');
      stage.write({
        'lists/SKILL.md':
          '---\nname: lists\ndescription: Counts the lines of a long list when somebody asks.\n---\n\nThe list is `list.csv`.\n',
        'lists/skill.json': JSON.stringify({ name: '@acme/lists', version: '1.0.0' }),
        // Larger than what nginx takes without a word in its configuration.
        'lists/list.csv': 'count,name\n'.repeat(110_000),
      });
      await stage.json('author', 'publish', 'lists');
      const state = async () =>
        (await stage.json<{ status: string }>('author', 'status', lists)).status;
      await vi.waitFor(async () => expect(await state()).toBe('in review'), {
        timeout: 120_000,
        interval: 500,
      });
      expect(registry.err()).not.toContain('scanner ended');
    });

    it('lets a reviewer make a passkey in a browser, sign in, and approve', async () => {
      const browser = await startChromium(browserArgs);
      try {
        const { page, complaints } = await openTab(browser);
        const signIn = async (): Promise<void> => {
          const { url } = await stage.json<{ url: string }>('rita', 'login', '--browser');
          expect(url.startsWith(`${base}/review/sign-in?link=`)).toBe(true);
          await page.goto(url);
          await page.getByRole('button', { name: 'Sign in as rita' }).click();
        };
        await signIn();
        await page.goto(`${base}/review/passkeys`);
        await page.getByRole('button', { name: 'Make a passkey' }).click();
        // What the page says is typed as it stands.
        const line = await page.getByLabel('the line for the administrator').textContent();
        const [program, ...words] = line?.trim().split(/\s+/) ?? [];
        expect(program).toBe('skillgate');
        expect(await stage.skill('operator', ...words)).toMatchObject({ exit: 0 });
        await page.getByRole('button', { name: 'Sign out' }).click();
        // Chromium warns about the algorithms of the new passkey.
        complaints.length = 0;
        await signIn();
        const answer = await page.goto(`${base}/review/@acme/lists/1.0.0`);
        expect((await answer?.allHeaders())?.['strict-transport-security']).toContain('max-age=');
        await page.locator('#reason-approve').fill('Read the list.');
        await page.getByRole('button', { name: 'Go on to the statement' }).click();
        await page.getByRole('button', { name: 'Sign with your passkey' }).click();
        await page.getByText('Your approval is signed and in the log.').waitFor();
        expect(complaints).toEqual([]);
        expect(await stage.json('rita', 'review', 'show', lists)).toMatchObject({
          approvals: [{ reviewer: 'rita', by: 'passkey' }],
        });
      } finally {
        await browser.close();
      }
    });

    it('serves the approved version to an installer, after a second reviewer', async () => {
      const words = ['review', 'approve', lists, '--reason', 'read all of it', '--yes'];
      expect(await stage.skill('ben', ...words)).toMatchObject({ exit: 0 });
      expect(await stage.skill('rita', 'install', '@acme/lists')).toMatchObject({ exit: 0 });
    });

    it('limits a client that writes false addresses into its requests', async () => {
      const statuses = new Set<number>();
      for (let i = 0; i < strangerWritesBurst + 150; i++) {
        const { status } = await fetch(`${base}/api/v1/statements`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-forwarded-for': `198.51.100.${i % 250}`,
            forwarded: `for=198.51.100.${i % 250}`,
          },
          body: '{}',
        });
        statuses.add(status);
      }
      expect([...statuses]).toEqual([422, 429]);
    });
  });
