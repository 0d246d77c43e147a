/** Ids are made by the writer, so that one batch can have rows that name each other. */
import type { Registry } from '../context.ts';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A ULID: 48 bits of milliseconds and 80 random bits in Crockford's base 32, 26 characters that
 * sort by time.
 */
export function makeId(registry: Pick<Registry, 'now' | 'random'>): string {
  const time = Buffer.alloc(6);
  time.writeUIntBE(registry.now().getTime(), 0, 6);
  let bits = BigInt(`0x${Buffer.concat([time, registry.random(10)]).toString('hex')}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = `${crockford[Number(bits & 31n)]}${text}`;
    bits >>= 5n;
  }
  return text;
}
