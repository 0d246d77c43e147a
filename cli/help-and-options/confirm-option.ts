import type { OptionRow } from '../command.ts';

/** The option of commands that ask a person for a confirmation. */
export const confirmOption: OptionRow = {
  type: 'boolean',
  summary: 'confirm without a question; required without a terminal',
};
