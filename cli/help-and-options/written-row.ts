/** The form in which the rows of commands are written: an option is the text that help shows. */

import type { CommandRow, OptionRow } from '../command.ts';

/** The largest number of arguments of a command that takes any number. */
export const many = Number.POSITIVE_INFINITY;

export interface WrittenRow extends Omit<CommandRow, 'usage' | 'options' | 'args'> {
  readonly usage?: string;
  /**
   * By the option as help shows it: `--yes`, `-t, --terminal`, `--key NAME`. Three dots at the end
   * say that the option may be repeated, and a space in the value that the option takes two words.
   */
  readonly options?: Readonly<Record<string, string>>;
  /** The number of arguments, or the least and the largest number. */
  readonly args?: number | readonly [min: number, max: number];
}

/** The row of a command, as parsing and help read it. */
export function commandRowOf({
  usage = '',
  options = {},
  args = 0,
  ...row
}: WrittenRow): CommandRow {
  const [min, max] = typeof args === 'number' ? [args, args] : args;
  return {
    ...row,
    usage,
    options: Object.fromEntries(Object.entries(options).map(optionOf)),
    args: { min, max },
  };
}

function optionOf([written, summary]: [string, string]): [name: string, OptionRow] {
  const [, short, name = '', value, dots] =
    /^(?:-(\w), )?--([\w-]+)(?: (.*?))?(\.\.\.)?$/.exec(written) ?? [];
  return [
    name,
    {
      type: value === undefined ? 'boolean' : 'string',
      ...(short !== undefined && { short }),
      ...(dots !== undefined && { multiple: true }),
      ...(value?.includes(' ') && { pair: true }),
      ...(value !== undefined && { value }),
      summary,
    },
  ];
}
