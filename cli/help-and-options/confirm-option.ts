/** The option of commands that ask a person for a confirmation. */
export const confirmOption = { '--yes': 'confirm without a question; required without a terminal' };
