/**
 * Run tokens: what an agent's program shows with each message to its runner, for some minutes,
 * renewed while its session lives.
 */
import { timingSafeEqual } from 'node:crypto';
import { digestOf } from '../../skill/digest.ts';

const runTokenSeconds = 300;

export interface RunTokens {
  /** A new token; the one before stays good until its own end. */
  renew(): string;
  /** Whether this session gave it out, and it has not ended. */
  isGood(token: string): boolean;
  /** From here on none is good. */
  end(): void;
}

/**
 * The tokens of one session: random, held as digests in this process alone, so that they are
 * worthless to any other session and after it.
 * @param random 32 bytes, fresh at each call
 */
export function runTokens(now: () => Date, random: () => Uint8Array): RunTokens {
  let given: readonly { readonly digest: Buffer; readonly until: number }[] = [];
  let ended = false;
  return {
    renew: () => {
      const token = `sgrun_${Buffer.from(random()).toString('base64url')}`;
      const time = now().getTime();
      const one = { digest: Buffer.from(digestOf(token)), until: time + runTokenSeconds * 1_000 };
      given = [...given.filter(({ until }) => until > time), one];
      return token;
    },
    isGood: (token) => {
      const digest = Buffer.from(digestOf(token));
      return (
        !ended &&
        given.some((one) => one.until > now().getTime() && timingSafeEqual(one.digest, digest))
      );
    },
    end: () => {
      ended = true;
    },
  };
}
