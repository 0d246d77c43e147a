/**
 * Programs that a utility starts because of its arguments: awk's system, sed's e, tar's
 * checkpoints.
 */
import { dataOf, textValue, type Value } from '../../../engine/value.ts';
import { isLoopbackHost, socketEgressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { isFilledIn } from '../../../programs/filled-text.ts';
import { optionValues, parseArguments } from '../arguments.ts';
import { bare, runCode } from '../code.ts';
import { executes, type ShellCommand } from '../shell-state.ts';
import { empty, fetchedFrom, isKnown, nodes, shown, slice, textsIn } from '../values.ts';
import { environmentValue, wholeEnvironment } from '../variables.ts';
import { unescapedText } from './printed.ts';
import { sedCommands } from './sed.ts';

/** Notes programs that a utility starts, and facts about other processes that it shows. */
export function noteStarted(command: ShellCommand): void {
  const { shell, args, name, at } = command;
  const program = args.map(shown).join(' ');
  if (/^[gm]?awk$/.test(name)) {
    runAwkCommands(command, program);
    runFetchedProgram(command);
  }
  if (/^g?sed$/.test(name)) runSedCommands(command);
  if (name === 'tar')
    args.forEach((arg, index) => {
      runTarCommand(command, arg, args[index - 1]);
    });
  if (
    name === 'ps' &&
    args.some((arg) => /^-?[a-z]*e[a-z]*w|^-?[a-z]*w[a-z]*e|^auxe|^e(ww)?$/.test(shown(arg))) &&
    args.some((arg) => /^[^-].*e|^e/.test(shown(arg)))
  )
    shell.trait(at, 'process-environment', `ps ${program}`);
}

function runLine(command: ShellCommand, line: string): Value {
  return runCode(bare(command), { ...textValue(line), isFolded: true }, 'shell');
}

// An awk program starts others by `system`, so a fetched awk program may run anything.
function runFetchedProgram(command: ShellCommand): void {
  const { shell, name, at } = command;
  const args = parseArguments(command.args, new Set(['f', 'F', 'v']));
  const files = optionValues(args, ['f', 'file']);
  const programs =
    files.length > 0 ? files.map((file) => shell.written(shown(file))) : args.operands.slice(0, 1);
  for (const program of programs) {
    if (program === undefined) continue;
    const fetched = fetchedFrom(shell.notes, [program]);
    const isData = !program.isDecoded && textsIn(program).every((one) => isFilledIn('awk', one));
    if (fetched !== undefined && isData)
      shell.sink(at, [program], {
        what: 'exec',
        capability: executes(name),
        api: name,
        part: 'code',
        filled: true,
      });
    else if (fetched !== undefined) shell.trait(at, 'pipe-to-interpreter', fetched);
    else if (files.length > 0) runAwkCommands(command, shown(program));
  }
}

function runAwkCommands(command: ShellCommand, program: string): void {
  const { shell, name, at, input } = command;
  const { known, piped, others } = awkCommands(program);
  const read = known.map((line) => runLine(command, line));
  for (const { line, printed } of piped) {
    // awk may print its input as it is: a program that was decoded, or written here.
    const given = [...variablesOf(command, program), ...filesOf(command, program), ...read];
    const data = nodes(input, ...given);
    const passed = { ...(input === empty ? dataOf(data) : input), nodes: data };
    const own = printed === undefined ? passed : textValue(printed);
    shell.during('<0', own, () => runLine({ ...command, input: own }, line));
  }
  noteAwkSocket(command, program, others);
  if (!others) return;
  const fetched = runsGiven.test(program) ? fetchedBy(command) : undefined;
  if (fetched !== undefined) shell.trait(at, 'pipe-to-interpreter', fetched);
  shell.notes.capability({ ...at, certainty: 'widened' }, executes('*'), ['dynamic-name']);
  shell.trait(at, 'code-from-string', `a command that ${name} puts together`);
}

interface AwkCommands {
  readonly known: readonly string[];
  /** Commands that awk writes to, each with the text where it is a literal. */
  readonly piped: readonly { readonly line: string; readonly printed?: string }[];
  readonly others: boolean;
}

/** Shell commands in an awk program, as literals, and whether there are unknown ones. */
function awkCommands(program: string): AwkCommands {
  const known = [
    ...program.matchAll(/\bsystem\s{0,9}\(\s{0,9}"((?:[^"\\]|\\.){0,4000})"\s{0,9}\)/g),
    ...program.matchAll(/"((?:[^"\\]|\\.){1,4000})"\s{0,9}\|&?\s{0,9}getline/g),
  ].map((match) => unescapedText(match[1] ?? ''));
  const piped = [...program.matchAll(pipes)].map(([, printed, line = '']) => ({
    line: unescapedText(line),
    ...(printed !== undefined && { printed: `${unescapedText(printed)}\n` }),
  }));
  const calls = program.match(/\bsystem\s*\(|\|&?\s*getline|\|\s*"/g)?.length ?? 0;
  return { known, piped, others: calls > known.length + piped.length };
}

// `print "text" | "command"`, and any other pipe into a command.
const pipes =
  /(?:\bprintf?\s{0,9}\(?\s{0,9}"((?:[^"\\]|\\.){1,4000})"\s{0,9}\)?\s{0,9})?\|\s{0,9}"((?:[^"\\]|\\.){1,4000})"/g;

// gawk: `"/inet/tcp/local/host/remote"`; a remote port of 0 waits for others.
function noteAwkSocket(command: ShellCommand, program: string, runsOthers: boolean): void {
  const { shell, name, at, input, args } = command;
  const [, protocol, host = '', port = ''] =
    /"\/inet[46]?\/(tcp|udp)\/\w{1,20}\/([^/"]{1,200})\/(\w{1,20})/.exec(program) ?? [];
  if (protocol === undefined) return;
  const isServer = port === '0';
  if (isServer) shell.trait(at, 'listen', `${name} waits for whoever connects`);
  else {
    const egress = socketEgressOf(protocol === 'udp' ? 'udp' : 'tcp', host, Number(port) || 0);
    shell.connect(at, egress, ['raw-socket'], [input, ...args, ...variablesOf(command, program)]);
  }
  if (runsOthers && (isServer || !isLoopbackHost(host)))
    shell.trait(at, 'reverse-shell', `${name} runs what a connection says`);
}

// `getline k < "file"`
function filesOf({ shell, at }: ShellCommand, program: string): Value[] {
  return [...program.matchAll(/\bgetline\b\s{0,9}\w{0,40}\s{0,9}<\s{0,9}"([^"]{1,400})"/g)].map(
    ([, path = '']) => shell.read(at, textValue(path)),
  );
}

