/** Questions to a person at a terminal. Without a terminal the answer is no. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { printLine, type Safe } from './output.ts';

const answerCharsMax = 200;

/**
 * Asks, and continues only if the answer is exactly the word.
 * @param word the required answer, `yes`
 * @param instead the option to use without a terminal
 * @throws Problem `not-confirmed`
 */
export async function confirm(
  context: CommandContext,
  question: Safe,
  word: string,
  instead: string,
): Promise<void> {
  if (context.stdin.isTTY !== true || context.stderr.isTTY !== true)
    throw new Problem(
      'not-confirmed',
      'A person has to confirm this action, and there is no terminal to ask at',
      {
        hint: instead.startsWith('--') ? `add ${instead}` : instead,
        reasons: question.text.split('\n').map((message) => ({ message })),
      },
    );
  printLine(context.stderr, question);
  if ((await askLine(context, `Type ${word} to continue: `)).trim() !== word)
    throw new Problem('not-confirmed', 'Nothing was done', {
      hint: 'run the command again, and type the word that it names when you are sure',
    });
}

/** Asks for one line. The caller has made sure that there is a terminal. */
export async function askLine(
  { stdin, stderr, signal }: CommandContext,
  question: string,
): Promise<string> {
  // Most commands ask nothing, and need not load this part of Node.
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return (await lines.question(question, { signal })).slice(0, answerCharsMax);
  } finally {
    lines.close();
  }
}
