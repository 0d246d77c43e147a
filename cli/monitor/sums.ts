/**
 * Checksums of a replay's files on disk. Without them a damaged file would look like a lying
 * registry, or hide one.
 */
import { createHash } from 'node:crypto';

export interface KeptSums {
  /** 64 hexadecimal digits. */
  readonly words: string;
  readonly addresses: string;
}

const none = '0'.repeat(64);
export const emptySums: KeptSums = { words: none, addresses: none };

/**
 * A sum with more parts. The order of parts does not matter, since statements that were withheld
 * come late.
 */
export function sumWith(sum: string, parts: Iterable<string>): string {
  const bytes = Buffer.from(sum, 'hex');
  for (const part of parts) {
    const digest = createHash('sha256').update(part).digest();
    for (let at = 0; at < bytes.byteLength; at++) bytes[at] = (bytes[at] ?? 0) ^ (digest[at] ?? 0);
  }
  return bytes.toString('hex');
}