function variablesOf({ shell, at, args }: ShellCommand, program: string): Value[] {
  const plain = [...program.matchAll(/\bENVIRON\s?\["(\w{1,100})"\]/g)].map(
    ([, name = '']) => name,
  );
  // `ENVIRON[k]` is the variable that a text of the program or of `-v` names.
  const given = [program, ...args.map(shown)].join(' ');
  const spelled = /\bENVIRON\s?\[[^"\]]/.test(program)
    ? [...given.matchAll(/["=]([A-Z][A-Z0-9_]{2,60})\b/g)].map(([, name = '']) => name)
    : [];
  const read = [...new Set([...plain, ...spelled])].map((name) => {
    const outside = environmentValue(shell, name, at);
    return shell.get(name) ?? outside;
  });
  // `for (k in ENVIRON)`
  return /\bin\s+ENVIRON\b/.test(program) ? [...read, wholeEnvironment(shell, at)] : read;
}

// `system($0)`, `$1 | getline`: a whole command line that awk is given.
const runsGiven =
  /\bsystem\s{0,9}\(\s{0,9}(?:\$\w+|[A-Za-z_]\w*)\s{0,9}\)|(?:\$\w+|\b[A-Za-z_]\w*)\s{0,9}\|&?\s{0,9}getline/;

// The address of what awk reads, or gets in a variable, where it was downloaded.
function fetchedBy({ shell, args, input }: ShellCommand): string | undefined {
  const values = optionValues(parseArguments(args, new Set(['f', 'F', 'v'])), ['v']);
  return fetchedFrom(shell.notes, [input, ...values]);
}

// GNU sed: `e command`, and `s/…/command/e`, which runs the resulting line.
function runSedCommands(command: ShellCommand): void {
  const { shell, at, input } = command;
  for (const script of sedScripts(command)) {
    const fetched = fetchedFrom(shell.notes, [script]);
    if (fetched !== undefined && textsIn(script).some(mayBeCommand))
      shell.trait(at, 'pipe-to-interpreter', fetched);
    for (const line of textsIn(script).flatMap(sedCommands)) {
      // `s/…/&/e` and `e` alone run lines of the input.
      const runsLines = line === '' || /&|\\\d/.test(line);
      const isGiven =
        fetchedFrom(shell.notes, [input]) !== undefined ||
        (isKnown(input) && shown(input).trim() !== '');
      if (runsLines && isGiven) runCode(bare(command), input, 'shell');
      if (line !== '') runLine(command, line);
    }
  }
}

// A name in the pattern of `s/^$name: *//` is data. What stands where a command begins is code.
function mayBeCommand(script: string): boolean {
  return script
    .split(unknownPart)
    .slice(0, -1)
    .some((before) => /(?:^|[\n;{}])\s*$/.test(before));
}

// The scripts of options, else the first operand. `-f -` reads the script from the input.
function sedScripts({ shell, args: words, input }: ShellCommand): readonly Value[] {
  const args = parseArguments(words, new Set(['e', 'expression', 'f', 'file', 'l']));
  const given = optionValues(args, ['e', 'expression']);
  const files = optionValues(args, ['f', 'file']);
  const contents = files.flatMap((file) =>
    /^(?:-|\/dev\/stdin)$/.test(shown(file)) ? input : (shell.written(shown(file)) ?? []),
  );
  const isOption = given.length + files.length > 0;
  return [...given, ...contents, ...(isOption ? [] : args.operands.slice(0, 1))];
}

function runTarCommand(command: ShellCommand, arg: Value, before: Value | undefined): void {
  const option =
    /^--(?:checkpoint-action=exec|to-command|use-compress-program|rmt-command|new-volume-script|info-script)=/.exec(
      shown(arg),
    )?.[0];
  const isSeparate = /^(--(to-command|use-compress-program|rsh-command)|-I)$/.test(shown(before));
  if (option !== undefined) runCode(bare(command), slice(arg, option.length), 'shell');
  else if (isSeparate) runCode(bare(command), arg, 'shell');
}
