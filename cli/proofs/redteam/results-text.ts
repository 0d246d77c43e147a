/** The red team's results as text. */
import { count, joined, type OutputInk, type Safe, safe, table } from '../../terminal/output.ts';
import type { ScenarioResult } from './suite.ts';

/**
 * Counts by group and result, what stopped the scenarios, and each scenario that was not stopped.
 */
export function resultsText(results: readonly ScenarioResult[], ink: OutputInk): Safe {
  const columns = ['stopped', 'leaked', 'accepted', 'impossible', 'unexplained'] as const;
  const cells = (name: string, some: readonly ScenarioResult[]) => [
    name,
    some.length,
    ...columns.map((result) => some.filter((row) => row.result === result).length),
    stoppers(some),
  ];
  const groups = [...new Set(results.map(({ group }) => group))];
  const rows = groups.map((group) =>
    cells(
      group,
      results.filter((row) => row.group === group),
    ),
  );
  const leaked = results.filter((row) => row.result === 'leaked');
  const counted = results.filter((row) => row.result === 'stopped').length + leaked.length;
  const line = ({ at, detail, goal, group, name }: ScenarioResult): Safe =>
    safe`  ${group}: ${name} (in: ${at}; goal: ${goal}) ${detail}`;
  const part = (title: Safe, result: ScenarioResult['result']): Safe[] => {
    const some = results.filter((row) => row.result === result);
    return some.length === 0 ? [] : [title, ...some.map(line)];
  };
  return joined(
    [
      table([
        ['group', 'scenarios', ...columns, 'stopped by'],
        ...rows,
        [...cells('all', results).slice(0, -1), ''],
      ]),
      ...part(
        safe`${ink.yellow('accepted')}: allowed on purpose, and not counted as stopped`,
        'accepted',
      ),
      ...part(
        safe`${ink.yellow('impossible')}: the scenario leaks nothing without a gate either, so it proves nothing`,
        'impossible',
      ),
      ...part(
        safe`${ink.yellow('unexplained')}: nothing leaked, and no record says why`,
        'unexplained',
      ),
      ...part(safe`${ink.red('leaked')}:`, 'leaked'),
      leaked.length === 0
        ? safe`${ink.green('nothing leaked')} in ${count(counted, 'scenario')}; without a gate, each of them leaks`
        : safe`${ink.red(`${count(leaked.length, 'scenario')} leaked`)} of ${counted}`,
    ],
    '\n',
  );
}

// Counts the first word only; each result has the rest.
function stoppers(results: readonly ScenarioResult[]): string {
  const words = results.flatMap(({ stoppedBy }) =>
    stoppedBy === null ? [] : [stoppedBy.replace(/ \(.*/, '')],
  );
  const counts = [...new Set(words)].map(
    (word) => [word, words.filter((other) => other === word).length] as const,
  );
  return counts
    .sort(([, a], [, b]) => b - a)
    .map(([word, number]) => `${word} ${number}`)
    .join(', ');
}
