/**
 * Programs that a utility starts because of its arguments: awk's system, sed's e, tar's
 * checkpoints.
 */
import { isLoopbackHost, socketEgressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { isFilledIn } from '../../../programs/filled-text.ts';
import type { Call } from '../call.ts';
import { noteFlows } from '../graph.ts';
import { noteCapability, noteTrait, type ShellRun } from '../run.ts';
import {
  emptyValue,
  isKnown,
  joinTaints,
  literalValue,
  rootTaint,
  type ShellValue,
  slice,
  textsOf,
  unknownValue,
} from '../value.ts';
import { readEnvironment } from '../variables.ts';
import { optionValues, parseArguments } from './arguments.ts';
import { runCode } from './code.ts';
import { fileKey, readFileValue } from './files.ts';
import { awkCommands } from './filters.ts';

/** Notes programs that a utility starts, and facts about other processes that it shows. */
export function noteStarted(run: ShellRun, call: Call): void {
  const { args, name } = call;
  const program = args.map((arg) => arg.text).join(' ');
  if (/^[gm]?awk$/.test(name)) {
    runAwkCommands(run, call, program);
    runFetchedProgram(run, call);
  }
  if (/^g?sed$/.test(name)) runSedCommands(run, call);
  if (name === 'tar') for (const arg of args) runTarCommand(run, call, arg);
  if (
    name === 'ps' &&
    args.some((arg) => /^-?[a-z]*e[a-z]*w|^-?[a-z]*w[a-z]*e|^auxe|^e(ww)?$/.test(arg.text)) &&
    args.some((arg) => /e/.test(arg.text.replace(/^-/, '')) && !arg.text.startsWith('-'))
  )
    noteTrait(run, call, 'process-environment', `ps ${program}`);
}

// An awk program starts others by `system`, so a fetched awk program may run anything.
function runFetchedProgram(run: ShellRun, call: Call): void {
  const args = parseArguments(call.args, new Set(['f', 'F', 'v']));
  const files = optionValues(args, ['f', 'file']);
  const [first] = args.operands;
  const programs =
    files.length > 0 ? files.map((file) => run.files.get(fileKey(run, file.text))) : [first];
  for (const program of programs) {
    if (program === undefined) continue;
    const fetched = program.taints.find(({ source }) => source.what === 'network');
    const isData = !program.decoded && textsOf(program).every((one) => isFilledIn('awk', one));
    if (fetched !== undefined && isData)
      noteFlows(run, { ...call, api: call.name }, program.taints, {
        what: 'exec',
        capability: { kind: 'exec', program: call.name },
        api: call.name,
        part: 'code',
        filled: true,
      });
    else if (fetched !== undefined)
      noteTrait(run, call, 'pipe-to-interpreter', fetched.source.name);
    else if (files.length > 0) runAwkCommands(run, call, program.text);
  }
}

function runAwkCommands(run: ShellRun, call: Call, program: string): void {
  const { known, piped, others } = awkCommands(program);
  const read = known.map((line) =>
    runCode(run, { ...call, args: [] }, literalValue(line, call.span.start, true), 'shell'),
  );
  for (const { line, printed } of piped) {
    // awk may print its input as it is: a program that was decoded, or written here.
    const isGiven = call.stdin !== emptyValue;
    const given = [
      call.stdin,
      ...variablesOf(run, call, program),
      ...filesOf(run, call, program),
      ...read,
    ];
    const stdin =
      printed === undefined
        ? { ...(isGiven ? call.stdin : unknownValue([])), taints: joinTaints(given) }
        : literalValue(printed, call.span.start, true);
    runOnInput(run, call, line, stdin);
  }
  noteAwkSocket(run, call, program, others);
  if (!others) return;
  const fetched = runsGiven.test(program) ? fetchedBy(call) : undefined;
  if (fetched !== undefined) noteTrait(run, call, 'pipe-to-interpreter', fetched);
  noteCapability(run, { ...call, certainty: 'widened' }, { kind: 'exec', program: '*' }, [
    'dynamic-name',
  ]);
  noteTrait(run, call, 'code-from-string', 'a command that awk puts together');
}

function runOnInput(run: ShellRun, call: Call, line: string, stdin: ShellValue): void {
  const outer = run.stdin;
  run.stdin = stdin;
  runCode(run, { ...call, args: [], stdin }, literalValue(line, call.span.start, true), 'shell');
  run.stdin = outer;
}

// gawk: `"/inet/tcp/local/host/remote"`; a remote port of 0 waits for others.
function noteAwkSocket(run: ShellRun, call: Call, program: string, runsOthers: boolean): void {
  const [, protocol, host = '', port = ''] =
    /"\/inet[46]?\/(tcp|udp)\/\w{1,20}\/([^/"]{1,200})\/(\w{1,20})/.exec(program) ?? [];
  if (protocol === undefined) return;
  const isServer = port === '0';
  if (isServer) noteTrait(run, call, 'listen', `${call.name} waits for whoever connects`);
  else {
    const egress = socketEgressOf(protocol === 'udp' ? 'udp' : 'tcp', host, Number(port) || 0);
    const capability = { kind: 'egress', ...egress } as const;
    noteCapability(run, call, capability, ['raw-socket']);
    const variables = variablesOf(run, call, program);
    noteFlows(run, call, joinTaints([call.stdin, ...call.args, ...variables]), {
      what: 'network',
      capability,
      api: call.name,
      part: 'body',
    });
  }
  if (runsOthers && (isServer || !isLoopbackHost(host)))
    noteTrait(run, call, 'reverse-shell', `${call.name} runs what a connection says`);
}

