/** `skillgate import`: publishes the skills of a folder or of a git repository. */
import { parseScope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { signerFor } from '../signing/signer.ts';
import { importFrom } from './import/import-all.ts';
import { importAnswer } from './import/import-table.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const { scope: given, path } = context.options;
  if (typeof given !== 'string')
    throw new Problem('usage', 'Cannot import: no scope is named', {
      hint: 'add --scope NAME; claim the scope first: skillgate scope claim NAME',
    });
  const scope = parseScope(given);
  const rows = await importFrom(context, {
    address: context.args[0] ?? '',
    scope,
    path: typeof path === 'string' ? path : undefined,
    signer: await signerFor(context),
  });
  importAnswer(context, `@${scope}`, rows);
  return rows.some((row) => row.outcome === 'refused') ? exitCodes.refused : exitCodes.ok;
}
