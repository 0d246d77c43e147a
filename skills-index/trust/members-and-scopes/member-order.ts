/**
 * Finds the last statement on a key or passkey. An enrolment names the last statement on its key or
 * passkey. So an enrolment that was signed early but sent late cannot undo a newer statement.
 */
import type { Digest } from '../../skill/digest.ts';
import type { MemberPredicate } from '../../statement/attestation.ts';
import type { LoggedStatement } from './identities.ts';

interface PlacedStatement {
  readonly digest: Digest;
  readonly at: number;
  /**
   * Whether the statement on a key or passkey names its `previous`. Statements of older versions of
   * Skillgate name no `previous`. After a statement that names its `previous`, an enrolment must
   * name its own `previous`, too.
   */
  readonly isStrict: boolean;
}

/**
 * The order of statements on keys and passkeys. The first pass over a log builds the order, and all
 * passes share it. A statement keeps its place even when its signer's key is ended retroactively.
 * Otherwise an honest enrolment would refer to a statement that disappeared.
 */
export class MemberOrder {
  /**
   * The statements on each key or passkey that counted when they were logged, in log order. The
   * map's key is a key id or a credential id.
   */
  readonly #statements = new Map<string, PlacedStatement[]>();
  readonly #indexes = new Map<string, number>();
  #isOpen = true;

  /**
   * Records the log index of a statement, whether the statement counts or not, because an enrolment
   * of the same key or passkey may name the statement. By a statement on another key, a reader who
   * does not know that key could not place the enrolment.
   */
  place(of: string, { digest, logIndex }: Pick<LoggedStatement, 'digest' | 'logIndex'>): void {
    this.#indexes.set(`${of} ${digest}`, logIndex);
  }

  add(
    of: string,
    { previous }: MemberPredicate,
    { digest, logIndex }: Pick<LoggedStatement, 'digest' | 'logIndex'>,
  ): void {
    if (!this.#isOpen) return;
    const earlier = this.#statements.get(of) ?? [];
    this.#statements.set(of, [
      ...earlier,
      { digest, at: logIndex, isStrict: previous !== undefined },
    ]);
  }

  close(): void {
    this.#isOpen = false;
  }

  /** The address of the last statement on a key or passkey before a log index. */
  last(of: string, before: number): Digest | undefined {
    return this.#before(of, before).at(-1)?.digest;
  }

  /**
   * Why an enrolment comes too late: another statement on the same key or passkey was logged after
   * the enrolment was signed.
   */
  whyLate(of: string, { previous }: MemberPredicate, logIndex: number): string | undefined {
    const earlier = this.#before(of, logIndex);
    const why = 'it does not name the last statement on its key or passkey as `previous`';
    if (previous === undefined) return earlier.some(({ isStrict }) => isStrict) ? why : undefined;
    const known = previous === 'none' ? -1 : (this.#indexes.get(`${of} ${previous}`) ?? -1);
    return earlier.every(({ at }) => at <= known) ? undefined : why;
  }

  #before(of: string, logIndex: number): PlacedStatement[] {
    return (this.#statements.get(of) ?? []).filter(({ at }) => at < logIndex);
  }
}
