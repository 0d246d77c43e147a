/** Commands of PowerShell as commands of the shell: names, options, pipes. */

import { aliases, options, positions, switches } from './aliases.ts';
import { codeOf, noteUnread } from './batch.ts';
import { evaluate } from './evaluate.ts';
import {
  captured,
  codeValue,
  joined,
  knownText,
  type Lowering,
  mayRun,
  nothing,
  pathOf,
  shellName,
  textValue,
  unknown,
  type Value,
  wordOf,
} from './operations.ts';
import type { Block, Command, Expression } from './syntax.ts';

/** A command with its words evaluated. */
interface Given {
  readonly options: ReadonlyMap<string, Value>;
  readonly operands: readonly Value[];
  readonly all: readonly {
    readonly option: string | undefined;
    readonly written: string;
    readonly value: Value | undefined;
  }[];
}

/** A command as one command of the shell; undefined for a value, which `value` then is. */
export interface Lowered {
  readonly code: string;
  readonly value: Value | undefined;
}

/** Lowers a command of a pipeline. */
export function lowerCommand(lowering: Lowering, command: Command, isFirst: boolean): Lowered {
  if (command.name === undefined) {
    const value =
      command.expression === undefined ? nothing : evaluate(lowering, command.expression);
    return { code: `Write-Output ${wordOf(value)}`, value };
  }
  const callee = evaluate(lowering, command.name);
  const name = knownText(callee);
  if (callee.blocks !== undefined) return callBlocks(lowering, callee.blocks, command);
  const given = givenTo(lowering, name ?? '', command);
  if (name === undefined || name === '') return unknownCommand(lowering, command, callee, given);
  return named(lowering, name, given, command, isFirst);
}

function unknownCommand(
  lowering: Lowering,
  { name }: Command,
  callee: Value,
  given: Given,
): Lowered {
  const isVariable = name?.type === 'variable' || name?.type === 'text';
  if (callee.type !== 'code' && !isVariable)
    noteUnread(lowering, 'calls a command whose name is computed');
  return asCode(`${wordOf(callee)} ${given.operands.map(wordOf).join(' ')}`);
}

const asCode = (code: string): Lowered => ({ code, value: undefined });

function named(
  lowering: Lowering,
  name: string,
  given: Given,
  command: Command,
  isFirst: boolean,
): Lowered {
  const lower = name.toLowerCase().replace(/^(?:[\w.]+\\)(?=[a-z]+-)/, '');
  const own = lowering.functions.get(lower);
  if (own !== undefined) return asCode(callOf(lower, own, given));
  const cmdlet =
    (Object.hasOwn(aliases, lower) ? aliases[lower] : undefined) ??
    (/^[a-z]+-[a-z]\w*$/i.test(lower) ? lower : undefined);
  if (
    cmdlet !== undefined &&
    !(isNativeToo.test(lower) && given.all.some(({ written }) => /^-[A-Za-z]$|^--/.test(written)))
  )
    return lowerCmdlet(lowering, cmdlet.toLowerCase(), given, isFirst);
  for (const { value } of given.all) runBlocks(lowering, value?.blocks);
  const words = given.all.flatMap(({ option, written, value }) => [
    ...(option === undefined ? [] : [value === undefined ? written : `${written}:`]),
    ...(value === undefined ? [] : (value.items ?? [value]).map(wordOf)),
  ]);
  if (/\.ps1$/i.test(name) || (command.isSourced && !/^[\w.-]+$/.test(name)))
    return asCode(`pwsh ${wordOf(pathOf(textValue(name)))} ${words.join(' ')}`);
  const program =
    /[\\/]/.test(name) || !/\.(?:exe|bat|cmd|com|msi|scr)$/i.test(name) ? name : `./${name}`;
  return asCode(`${wordOf(pathOf(textValue(isSystem(name) ? name : program)))} ${words.join(' ')}`);
}

// Also names of programs, which take their own options.
const isNativeToo =
  /^(?:curl|wget|sort|tee|ps|kill|cat|ls|rm|cp|mv|echo|diff|sleep|mkdir|dir|type|sc)$/;

function isSystem(name: string): boolean {
  return /^[a-z][\w-]{1,20}\.exe$/i.test(name);
}

function callOf(name: string, block: Block, given: Given): string {
  const operands = [...given.operands];
  const words = block.parameters.map((parameter) => {
    const found = [...given.options].find(([option]) => parameter.name.startsWith(option))?.[1];
    return wordOf(found ?? operands.shift() ?? nothing);
  });
  return [functionName(name), ...words, ...operands.map(wordOf)].join(' ');
}

/** The name in the shell for a function. */
export function functionName(name: string): string {
  return `f_${name.replace(/\W/g, '_')}`;
}

function callBlocks(lowering: Lowering, blocks: readonly Block[], command: Command): Lowered {
  const given = givenTo(lowering, '', command);
  const code = captured(lowering, () => {
    for (const block of blocks.slice(0, 8)) {
      block.parameters.forEach(({ name }, at) => {
        const value = given.operands[at];
        if (value !== undefined) lowering.out.add(`${shellName(name)}=${wordOf(value)}`);
      });
      mayRun(lowering, () => lowering.lowerStatements(lowering, block.body));
    }
  });
  return asCode(`{ :\n${code}\n}`);
}

