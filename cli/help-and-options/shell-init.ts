import { Problem } from '../../skills-index/skill/problem.ts';
import { calledVariable } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, joined, safe } from '../terminal/output.ts';
import { commandRows } from './commands.ts';

// A function comes before every program on PATH. An alias with this name would be expanded while
// the shell reads the function.
const posix = [
  'unalias skill 2>/dev/null',
  `function skill { ${calledVariable}=skill command skillgate "$@"; }`,
];

const zshBegin = [
  '(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }',
  'autoload -Uz bashcompinit && bashcompinit',
];

const texts: Readonly<Record<string, () => readonly string[]>> = {
  bash: () => [...posix, ...bashCompletion()],
  zsh: () => [...posix, ...zshBegin, ...bashCompletion()],
  fish: () => [
    `function skill; ${calledVariable}=skill command skillgate $argv; end`,
    ...fishCompletion(),
  ],
};

/**
 * `skillgate shell-init SHELL`: prints code for the shell that makes `skill` this program, and
 * completes commands and options. The code has all of their names: a completion starts no program.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [shell = ''] = context.args;
  const lines = Object.hasOwn(texts, shell) ? texts[shell]?.() : undefined;
  if (lines === undefined)
    throw new Problem('usage', `The shell ${JSON.stringify(shell)} is not supported`, {
      hint: `name one of ${Object.keys(texts).join(', ')}; in other shells type skillgate`,
    });
  const text = lines.join('\n');
  answer(context, { schema: 'skillgate.shell-init/1', shell, text }, () =>
    joined(
      lines.map((line) => safe`${line}`),
      '\n',
    ),
  );
  return exitCodes.ok;
}

/** The words that may follow: of nothing the first words of commands, of `review` the second. */
function nextWords(): ReadonlyMap<string, ReadonlySet<string>> {
  const next = new Map([['', new Set<string>()]]);
  for (const { name } of commandRows) {
    const [first = '', second] = name.split(' ');
    next.get('')?.add(first);
    if (second !== undefined) next.set(first, (next.get(first) ?? new Set()).add(second));
  }
  return next;
}

// Longer names come first, since the first pattern that fits counts.
const byLength = commandRows.toSorted((a, b) => b.name.length - a.name.length);

function bashCompletion(): string[] {
  return [
    '_skillgate() {',
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" words= options=`,
    `  case "\${COMP_WORDS[*]:1:$((COMP_CWORD-1))} " in`,
    ...byLength.map(({ name, options }) => {
      const named = Object.keys(options).map((option) => `--${option}`);
      return `  '${name} '*) options='${named.join(' ')}' ;;`;
    }),
    '  esac',
    `  case "\${COMP_WORDS[*]:1:$((COMP_CWORD-1))}" in`,
    ...[...nextWords()].map(([before, next]) => `  '${before}') words='${[...next].join(' ')}' ;;`),
    '  esac',
    '  case "$cur" in -*) words="$options" ;; esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    'complete -o default -F _skillgate skillgate skill',
  ];
}

function fishCompletion(): string[] {
  const described = new Map(commandRows.map(({ name, summary }) => [name, summary]));
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  return [
    // What was typed before the word, without options: of a command, its beginning.
    'function __skillgate_typed; string match -v -- "-*" (commandline -opc)[2..]; end',
    'function __skillgate_at; set -l typed (__skillgate_typed); test "$typed" = "$argv"; end',
    'function __skillgate_in; set -l typed (__skillgate_typed); string match -q -- "$argv *" "$typed "; end',
    ...[...nextWords()].flatMap(([before, next]) =>
      [...next].map((word) => {
        const summary = described.get(`${before} ${word}`.trim()) ?? '';
        return `complete -c skillgate -n ${quoted(`__skillgate_at ${before}`)} -a ${word} -d ${quoted(summary)}`;
      }),
    ),
    ...byLength.flatMap(({ name, options }) =>
      Object.entries(options).map(
        ([option, { summary, value }]) =>
          `complete -c skillgate -n ${quoted(`__skillgate_in ${name}`)} -l ${option}${value === undefined ? '' : ' -r'} -d ${quoted(summary)}`,
      ),
    ),
    'complete -c skill -w skillgate',
  ];
}
