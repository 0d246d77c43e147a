import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { pae } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { publish } from '../../registry/road.ts';
import {
  type Installer,
  makeHonest,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
  sayOf,
} from '../installer-world.ts';

const name = '@acme/weekly-report';
const packages = {
  python: {
    requires: ['openpyxl'],
    why: 'reads the workbooks',
    lock: 'house',
  },
};

let network: Network;
let user: Installer;
beforeAll(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  await user.run('key', 'create');
  await release(network, makeReportSkill(name, { packages }));
});
afterEach(() => makeHonest(network));
afterAll(() => {
  user.close();
  network.close();
});

interface Laid {
  readonly digest: string;
  readonly artifactType: string;
  readonly subject?: { readonly digest: string };
  readonly annotations: Record<string, string>;
  readonly layer: Buffer;
  readonly config: Record<string, unknown>;
}

/** Reads a layout as a program of the OCI world does: each blob by its digest. */
function readLayout(folder: string): { readonly tag: string; readonly laid: readonly Laid[] } {
  const at = join(user.project, folder);
  const blob = (digest: string): Buffer => {
    const bytes = readFileSync(join(at, 'blobs/sha256', digest.replace('sha256:', '')));
    expect(digestOf(bytes)).toBe(digest);
    return bytes;
  };
  expect(JSON.parse(readFileSync(join(at, 'oci-layout'), 'utf8'))).toEqual({
    imageLayoutVersion: '1.0.0',
  });
  const { manifests } = JSON.parse(readFileSync(join(at, 'index.json'), 'utf8'));
  const laid = manifests.map(({ digest, size }: { digest: string; size: number }) => {
    const bytes = blob(digest);
    expect(bytes.byteLength).toBe(size);
    const { layers, config, ...manifest } = JSON.parse(bytes.toString());
    const layer = blob(layers[0].digest);
    return { ...manifest, digest, layer, config: JSON.parse(blob(config.digest).toString()) };
  });
  return { tag: manifests[0].annotations['org.opencontainers.image.ref.name'], laid };
}

const isBundle = ({ artifactType }: Laid): boolean => artifactType.includes('sigstore.bundle');

/** What cosign does with a key: the signature over the payload, and the artifact as a subject. */
function verifyBundle({ layer, subject }: Laid, publicPem: string) {
  const { dsseEnvelope } = JSON.parse(layer.toString());
  const payload = Buffer.from(dsseEnvelope.payload, 'base64');
  const signature = Buffer.from(dsseEnvelope.signatures[0].sig, 'base64');
  const signed = pae(dsseEnvelope.payloadType, payload);
  expect(verify('sha256', signed, createPublicKey(publicPem), signature)).toBe(true);
  const statement = JSON.parse(payload.toString());
  const digests = statement.subject.map((one: { digest: { sha256: string } }) => one.digest.sha256);
  expect(digests).toContain(subject?.digest.replace('sha256:', ''));
  return statement;
}

