/**
 * A real registry on loopback with people, keys and two versions in it: what the browser tests and
 * the screenshots look at.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishVersion } from '../../cli/publish/upload.ts';
import { makeRegistryFolder, registryFiles } from '../../cli/root-rotation/registry-folder.ts';
import {
  createKeyFile,
  type KeyFile,
  publicKeyOf,
  readKeyFile,
} from '../../cli/signing/key-file.ts';
import { type RegistryOptions, startRegistry } from '../../registry/serve.ts';
import { proseOf } from '../../scanner/prose/sentences.ts';
import { extractFacts } from '../../scanner/scan.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import type { PackedBundle, SourceFile } from '../../skills-index/skill/bundle.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import {
  memberStatement,
  type Statement,
  scopeStatement,
} from '../../skills-index/statement/attestation.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import { scanStatement } from '../../skills-index/statement/version-statement.ts';
import { type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { sessionText } from '../../skills-index/trust/signatures/session-text.ts';
import { freshNonce } from '../nonce.ts';
import { namedFor } from '../registry/road.ts';

export interface Story {
  readonly base: string;
  readonly root: RootFile;
  readonly keys: Readonly<
    Record<'administrator' | 'ruth' | 'otto' | 'author' | 'scanner', KeyFile>
  >;
  /** Publishes a skill and hands in the report made of it by `scan`. */
  publish(
    files: readonly SourceFile[],
    scan: (packed: PackedBundle, manifest: Manifest) => Promise<ScanReport>,
  ): Promise<Manifest>;
  /** Posts a signed statement. */
  state(statement: Statement, signer: KeyFile): Promise<void>;
  /** A one-time link into the desk. */
  link(signer: KeyFile): Promise<string>;
  /** Asks the registry as the holder of a key. */
  ask(signer: KeyFile | undefined, path: string, json?: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts the registry: ruth and otto are reviewers, the scope acme belongs to the author. */
export async function startStory({
  notices,
  ...options
}: Pick<RegistryOptions, 'signOn' | 'postOutside'> & {
  readonly notices?: object;
} = {}): Promise<Story> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-desk-'));
  const key = (name: string): Promise<KeyFile> =>
    createKeyFile(join(folder, 'keys', `${name}.json`), undefined, name);
  const keys = {
    administrator: await key('administrator'),
    ruth: await key('ruth'),
    otto: await key('otto'),
    author: await key('author'),
  };
  const dir = join(folder, 'registry');
  const root = await makeRegistryFolder(dir, 'localhost', async () => keys.administrator);
  if (notices !== undefined) writeFileSync(join(dir, 'notices.json'), JSON.stringify(notices));
  const scanner = await readKeyFile(join(dir, registryFiles.scannerKey));
  const server = await startRegistry({
    dir,
    host: 'localhost',
    port: 0,
    ...options,
    log: () => undefined,
  });
  const { base } = server;

  const ask = async (
    signer: KeyFile | undefined,
    path: string,
    json?: unknown,
  ): Promise<unknown> => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (signer !== undefined) headers.authorization = `Bearer ${await tokenOf(signer)}`;
    const response = await fetch(
      base + path,
      json === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(json) },
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const tokens = new Map<string, string>();
  const tokenOf = async (signer: KeyFile): Promise<string> => {
    const kept = tokens.get(signer.keyId);
    if (kept !== undefined) return kept;
    const { nonce } = (await ask(undefined, '/api/v1/session/challenge', {
      keyId: signer.keyId,
    })) as { nonce: string };
    const signed = await signer.sign(
      Buffer.from(sessionText({ root: rootFingerprint(root), base, nonce })),
    );
    const proof = { keyId: signer.keyId, nonce, signature: Buffer.from(signed).toString('base64') };
    const { token } = (await ask(undefined, '/api/v1/session', proof)) as { token: string };
    tokens.set(signer.keyId, token);
    return token;
  };
  const state = async (statement: Statement, signer: KeyFile): Promise<void> => {
    await ask(
      undefined,
      '/api/v1/statements',
      await signStatement(namedFor(registryIdOf(root), statement), signer),
    );
  };
  for (const name of ['ruth', 'otto'] as const) {
    await state(
      memberStatement({
        nonce: freshNonce(),
        name,
        roles: ['reviewer'],
        key: publicKeyOf(keys[name]),
        state: 'enrolled',
      }),
      keys.administrator,
    );
  }
  await state(
    scopeStatement({ scope: parseScope('acme'), owners: [publicKeyOf(keys.author)] }),
    keys.author,
  );

  const publish: Story['publish'] = async (files, scan) => {
    const packed = packBundle(files);
    const manifest = parseManifest(packed.contents.get('skill.json' as never) ?? new Uint8Array());
    await publishVersion({ fetch, registryBase: base }, keys.author, { packed, manifest });
    const { job } = (await ask(scanner, '/api/v1/jobs/lease', {})) as {
      job: { id: string; lease: string };
    };
    const report = await scan(packed, manifest);
    const about = {
      name: manifest.name,
      version: manifest.version,
      bundle: packed.digest,
      files: packed.bundle.files,
    };
    const coverage = report.coverage.files.map(({ path, sha256 = digestOf(''), disposition }) => ({
      path,
      sha256,
      disposition,
    }));
    const predicate = {
      registry: registryIdOf(root),
      ruleSet: report.ruleSet,
      report: canonicalDigest(report),
      verdict: report.verdict,
      isolation: 'none: a test',
      coverage,
    };
    const envelope = await signStatement(scanStatement(about, predicate), scanner);
    await ask(scanner, `/api/v1/jobs/${job.id}/report`, {
      lease: job.lease,
      envelope,
      report,
      prose: proseOf(await extractFacts(files)),
    });
    return manifest;
  };
  return {
    base,
    root,
    keys: { ...keys, scanner },
    publish,
    state,
    ask,
    link: async (signer) =>
      ((await ask(signer, '/api/v1/session/link', {})) as { url: string }).url,
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The example, or its weaponised twin laid over it. */
export function readExample(which: 'weekly-report' | 'weekly-report-twin'): SourceFile[] {
  const read = (root: string, below = ''): SourceFile[] =>
    readdirSync(join(root, below)).flatMap((entry) => {
      const path = join(below, entry);
      const found = statSync(join(root, path));
      return found.isDirectory()
        ? read(root, path)
        : [{ path, bytes: readFileSync(join(root, path)), mode: found.mode }];
    });
  const examples = new URL('../../examples/', import.meta.url).pathname;
  const own = read(join(examples, 'weekly-report'));
  if (which === 'weekly-report') return own;
  const laid = read(join(examples, 'weekly-report-twin')).filter(
    (file) => file.path !== 'README.md',
  );
  return [...own.filter((file) => !laid.some((one) => one.path === file.path)), ...laid];
}
