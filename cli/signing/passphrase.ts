/**
 * The passphrase of a key: asked at a terminal without echo, never read from an option or the
 * environment.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { askHidden, isQuietTerminal } from '../terminal/hidden-answer.ts';
import { safe } from '../terminal/output.ts';
import { passphraseCharsMin } from './sealed-key.ts';

type Terminal = Pick<CommandContext, 'stdin' | 'stderr' | 'signal'>;

/** @throws Problem `not-confirmed` where there is no terminal, `interrupted` */
export async function askPassphrase(context: Terminal, name: string): Promise<string> {
  const { stdin } = context;
  if (!isQuietTerminal(stdin))
    throw new Problem(
      'not-confirmed',
      `Cannot ask for the passphrase of key ${name}: there is no terminal`,
      {
        hint: 'run the command in a terminal, where a person types the passphrase',
      },
    );
  return askHidden(context, stdin, safe`Passphrase of key ${name}: `);
}

/**
 * Asks twice for a new passphrase. @throws Problem `not-confirmed` when the answers differ or are
 * too short
 */
export async function askNewPassphrase(context: Terminal, name: string): Promise<string> {
  const first = await askPassphrase(
    context,
    `${name} (new, at least ${passphraseCharsMin} characters)`,
  );
  if (Array.from(first).length < passphraseCharsMin)
    throw new Problem(
      'not-confirmed',
      `The passphrase is too short: it needs at least ${passphraseCharsMin} characters; no key was created`,
      { hint: 'run the command again with a longer passphrase, such as four words' },
    );
  if ((await askPassphrase(context, `${name} (again)`)) === first) return first;
  throw new Problem('not-confirmed', 'The two passphrases differ; no key was created', {
    hint: 'run the command again, and type the same passphrase twice',
  });
}