describe('skillgate export --oci', () => {
  it('writes the skill with its folder, and says what SKILL.md says', async () => {
    const said = await user.run('export', name, '--oci', 'out');
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain(`exported ${name}@1.0.0 to out`);
    const { tag, laid } = readLayout('out');
    const [skill] = laid;
    expect(tag).toBe('1.0.0');
    expect(skill).toMatchObject({
      artifactType: 'application/vnd.agentskills.skill.v1',
      config: { schemaVersion: '1', name: 'weekly-report', version: '1.0.0' },
      annotations: { 'org.opencontainers.image.title': name },
    });
    const files = execFileSync('tar', ['-tvzf', '-'], { input: skill?.layer, encoding: 'utf8' });
    expect(files).toMatch(/-rwxr-xr-x .* weekly-report\/scripts\/clean\.sh/);
    expect(files).toMatch(/-rw-r--r-- .* weekly-report\/SKILL\.md/);
  });

  it('signs each statement that counts, and the bill of materials, about the artifact', () => {
    const { laid } = readLayout('out');
    const publicPem = readFileSync(join(user.project, 'out/cosign.pub'), 'utf8');
    const statements = laid.filter(isBundle).map((one) => verifyBundle(one, publicPem));
    expect(statements.map(({ predicateType }) => predicateType)).toEqual([
      'https://skillgate.dev/attestation/publish/v1',
      'https://skillgate.dev/attestation/scan/v1',
      'https://skillgate.dev/attestation/approval/v1',
      'https://slsa.dev/verification_summary/v1',
      'https://cyclonedx.org/bom',
    ]);
    expect(statements[2].predicate).toMatchObject({ name, reviewer: { member: 'rita' } });
    expect(laid.slice(1).every(({ subject }) => subject?.digest === laid[0]?.digest)).toBe(true);
  });

  it('lists every file and package in the bill of materials', () => {
    const publicPem = readFileSync(join(user.project, 'out/cosign.pub'), 'utf8');
    const [cyclonedx] = readLayout('out')
      .laid.filter(isBundle)
      .slice(-1)
      .map((one) => verifyBundle(one, publicPem).predicate);
    const { packed } = makeReportSkill(name, { packages });
    const digests = packed.bundle.files.map(({ sha256 }) => hexOf(sha256));
    expect(
      cyclonedx.metadata.component.components.map((one: { hashes: object[] }) => one.hashes),
    ).toEqual(digests.map((content) => [{ alg: 'SHA-256', content }]));
    expect(cyclonedx.components).toEqual([
      {
        name: 'openpyxl',
        purl: 'pkg:pypi/openpyxl',
        'bom-ref': 'pkg:pypi/openpyxl',
        type: 'library',
      },
    ]);
  });

  it('carries the original evidence, which skillgate verifies by itself', async () => {
    const evidence = readLayout('out').laid.find(({ artifactType }) =>
      artifactType.includes('evidence'),
    );
    const folder = join(user.project, 'evidence');
    mkdirSync(folder);
    execFileSync('tar', ['-xzf', '-', '-C', folder], { input: evidence?.layer });
    const trust = evidence?.annotations['dev.skillgate.trust'] ?? '';
    const said = await user.run('verify', '--from', 'evidence', '--trust', trust);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain(`verified ${name}@1.0.0`);
  });

  it('gives the same artifact each time', async () => {
    const said = await user.run('export', name, '--oci', 'again', '--format', 'json');
    expect(JSON.parse(said.out).artifact).toBe(readLayout('out').laid[0]?.digest);
  });

  it('replaces nothing in a folder with files', async () => {
    mkdirSync(join(user.project, 'mine'));
    writeFileSync(join(user.project, 'mine/index.json'), 'mine');
    const said = await user.run('export', name, '--oci', 'mine');
    expect(said).toMatchObject({ exit: 2, out: '' });
    expect(said.err).toContain('it is not empty');
    expect(readdirSync(join(user.project, 'mine'))).toEqual(['index.json']);
  });
});

describe('a version that no host would run', () => {
  const nothing = async (said: { exit: number; err: string }, folder: string, why: string) => {
    expect(said.err).toContain(why);
    expect(said.exit).not.toBe(0);
    expect(existsSync(join(user.project, folder))).toBe(false);
  };

  it('is not exported once it is revoked', async () => {
    const bad = await release(network, makeReportSkill('@acme/bad'));
    await sayOf(network, bad, 'revoked');
    await nothing(await user.run('export', '@acme/bad', '--oci', 'b'), 'b', 'revoked');
  });

  it('is not exported with other files than the approved ones', async () => {
    const changed = await release(
      network,
      makeReportSkill('@acme/changed', { files: { 'scripts/report.ts': 'console.log(2);\n' } }),
    );
    const file = changed.packed.bundle.files.find(({ path }) => path === 'scripts/report.ts');
    if (file === undefined) throw new Error('the skill has no such file');
    const lied = Buffer.alloc(file.size, 'x');
    network.lie = async (path, honest) => {
      if (path.startsWith('/packs/')) return new Response('', { status: 404 });
      return path.endsWith(hexOf(file.sha256)) ? new Response(lied) : honest();
    };
    const said = await user.run('export', '@acme/changed', '--oci', 'c');
    await nothing(said, 'c', 'other bytes');
  });

  // The last one: a scan in another test would be of this version.
  it('is not exported while it waits', async () => {
    const { send, author } = network.registry;
    await publish(send, makeReportSkill('@acme/waiting'), author);
    await nothing(await user.run('export', '@acme/waiting', '--oci', 'w'), 'w', 'waiting');
  });
});
