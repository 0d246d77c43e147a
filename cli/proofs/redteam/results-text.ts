/** The red team's results as people read them. */
import { count, joined, type OutputInk, type Safe, safe, table } from '../../terminal/output.ts';
import type { ScenarioResult } from './suite.ts';

/**
 * How many scenarios of each group came to what, what stopped them, and each that leaked, is
 * accepted or says nothing.
 */
export function resultsText(results: readonly ScenarioResult[], ink: OutputInk): Safe {
  const columns = ['stopped', 'leaked', 'accepted', 'impossible', 'unexplained'] as const;
  const cells = (name: string, some: readonly ScenarioResult[]) => [
    name,
    some.length,
    ...columns.map((result) => some.filter((one) => one.result === result).length),
    stoppers(some),
  ];
  const groups = [...new Set(results.map(({ group }) => group))];
  const rows = groups.map((group) =>
    cells(
      group,
      results.filter((one) => one.group === group),
    ),
  );
  const leaked = results.filter((one) => one.result === 'leaked');
  const counted = results.filter((one) => one.result === 'stopped').length + leaked.length;
  const line = ({ at, detail, goal, group, name }: ScenarioResult): Safe =>
    safe`  ${group}: ${name} (${at}; wanted: ${goal}) ${detail}`;
  const part = (title: Safe, result: ScenarioResult['result']): Safe[] => {
    const some = results.filter((one) => one.result === result);
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
        safe`${ink.yellow('accepted')}: let through on purpose, and not counted as stopped`,
        'accepted',
      ),
      ...part(
        safe`${ink.yellow('impossible')}: it leaks nothing without a gate either, so that it says nothing`,
        'impossible',
      ),
      ...part(
        safe`${ink.yellow('unexplained')}: nothing leaked, and nothing that was recorded says why`,
        'unexplained',
      ),
      ...part(safe`${ink.red('leaked')}:`, 'leaked'),
      leaked.length === 0
        ? safe`${ink.green('nothing leaked')} in ${count(counted, 'scenario')}; each leaks where there is no gate`
        : safe`${ink.red(`${count(leaked.length, 'scenario')} leaked`)} of ${counted}`,
    ],
    '\n',
  );
}

// By the first word alone: the rest is in each result.
function stoppers(results: readonly ScenarioResult[]): string {
  const words = results.flatMap(({ stoppedBy }) =>
    stoppedBy === null ? [] : [stoppedBy.replace(/ \(.*/, '')],
  );
  const counts = [...new Set(words)].map(
    (word) => [word, words.filter((one) => one === word).length] as const,
  );
  return counts
    .sort(([, a], [, b]) => b - a)
    .map(([word, number]) => `${word} ${number}`)
    .join(', ');
}
