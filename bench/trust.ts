/**
 * What trust costs: statements, admissions and revocations, a file checked before it is handed out,
 * hashing against openssl.
 */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSkill } from '../runner/admission/catalogue.ts';
import { packBundle } from '../skills-index/skill/authoring/pack-bundle.ts';
import { bundleBytesMax } from '../skills-index/skill/bundle.ts';
import { digestOf } from '../skills-index/skill/digest.ts';
import { parseJson } from '../skills-index/skill/text/json.ts';
import { VerifiedStatements } from '../skills-index/trust/signatures/verified-statements.ts';
import { verifyStatement } from '../skills-index/trust/signatures/verify-statement.ts';
import { storyRoot, tellStory } from '../test/skills-index/story.ts';
import { kim, tellCertified, trustedRoot } from '../test/skills-index/story-certified.ts';
import { admissionRows } from './admission.ts';
import { childWallMs, median, wallMs } from './measure.ts';
import { revocationRows } from './revocation.ts';
import type { Row } from './row.ts';

const rounds = 200;
const hashRounds = 15;

export async function trustRows(): Promise<Row[]> {
  return [
    ...(await statementRows()),
    ...(await admissionRows()),
    await fileRow(),
    hashRow(),
    ...(await revocationRows()),
  ];
}

/** A row whose goal is a greatest number of milliseconds. */
function atMost(
  name: string,
  value: number,
  most: number,
  other: { readonly name: string; readonly value: number },
): Row {
  const against = `${other.name} ${other.value.toPrecision(3)} ms`;
  return {
    name,
    value,
    unit: 'ms',
    against,
    ratio: value / other.value,
    goal: `≤ ${most} ms`,
    held: value <= most,
  };
}

async function p50(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await wallMs(work));
  return median(times.slice(rounds / 10));
}

async function fileRow(): Promise<Row> {
  const content = Buffer.alloc(16 * 1024, 'skill ');
  const packed = packBundle([{ path: 'SKILL.md', bytes: content, mode: 0o644 }]);
  const skill = await openSkill(packed.digest, async (digest) =>
    digest === packed.digest ? packed.bytes : content,
  );
  const hash = await p50(() => digestOf(content));
  return atMost('one 16 KB file checked, p50', await p50(() => skill.read('SKILL.md')), 0.1, {
    name: 'SHA-256 alone',
    value: hash,
  });
}

// openssl is a process that has to start; the same one over an empty file takes that away from it.
function hashRow(): Row {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-'));
  try {
    const bytes = Buffer.alloc(bundleBytesMax, 'bundle ');
    const full = join(folder, 'full');
    const empty = join(folder, 'empty');
    writeFileSync(full, bytes);
    writeFileSync(empty, '');
    const dgst = (path: string): number => childWallMs(['openssl', 'dgst', '-sha256', path]);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < hashRounds; round++) {
      const start = performance.now();
      digestOf(bytes);
      ours.push(performance.now() - start);
      theirs.push(dgst(full) - dgst(empty));
    }
    const value = median(ours);
    const other = median(theirs);
    const ratio = other / value;
    const against = `openssl dgst ${other.toPrecision(3)} ms`;
    return {
      name: 'SHA-256 of a 20 MB bundle',
      value,
      unit: 'ms',
      against,
      ratio,
      goal: '≥ 0.8 × its speed',
      held: ratio >= 0.8,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function statementRows(): Promise<Row[]> {
  const { bytes: keyed } = (await tellStory()).publish;
  const { bytes: keyless } = (await tellCertified({ owners: [kim] })).publish;
  const check = (bytes: Uint8Array, sigstore?: unknown): unknown =>
    verifyStatement(parseJson(bytes, 'statement').value, { root: storyRoot, sigstore });
  const bare = { name: 'a bare P-256 verify', value: await bareVerify() };
  const memory = new VerifiedStatements();
  return [
    atMost('keyed statement verified, p50', await p50(() => check(keyed)), 1, bare),
    atMost(
      'keyless statement verified, p50',
      await p50(() => check(keyless, trustedRoot)),
      30,
      bare,
    ),
    atMost(
      'statement verified before, p50',
      await p50(() => memory.verify(keyless, storyRoot, trustedRoot)),
      1,
      bare,
    ),
  ];
}

async function bareVerify(): Promise<number> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const message = Buffer.alloc(1_500, 1);
  const signature = sign('sha256', message, privateKey);
  return p50(() => verify('sha256', message, publicKey, signature));
}