/** Adds blocks that a command may run. */
export function runBlocks(lowering: Lowering, blocks: readonly Block[] | undefined): void {
  for (const block of blocks?.slice(0, 8) ?? [])
    mayRun(lowering, () => lowering.lowerStatements(lowering, block.body));
}

// Words of a command by the options that they belong to.
function givenTo(lowering: Lowering, name: string, command: Command): Given {
  const lower = name.toLowerCase();
  const cmdlet = (Object.hasOwn(aliases, lower) ? aliases[lower] : lower)?.toLowerCase() ?? lower;
  const known = Object.hasOwn(options, cmdlet) ? options[cmdlet] : undefined;
  const whole = (option: string): string => {
    const fits = known?.includes(option)
      ? [option]
      : (known?.filter((one) => one.startsWith(option)) ?? []);
    return fits[0] ?? option;
  };
  const found = new Map<string, Value>();
  const operands: Value[] = [];
  const all: Given['all'][number][] = [];
  for (let at = 0; at < command.words.length; at++) {
    const word = command.words[at];
    if (word === undefined) continue;
    if (word.option === undefined) {
      if (word.value?.type === 'variable' && word.value.isSplat) {
        for (const [key, value] of evaluate(lowering, { ...word.value, isSplat: false }).fields ??
          []) {
          found.set(whole(key), value);
          all.push({ option: key, written: `-${key}`, value });
        }
        continue;
      }
      const value = word.value === undefined ? nothing : evaluate(lowering, word.value);
      operands.push(value);
      all.push({ option: undefined, written: '', value });
      continue;
    }
    const option = whole(word.option);
    const next = command.words[at + 1];
    const takes =
      word.value === undefined &&
      next?.option === undefined &&
      next?.value !== undefined &&
      !switches.has(option);
    const expression: Expression | undefined = takes ? next.value : word.value;
    if (takes) at += 1;
    const value = expression === undefined ? undefined : evaluate(lowering, expression);
    found.set(option, value ?? textValue('true'));
    if (takes)
      all.push(
        { option: undefined, written: word.written, value: undefined },
        { option: undefined, written: '', value },
      );
    else all.push({ option: word.option, written: word.written, value });
  }
  // What the parser takes for an option is a word for other programs.
  return {
    options: found,
    operands,
    all: all.map((one) =>
      one.option === undefined && one.value === undefined
        ? { ...one, value: textValue(one.written) }
        : one,
    ),
  };
}

function lowerCmdlet(lowering: Lowering, name: string, given: Given, isFirst: boolean): Lowered {
  const order = Object.hasOwn(positions, name) ? (positions[name] ?? []) : [];
  const bound = new Map(given.options);
  const operands = [...given.operands];
  for (const option of order) {
    const value = bound.has(option) ? undefined : operands.shift();
    if (value !== undefined) bound.set(option, value);
  }
  const all = [...bound.values(), ...operands];
  const special = lowerSpecial(lowering, name, { bound, operands, all }, isFirst);
  if (special !== undefined) return special;
  for (const value of all) runBlocks(lowering, value.blocks);
  const words = [...bound].map(
    ([key, value]) => `--${key}=${wordOf(isPath.test(key) ? pathOf(value) : value)}`,
  );
  for (const value of all) {
    const text = knownText(value);
    if (text !== undefined && startsProgram.test(text))
      mayRun(lowering, () => lowering.out.add(`cmd /c ${wordOf(textValue(text))}`));
  }
  const others = operands.map((value) => wordOf(pathOf(value)));
  return asCode([casedName(name), ...words, ...others].join(' '));
}

interface Bound {
  readonly bound: ReadonlyMap<string, Value>;
  readonly operands: readonly Value[];
  readonly all: readonly Value[];
}

