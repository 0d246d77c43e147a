/**
 * Finds the last statement on a key or passkey. An enrolment names that statement. So an envelope
 * that was signed earlier but sent late cannot undo a newer statement.
 */
import type { Digest } from '../../skill/digest.ts';
import type { MemberPredicate } from '../../statement/attestation.ts';
import type { LoggedStatement } from './identities.ts';

interface PlacedStatement {
  readonly digest: Digest;
  readonly at: number;
  /**
   * Whether the statement names its `previous`; a later enrolment must then name one too.
   * Statements of older versions do not.
   */
  readonly isStrict: boolean;
}

/**
 * The order is built in the first pass over a log and shared by all passes. A statement keeps its
 * place even when its signer's key is ended retroactively. Otherwise an honest enrolment would
 * refer to a statement that disappeared.
 */
export class MemberOrder {
  /** Key id or credential id → its statements that counted when logged, in log order. */
  readonly #statements = new Map<string, PlacedStatement[]>();
  readonly #indexes = new Map<Digest, number>();
  #isOpen = true;

  /** Records a statement's place, whether it counts or not, because an enrolment may name it. */
  place({ digest, logIndex }: Pick<LoggedStatement, 'digest' | 'logIndex'>): void {
    this.#indexes.set(digest, logIndex);
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

  /** The last statement on a key or passkey before a log index. */
  last(of: string, before: number): Digest | undefined {
    return this.#before(of, before).at(-1)?.digest;
  }

  /**
   * Why an enrolment comes too late: after it was signed, another statement on its key or passkey
   * was logged.
   */
  whyLate(of: string, { previous }: MemberPredicate, logIndex: number): string | undefined {
    const earlier = this.#before(of, logIndex);
    const why = 'it does not name the last statement on its key or passkey as `previous`';
    if (previous === undefined) return earlier.some(({ isStrict }) => isStrict) ? why : undefined;
    const known = previous === 'none' ? -1 : (this.#indexes.get(previous) ?? -1);
    return earlier.every(({ at }) => at <= known) ? undefined : why;
  }

  #before(of: string, logIndex: number): PlacedStatement[] {
    return (this.#statements.get(of) ?? []).filter(({ at }) => at < logIndex);
  }
}
