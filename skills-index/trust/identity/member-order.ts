/**
 * Which statement on a key or passkey came last. An enrolment names it, so that an envelope that
 * was signed before a later statement, and never sent, cannot undo that statement.
 */
import type { Digest } from '../../skill/digest.ts';
import type { MemberPredicate } from '../../statement/attestation.ts';
import type { LoggedStatement } from './identities.ts';

interface Turn {
  readonly digest: Digest;
  readonly at: number;
  /**
   * It names its own `previous`: an enrolment after it must name one too. Statements from before
   * the field do not.
   */
  readonly isStrict: boolean;
}

/**
 * Shared by all rounds over one log. Only the first round adds to it: what an administrator said
 * keeps its place in the order also when that administrator's key is ended later for an index
 * before. Else an honest enrolment would name a statement that is no longer there.
 */
export class MemberOrder {
  /** Key id or credential id → statements that counted when they were logged, in log order. */
  readonly #turns = new Map<string, Turn[]>();
  readonly #indexes = new Map<Digest, number>();
  #isOpen = true;

  /** Remembers where a statement lies, whether it counts or not: an enrolment may name it. */
  place({ digest, logIndex }: Pick<LoggedStatement, 'digest' | 'logIndex'>): void {
    this.#indexes.set(digest, logIndex);
  }

  add(
    of: string,
    { previous }: MemberPredicate,
    { digest, logIndex }: Pick<LoggedStatement, 'digest' | 'logIndex'>,
  ): void {
    if (!this.#isOpen) return;
    const turns = this.#turns.get(of) ?? [];
    this.#turns.set(of, [...turns, { digest, at: logIndex, isStrict: previous !== undefined }]);
  }

  close(): void {
    this.#isOpen = false;
  }

  /** The last statement on a key or passkey before a log index. */
  last(of: string, before: number): Digest | undefined {
    return this.#before(of, before).at(-1)?.digest;
  }

  /**
   * Why an enrolment comes too late: something was said of its key or passkey since it was signed.
   */
  whyLate(of: string, { previous }: MemberPredicate, logIndex: number): string | undefined {
    const turns = this.#before(of, logIndex);
    const why = 'its key or passkey has a later statement, which it does not name as `previous`';
    if (previous === undefined) return turns.some(({ isStrict }) => isStrict) ? why : undefined;
    const known = previous === 'none' ? -1 : (this.#indexes.get(previous) ?? -1);
    return turns.every(({ at }) => at <= known) ? undefined : why;
  }

  #before(of: string, logIndex: number): Turn[] {
    return (this.#turns.get(of) ?? []).filter(({ at }) => at < logIndex);
  }
}