// Commands whose effect is another one in the shell.
function lowerSpecial(
  lowering: Lowering,
  name: string,
  { bound, operands, all }: Bound,
  isFirst: boolean,
): Lowered | undefined {
  const option = (one: string): Value | undefined => bound.get(one);
  const path = (one: string): string => wordOf(pathOf(option(one) ?? unknown));
  const blocks = all.flatMap((value) => value.blocks ?? []);
  switch (name) {
    case 'foreach-object': {
      if (blocks.length === 0) return asCode('powershell-value');
      const body = captured(lowering, () => runBlocks(lowering, blocks));
      return asCode(isFirst ? `{ :\n${body}\n}` : `while IFS= read -r v__; do :\n${body}\ndone`);
    }
    case 'where-object': {
      if (blocks.length === 0) return asCode('cat');
      const test = captured(lowering, () => runBlocks(lowering, blocks));
      return asCode(`{ v__=$(cat)\n{ :\n${test}\n} > /dev/null\nprintf %s "$v__"\n}`);
    }
    case 'join-path': {
      const parts = [option('path'), option('childpath'), option('additionalchildpath')];
      const known = [...parts, ...operands].filter((one) => one !== undefined);
      return { code: '', value: pathOf(joined(known, '/')) };
    }
    case 'new-object':
      return { code: '', value: newObject(lowering, bound, operands) };
    case 'set-variable':
    case 'new-variable':
    case 'set-alias':
    case 'new-alias': {
      const code = setName(lowering, name, option('name') ?? unknown, option('value') ?? nothing);
      return code === undefined ? undefined : asCode(code);
    }
    case 'start-process':
    case 'invoke-item':
      return startProcess(lowering, bound, operands);
    case 'start-bitstransfer': {
      const isUpload = /upload/i.test(knownText(option('transfertype') ?? nothing) ?? '');
      const uri = wordOf(option(isUpload ? 'destination' : 'source') ?? unknown);
      return asCode(
        isUpload
          ? `Start-BitsTransfer --method=PUT --uri=${uri} --infile=${path('source')}`
          : `Start-BitsTransfer --uri=${uri} --outfile=${path('destination')}`,
      );
    }
    case 'invoke-command':
    case 'start-job':
    case 'start-threadjob':
      if (bound.has('computername') || bound.has('session'))
        noteUnread(lowering, `${name} runs a program on another machine`);
      runBlocks(lowering, blocks);
      return asCode(bound.has('filepath') ? `pwsh ${path('filepath')}` : ':');
    default:
      return undefined;
  }
}

function newObject(
  lowering: Lowering,
  bound: ReadonlyMap<string, Value>,
  operands: readonly Value[],
): Value {
  const named = bound.get('typename') ?? bound.get('comobject') ?? unknown;
  const type = knownText(named)
    ?.toLowerCase()
    .replace(/^system\./, '');
  if (type === undefined) noteUnread(lowering, 'makes an object of a computed type');
  const given = bound.get('argumentlist');
  const args = given?.items ?? (given === undefined ? operands : [given, ...operands]);
  return codeOf(lowering, type ?? 'object', args);
}

// `Set-Variable`, `Set-Alias`
function setName(
  lowering: Lowering,
  cmdlet: string,
  name: Value,
  value: Value,
): string | undefined {
  const known = knownText(name)?.toLowerCase();
  if (known === undefined || !/^[\w-]+$/.test(known)) return undefined;
  if (cmdlet.endsWith('-variable')) {
    lowering.vars.set(known, codeValue(`\${${shellName(known)}}`));
    return `${shellName(known)}=${wordOf(value)}`;
  }
  const to = knownText(value)?.toLowerCase();
  if (to === undefined) return undefined;
  const target = (Object.hasOwn(aliases, to) ? aliases[to] : undefined) ?? to;
  lowering.functions.set(known, { type: 'block', parameters: [], body: [] });
  return `${functionName(known)}() { ${casedName(target.replace(/[^\w.-]/g, '_'))} "$@"; }`;
}

function startProcess(
  lowering: Lowering,
  bound: ReadonlyMap<string, Value>,
  operands: readonly Value[],
): Lowered {
  const has = (name: string, form: RegExp): boolean =>
    form.test(knownText(bound.get(name) ?? nothing) ?? '');
  const args = bound.get('argumentlist');
  const file = bound.get('filepath') ?? unknown;
  const program = knownText(file) ?? '';
  const extra = [
    ...(has('verb', /runas/i) ? ['--verb=runas'] : []),
    ...(has('windowstyle', /hidden/i) ? ['--windowstyle=hidden'] : []),
  ];
  lowering.out.add(`Start-Process ${extra.join(' ')}`);
  const text = args && knownText(args);
  if (text !== undefined && /^(?:powershell|pwsh|cmd)(?:\.exe)?$/i.test(program))
    return asCode(`cmd /c ${wordOf(textValue(`${program} ${text}`))}`);
  const words = [...(args?.items ?? (args === undefined ? [] : [args])), ...operands].map(wordOf);
  const isLocal = /^[\w-]+\.(?:exe|bat|cmd|msi|scr|ps1)$/i.test(program);
  const started = isLocal ? textValue(`./${program}`) : file;
  return asCode(`${wordOf(pathOf(started))} ${words.join(' ')}`);
}

const isPath = /^(?:path|literalpath|filepath|outfile|infile|destination|destinationpath|source)$/;
const startsProgram =
  /^\s{0,4}(?:powershell|pwsh|cmd|mshta|wscript|cscript|rundll32|regsvr32)(?:\.exe)?\s/i;

/** A command's name as Microsoft writes it. */
function casedName(name: string): string {
  return name
    .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
    .replace(/^(Invoke)-Webrequest$/, '$1-WebRequest')
    .replace(/^(Invoke)-Restmethod$/, '$1-RestMethod')
    .replace(/-Childitem$/, '-ChildItem')
    .replace(/-Mppreference$/, '-MpPreference')
    .replace(/-Scheduledtask/, '-ScheduledTask')
    .replace(/-Itemproperty$/, '-ItemProperty')
    .replace(/-Eventlog$/, '-EventLog');
}