// `getline k < "file"`
function filesOf(run: ShellRun, call: Call, program: string): ShellValue[] {
  return [...program.matchAll(/\bgetline\b\s{0,9}\w{0,40}\s{0,9}<\s{0,9}"([^"]{1,400})"/g)].map(
    ([, path = '']) => readFileValue(run, call, literalValue(path, call.span.start, true)),
  );
}

function variablesOf(run: ShellRun, call: Call, program: string): ShellValue[] {
  const named = [...program.matchAll(/\bENVIRON\s?\["(\w{1,100})"\]/g)].map(
    ([, name = '']) => name,
  );
  // `ENVIRON[k]` is the variable that a text of the program or of `-v` names.
  const given = [program, ...call.args.map(({ text }) => text)].join(' ');
  const spelled = /\bENVIRON\s?\[[^"\]]/.test(program)
    ? [...given.matchAll(/["=]([A-Z][A-Z0-9_]{2,60})\b/g)].map(([, name = '']) => name)
    : [];
  const read = [...new Set([...named, ...spelled])].map((name) => {
    noteCapability(run, call, { kind: 'env', name });
    const step = { span: call.span, note: `reads ${name}` };
    return run.vars.get(name) ?? unknownValue([rootTaint({ what: 'env', name }, step)]);
  });
  // `for (k in ENVIRON)`
  return /\bin\s+ENVIRON\b/.test(program) ? [...read, readEnvironment(run, call)] : read;
}

// `system($0)`, `$1 | getline`: a whole command line that awk is given.
const runsGiven =
  /\bsystem\s{0,9}\(\s{0,9}(?:\$\w+|[A-Za-z_]\w*)\s{0,9}\)|(?:\$\w+|\b[A-Za-z_]\w*)\s{0,9}\|&?\s{0,9}getline/;

// The address of what awk reads, or gets in a variable, where it was downloaded.
function fetchedBy(call: Call): string | undefined {
  const values = optionValues(parseArguments(call.args, new Set(['f', 'F', 'v'])), ['v']);
  const taints = [call.stdin, ...values].flatMap((value) => value.taints);
  return taints.find(({ source }) => source.what === 'network')?.source.name;
}

// GNU sed: `e command`, and `s/…/command/e`, which runs the resulting line.
function runSedCommands(run: ShellRun, call: Call): void {
  for (const script of sedScripts(run, call)) {
    const fetched = script.taints.find(({ source }) => source.what === 'network');
    if (fetched !== undefined && textsOf(script).some(mayBeCommand))
      noteTrait(run, call, 'pipe-to-interpreter', fetched.source.name);
    for (const line of textsOf(script).flatMap(sedCommands)) runSedLine(run, call, line);
  }
}

// A name in the pattern of `s/^$name: *//` is data. What stands where a command begins is code.
function mayBeCommand(script: string): boolean {
  return script
    .split(unknownPart)
    .slice(0, -1)
    .some((before) => /(?:^|[\n;{}])\s*$/.test(before));
}

function runSedLine(run: ShellRun, call: Call, line: string): void {
  // `s/…/&/e` and `e` alone run lines of the input.
  const runsLines = line === '' || /&|\\\d/.test(line);
  const isFetched = call.stdin.taints.some(({ source }) => source.what === 'network');
  const isWritten = isKnown(call.stdin) && call.stdin.text.trim() !== '';
  if (runsLines && (isFetched || isWritten))
    runCode(run, { ...call, args: [] }, call.stdin, 'shell');
  if (line !== '')
    runCode(run, { ...call, args: [] }, literalValue(line, call.span.start, true), 'shell');
}

// The scripts of options, else the first operand. `-f -` reads the script from the input.
function sedScripts(run: ShellRun, call: Call): readonly ShellValue[] {
  const args = parseArguments(call.args, new Set(['e', 'expression', 'f', 'file', 'l']));
  const given = optionValues(args, ['e', 'expression']);
  const files = optionValues(args, ['f', 'file']).flatMap((file) =>
    /^(?:-|\/dev\/stdin)$/.test(file.text)
      ? call.stdin
      : (run.files.get(fileKey(run, file.text)) ?? []),
  );
  const isOption = given.length + optionValues(args, ['f', 'file']).length > 0;
  return [...given, ...files, ...(isOption ? [] : args.operands.slice(0, 1))];
}

function runTarCommand(run: ShellRun, call: Call, arg: ShellValue): void {
  const option =
    /^--(?:checkpoint-action=exec|to-command|use-compress-program|rmt-command|new-volume-script|info-script)=/.exec(
      arg.text,
    )?.[0];
  const separate = /^(--(to-command|use-compress-program|rsh-command)|-I)$/.test(
    call.args[call.args.indexOf(arg) - 1]?.text ?? '',
  );
  if (option !== undefined) runCode(run, { ...call, args: [] }, slice(arg, option.length), 'shell');
  else if (separate) runCode(run, { ...call, args: [] }, arg, 'shell');
}

// What a script of GNU sed runs: `e` with the rest of its line, and the flag `e` of `s`.

/** The commands that a script runs; an empty one runs lines of the input. */
function sedCommands(script: string): readonly string[] {
  const found: string[] = [];
  let at = 0;
  while (at < script.length && found.length < commandsMax) {
    const from = at + matchAt(address, script, at).length;
    const command = script[from];
    if (command === undefined) break;
    const behind = from + 1;
    if (command === 's' || command === 'y') {
      const { replacement, end } = delimited(script, behind);
      const flags = command === 's' ? matchAt(flag, script, end) : '';
      if (flags.includes('e')) found.push(replacement);
      // A file name ends with its line.
      at = end + (flags.includes('w') ? matchAt(line, script, end) : flags).length;
    } else if (command === 'e') {
      // A word that begins with the letter is no command but a file.
      const rest = matchAt(run, script, behind);
      if (rest !== '' || behind === script.length) found.push(rest.replace(/^;/, '').trim());
      at = behind + Math.max(rest.length, 1);
    } else if (toLineEnd.test(command)) at = behind + matchAt(line, script, behind).length;
    else if (labelled.test(command)) at = behind + matchAt(label, script, behind).length;
    else if (single.test(command)) at = behind + matchAt(count, script, behind).length;
    else break;
  }
  return found;
}

// The pattern is sticky, so that a long script is not cut for each command.
function matchAt(pattern: RegExp, script: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(script)?.[0] ?? '';
}

// The lines that a command is for: `1,2`, `/./!`, `$`, `\,x,`, and brackets in front.
const address =
  /(?:[\s;{}!,]|\d{1,6}|\$|\/(?:[^/\\\n]|\\.){0,200}\/[IM]?|\\([^\n\\])(?:(?!\1)[^\n]){0,200}\1[IM]?|[+~]\d{1,6})*/y;
const flag = /\w*/y;
const line = /[^\n]*/y;
const label = /[^;}\n]*/y;
const count = /\s*\d*/y;
const run = /[ \t][^\n]*|[;\n]/y;
const toLineEnd = /[aic#rRwW]/;
const labelled = /[:btT]/;
const single = /[dDgGhHnNpPxlLqQFz=]/;
const commandsMax = 64;
const bracketCharsMax = 400;

// The second part of `s/…/…/`, up to a delimiter that is not escaped and in no `[…]` of the
// pattern.
function delimited(script: string, from: number): { replacement: string; end: number } {
  const delimiter = script[from] ?? '';
  const pattern = partEnd(script, from + 1, delimiter, true);
  const end = partEnd(script, pattern + 1, delimiter, false);
  const replacement = script.slice(pattern + 1, end).replaceAll(`\\${delimiter}`, delimiter);
  return { replacement, end: Math.min(end + 1, script.length) };
}

function partEnd(script: string, from: number, delimiter: string, isPattern: boolean): number {
  for (let at = from; at < script.length; at++) {
    if (script[at] === '\\') at++;
    else if (script[at] === delimiter) return at;
    else if (isPattern && script[at] === '[') {
      const skipped = script[at + 1] === '^' ? 3 : 2;
      const end = script.slice(at + skipped, at + bracketCharsMax).indexOf(']');
      if (end >= 0) at += skipped + end;
    }
  }
  return script.length;
}
