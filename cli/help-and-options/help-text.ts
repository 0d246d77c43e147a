/** Help from the table of commands: examples first, then options. */

import { asCalled, calledName } from '../called-name.ts';
import { type CommandRow, exitCodes, type OptionRow } from '../command.ts';
import { joined, type OutputInk, type Safe, safe, table } from '../terminal/output.ts';
import { formatsOf } from './arguments.ts';
import { commandGroups } from './commands.ts';

/** The meaning of each exit code. A command that runs a skill returns the skill's own code. */
export const exitMeanings: readonly (readonly [code: number, means: string])[] = [
  [exitCodes.ok, 'success; for `scan`: no finding above info'],
  [exitCodes.internal, 'an unexpected error'],
  [exitCodes.usage, 'the command line, a manifest or another file is not valid'],
  [exitCodes.notFound, 'file, skill or version not found'],
  [exitCodes.network, 'the registry does not answer, or its answer is not valid'],
  [exitCodes.notSignedIn, 'not signed in'],
  [
    exitCodes.refused,
    'refused: not admitted, not allowed, not confirmed, or (`import`) at least one skill refused',
  ],
  [exitCodes.limit, 'a limit was reached; for `scan`: not everything could be analysed'],
  [exitCodes.low, '`scan`: the worst finding is low'],
  [
    exitCodes.medium,
    '`scan`, `observe`: the worst finding is medium, or a model that reads prose made a remark',
  ],
  [exitCodes.high, '`scan`: the worst finding is high'],
  [exitCodes.critical, '`scan`, `observe`: the worst finding is critical'],
  [exitCodes.interrupted, 'interrupted (Ctrl-C)'],
];

/** The first line that a person of each kind types. */
const beginnings: readonly (readonly [line: string, does: string])[] = [
  ['skillgate demo', 'see all four gates at work, on this machine alone'],
  ['skillgate up', 'start a registry of your own, with its desk and scanner'],
  ['skillgate scan FOLDER', 'find out what a skill can do, without running it'],
  ['skillgate init weekly-report', 'write a skill; then manifest, try and publish it'],
  ['skillgate install @scope/name', 'install an approved skill for your agents'],
  ['skillgate agent create NAME', 'give an agent an identity of its own'],
];

// In a checkout the called name is a command of npm with a colon of its own.
function headName(): string {
  return calledName().includes(' ') ? 'skillgate' : calledName();
}

/** The first screen: ways to begin, and where the rest is. */
export function beginningText(ink: OutputInk): Safe {
  return joined(
    [
      safe`${ink.bold(headName())}: agents run only skills that were signed, scanned and approved`,
      safe`${ink.bold('Begin with')}\n${table(beginnings.map(([line, does]) => [safe`  ${ink.cyan(asCalled(line))}`, does]))}`,
      safe`${ink.bold('More')}\n${table([
        [safe`  ${ink.cyan(asCalled('skillgate help --all'))}`, 'list every command'],
        [safe`  ${ink.cyan(asCalled('skillgate help install'))}`, 'show one command with examples'],
        [safe`  ${ink.cyan(asCalled('skillgate doctor'))}`, 'check what this machine can do'],
      ])}`,
    ],
    '\n\n',
  );
}

/** The commands of each role. Commands with the same first word share a line. */
export function overviewText(ink: OutputInk): Safe {
  const linesOf = (rows: readonly CommandRow[]): (readonly [Safe, string])[] =>
    [...Map.groupBy(rows, ({ name }) => name.split(' ')[0] ?? '')].map(([word, [row, ...more]]) => [
      safe`  ${ink.cyan(more.length === 0 ? (row?.name ?? word) : word)}`,
      more.length === 0
        ? (row?.summary ?? '')
        : [row, ...more].map((one) => one?.name.slice(word.length + 1)).join(', '),
    ]);
  return joined(
    [
      ...commandGroups.map(({ title, rows }) => safe`${ink.bold(title)}\n${table(linesOf(rows))}`),
      safe`Every command takes --format json and --help. skillgate help exit-codes lists the exit codes.`,
    ],
    '\n\n',
  );
}

export function exitCodesText(): Safe {
  return table(exitMeanings.map(([code, means]) => [safe`  ${code}`, means]));
}

/** Help for one command. Its example lines begin with the name that was called. */
export function helpOf({ load: _, ...row }: CommandRow) {
  const examples = row.examples.map(([line, does]) => [asCalled(line), asCalled(does)] as const);
  const options: Record<string, OptionRow> = {};
  for (const [name, option] of Object.entries(row.options))
    options[name] = { ...option, summary: asCalled(option.summary) };
  return { ...row, summary: asCalled(row.summary), examples, options };
}

export function commandText(command: CommandRow, ink: OutputInk): Safe {
  const row = helpOf(command);
  const formats = formatsOf(row);
  const options: (readonly [string, string])[] = [
    ...Object.entries(row.options).map(([name, option]): [string, string] => [
      `${option.short === undefined ? '' : `-${option.short}, `}--${name}${option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''}`,
      `${option.summary}${option.multiple === true ? '; may be repeated' : ''}`,
    ]),
    ['--format FORMAT', `${formats.join(', ')} (default: text)`],
    ['-h, --help', 'show this help'],
  ];
  return joined(
    [
      ink.bold(`${calledName()} ${row.name}: ${row.summary}`),
      safe`${ink.bold('Examples')}\n${joined(
        row.examples.map(([line, does]) => safe`  ${ink.cyan(line)}\n      ${does}`),
        '\n',
      )}`,
      safe`${ink.bold('Usage')}\n  ${calledName()} ${row.name}${row.usage === '' ? '' : ` ${row.usage}`}`,
      safe`${ink.bold('Options')}\n${table(options.map(([left, right]) => [safe`  ${left}`, right]))}`,
    ],
    '\n\n',
  );
}

/** Help for a word that begins several commands: `key`, `review`. */
export function groupText(rows: readonly CommandRow[], ink: OutputInk): Safe {
  return table(
    rows.map((row) => [safe`  ${ink.cyan(`${calledName()} ${row.name}`)}`, row.summary]),
  );
}
