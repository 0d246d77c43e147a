import { describe, expect, it } from 'vitest';
import { parseFrozenSubject } from '../../../../skills-index/trust/members-and-scopes/read-logged.ts';

const payload = (predicate: unknown): Buffer => Buffer.from(JSON.stringify({ predicate }));

describe('the subject of a statement that cannot be verified', () => {
  it.each<[string, object, object]>([
    ['a scope', { scope: 'acme', owners: [] }, { scope: 'acme' }],
    ['a key', { key: { keyId: 'sha256:1' }, replaces: 'sha256:2' }, { id: 'sha256:1' }],
    ['a passkey', { passkey: { credentialId: 'c' }, roles: 'of later' }, { id: 'c' }],
    ['a publisher', { target: { publisher: 'sha256:3' } }, { id: 'sha256:3' }],
  ])('is %s', (_, predicate, about) => {
    expect(parseFrozenSubject(payload(predicate))).toEqual(about);
  });

  it.each<[string, object]>([
    ['a bundle', { target: { bundle: 'sha256:4' } }],
    ['a version', { target: { name: '@acme/tool', version: '1.0.0' } }],
  ])('is no identity, for %s', (_, predicate) => {
    expect(parseFrozenSubject(payload(predicate))).toStrictEqual({});
  });

  it.each<[string, unknown]>([
    ['names nothing', {}],
    ['names a key without id', { key: { spki: 'AAAA' } }],
    ['is no object', 7],
  ])('may be anybody, where the predicate %s', (_, predicate) => {
    expect(() => parseFrozenSubject(payload(predicate))).toThrow(
      expect.objectContaining({ code: 'statement-invalid' }),
    );
  });
});
