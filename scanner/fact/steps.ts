/** The step counter of a scan. Unlike a clock, it is deterministic. */

/**
 * Characters of one computed text that cost no steps. Each further character costs one, since facts
 * store the text at each place.
 */
const foldedFreeChars = 1_024;

/**
 * Steps of one skill: one is about one syntax node, one fact, one edge or 64 characters of text.
 */
export const scanSteps = 20_000_000;

/** Thrown when no steps are left. The engine turns it into the verdict `incomplete`. */
export class StepsUsedUp extends Error {}

export class Steps {
  #left: number;
  #taken = 0;

  constructor(steps: number = scanSteps) {
    this.#left = steps;
  }

  /** Counts steps. @throws StepsUsedUp when none are left */
  take(count = 1): void {
    this.#left -= count;
    this.#taken += count;
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

  /**
   * Whether so many steps are left. A front end asks this instead of `left`: a remembered result
   * then holds for every number of steps that gives the same answer.
   */
  has(count: number): boolean {
    return this.left >= count;
  }

  /** The steps that were taken so far. */
  get taken(): number {
    return this.#taken;
  }
}
