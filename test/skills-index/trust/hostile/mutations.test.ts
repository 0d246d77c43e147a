import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../../../skills-index/skill/text/json.ts';
import { scopeStatement } from '../../../../skills-index/statement/attestation.ts';
import { readClaims } from '../../../../skills-index/trust/signatures/certificate-identity.ts';
import { parseTrustedRoot } from '../../../../skills-index/trust/signatures/trusted-root.ts';
import {
  verifyCertified,
  verifyStatement,
} from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { roundsOf } from '../../../sample.ts';
import { people, storyRoot as root } from '../../story.ts';
import { TestLog } from '../../story-log.ts';
import { someWorkflow, TestSigstore } from '../../story-sigstore.ts';

const log = new TestLog('skills.example');
const claim = scopeStatement({ scope: parseScope('acme'), owners: [people.author.named] });
for (const one of [people.stranger, people.ada]) await log.say(claim, one);
const keyed = Buffer.from((await log.say(claim, people.author)).bytes);
const sigstore = new TestSigstore('mutations');
const { trustedRoot } = sigstore;
const signer = sigstore.certify(someWorkflow);
const certified = Buffer.from(canonicalJson(await sigstore.say(claim, signer)));
const flipped = (bytes: Uint8Array, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
};
const bitOf = (bytes: Uint8Array) => fc.nat(bytes.byteLength * 8 - 1);
const parsed = (bytes: Uint8Array): unknown => parseJson(bytes, 'the bundle').value;

// What it gives, or `refused` by a Problem; whatever else is thrown fails the test.
const orRefused = <Value>(attempt: () => Value): Value | 'refused' => {
  try {
    return attempt();
  } catch (cause) {
    if (cause instanceof Problem) return 'refused';
    throw cause;
  }
};

describe('one bit of a bundle', () => {
  it('is held by a signature, or by the log: no change of a keyed statement is accepted', () => {
    expect(orRefused(() => verifyStatement(parsed(keyed), { root }))).not.toBe('refused');
    fc.assert(
      fc.property(bitOf(keyed), (bit) => {
        expect(orRefused(() => verifyStatement(parsed(flipped(keyed, bit)), { root }))).toBe(
          'refused',
        );
      }),
      { numRuns: roundsOf(1_000) },
    );
  });

  // A timestamp's answer has parts around its token that nobody signs: they can be changed, and say
  // nothing.
  it('changes nothing that a certified statement says, or is refused', () => {
    const honest = verifyCertified(parsed(certified), trustedRoot);
    const stamp = certified.indexOf('"signedTimestamp"');
    const end = certified.indexOf('}', stamp);
    fc.assert(
      fc.property(bitOf(certified), (bit) => {
        const said = orRefused(() => verifyCertified(parsed(flipped(certified, bit)), trustedRoot));
        const isInStamp = bit >> 3 > stamp && bit >> 3 < end;
        if (said !== 'refused') expect([isInStamp, said]).toEqual([true, honest]);
      }),
      { numRuns: roundsOf(120) },
    );
  });

  it('of a certificate is read or refused, and never believed to be the authority’s', () => {
    fc.assert(
      fc.property(bitOf(signer.certificate), (bit) => {
        const bundle = JSON.parse(certified.toString()) as {
          verificationMaterial: { certificate: { rawBytes: string } };
        };
        const lie = flipped(signer.certificate, bit);
        orRefused(() => readClaims(lie));
        bundle.verificationMaterial.certificate.rawBytes = lie.toString('base64');
        expect(orRefused(() => verifyCertified(bundle, trustedRoot))).toBe('refused');
      }),
      { numRuns: roundsOf(120) },
    );
  });
});

describe('whatever is read', () => {
  const bytes = fc.uint8Array({ maxLength: 400 });
  it.each<[string, (value: unknown) => unknown]>([
    ['a trusted root', (value) => parseTrustedRoot(value)],
    ['a certified bundle', (value) => verifyCertified(value, trustedRoot)],
    ['a statement’s bundle', (value) => verifyStatement(value, { root, sigstore: trustedRoot })],
  ])('%s is read, or refused by a Problem', (_, read) => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void orRefused(() => read(value))),
      { numRuns: roundsOf(300) },
    );
  });

  it('any bytes are refused by a Problem: they are no certificate', () => {
    fc.assert(
      fc.property(bytes, (one) => orRefused(() => readClaims(one)) === 'refused'),
      { numRuns: roundsOf(500) },
    );
  });

  // Parts of an honest bundle, each replaced by anything.
  it.each([
    ['a certified bundle', certified, (value: unknown) => verifyCertified(value, trustedRoot)],
    ['a keyed bundle', keyed, (value: unknown) => verifyStatement(value, { root })],
    [
      'a trusted root',
      Buffer.from(canonicalJson(trustedRoot)),
      (value: unknown) => parseTrustedRoot(value),
    ],
  ])('%s with any one part replaced is read, or refused by a Problem', (_, honest, read) => {
    const paths = pathsOf(JSON.parse(honest.toString()));
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        fc.oneof(fc.jsonValue(), fc.base64String()),
        (path, value) => {
          orRefused(() => read(replaced(JSON.parse(honest.toString()), path, value)));
        },
      ),
      { numRuns: roundsOf(150) },
    );
  });
});

type Path = readonly string[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key])),
  ];
}

function replaced(value: unknown, [first, ...rest]: Path, by: unknown): unknown {
  if (first === undefined) return by;
  const copy = value as Record<string, unknown>;
  copy[first] = replaced(copy[first], rest, by);
  return copy;
}
