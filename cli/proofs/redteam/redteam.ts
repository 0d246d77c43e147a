/**
 * `skillgate redteam`: attacks this host's gates with an agent that follows every text, and prints
 * what leaked.
 */
import { resolve } from 'node:path';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../../command.ts';
import { answer, inkFor } from '../../terminal/output.ts';
import { startProgress } from '../../terminal/progress.ts';
import { ownScenarios, readScenarios } from './read-scenarios.ts';
import { resultsText } from './results-text.ts';
import { runRedteam } from './suite.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const { scenario, scenarios: folder } = context.options;
  const all = readScenarios(
    typeof folder === 'string' ? resolve(context.cwd, folder) : ownScenarios(),
  );
  const wanted = Array.isArray(scenario) ? scenario : [];
  const chosen = all.filter(
    ({ group, name }) =>
      wanted.length === 0 || wanted.some((word) => word === group || name.includes(word)),
  );
  if (chosen.length === 0)
    throw new Problem('usage', 'There is no such scenario', {
      hint: `name one of the groups: ${[...new Set(all.map((scenario) => scenario.group))].join(', ')}`,
    });
  const progress = startProgress(context, chosen.length, 'scenarios');
  const results = await runRedteam(context, {
    scenarios: chosen,
    onResult: ({ name }) => progress.step(name),
  }).finally(() => progress.end());
  const ink = inkFor(context.stdout, context.env);
  answer(context, { schema: 'skillgate.redteam/1', scenarios: results }, () =>
    resultsText(results, ink),
  );
  return results.some((result) => result.result === 'leaked') ? exitCodes.refused : exitCodes.ok;
}
