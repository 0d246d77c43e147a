/** The step counter of a scan. Unlike a clock, it is deterministic. */
import { foldedFreeChars, scanSteps } from '../limits.ts';

/** Thrown when no steps are left. The engine turns it into the verdict `incomplete`. */
export class StepsUsedUp extends Error {}

export class Steps {
  #left: number;

  constructor(steps: number = scanSteps) {
    this.#left = steps;
  }

  /** Counts steps. @throws StepsUsedUp when none are left */
  take(count = 1): void {
    this.#left -= count;
    if (this.#left < 0) throw new StepsUsedUp('the step limit of the scan');
  }

  /**
   * Counts the length of a computed text; short texts cost nothing. @throws StepsUsedUp when none
   * are left
   */
  takeText(length: number): void {
    if (length > foldedFreeChars) this.take(length - foldedFreeChars);
  }

  get left(): number {
    return Math.max(0, this.#left);
  }
}
