/** What is wrong with a lock file, for the author. */
import { Problem, type Reason } from '../../skill/problem.ts';

/** Collects the faults of a lock, so that the author reads all of them at once. */
export class LockFaults {
  readonly #faults: Reason[] = [];
  readonly #path: string;

  /** @param path the lock's path in messages */
  constructor(path: string) {
    this.#path = path;
  }

  add(message: string): void {
    this.#faults.push({ message, place: { path: this.#path, line: 1, column: 1 } });
  }

  /** @throws Problem `package-lock-invalid` when there are faults */
  requireNone(): void {
    const [first] = this.#faults;
    if (first === undefined) return;
    const count = this.#faults.length === 1 ? '' : `${this.#faults.length} reasons, first: `;
    throw new Problem(
      'package-lock-invalid',
      `Cannot take the lock ${this.#path}: ${count}${first.message}`,
      { reasons: this.#faults },
    );
  }
}
