/**
 * PowerShell as the engine's programs: commands are calls by their whole names, with arguments by
 * the names of their options, and `input` for what is piped to them.
 */
import { present } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import { operators } from '../../ir/build.ts';
import type {
  Arg,
  AssignTarget,
  BareNode,
  Extent,
  Func,
  LoweredProgram,
  Node,
  NodeOf,
  Param,
} from '../../ir/ir.ts';
import { variableOf } from '../../knowledge/windows.ts';
import { own } from '../../lookup-tables/api.ts';
import {
  aliases,
  casedName,
  computed,
  localProgram,
  nativeToo,
  options,
  plainCasts,
  positions,
  switches,
  typeNamed,
} from './aliases.ts';
import { parsePowerShell } from './parse.ts';
import type { Block, Command, CommandWord, Expression, PowerShellStatement } from './syntax.ts';

/** A PowerShell program. */
export function lowerPowerShell(source: TaintSource, steps: Steps): LoweredProgram {
  const { block, unread } = parsePowerShell(source.text, steps);
  const body = new Lowering(steps, source.text.length).program(block);
  return { source, body, unread };
}

class Lowering {
  readonly #steps: Steps;
  readonly #functions = new Map<string, Block>();
  readonly #aliases = new Map<string, string>();
  /** Expressions have no places of their own: the command around has one. */
  #place: Extent;
  #isTop = true;

  constructor(steps: Steps, length: number) {
    this.#steps = steps;
    this.#place = { start: 0, end: Math.min(1, length) };
  }

  program(block: Block): Node {
    this.#declare(block.body);
    const given = block.parameters.map(({ name, value }): Node => {
      const argument: Node = { ...this.#place, kind: 'global', name: '$args' };
      const to = this.#variable(name);
      const of = value === undefined ? [argument] : [this.#expression(value), argument];
      return {
        ...this.#place,
        kind: 'set',
        to,
        from: this.#node({ kind: 'either', tests: [], of }),
      };
    });
    return this.#seq([...given, ...this.#statements(block.body)]);
  }

  // Functions may be called above the place where they stand, in other functions.
  #declare(statements: readonly PowerShellStatement[]): void {
    for (const statement of statements) {
      if (statement.type === 'function') this.#functions.set(statement.name, statement.block);
      if (statement.type === 'branch') for (const body of statement.bodies) this.#declare(body);
    }
  }

  #node(node: BareNode): Node {
    return { ...this.#place, ...node };
  }

  #text(value: string | number | boolean | null): Node {
    return this.#node({ kind: 'const', value });
  }

