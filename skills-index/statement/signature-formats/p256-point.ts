/** Checks points of the curve P-256 (SEC 2 §2.4.2, FIPS 186-4 D.1.2.3). */

const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/**
 * Whether 64 bytes, x and y, are a point on the curve P-256: y² = x³ − 3x + b, with x and y below
 * the prime (SEC 1 §3.2.2.1). Every point on the curve is a public key. Libraries fail in different
 * ways on a key off the curve, so such a key is rejected before any library reads the key.
 */
export function isOnP256(point: Uint8Array): boolean {
  const x = numberOf(point.subarray(0, 32));
  const y = numberOf(point.subarray(32));
  return (
    point.byteLength === 64 &&
    x < prime &&
    y < prime &&
    (y * y - x * x * x + 3n * x - b) % prime === 0n
  );
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
}
