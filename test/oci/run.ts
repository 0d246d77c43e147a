/**
 * `npm run test:oci`, by hand: an exported skill goes to a registry of the OCI world with oras, and
 * cosign verifies each attestation there. Everything that is wrong has to be refused.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeInstaller, makeNetwork, makeReportSkill, release } from '../cli/installer-world.ts';
import { freePort } from '../free-port.ts';
import { makeGoProgram } from '../sigstore/programs.ts';
import { Transcript } from '../sigstore/transcript.ts';
import { ask } from '../sigstore/verifiers.ts';

const name = '@acme/weekly-report';
const transcript = new Transcript();
const oras = makeGoProgram('oras', transcript.tell);
const crane = makeGoProgram('crane', transcript.tell);
const cosign = makeGoProgram('cosign', transcript.tell);

const network = await makeNetwork();
const user = await makeInstaller(network);
const address = `127.0.0.1:${await freePort()}`;
const ociRegistry = spawn(crane, ['registry', 'serve', '--address', address], { stdio: 'ignore' });
try {
  await release(network, makeReportSkill(name));
  await user.run('key', 'create');
  await user.run('key', 'create', 'other');
  const said = await user.run('export', name, '--oci', 'out', '--key', 'default');
  transcript.tell(said.out);
  await user.run('export', name, '--oci', 'others', '--key', 'other');
  await waitFor(`http://${address}/v2/`);
  await push('out', 'weekly-report');
  const types = JSON.parse(
    (await user.run('export', name, '--oci', 'j', '--key', 'default', '--format', 'json')).out,
  ).attestations as string[];
  for (const type of types) await verify(`cosign: ${type}`, 'as it is', 'accepted', { type });
  const approval = types.find((type) => type.includes('approval')) ?? '';
  await verify('cosign', 'a type that nobody attests', /none of the attestations matched/, {
    type: 'https://skillgate.example/none/v1',
  });
  await verify('cosign', 'the key of somebody else', /no matching attestations|invalid signature/, {
    type: approval,
    key: 'others/cosign.pub',
  });
  await attachToAnother();
  await verify('cosign', 'attestations of another artifact', /do not match|no matching/, {
    type: approval,
    repository: 'other-report',
  });
  await transcript.ask('oras pull', 'as it is', 'accepted', pull('out'));
  damageLayout();
  await transcript.ask('oras pull', 'a changed byte', /mismatch/, pull('damaged'));
} finally {
  ociRegistry.kill();
  user.close();
  network.close();
}
process.exitCode = transcript.close() ? 0 : 1;

interface Asked {
  readonly type: string;
  readonly key?: string;
  readonly repository?: string;
}

function verify(
  road: string,
  what: string,
  wanted: 'accepted' | RegExp,
  { type, key = 'out/cosign.pub', repository = 'weekly-report' }: Asked,
): Promise<void> {
  const flags = ['--insecure-ignore-tlog', '--allow-http-registry', '--type', type];
  const keyPath = join(user.project, key);
  const artifact = `${address}/${repository}:1.0.0`;
  const answer = ask(cosign, ['verify-attestation', '--key', keyPath, ...flags, artifact]);
  return transcript.ask(road, what, wanted, answer);
}

function copy(folder: string, repository: string): ReturnType<typeof ask> {
  const from = `${join(user.project, folder)}:1.0.0`;
  const to = `${address}/${repository}:1.0.0`;
  const flags = ['--recursive', '--no-tty', '--from-oci-layout', '--to-plain-http'];
  return ask(oras, ['cp', ...flags, from, to]);
}

function pull(folder: string): ReturnType<typeof ask> {
  const layout = `${join(user.project, folder)}:1.0.0`;
  const to = join(user.project, `${folder}-pulled`);
  return ask(oras, ['pull', '--no-tty', '--oci-layout', layout, '--output', to]);
}

async function push(folder: string, repository: string): Promise<void> {
  await transcript.ask(
    'oras',
    'copies the layout with its referrers',
    'accepted',
    copy(folder, repository),
  );
}

/** The manifest of each attestation names another artifact as its subject. */
async function attachToAnother(): Promise<void> {
  await release(network, makeReportSkill('@acme/other-report'));
  await user.run('export', '@acme/other-report', '--oci', 'plain', '--key', 'default');
  const index = JSON.parse(readFileSync(join(user.project, 'plain/index.json'), 'utf8'));
  const [subject] = index.manifests;
  writeFileSync(
    join(user.project, 'plain/index.json'),
    JSON.stringify({ ...index, manifests: [subject] }),
  );
  await push('plain', 'other-report');
  const attested = JSON.parse(readFileSync(join(user.project, 'out/index.json'), 'utf8'));
  for (const { digest } of attested.manifests.slice(1)) {
    const manifest = JSON.parse(readFileSync(blobPath('out', digest), 'utf8'));
    const { digest: of, size, mediaType } = subject;
    const moved = { ...manifest, subject: { digest: of, size, mediaType } };
    await Promise.all(
      [manifest.config, ...manifest.layers].map((blob) =>
        ask(oras, [
          'blob',
          'push',
          '--plain-http',
          `${address}/other-report@${blob.digest}`,
          blobPath('out', blob.digest),
        ]),
      ),
    );
    await fetch(`http://${address}/v2/other-report/manifests/moved-${digest.slice(7, 20)}`, {
      method: 'PUT',
      headers: { 'content-type': manifest.mediaType },
      body: JSON.stringify(moved),
    });
  }
}

function damageLayout(): void {
  cpSync(join(user.project, 'out'), join(user.project, 'damaged'), { recursive: true });
  const index = JSON.parse(readFileSync(join(user.project, 'damaged/index.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(blobPath('damaged', index.manifests[0].digest), 'utf8'));
  const path = blobPath('damaged', manifest.layers[0].digest);
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function blobPath(folder: string, digest: string): string {
  return join(user.project, folder, 'blobs/sha256', digest.replace('sha256:', ''));
}

async function waitFor(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    if (ociRegistry.exitCode !== null) throw new Error('crane did not start');
    await setTimeout(100);
  }
  ociRegistry.kill();
  await once(ociRegistry, 'exit');
  throw new Error(`nobody answers at ${url}`);
}
