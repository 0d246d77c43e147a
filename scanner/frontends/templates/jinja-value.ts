/** Values of Jinja, as far as a template alone makes them. */

export interface JinjaValue {
  readonly text: string;
  /** The text that it is. */
  readonly constant?: string;
  /** The texts of a list. */
  readonly list?: readonly string[];
  /** What it is in Python, for a name that the template set: a module, `__globals__`. */
  readonly path?: string;
  /** A text that is put together from parts that are not known. */
  readonly isComputed?: boolean;
  /** Reached by such a text: it may be anything. */
  readonly isAnything?: boolean;
}

export const unknownValue: JinjaValue = { text: 'None' };

/** What the values of one template may cost together. */
export class TemplateBudget {
  #left: number;
  /** That the template is not read to its end, and why. */
  exceeded: string | undefined;

  constructor(length: number) {
    this.#left = Math.min(charsMax, charsFree + length * charsPerLetter);
  }

  /** A text that the template gives; the empty text when none is left. */
  constant(constant: string): JinjaValue {
    return this.take(constant.length) ? { text: JSON.stringify(constant), constant } : unknownValue;
  }

  /** Counts characters that are made; false when none are left. */
  take(chars: number): boolean {
    this.#left -= chars;
    if (this.#left < 0) this.exceeded ??= 'a template whose texts are very long';
    return this.exceeded === undefined;
  }

  /** Ends the reading for another reason. */
  end(reason: string): void {
    this.exceeded ??= reason;
  }
}

const charsFree = 4 * 1024;
const charsPerLetter = 16;
const charsMax = 4 * 1024 * 1024;

/** A filter or a method on a known text; undefined for others. */
export function foldText(
  name: string,
  constant: string,
  given: readonly (string | undefined)[],
  budget: TemplateBudget,
): string | undefined {
  const [first, second = ''] = given;
  switch (name) {
    case 'reverse':
      return [...constant].reverse().join('');
    case 'lower':
    case 'casefold':
      return constant.toLowerCase();
    case 'upper':
      return constant.toUpperCase();
    case 'swapcase':
      return constant.replace(/\p{L}/gu, (letter) =>
        letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
      );
    case 'b64decode':
      return Buffer.from(constant, 'base64').toString('utf8');
    case 'replace':
      return first === undefined || first === ''
        ? undefined
        : replaced(constant, first, second, budget);
    case 'format':
      return given.includes(undefined) ? undefined : formatted(constant, given);
    default:
      return /^(list|string|safe|e|escape|trim|strip|first|last|join)$/.test(name) &&
        first === undefined
        ? constant
        : undefined;
  }
}

// How long the result is must be known before it is made.
function replaced(
  constant: string,
  from: string,
  to: string,
  budget: TemplateBudget,
): string | undefined {
  const parts = constant.split(from);
  return budget.take(parts.length * (to.length + 1)) ? parts.join(to) : undefined;
}

/** `%s` and `{}` in their order. */
export function formatted(constant: string, given: readonly (string | undefined)[]): string {
  let at = 0;
  return constant.replace(/%[sr]|\{\d{0,3}\}/g, () => given[at++] ?? '');
}
