/**
 * The suite's own registry, in a child process. It publishes, passes and approves attacks with real
 * signatures, as if people had made mistakes.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import {
  memberStatement,
  revocationStatement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { scanStatement } from '../../../skills-index/statement/version-statement.ts';
import { approvalsNeeded, defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import type { RootFile } from '../../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import type { CommandContext } from '../../command.ts';
import { publishVersion, type Upload } from '../../publish/upload.ts';
import { pinRegistry } from '../../registries/addresses/pin-registry.ts';
import { postStatement } from '../../registries/post-statement.ts';
import { draftAnswer } from '../../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../../registries/registry-api.ts';
import { signIn } from '../../registries/session.ts';
import { makeRegistryFolder, registryFiles } from '../../root-rotation/registry-folder.ts';
import { endChild } from '../../serve/scanner-child.ts';
import { signPayloadWithKey, signWithKey } from '../../signing/bundle-builder.ts';
import { createKeyFile, type KeyFile, publicKeyOf, readKeyFile } from '../../signing/key-file.ts';

/** Scopes of the scenarios' skills. */
const scopes = ['acme', 'evil'] as const;

export interface RedteamRegistry {
  readonly base: string;
  readonly root: RootFile;
  /** Publishes and approves a skill. */
  release(upload: Upload): Promise<void>;
  /** Publishes a skill without an approval. */
  publish(upload: Upload): Promise<void>;
  revoke(upload: Upload): Promise<void>;
  close(): Promise<void>;
}

/** @param folder an empty folder, which the caller removes */
export async function startRedteamRegistry(
  context: CommandContext,
  folder: string,
): Promise<RedteamRegistry> {
  const key = (name: string): Promise<KeyFile> =>
    createKeyFile(join(folder, 'keys', `${name}.json`), undefined, name);
  const administrator = await key('administrator');
  const root = await makeRegistryFolder(
    join(folder, 'registry'),
    'localhost',
    async () => administrator,
  );
  const child = startServer(context, folder);
  try {
    const base = await baseOf(child);
    const paths = {
      config: join(folder, 'people/config'),
      data: join(folder, 'people/data'),
      cache: join(folder, 'people/cache'),
    };
    await pinRegistry(paths, base, root, []);
    const registry = registryIdOf(root);
    const world = { ...context, paths, registryBase: base };
    const scanner = await readKeyFile(join(folder, 'registry', registryFiles.scannerKey));
    const people = {
      scanner,
      author: await key('author'),
      rita: await key('rita'),
      rob: await key('rob'),
    };
    for (const reviewer of [people.rita, people.rob]) {
      const member = {
        registry,
        name: reviewer.name,
        roles: ['reviewer'],
        key: publicKeyOf(reviewer),
        identities: [],
        previous: 'none',
        nonce: randomUUID(),
      } as const;
      await postStatement(world, memberStatement({ ...member, state: 'enrolled' }), administrator);
    }
    for (const scope of scopes)
      await postStatement(
        world,
        scopeStatement({
          registry,
          scope: parseScope(scope),
          owners: [publicKeyOf(people.author)],
        }),
        people.author,
      );
    return {
      base,
      root,
      ...(await actionsOf(world, people, registry)),
      close: () => endChild(child),
    };
  } catch (cause) {
    await endChild(child);
    throw cause;
  }
}