  #seq(body: readonly Node[]): Node {
    const [only] = body;
    return body.length === 1 && only !== undefined ? only : this.#node({ kind: 'seq', body });
  }

  #variable(name: string): NodeOf<'var'> {
    return { ...this.#place, kind: 'var', name };
  }

  #call(name: string, args: readonly Arg[]): Node {
    return this.#node({ kind: 'call', callee: this.#node({ kind: 'global', name }), args });
  }

  #statements(statements: readonly PowerShellStatement[]): readonly Node[] {
    return statements.map((statement) => {
      const before = this.#place;
      this.#place = statement.place;
      const node = this.#statement(statement);
      this.#place = before;
      return node;
    });
  }

  #statement(statement: PowerShellStatement): Node {
    this.#steps.take();
    switch (statement.type) {
      case 'pipeline': {
        const value = this.#pipeline(statement.commands);
        // What nobody takes is the output: of the function, or of the program.
        if (this.#isTop) return this.#call('Write-Output', [{ value }]);
        return this.#node({ kind: 'jump', how: 'yield', value });
      }
      case 'assign':
        return this.#assign(statement);
      case 'branch': {
        const tests = this.#values(statement.conditions);
        const of = statement.bodies.map((body) => this.#seq(this.#statements(body)));
        return this.#node({ kind: 'either', tests, of });
      }
      case 'loop': {
        const over = this.#outcome(statement.over);
        const { variable } = statement;
        const each = variable === undefined ? undefined : { over, to: [this.#variable(variable)] };
        const test = variable === undefined ? this.#node({ kind: 'hole', of: [over] }) : undefined;
        return this.#node({
          kind: 'loop',
          each,
          test,
          body: this.#seq(this.#statements(statement.body)),
        });
      }
      case 'function': {
        this.#functions.set(statement.name, statement.block);
        const func = this.#func(statement.block, { name: statement.name });
        return this.#node({ kind: 'define', func });
      }
    }
  }

  // Statements whose values are taken.
  #values(statements: readonly PowerShellStatement[]): readonly Node[] {
    const outer = this.#isTop;
    this.#isTop = false;
    const values = statements.map((statement) => {
      const before = this.#place;
      this.#place = statement.place;
      const node =
        statement.type === 'pipeline'
          ? this.#pipeline(statement.commands)
          : this.#statement(statement);
      this.#place = before;
      return node;
    });
    this.#isTop = outer;
    return values;
  }

  #outcome(statements: readonly PowerShellStatement[]): Node {
    const values = this.#values(statements);
    const [only] = values;
    if (values.length === 1 && only !== undefined) return only;
    const isPlain = statements.every(({ type }) => type === 'pipeline');
    if (isPlain) return this.#node({ kind: 'list', items: values });
    // What the statements put out is what a block of them gives.
    const func: Func = {
      ...this.#place,
      params: [],
      body: this.#seq(values),
      captures: 'all',
      givesLast: true,
    };
    return this.#node({ kind: 'call', callee: this.#node({ kind: 'function', func }), args: [] });
  }

  #func({ parameters, body }: Block, more: Partial<Func> = {}): Func {
    const outer = this.#isTop;
    this.#isTop = false;
    const declared = parameters.map(
      ({ name, value }): Param => ({
        ...this.#place,
        name,
        ...(value !== undefined && { fallback: this.#expression(value) }),
      }),
    );
    const params =
      declared.length > 0 || more.name !== undefined ? declared : [{ ...this.#place, name: '_' }];
    const input: Param = { ...this.#place, name: 'input', isKeyword: true };
    const func: Func = {
      ...this.#place,
      ...more,
      params: [...params, input],
      body: this.#seq(this.#statements(body)),
      captures: 'all',
    };
    this.#isTop = outer;
    return func;
  }

  #assign({ target, operator, value }: Extract<PowerShellStatement, { type: 'assign' }>): Node {
    const from = this.#outcome(value);
    const name = target.type === 'variable' ? target.name : '';
    if (name.startsWith('env:'))
      return this.#call('$env=', [
        { value: this.#text(name.slice(4).toUpperCase()) },
        { value: from },
      ]);
    const to = this.#target(target);
    if (to === undefined) return from;
    const isAppended = operator !== '=';
    return this.#node({ kind: 'set', to, from, ...(isAppended && { how: 'append' as const }) });
  }

  #target(target: Expression): AssignTarget | undefined {
    switch (target.type) {
      case 'variable':
        return this.#variable(target.name);
      case 'cast':
        return this.#target(target.value);
      case 'list':
        return {
          ...this.#place,
          kind: 'parts',
          of: target.items.map((item) => this.#target(item)),
        };
      case 'member':
        return {
          ...this.#place,
          kind: 'member',
          of: this.#expression(target.of),
          name: this.#memberName(target),
        };
      case 'index':
        return {
          ...this.#place,
          kind: 'item',
          of: this.#expression(target.of),
          key: this.#key(target.at),
        };
      default:
        return undefined;
    }
  }

  // Keys of tables have no case.
  #key(at: Expression): Node {
    const text = writtenText(at);
    return text === undefined ? this.#expression(at) : this.#literal(text.toLowerCase());
  }

  #memberName({ name }: Extract<Expression, { type: 'member' }>): string | Node {
    return writtenText(name)?.toLowerCase() ?? this.#expression(name);
  }

  #literal(text: string): Node {
    return this.#text(/^(?:0|[1-9]\d{0,8})$/.test(text) ? Number(text) : text);
  }

  #expression(expression: Expression): Node {
    this.#steps.take();
    switch (expression.type) {
      case 'text': {
        const parts = expression.parts.map((part) =>
          typeof part === 'string'
            ? this.#literalPart(part, expression.parts)
            : this.#expression(part),
        );
        const [only] = parts;
        if (parts.length === 0) return this.#text('');
        return parts.length === 1 && only?.kind === 'const'
          ? only
          : this.#node({ kind: 'text', parts });
      }
      case 'variable':
        return this.#read(expression.name);
      case 'typeName':
        return this.#node({ kind: 'global', name: `[${expression.name}]` });
      case 'member': {
        const of = this.#expression(expression.of);
        const member = this.#node({ kind: 'member', of, name: this.#memberName(expression) });
        const args = expression.args?.map((arg) => ({ value: this.#expression(arg) }));
        return args === undefined ? member : this.#node({ kind: 'call', callee: member, args });
      }
      case 'index':
        return this.#node({
          kind: 'item',
          of: this.#expression(expression.of),
          key: this.#key(expression.at),
        });
      case 'list':
        return this.#node({
          kind: 'list',
          items: expression.items.map((item) => this.#expression(item)),
        });
      case 'table': {
        const entries = expression.entries.map(({ key, value }) => ({
          key: this.#key(key),
          value: this.#expression(value),
        }));
        return this.#node({ kind: 'record', entries });
      }
      case 'block':
        return this.#node({ kind: 'function', func: this.#func(expression) });
      case 'group':
        return this.#outcome(expression.body);
      case 'operation':
        return this.#operation(expression);
      case 'cast':
        return this.#cast(expression.to, this.#expression(expression.value));
    }
  }

  #literalPart(part: string, all: readonly unknown[]): Node {
    if (all.length > 1) return this.#text(part);
    return /^0x[\da-f]{1,8}$/i.test(part) ? this.#text(Number(part)) : this.#literal(part);
  }

  #read(name: string): Node {
    if (!name.startsWith('env:')) return this.#variable(name);
    const known = variableOf(name.slice(4));
    if (known !== undefined) return this.#text(known);
    return this.#call('$env', [{ value: this.#text(name.slice(4).toUpperCase()) }]);
  }

  #cast(to: string, value: Node): Node {
    const isPlain = plainCasts.test(to);
    return isPlain ? value : this.#call(`[${to}]`, [{ value }]);
  }

  // A chain of operators leans to the left, and may have a hundred thousand of them.
  #operation(last: Extract<Expression, { type: 'operation' }>): Node {
    const chain = [last];
    let first = last.left;
    for (; first?.type === 'operation'; first = first.left) chain.push(first);
    let left = first === undefined ? undefined : this.#expression(first);
    chain.reverse();
    const isSum = chain.every(({ operator }) => operator === '+') && chain.length > 2;
    // A long sum of texts goes no deeper with each of them.
    if (isSum && left !== undefined) {
      const args = [left, ...chain.map(({ right }) => this.#expression(right))];
      return this.#node({ kind: 'op', op: '+', args });
    }
    for (const { operator, right } of chain)
      left = this.#operate(operator, left, this.#expression(right));
    return left ?? this.#text(null);
  }

  #operate(operator: string, left: Node | undefined, right: Node): Node {
    // What a pattern found is kept under a name of its own.
    if (operator === '-match' && left !== undefined) {
      const from = this.#node({ kind: 'hole', of: [left, right] });
      return this.#node({ kind: 'set', to: this.#variable('matches'), from });
    }
    const op = operators.get(operator);
    if (operator === ',') return this.#node({ kind: 'list', items: [right] });
    const args = [...present(left), right];
    if (op !== undefined) return this.#node({ kind: 'op', op, args });
    if (!computed.has(operator)) return this.#node({ kind: 'hole', of: args });
    const name = left === undefined ? `${operator} ` : operator;
    return this.#call(
      name,
      args.map((value) => ({ value })),
    );
  }

  // ---- commands ----

  #pipeline(commands: readonly Command[]): Node {
    let value: Node | undefined;
    for (const command of commands) value = this.#command(command, value);
    return value ?? this.#text(null);
  }

  #command(command: Command, input: Node | undefined): Node {
    const before = this.#place;
    this.#place = command.place;
    let node = this.#plain(command, input);
    for (const { target, appends } of command.redirects)
      node = this.#call('Out-File', [
        { value: this.#expression(target), name: 'filepath' },
        { value: node, name: 'input' },
        ...(appends ? [{ value: this.#text(true), name: 'append' }] : []),
      ]);
    this.#place = before;
    return node;
  }

  #plain(command: Command, input: Node | undefined): Node {
    const piped: readonly Arg[] = input === undefined ? [] : [{ value: input, name: 'input' }];
    if (command.name === undefined) {
      const value =
        command.expression === undefined ? this.#text(null) : this.#expression(command.expression);
      return input === undefined ? value : this.#node({ kind: 'call', callee: value, args: piped });
    }
    const name = writtenText(command.name);
    if (name === undefined || name === '') {
      const callee = this.#expression(command.name);
      const args = [...this.#words(command.words).map((value) => ({ value })), ...piped];
      return this.#node({ kind: 'call', callee, args });
    }
    return this.#named(name, command, piped);
  }

  #named(name: string, command: Command, piped: readonly Arg[]): Node {
    const lower = name.toLowerCase().replace(/^[\w.]+\\(?=[a-z]+-)/, '');
    const aliased = this.#aliases.get(lower) ?? lower;
    const block = this.#functions.get(aliased);
    if (block !== undefined)
      return this.#call(aliased, [...this.#bound(command.words, block), ...piped]);
    const cmdlet =
      own(aliases, aliased) ?? (/^[a-z]+-[a-z]\w*$/.test(aliased) ? aliased : undefined);
    const isNative =
      nativeToo.test(aliased) &&
      command.words.some(({ written }) => /^-[A-Za-z]$|^--/.test(written));
    if (cmdlet !== undefined && !isNative)
      return this.#cmdlet(cmdlet.toLowerCase(), command.words, piped);
    if (command.isSourced)
      return this.#node({ kind: 'load', path: this.#text(name), isRelative: true });
    const words = this.#words(command.words).map((value) => ({ value }));
    const program = /\.ps1$/i.test(name) ? ['pwsh', name] : [localProgram(name)];
    return this.#call('run program', [
      ...program.map((value) => ({ value: this.#text(value) })),
      ...words,
      ...piped,
    ]);
  }

  // The words of a command as a program gets them.
  #words(words: readonly CommandWord[]): readonly Node[] {
    return words.flatMap(({ option, written, value }) => [
      ...(option === undefined ? [] : [this.#text(value === undefined ? written : `${written}:`)]),
      ...(value === undefined
        ? []
        : value.type === 'list'
          ? value.items.map((item) => this.#expression(item))
          : [this.#expression(value)]),
    ]);
  }

  // What a function of the program is given, by the beginnings of its parameters' names.
  #bound(words: readonly CommandWord[], { parameters }: Block): readonly Arg[] {
    const names = parameters.map(({ name }) => name);
    return this.#given(words, names);
  }

  #given(words: readonly CommandWord[], names: readonly string[] | undefined): Arg[] {
    const whole = (option: string): string =>
      names?.find((name) => name === option) ??
      names?.find((name) => name.startsWith(option)) ??
      option;
    const args: Arg[] = [];
    for (let at = 0; at < words.length; at++) {
      const word = words[at];
      if (word === undefined) continue;
      if (word.option === undefined) {
        if (word.value?.type === 'variable' && word.value.isSplat)
          args.push({ value: this.#variable(word.value.name), spread: true });
        else if (word.value !== undefined) args.push({ value: this.#expression(word.value) });
        continue;
      }
      const name = whole(word.option);
      const next = words[at + 1];
      const takesNext =
        word.value === undefined &&
        next?.option === undefined &&
        next?.value !== undefined &&
        !switches.has(name);
      const value = takesNext ? next.value : word.value;
      if (takesNext) at += 1;
      args.push({ value: value === undefined ? this.#text(true) : this.#expression(value), name });
    }
    return args;
  }

  #cmdlet(name: string, words: readonly CommandWord[], piped: readonly Arg[]): Node {
    const given = this.#given(words, own(options, name));
    const order = (own(positions, name) ?? []).filter(
      (option) => !given.some((arg) => arg.name === option),
    );
    const args = given.map((arg) => {
      const option = arg.name === undefined ? order.shift() : undefined;
      return option === undefined ? arg : { ...arg, name: option };
    });
    const find = (option: string): Node | undefined =>
      args.find((arg) => arg.name === option)?.value;
    const special = this.#special(name, args, find, piped);
    return special ?? this.#call(casedName(name), [...args, ...piped]);
  }

  // Commands that are something else in the language of the engine.
  #special(
    name: string,
    args: readonly Arg[],
    find: (option: string) => Node | undefined,
    piped: readonly Arg[],
  ): Node | undefined {
    switch (name) {
      case 'new-object': {
        const type = find('typename') ?? find('comobject');
        if (type?.kind !== 'const') return this.#call('new-object', args);
        const list = find('argumentlist');
        const of = this.#node({ kind: 'global', name: `[${typeNamed(String(type.value))}]` });
        const others = args.filter((arg) => arg.name === undefined);
        const given =
          list === undefined
            ? []
            : list.kind === 'list'
              ? list.items.flatMap((item) => ('spread' in item ? [] : [{ value: item }]))
              : [{ value: list }];
        return this.#node({ kind: 'new', of, args: [...given, ...others] });
      }
      case 'set-variable':
      case 'new-variable': {
        const named = find('name');
        const from = find('value') ?? piped[0]?.value ?? this.#text(null);
        if (named?.kind !== 'const') return undefined;
        return this.#node({
          kind: 'set',
          to: this.#variable(String(named.value).toLowerCase()),
          from,
        });
      }
      case 'get-variable': {
        const named = find('name');
        return named?.kind === 'const'
          ? this.#variable(String(named.value).toLowerCase())
          : undefined;
      }
      case 'set-alias':
      case 'new-alias': {
        const from = find('name');
        const to = find('value');
        if (from?.kind === 'const' && to?.kind === 'const')
          this.#aliases.set(String(from.value).toLowerCase(), String(to.value).toLowerCase());
        return this.#call('set-alias', args);
      }
      case 'foreach-object':
      case 'where-object': {
        // Without a block, the name of a member.
        const isBlock = args.some(({ value }) => value.kind === 'function' || value.kind === 'var');
        const of = [...args, ...piped].map(({ value }) => value);
        return isBlock ? undefined : this.#node({ kind: 'hole', of });
      }
      case 'start-process':
      case 'invoke-item':
        return this.#started(name, args, find, piped);
      default:
        return undefined;
    }
  }

  #started(
    name: string,
    args: readonly Arg[],
    find: (option: string) => Node | undefined,
    piped: readonly Arg[],
  ): Node {
    const file = find('filepath') ?? find('path') ?? piped[0]?.value ?? this.#text(null);
    const given = find('argumentlist');
    const about = this.#call(casedName(name), args);
    const program = file.kind === 'const' ? this.#text(localProgram(String(file.value))) : file;
    // A single text holds all the words.
    if (given?.kind === 'const' || given?.kind === 'text') {
      const line = this.#node({ kind: 'text', parts: [program, this.#text(' '), given] });
      return this.#seq([about, this.#call('run line', [{ value: line }])]);
    }
    const words =
      given === undefined
        ? []
        : given.kind === 'list'
          ? given.items.flatMap((item) => ('spread' in item ? [] : [{ value: item }]))
          : [{ value: given, spread: true as const }];
    const others = args.filter((arg) => arg.name === undefined);
    return this.#seq([about, this.#call('run program', [{ value: program }, ...words, ...others])]);
  }
}

/** The text of an expression that is written as such. */
function writtenText(expression: Expression): string | undefined {
  if (expression.type !== 'text') return undefined;
  const { parts } = expression;
  return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
}
