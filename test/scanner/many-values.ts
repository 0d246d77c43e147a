/** What the tables of code that uses one of many values share. */

export interface Use {
  /** The code that uses a value, given its expression. */
  readonly code: (expression: string) => string;
  readonly harmless: (index: number) => string;
  readonly telling: string;
  /** What has to be seen of the telling value. */
  readonly seen: RegExp;
  /** What has to stay away where it is not there. */
  readonly away: RegExp;
}

/** A program, given its values and what uses one of them. */
export type Shape = (values: readonly string[], use: (expression: string) => string) => string;

export const quote = (text: string): string => JSON.stringify(text);

export const list = (values: readonly string[]): string => values.map(quote).join(', ');

export const lines = (
  values: readonly string[],
  line: (text: string, at: number) => string,
): string => values.map((value, at) => line(quote(value), at)).join('\n');

/** The shapes behind what every one of them begins with. */
export function behind(
  head: string,
  shapes: Readonly<Record<string, Shape>>,
): Readonly<Record<string, Shape>> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, make]): [string, Shape] => [
      name,
      (values, use) => head + make(values, use),
    ]),
  );
}
