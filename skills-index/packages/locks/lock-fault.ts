/** What is wrong with a lock file, for the author. */
import { reasonsMax } from '../../skill/limits.ts';
import { Problem, type Reason } from '../../skill/problem.ts';

/** Collects the faults of a lock, so that the author reads many of them at once. */
export class LockFaults {
  /** The first faults: a lock can have a hundred thousand, more than anybody reads. */
  readonly #faults: Reason[] = [];
  #count = 0;
  readonly #path: string;

  /** @param path the lock's path in messages */
  constructor(path: string) {
    this.#path = path;
  }

  add(message: string): void {
    this.#count++;
    if (this.#faults.length < reasonsMax)
      this.#faults.push({ message, place: { path: this.#path, line: 1, column: 1 } });
  }

  /** @throws Problem `package-lock-invalid` when there are faults */
  requireNone(): void {
    const [first] = this.#faults;
    if (first === undefined) return;
    const count = this.#count === 1 ? '' : `${this.#count} reasons, first: `;
    throw new Problem(
      'package-lock-invalid',
      `Cannot take the lock ${this.#path}: ${count}${first.message}`,
      { reasons: this.#faults },
    );
  }
}
