/**
 * Keeps what a run made as fixtures that the unit tests verify: bundles of ours and of cosign's,
 * the artifacts, the trusted root.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Deployment } from './deployment.ts';
import type { Made } from './registry-road.ts';

const target = fileURLToPath(new URL('../fixtures/sigstore', import.meta.url));

/** What `cases.json` says of each bundle beside it. */
export interface FixtureCase {
  readonly name: string;
  readonly bundle: string;
  readonly artifact: string;
  readonly identity: string;
  readonly issuer: string;
}

const kept = ['people publish', 'github provenance', 'gitlab provenance', 'cosign provenance'];

export function writeFixtures({ trustedRootPath }: Deployment, made: readonly Made[]): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  copyFileSync(trustedRootPath, join(target, 'trusted_root.json'));
  const cases: FixtureCase[] = [];
  for (const { name, bundle, artifact, signer } of made) {
    if (!kept.includes(name) || 'keyPem' in signer) continue;
    const file = name.replace(' ', '-');
    copyFileSync(bundle, join(target, `${file}.sigstore.json`));
    copyFileSync(artifact, join(target, `${file}.artifact`));
    cases.push({ name, bundle: `${file}.sigstore.json`, artifact: `${file}.artifact`, ...signer });
  }
  writeFileSync(join(target, 'cases.json'), `${JSON.stringify(cases, null, 2)}\n`);
}
