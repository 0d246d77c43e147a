/** Nonces for statements in tests: each one new, as the callers of the builders make them. */
import { randomUUID } from 'node:crypto';

export function freshNonce(): string {
  return randomUUID();
}
