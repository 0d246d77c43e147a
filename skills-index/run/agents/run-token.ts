/**
 * Run tokens: random tokens that an agent's program shows with each message to its runner. A token
 * lasts some minutes and is renewed while the session lives.
 */
import { timingSafeEqual } from 'node:crypto';
import { digestOf } from '../../skill/digest.ts';

const runTokenSeconds = 300;

export interface RunTokens {
  /** Makes a new token. The token before it stays valid until that token expires. */
  renew(): string;
  /** Whether this session issued the token and the token has not expired. */
  isGood(token: string): boolean;
  /** Makes every token of the session invalid from now on. */
  end(): void;
}

/**
 * The random tokens of one session, which this process stores as digests only. So a token is
 * worthless to any other session, and worthless after its own session.
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
