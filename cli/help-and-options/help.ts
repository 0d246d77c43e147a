import { Problem } from '../../skills-index/skill/problem.ts';
import { calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, inkFor } from '../terminal/output.ts';
import { commandGroups, findCommand, type UnknownCommand } from './commands.ts';
import {
  beginningText,
  commandText,
  exitCodesText,
  exitMeanings,
  groupText,
  helpOf,
  overviewText,
} from './help-text.ts';

/** `skillgate help [COMMAND]`: ways to begin, every command, or one command. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const ink = inkFor(context.stdout, context.env);
  const schema = 'skillgate.help/1';
  if (context.args.length === 0) {
    const groups = commandGroups.map(({ title, rows }) => ({ title, commands: rows.map(helpOf) }));
    answer(context, { schema, groups, exitCodes: Object.fromEntries(exitMeanings) }, () =>
      context.options.all === true ? overviewText(ink) : beginningText(ink),
    );
    return exitCodes.ok;
  }
  if (context.args[0] === 'exit-codes') {
    answer(context, { schema, exitCodes: Object.fromEntries(exitMeanings) }, exitCodesText);
    return exitCodes.ok;
  }
  const found = findCommand(context.args);
  switch (found.kind) {
    case 'command': {
      answer(context, { schema, ...helpOf(found.row) }, () => commandText(found.row, ink));
      return exitCodes.ok;
    }
    case 'group':
      answer(context, { schema, commands: found.rows.map(helpOf) }, () =>
        groupText(found.rows, ink),
      );
      return exitCodes.ok;
    case 'unknown':
      throw unknownCommand(found);
  }
}

/**
 * The error for an unknown command: our way to the same result, or commands with a similar name.
 */
export function unknownCommand({ name, near, instead }: UnknownCommand): Problem {
  const nearest =
    near.length > 0
      ? `did you mean: ${near.map((name) => `${calledName()} ${name}`).join(', ')}?`
      : undefined;
  return new Problem('usage', `There is no command ${calledName()} ${name}`, {
    hint: instead ?? nearest ?? 'skillgate help --all lists all commands',
  });
}