function startServer({ env }: CommandContext, folder: string): ChildProcess {
  const guard = fileURLToPath(new URL('../../guard.js', import.meta.url));
  const { HOME, PATH } = env;
  return spawn(
    process.execPath,
    [guard, 'serve', join(folder, 'registry'), '--no-scanner', '--port', '0', '--format', 'json'],
    {
      env: { HOME, PATH, SKILLGATE_HOME: join(folder, 'people') },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
}

const serving = v.looseObject({ base: v.string() });

async function baseOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Problem('internal', 'The registry has no standard output');
  let text = '';
  for await (const line of createInterface({ input: child.stdout })) {
    text += `${line}\n`;
    try {
      const { base } = v.parse(serving, JSON.parse(text));
      child.stdout.resume();
      return base;
    } catch {}
  }
  throw new Problem('registry-down', `The registry of the red team did not start: ${text}`);
}

type People = Readonly<Record<'scanner' | 'author' | 'rita' | 'rob', KeyFile>>;

async function actionsOf(
  world: CommandContext,
  { author, rita, rob, scanner }: People,
  registry: Digest,
) {
  const tokenOf = async (key: KeyFile): Promise<string> => (await signIn(world, key)).token;
  const scannerToken = await tokenOf(scanner);
  const ritaToken = await tokenOf(rita);
  const robToken = await tokenOf(rob);
  // One after another: a lease of a scan job returns the oldest job.
  let before: Promise<unknown> = Promise.resolve();
  const publish = (upload: Upload): Promise<void> => {
    const now = before.then(async () => {
      await publishVersion(world, author, upload);
      await passScan(world, { registry, token: scannerToken, scanner }, upload);
    });
    before = now.catch(() => undefined);
    return now;
  };
  const approve = async (reviewer: KeyFile, token: string, { manifest }: Upload): Promise<void> => {
    const json = {
      reviewer: { keyId: reviewer.keyId },
      reason: 'let through for the red team',
      independent: true,
    };
    const path = `/api/v1/reviews${versionPath(manifest.name, manifest.version)}/draft`;
    const draft = await askRegistry(world, path, draftAnswer, { json, token });
    const envelope = await signPayloadWithKey(Buffer.from(draft.payload, 'base64'), reviewer);
    await askRegistry(world, '/api/v1/statements', v.unknown(), {
      json: envelope,
      signedBy: reviewer.keyId,
    });
  };
  return {
    publish,
    release: async (upload: Upload): Promise<void> => {
      await publish(upload);
      await approve(rita, ritaToken, upload);
      const { total } = approvalsNeeded(defaultPolicy, {
        capabilities: upload.manifest.capabilities,
        findings: [],
      });
      if (total > 1) await approve(rob, robToken, upload);
    },
    revoke: async ({ packed }: Upload): Promise<void> => {
      const reason = 'it leaks';
      const target = { bundle: packed.digest };
      await postStatement(
        world,
        revocationStatement({ registry, kind: 'revoked', target, reason, nonce: randomUUID() }),
        rita,
      );
    },
  };
}

// A scanner without findings, which passes every attack.

const leased = v.looseObject({ job: v.looseObject({ id: v.string(), lease: v.string() }) });

/** Takes the oldest scan job, and reports that nothing was found: other tests cover the scanner. */
async function passScan(
  world: CommandContext,
  {
    registry,
    token,
    scanner,
  }: { readonly registry: Digest; readonly token: string; readonly scanner: KeyFile },
  { manifest, packed }: Upload,
): Promise<void> {
  const { job } = await askRegistry(world, '/api/v1/jobs/lease', leased, { token, json: {} });
  const files = packed.bundle.files.map(
    ({ path, sha256, size }) =>
      ({ path, sha256, bytes: size, disposition: 'analysed', reason: '' }) as const,
  );
  const ruleSet = digestOf('red team');
  const report = {
    schema: 'skillgate.scan/1',
    path: '.',
    name: manifest.name,
    version: manifest.version,
    bundle: packed.digest,
    ruleSet,
    verdict: 'pass',
    decidedBy: [],
    findings: [],
    coverage: { files },
    capabilities: {
      observed: noCapabilities,
      declared: manifest.capabilities,
      undeclared: noCapabilities,
      unused: noCapabilities,
    },
  };
  const about = {
    name: manifest.name,
    version: manifest.version,
    bundle: packed.digest,
    files: packed.bundle.files,
  };
  const coverage = files.map(({ disposition, path, sha256 }) => ({ path, sha256, disposition }));
  const predicate = {
    registry,
    ruleSet,
    report: digestOf(canonicalJson(report)),
    verdict: 'pass',
    isolation: 'none: red team',
    coverage,
  } as const;
  const envelope = await signWithKey(scanStatement(about, predicate), scanner);
  await askRegistry(world, `/api/v1/jobs/${job.id}/report`, v.unknown(), {
    token,
    json: { lease: job.lease, envelope, report },
  });
}
