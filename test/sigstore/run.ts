/**
 * The interoperability job: `npm run test:sigstore [-- --fixtures]`, by hand. Real Fulcio,
 * rekor-tiles, timestamp authority, cosign and sigstore-python on loopback; what we sign is
 * verified by them, what they sign by us, and everything with a wrong name is refused by all.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, logTrust, startDeployment } from './deployment.ts';
import { writeFixtures } from './fixtures.ts';
import { personClaims } from './oidc-issuer.ts';
import { makePrograms, type Programs, versionsOf } from './programs.ts';
import { type Made, person, type RegistryRoad, walkRegistryRoad } from './registry-road.ts';
import { Transcript } from './transcript.ts';
import { ask, cosignOf, type Fault, ours, pythonOf } from './verifiers.ts';

const transcript = new Transcript();
const folder = mkdtempSync(join(tmpdir(), 'skillgate-sigstore-'));
const programs = makePrograms(transcript.tell);
for (const version of versionsOf(programs)) transcript.tell(version);
const deployment = await startDeployment(folder, programs);
transcript.tell('started: OIDC issuer, certificate log, Fulcio, rekor-tiles, timestamp authority');
let registry: RegistryRoad | undefined;
try {
  registry = await walkRegistryRoad(deployment, transcript);
  const theirs = await signWithCosign(deployment, programs, registry);
  for (const made of [...registry.made, theirs]) await judge(made, deployment, registry);
  await readLog(programs, registry);
  if (process.argv.includes('--fixtures')) writeFixtures(deployment, [...registry.made, theirs]);
} finally {
  await registry?.close();
  await deployment.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
process.exitCode = transcript.close() ? 0 : 1;

/** Every verifier that can: as it is, then under each wrong name. */
async function judge(
  made: Made,
  { trustedRootPath }: Deployment,
  { origin, logKey }: RegistryRoad,
): Promise<void> {
  const isKeyed = 'keyPem' in made.signer;
  const trustedRoot = isKeyed ? keyedRoot(origin, logKey) : trustedRootPath;
  const question = { ...made, trustedRoot };
  const verifiers = [ours, cosignOf(programs), ...(isKeyed ? [] : [pythonOf(programs)])];
  for (const { name, says, verify } of verifiers) {
    const road = `${made.name} → ${name}`;
    await transcript.ask(road, 'as it is', 'accepted', verify(question));
    await transcript.ask(
      road,
      'another artifact',
      says.artifact,
      verify({ ...question, artifact: otherArtifact() }),
    );
    for (const [what, fault, signer] of wrongSigners(made.signer))
      await transcript.ask(road, what, says[fault], verify({ ...question, signer }));
  }
}

function wrongSigners(signer: Made['signer']): [string, Fault, Made['signer']][] {
  if ('keyPem' in signer) return [['another key', 'key', { keyPem: join(folder, 'ct.pem') }]];
  const { identity, issuer } = signer;
  return [
    ['a longer identity', 'identity', { issuer, identity: `x${identity}` }],
    ['a shorter identity', 'identity', { issuer, identity: identity.slice(1) }],
    ['another issuer', 'issuer', { identity, issuer: `${issuer}/` }],
  ];
}

/** A verifier's view of the registry: its log, and nobody's certificates. */
function keyedRoot(origin: string, logKey: Buffer): string {
  const path = join(folder, 'registry_root.json');
  writeFileSync(
    path,
    JSON.stringify({ ...deployment.trustedRoot, tlogs: [logTrust(origin, logKey)] }),
  );
  return path;
}

function otherArtifact(): string {
  const path = join(folder, 'other');
  writeFileSync(path, 'other bytes');
  return path;
}

/** cosign attests to the same artifact as the person did. */
async function signWithCosign(
  { issuer, trustedRootPath, signingConfigPath }: Deployment,
  { cosign }: Programs,
  { made }: RegistryRoad,
): Promise<Made> {
  const [bundle, token, predicate] = ['cosign.json', 'cosign.jwt', 'predicate.json'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(token, await issuer.mint('people', personClaims(person)));
  writeFileSync(
    predicate,
    JSON.stringify({
      buildDefinition: { buildType: 'https://example.org/by-hand' },
      runDetails: { builder: { id: 'https://example.org' } },
    }),
  );
  const mine = made.find(({ name }) => name === 'people provenance');
  if (mine === undefined) throw new Error('the person published no provenance');
  const files = [
    '--signing-config',
    signingConfigPath,
    '--trusted-root',
    trustedRootPath,
    '--identity-token',
    token,
    '--bundle',
    bundle,
  ];
  const what = ['--predicate', predicate, '--type', mine.predicateType];
  await transcript.ask(
    'cosign attest-blob',
    'signs',
    'accepted',
    ask(cosign, ['attest-blob', ...files, ...what, '--yes', mine.artifact]),
  );
  return { ...mine, name: 'cosign provenance', bundle };
}

/** The registry's log, read by the Go project's own library. */
async function readLog(
  { readLog }: Programs,
  { base, origin, logKey }: RegistryRoad,
): Promise<void> {
  const key = (spki: Buffer): string => spki.subarray(-32).toString('base64');
  const road = 'our log → golang.org/x/mod/sumdb';
  await transcript.ask(
    road,
    'checkpoint, each leaf, the root',
    'accepted',
    ask(readLog, [`${base}/log`, origin, key(logKey)]),
  );
  await transcript.ask(
    road,
    'another origin',
    /no verifiable signatures/,
    ask(readLog, [`${base}/log`, `x${origin}`, key(logKey)]),
  );
  await transcript.ask(
    road,
    'another key',
    /no verifiable signatures/,
    ask(readLog, [`${base}/log`, origin, key(Buffer.alloc(44, 7))]),
  );
}
