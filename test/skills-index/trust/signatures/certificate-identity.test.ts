import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import {
  readClaims,
  readLeaf,
} from '../../../../skills-index/trust/signatures/certificate-identity.ts';
import { octets, oid, sequence } from '../../der-writer.ts';
import { outcomeOf } from '../../hostile.ts';
import {
  certifiedAt,
  somebody,
  someWorkflow,
  type TestClaims,
  TestSigstore,
} from '../../story-sigstore.ts';

const sigstore = new TestSigstore('identity');
const read = (claims: Partial<TestClaims>) =>
  readClaims(sigstore.certify({ ...someWorkflow, ...claims }).certificate);

describe('what a certificate says', () => {
  it('is of a person: issuer and address, and nothing else', () => {
    expect(readClaims(sigstore.certify(somebody).certificate)).toEqual(somebody);
  });

  it('is of a workflow: repository, workflow without its ref, ref, trigger and run', () => {
    expect(read({ environment: 'release' })).toEqual({
      issuer: 'https://token.ci.example',
      subject: 'https://ci.example/acme/skills/.ci/publish.yml@refs/heads/main',
      repository: '4711',
      workflow: 'https://ci.example/acme/skills/.ci/publish.yml',
      ref: 'refs/heads/main',
      environment: 'release',
      trigger: 'push',
      run: 'https://ci.example/acme/skills/runs/1',
    });
  });

  // Whoever may push a branch chooses its name; whoever may add a file chooses that one's.
  it.each([
    ['a branch with an @ in it', 'x.yml@refs/heads/a@b', 'refs/heads/a@b', 'x.yml'],
    [
      'a branch that ends like another one',
      'x.yml@refs/heads/a@refs/heads/main',
      'refs/heads/a@refs/heads/main',
      'x.yml',
    ],
    [
      'a file that ends like a ref',
      'x.yml@refs/y.yml@refs/heads/main',
      'refs/heads/main',
      'x.yml@refs/y.yml',
    ],
    [
      'a workflow of another ref',
      'x.yml@refs/heads/main',
      'refs/pull/7/merge',
      'x.yml@refs/heads/main',
    ],
    ['a workflow without a ref', 'pipeline/7', 'refs/heads/main', 'pipeline/7'],
  ])(
    'of %s the workflow is what stands before the ref that the certificate names',
    (_, buildConfig, ref, workflow) => {
      expect(read({ buildConfig, ref }).workflow).toBe(workflow);
    },
  );
});

describe('a certificate', () => {
  it('has at most 16 kilobytes', async () => {
    const of = (size: number) => () => {
      const filler = sequence(oid('1.2.3.4'), octets(Buffer.alloc(size, 0xff)));
      readClaims(sigstore.certify(somebody, { transparency: () => filler }).certificate);
    };
    expect([await outcomeOf(of(15_000)), await outcomeOf(of(16_384))]).toEqual([
      'accepted',
      'certificate-invalid',
    ]);
  });
});

describe('the identity of a certificate', () => {
  it('is its TBSCertificate: the same however often it is signed, another for each certificate', () => {
    const [once, again] = [0, 1].map(
      () => sigstore.certify(somebody, { transparency: (tbs) => tbs.subarray(0, 0) }).certificate,
    );
    expect(digestOf(once ?? '')).not.toBe(digestOf(again ?? ''));
    expect(readLeaf(once ?? Buffer.alloc(0)).certificateId).toBe(
      readLeaf(again ?? Buffer.alloc(0)).certificateId,
    );
    const later = sigstore.certify(somebody, {
      transparency: (tbs) => tbs.subarray(0, 0),
      from: new Date(certifiedAt.getTime() + 1_000),
    });
    expect(readLeaf(later.certificate).certificateId).not.toBe(
      readLeaf(once ?? Buffer.alloc(0)).certificateId,
    );
  });
});
