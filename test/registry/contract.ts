/**
 * What every shell of the registry must do over HTTP, from an empty database: one list of steps for
 * Node and workerd.
 */
import { expect } from 'vitest';
import { digestOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import type { Prose } from '../../skills-index/statement/prose.ts';
import { decide } from '../../skills-index/trust/decision/decision.ts';
import { type IndexLine, parseIndexFile } from '../../skills-index/trust/index-files/index-line.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { freshNonce } from '../nonce.ts';
import { leasedPackage, look, malware, packagedSkill, vulnerability } from './packaged-skill.ts';
import { makeKey, type TestRoot } from './people.ts';
import {
  type Answer,
  approve,
  call,
  claimScope,
  enrol,
  makeSkill,
  publish,
  type Send,
  type Skill,
  scan,
  signIn,
  state,
} from './road.ts';

/** Walks the road and a little beside it. */
export async function walkContract(send: Send, trust: TestRoot): Promise<void> {
  const author = makeKey();
  const scanner = makeKey();
  const rita = makeKey();
  expect(
    (await enrol(send, trust.administrator, { name: 'scanner', roles: ['scanner'], key: scanner }))
      .status,
  ).toBe(201);
  expect(
    (await enrol(send, trust.administrator, { name: 'rita', roles: ['reviewer'], key: rita }))
      .status,
  ).toBe(201);
  expect((await claimScope(send, 'acme', author)).status).toBe(201);
  const scannerToken = await signIn(send, scanner);
  const ritaToken = await signIn(send, rita);

  const skill = makeSkill('@acme/count', '1.0.0', {
    files: { 'scripts/count.sh': 'wc -w "$1"\n' },
  });
  const answers = await Promise.all(Array.from({ length: 8 }, () => publish(send, skill, author)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([
    201,
    ...Array.from({ length: 7 }, () => 409),
  ]);
  expect(await publish(send, skill, author)).toMatchObject({
    status: 409,
    body: { code: 'version-exists' },
  });
  expect((await send('/index/@acme/count')).status).toBe(404);
  expect((await send(`/blobs/sha256/${skill.packed.digest.slice(7)}`)).status).toBe(404);

  expect(
    await scan(send, scannerToken, scanner, skill, 'review', [], {
      prose: saying('Count the words.'),
    }),
  ).toMatchObject({
    status: 200,
    body: { status: 'in review' },
  });
  expect((await call(send, '/api/v1/jobs/lease', { token: scannerToken, json: {} })).body).toEqual({
    job: null,
  });
  expect((await call(send, '/api/v1/reviews', { token: ritaToken })).body.reviews).toMatchObject([
    { name: '@acme/count' },
  ]);
  expect(await approve(send, ritaToken, rita, skill)).toMatchObject({ status: 201 });
  expect((await call(send, '/api/v1/versions/@acme/count/1.0.0')).body).toMatchObject({
    status: 'approved',
  });

  const line = await readLine(send, skill);
  expect(await judge(send, trust, skill, line)).toMatchObject({
    kind: 'admitted',
    publisher: author.keyId,
    approvals: [{ member: 'rita' }],
  });

  const update = makeSkill('@acme/count', '1.0.1', {
    files: { 'SKILL.md': '---\nname: count\ndescription: x\n---\nCount the lines.\n' },
  });
  expect((await publish(send, update, author)).status).toBe(201);
  await scan(send, scannerToken, scanner, update, 'pass', [], {
    prose: saying('Count the lines.'),
  });
  expect(
    (await call(send, '/api/v1/reviews/@acme/count/1.0.1', { token: ritaToken })).body.prose,
  ).toMatchObject({
    kind: 'told',
    since: '1.0.0',
    change: { added: [{ path: 'SKILL.md', text: 'Count the lines.' }], removed: 1 },
  });

  await walkPackages(send, {
    use: async (skill) => {
      expect((await publish(send, skill, author)).status).toBe(201);
      await scan(send, scannerToken, scanner, skill, 'pass');
      return approve(send, ritaToken, rita, skill);
    },
    scannerToken,
  });

  const revoked = revocationStatement({
    nonce: freshNonce(),
    kind: 'revoked',
    target: { bundle: skill.packed.digest },
    reason: 'it was a trick',
  });
  expect((await state(send, revoked, rita)).status).toBe(201);
  expect((await call(send, '/api/v1/versions/@acme/count/1.0.0')).body).toMatchObject({
    status: 'revoked',
  });
  expect(await judge(send, trust, skill, line)).toMatchObject({
    kind: 'refused',
    reasons: [{ code: 'revoked' }],
  });
}

/** An advisory of malware comes after one approval and before another. */
async function walkPackages(
  send: Send,
  by: { readonly use: (skill: Skill) => Promise<Answer>; readonly scannerToken: string },
): Promise<void> {
  const names = ['evil@1.0.0', ...Array.from({ length: 20 }, (_, at) => `p${at}@1.0.${at}`)];
  expect((await by.use(packagedSkill('@acme/packed', '1.0.0', names))).status).toBe(201);
  let leased = await leasedPackage(send, by.scannerToken);
  while (leased !== null && leased.name !== 'evil')
    leased = await leasedPackage(send, by.scannerToken);
  const seen = { id: leased?.id, advisories: [malware, vulnerability] };
  expect((await look(send, by.scannerToken, seen)).status).toBe(200);
  expect((await call(send, '/api/v1/versions/@acme/packed/1.0.0')).body).toMatchObject({
    status: 'suspended',
  });
  expect(await by.use(packagedSkill('@acme/packed', '1.0.1', ['evil@1.0.0']))).toMatchObject({
    status: 403,
    body: { code: 'package-malicious' },
  });
}

function saying(text: string): Prose {
  return {
    schema: 'skillgate.prose/1',
    sentences: [{ path: 'SKILL.md', line: 5, text, isHidden: false }],
    left: 0,
  };
}

/** The one line of a skill's index file. */
export async function readLine(send: Send, skill: Skill): Promise<IndexLine> {
  const response = await send(`/index/${skill.manifest.name}`);
  expect(response.status).toBe(200);
  const [line, ...more] = parseIndexFile(await bytesOf(response), skill.manifest.name);
  if (line === undefined || more.length > 0) throw new Error('not one line');
  return line;
}

/** Fetches all that the line names, and decides as an installer does. */
export async function judge(
  send: Send,
  trust: TestRoot,
  skill: Skill,
  line: IndexLine,
): Promise<ReturnType<typeof decide>> {
  const blob = async (digest: string): Promise<Uint8Array> => {
    const response = await send(`/blobs/sha256/${digest.slice('sha256:'.length)}`);
    expect(response.status, digest).toBe(200);
    const bytes = await bytesOf(response);
    expect(digestOf(bytes)).toBe(digest);
    return bytes;
  };
  const statements = new Map(
    await Promise.all(line.statements.map(async (digest) => [digest, await blob(digest)] as const)),
  );
  const files = new Map<string, Uint8Array>();
  for (const file of skill.packed.bundle.files) files.set(file.path, await blob(file.sha256));
  const { body } = await call(send, `/api/v1/versions/${line.name}/${line.version}`);
  const status = await bytesOf(await send('/index/status.json'));
  return decide({
    root: trust.root,
    policy: defaultPolicy,
    now: Date.now(),
    line,
    statements,
    bundle: await blob(line.bundle),
    report: await blob(parseDigest(body.report)),
    files,
    statuses: [status],
  });
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}
