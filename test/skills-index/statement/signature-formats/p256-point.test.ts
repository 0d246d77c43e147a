import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { isOnP256 } from '../../../../skills-index/statement/field-shapes.ts';
import { parseIdentity } from '../../../../skills-index/statement/parse-identity.ts';

const prefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const pointOf = (): Uint8Array =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .publicKey.export({ format: 'der', type: 'spki' })
    .subarray(prefix.length);
const points = Array.from({ length: 20 }, pointOf);
const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const numberAt = (point: Uint8Array, at: number): bigint =>
  BigInt(`0x${Buffer.from(point.subarray(at, at + 32)).toString('hex')}`);
const bytesOf = (...numbers: bigint[]): Uint8Array =>
  Buffer.from(numbers.map((one) => one.toString(16).padStart(64, '0')).join(''), 'hex');

function opensslTakes(point: Uint8Array): boolean {
  try {
    createPublicKey({ key: Buffer.concat([prefix, point]), format: 'der', type: 'spki' });
    return true;
  } catch {
    return false;
  }
}

describe('a point of P-256', () => {
  it('is what OpenSSL takes for a key, and nothing else', () => {
    const somePoint = fc.constantFrom(...points);
    const flipped = fc.tuple(somePoint, fc.integer({ min: 0, max: 511 })).map(([point, bit]) => {
      const other = Buffer.from(point);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return other;
    });
    const negated = somePoint.map((point) =>
      bytesOf(numberAt(point, 0), prime - numberAt(point, 32)),
    );
    const mixed = fc
      .tuple(somePoint, somePoint)
      .map(([a, b]) => Buffer.concat([a.subarray(0, 32), b.subarray(32)]));
    const any = fc.oneof(
      somePoint,
      negated,
      flipped,
      mixed,
      fc.uint8Array({ minLength: 64, maxLength: 64 }),
    );
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(any, (point) => {
        seen[opensslTakes(point) ? 'yes' : 'no'] += 1;
        expect(isOnP256(point)).toBe(opensslTakes(point));
      }),
      { numRuns: 300 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(20);
  });

  it('has one form: both numbers lie below the prime', () => {
    // x = 5 is on the curve, and so x = 5 + p would be by its value; it fits into 32 bytes.
    const square =
      (5n ** 3n - 15n + 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn) %
      prime;
    const root = power(square, (prime + 1n) / 4n);
    expect((root * root) % prime).toBe(square);
    expect(isOnP256(bytesOf(5n, root))).toBe(true);
    expect(isOnP256(bytesOf(5n + prime, root))).toBe(false);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['zeros', new Uint8Array(64)],
    ['half a point', (points[0] as Uint8Array).subarray(0, 32)],
    ['a point with a byte behind it', Buffer.concat([points[0] as Uint8Array, Buffer.alloc(1)])],
  ])('is not %s', (_, bytes) => expect(isOnP256(bytes)).toBe(false));

  it('is demanded of a key where it enters: a name for it alone owns nothing', () => {
    const named = (point: Uint8Array) => {
      const spki = Buffer.concat([prefix, point]);
      return { keyId: digestOf(spki), spki: spki.toString('base64') };
    };
    const good = named(points[0] as Uint8Array);
    expect(parseIdentity(good)).toEqual(good);
    expect(() => parseIdentity(named(Buffer.alloc(64, 5)))).toThrow(/not a P-256 key/);
  });
});

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (
    let [left, square] = [exponent, base];
    left > 0n;
    left >>= 1n, square = (square * square) % prime
  )
    if (left & 1n) result = (result * square) % prime;
  return result;
}
