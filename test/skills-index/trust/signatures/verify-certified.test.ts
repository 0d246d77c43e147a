import { VerificationError } from '@sigstore/verify';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import {
  requireOneForm,
  toProblem,
} from '../../../../skills-index/trust/signatures/verify-certified.ts';

describe('a certificate that the library reads', () => {
  const der = Buffer.from('3003020101', 'hex');
  const entity = (written: Buffer, $case = 'certificate') =>
    ({ key: { $case, certificate: { root: { toDER: () => written } } } }) as unknown as Parameters<
      typeof requireOneForm
    >[0];

  it('is written by it as it stands', () => {
    expect(() => requireOneForm(entity(der), der)).not.toThrow();
  });

  it.each([
    ['other bytes', entity(Buffer.from('300402020001', 'hex'))],
    ['more bytes', entity(Buffer.concat([der, Buffer.of(0)]))],
    ['a key and no certificate', entity(der, 'public-key')],
  ])('is refused when it reads %s', (_, read) => {
    expect(() => requireOneForm(read, der)).toThrow(
      expect.objectContaining({ code: 'certificate-invalid' }),
    );
  });
});

describe('what goes wrong in the library', () => {
  const wrong = (code: string, cause?: unknown) =>
    new VerificationError({
      code,
      message: 'it went wrong',
      ...(cause === undefined ? {} : { cause }),
    } as never);

  it.each([
    ['TLOG_INCLUSION_PROOF_ERROR', 'log-invalid'],
    ['TLOG_BODY_ERROR', 'log-invalid'],
    ['SIGNATURE_ERROR', 'signature-invalid'],
    ['CERTIFICATE_ERROR', 'certificate-invalid'],
    ['TIMESTAMP_ERROR', 'certificate-invalid'],
  ])('is said in our words: %s', (code, ours) => {
    const cause = wrong(code);
    expect(toProblem(cause)).toMatchObject({
      code: ours,
      message: 'The signature does not verify: it went wrong',
      cause,
    });
  });

  it('names what lies below it', () => {
    expect(toProblem(wrong('CERTIFICATE_ERROR', new Error('the chain is broken'))).message).toBe(
      'The signature does not verify: it went wrong: the chain is broken',
    );
    expect(toProblem(new TypeError('no bytes'))).toMatchObject({
      code: 'certificate-invalid',
      message: expect.stringMatching(/no bytes$/),
    });
    expect(toProblem('what').message).toBe('The signature does not verify: what');
  });

  it('is left as it is where it was said before', () => {
    const said = new Problem('key-unknown', 'No key');
    expect(toProblem(said)).toBe(said);
  });
});
