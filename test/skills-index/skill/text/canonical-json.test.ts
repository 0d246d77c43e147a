import { describe, expect, it } from 'vitest';
import { digestOf, hexOf, isDigest, parseDigest } from '../../../../skills-index/skill/digest.ts';
import {
  canonicalDigest,
  canonicalJson,
} from '../../../../skills-index/skill/text/canonical-json.ts';

describe('canonical JSON', () => {
  it('leaves out what is undefined', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it.each([
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [undefined],
    [() => 1],
    [1n],
    ['\ud800'],
    [{ '\udc00': 1 }],
    [[undefined]],
    [new Date(0)],
    [new Map()],
    [Buffer.of(1)],
  ])('does not carry %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'json-invalid' }));
  });
});

describe('a digest', () => {
  it('is of bytes or of text in UTF-8', () => {
    expect(digestOf('')).toBe(
      'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(digestOf('ü')).toBe(digestOf(Buffer.from('ü')));
    expect(canonicalDigest({ b: 1, a: 2 })).toBe(digestOf('{"a":2,"b":1}'));
    expect(hexOf(digestOf(''))).toHaveLength(64);
  });

  it.each([
    '',
    'sha256:',
    `sha256:${'A'.repeat(64)}`,
    `sha256:${'a'.repeat(63)}`,
    `sha512:${'a'.repeat(64)}`,
    ` sha256:${'a'.repeat(64)}`,
    `sha256:${'a'.repeat(64)}\n`,
    null,
    {},
  ])('is not %j', (text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => parseDigest(text)).toThrow(expect.objectContaining({ code: 'digest-invalid' }));
  });
});
