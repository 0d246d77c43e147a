/** The step counter of a scan: deterministic, unlike a clock. */
import { foldedFreeChars, scanSteps } from '../limits.ts';

/** Thrown when the steps are used up; the engine turns it into the verdict `incomplete`. */
export class StepsUsedUp extends Error {}

export class Steps {
  #left: number;

  constructor(steps: number = scanSteps) {
    this.#left = steps;
  }

  /** Counts steps. @throws StepsUsedUp when there are no more */
  take(count = 1): void {
    this.#left -= count;
    if (this.#left < 0) throw new StepsUsedUp('the step limit of the scan');
  }

  /**
   * Counts a text that was put together: short ones cost nothing. @throws StepsUsedUp when there
   * are no more
   */
  takeText(length: number): void {
    if (length > foldedFreeChars) this.take(length - foldedFreeChars);
  }

  get left(): number {
    return Math.max(0, this.#left);
  }
}
