/** A shell that goes through one script: its variables, files and input, and what it notes. */

import { posix } from 'node:path';
import type { Capability, EgressCapability } from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { addressTraits } from '../../engine/effects/requests.ts';
import type { Engine, Invocation } from '../../engine/interpret.ts';
import type { At } from '../../engine/notes.ts';
import { spanOf } from '../../engine/notes.ts';
import {
  dataOf,
  either,
  type OwnProgram,
  orOther,
  textValue,
  unknown,
  type Value,
} from '../../engine/value.ts';
import type { FlowSink, FlowSource, Trait } from '../../fact/fact.ts';
import type { Language } from '../../fact/source.ts';
import { shapeOf, unknownPart } from '../../lookup-tables/egress-of.ts';
import { alternatives, empty, isKnown, nodes, shown, textsIn, withText } from './values.ts';

/** A command with its words: the input of what knows the program. */
export interface ShellCommand {
  readonly shell: Shell;
  readonly frame: Invocation;
  /** Where it stands, by the program's name. */
  readonly at: At;
  /** The program's base name, `curl` for `/usr/bin/curl`. */
  readonly name: string;
  /** The name as written, with its folder. */
  readonly word: Value;
  /** Each has one text. */
  readonly args: readonly Value[];
  /** `empty` itself where nothing is given. */
  readonly input: Value;
  /** Variables before the command: `TOKEN=x node a.js`. */
  readonly env: readonly { readonly name: string; readonly value: Value }[];
  /** Programs around it that start it: `sudo`, `env`. */
  readonly depth: number;
  /** Whether it starts a program in any case: `command name`, `sudo name`. */
  readonly isProgram?: boolean;
}

/** Steps for one flow in a shell script: every rule on flows reads it. */
const flowSteps = 100;

const shells = new WeakMap<Engine, Shell>();

export function shellOf(engine: Engine): Shell {
  const shell = shells.get(engine);
  if (shell === undefined) throw new Error('the engine of a shell has its state');
  return shell;
}

export class Shell {
  readonly engine: Engine;
  /** `Source.path` of the script that runs. */
  readonly root: string;
  /** Traps to run when the script has ended. */
  readonly atEnd: (() => void)[] = [];
  /** Scripts that are being sourced, with the arguments with which they source themselves. */
  readonly sourcing = new Map<string, readonly Value[] | undefined>();
  readonly programs = new Map<string, OwnProgram>();
  readonly #traits = new Set<string>();
  /** Texts that are being run as code, one inside the other. */
  codeDepth = 0;
  /** What the variables were before that the function which runs has for itself. */
  locals: Map<string, Value | undefined> | undefined;

  /** Runs the program that the word of a command names. */
  readonly dispatch: (command: ShellCommand) => Value;

  constructor(engine: Engine, root: string, dispatch: (command: ShellCommand) => Value) {
    this.engine = engine;
    this.dispatch = dispatch;
    this.root = root;
    this.sourcing.set(root, undefined);
    shells.set(engine, this);
  }

  get notes(): Engine['notes'] {
    return this.engine.notes;
  }

  take(count = 1): void {
    this.engine.context.steps.take(count);
  }

  /** Does something with the text that a value is: one of several, each in a branch. */
  each<T>(value: Value, frame: Invocation, run: (one: Value) => T): readonly T[] {
    const ways = alternatives(value).map((text) => () => run(withText(value, text)));
    return this.engine.branches(ways, frame, true);
  }

  // All that a shell remembers is in one table, so that branches keep what was there before:
  // variables by their names, all else by names with a blank.

  get(name: string): Value | undefined {
    return this.engine.globals.fields.get(name);
  }

  set(name: string, value: Value): void {
    this.engine.heap.set(this.engine.globals, name, value);
  }

  unset(name: string): void {
    this.engine.heap.delete(this.engine.globals, name);
  }

  /**
   * Does something in a shell of its own: nothing of this one changes, but what it writes, and what
   * is set there may still be useful to an attacker.
   */
  apart<T>(run: () => T): T {
    return this.engine.heap.perhaps(() => this.during('@', undefined, run));
  }

  /** Any of the functions may be gone. */
  loseFunctions(): void {
    for (const name of this.names('function')) {
      const place = `function ${name}`;
      this.set(place, orOther(this.get(place) ?? unknown));
    }
  }

  /** Does something while a place has another value, or may get one. */
  during<T>(name: string, value: Value | undefined, run: () => T): T {
    const before = this.engine.globals.fields.get(name);
    if (value !== undefined) this.set(name, value);
    const made = run();
    this.restore(name, before);
    return made;
  }

  restore(name: string, before: Value | undefined): void {
    if (before === undefined) this.unset(name);
    else this.set(name, before);
  }

  /** Runs a block of commands; gives what they print. */
  run(block: Value, frame: Invocation): Value {
    const [own] = block.things;
    return own?.is === 'function' ? this.engine.evaluate(own.func.body, frame) : empty;
  }

  /** Names of variables, or of all else behind a word: `export`, `connection`. */
  names(kind?: string): readonly string[] {
    const all = [...this.engine.globals.fields.keys()];
    if (kind === undefined) return all.filter((name) => /^[A-Za-z_]\w*$/.test(name));
    return all.flatMap((name) => (name.startsWith(`${kind} `) ? name.slice(kind.length + 1) : []));
  }

  get input(): Value {
    return this.get('<0') ?? empty;
  }

  /** The folder in which the script is; empty where it starts. */
  get folder(): string {
    return shown(this.get('working folder'));
  }

  /** Notes a trait, once for each place: loops, calls and alternatives come to it several times. */
  trait(at: At, trait: Trait, detail: string): void {
    const { path, start, end } = spanOf(at);
    const key = `${trait} ${at.api} ${path} ${start} ${end}`;
    if (this.#traits.has(key)) return;
    this.#traits.add(key);
    this.notes.trait(at, trait, detail);
  }

  sink(at: At, values: readonly Value[], sink: FlowSink): void {
    const data = nodes(...values);
    this.take(data.length * flowSteps);
    this.notes.sink(at, data, sink);
  }

  /** Sends data to a host; gives what comes back. */
  connect(
    at: At,
    egress: EgressCapability,
    traits: readonly Trait[],
    sent: readonly Value[],
  ): Value {
    const capability = { kind: 'egress', ...egress } as const;
    const isAny = parseEgressUrl(egress.url).host === '*';
    this.notes.capability(at, capability, [
      ...(isAny ? (['dynamic-name'] as const) : []),
      ...addressTraits(capability),
      ...traits,
    ]);
    this.sink(at, sent, { what: 'network', capability, api: at.api, part: 'body' });
    const source = { what: 'network', name: egress.url } as const;
    return this.source(at, source, `${at.api} fetches ${egress.url}`);
  }

  source(at: At, source: FlowSource, note: string): Value {
    return dataOf([this.notes.source(at, source, note)]);
  }

  /** What is handed to this program by whoever starts it. */
  entry(at: At, channel: 'argument' | 'stdin'): Value {
    const what = `entry ${channel}${channel === 'stdin' ? `@${at.place.start}` : ''}`;
    const note = channel === 'stdin' ? 'standard input' : 'put into the command line';
    const node = this.notes.sharedNode(at, what, note);
    const { entries } = this.notes;
    const isNew = entries.every((one) => one.node !== node);
    if (isNew) entries.push({ program: this.root, channel, node });
    return dataOf([node]);
  }

  /** Data after one more step. */
  pass(at: At, value: Value, note: string, encodes = false): readonly string[] {
    const from = nodes(value);
    if (from.length === 0) return from;
    const node = this.notes.node(at, `${note}@${at.place.start}`, note);
    for (const one of from) this.notes.edge(one, node, encodes ? { encodes: true } : {});
    return [node];
  }

  /** The variables that children get. */
  get exported(): ShellCommand['env'] {
    return this.names('export').map((name) => ({ name, value: this.get(name) ?? empty }));
  }

  /** Notes that the script starts another program of the skill; gives that program's output. */
  start(
    { at, args, input, env }: Pick<ShellCommand, 'at' | 'args' | 'input' | 'env'>,
    program: string,
    language?: Language,
  ): Value {
    const shownName = program
      .replace(/^\/skills\/@self\//, '')
      .replace(/^.*#(\w+)@[\d.]+$/, 'the $1 in it');
    const call = `${at.program.source.path} ${at.frame}starts ${program}@${at.place.start}`;
    const output = this.notes.node(
      at,
      `output of ${program}@${at.place.start}`,
      `what ${shownName} prints`,
    );
    this.notes.start({
      by: at.program.source.path,
      program,
      ...(language !== undefined && { language }),
      call,
      span: spanOf(at),
      context: at.program.source.context,
      arguments: nodes(...args),
      stdin: nodes(input),
      env: [...this.exported, ...env].flatMap(({ name, value }) =>
        nodes(value).map((node) => ({ name, node })),
      ),
      output,
    });
    return dataOf([this.notes.comesFrom(output, { what: 'command', name: program })]);
  }

  // Files: reads, writes, and the content that the script itself wrote.

  /** The content of a file that the script wrote. */
  written(path: string): Value | undefined {
    return this.get(`file ${this.fileKey(path)}`);
  }

  keep(path: string, content: Value): void {
    this.set(`file ${this.fileKey(path)}`, content);
  }

  /** What a file holds: what the script wrote, or else data of the file. */
  read(at: At, path: Value): Value {
    const own = this.written(shown(path));
    if (own !== undefined && shown(path).startsWith('/dev/fd/')) return own;
    for (const text of textsIn(path))
      this.notes.capability(
        at,
        { kind: 'mount', path: this.mountPath(text), mode: 'ro' },
        text.includes(unknownPart) ? ['dynamic-name'] : [],
        shapeOf(text),
      );
    if (own !== undefined) return own;
    const sources = textsIn(path).map((text) => {
      const name = this.mountPath(text);
      const note = `${at.api} reads ${shownPath(text)}`;
      return this.notes.source(at, { what: 'file', name }, note);
    });
    return dataOf([...sources, ...nodes(path)]);
  }

  /** Writes a file, and remembers its content. */
  write(at: At, path: Value, content: Value, how: 'write' | 'append'): void {
    const text = shown(path);
    if (/^\/dev\/(null|stdout|stderr|tty|fd\/)/.test(text)) return;
    this.#noteWritten(at, text, content, how);
    const before = how === 'append' ? this.written(text) : undefined;
    this.keep(text, before === undefined ? content : either([content, before]));
    this.change(at, path, how === 'append' ? ['write', 'append'] : ['write']);
    if (!isKnown(path)) return;
    const capability = { kind: 'mount', path: this.mountPath(text), mode: 'rw' } as const;
    this.sink(at, [content], { what: 'file', capability, api: at.api, part: 'content' });
  }

  // Another script may start the file.
  #noteWritten(at: At, path: string, content: Value, how: 'write' | 'append'): void {
    const { path: within, context } = at.program.source;
    const [text] = content.texts;
    if (text === undefined || text.whole.replaceAll(unknownPart, '').trim() === '') return;
    this.notes.written.push({
      path,
      within,
      context,
      opening: at.place.start,
      text: text.whole,
      map: text.mapFrom(at.place.start),
      ...(how === 'append' && { append: true as const }),
    });
  }

  /** Notes that a path is changed. */
  change(at: At, path: Value, traits: readonly Trait[]): void {
    for (const text of textsIn(path)) {
      const mount = this.mountPath(text);
      this.notes.capability(
        at,
        { kind: 'mount', path: mount, mode: 'rw' },
        mount === '*' ? [...traits, 'dynamic-name'] : traits,
        shapeOf(text),
      );
    }
  }

  /** A path of a mount: `*` when its beginning is unknown, and from the first unknown part on. */
  mountPath(text: string): string {
    const at = text.indexOf(unknownPart);
    const known = at < 0 ? text : text.slice(0, at);
    if (known === '') return '*';
    const { folder } = this;
    const absolute = /^[/~]/.test(known) || folder === '' ? known : `${folder}/${known}`;
    const normal = absolute.startsWith('~') ? absolute : posix.normalize(absolute);
    return at < 0 ? normal : `${normal}*`;
  }

  fileKey(text: string): string {
    return text.startsWith('/dev/fd/') ? text : this.mountPath(text).replace(/^\.\//, '');
  }

  isOwnFile(path: string): boolean {
    return this.engine.context.files.has(path.replace(/^(\.\/|\/skills\/@self\/)/, ''));
  }

  /** The path of the script that runs. */
  ownPath({ program: { source } }: At): Value | undefined {
    const { file, depth } = source;
    return depth === 0 && this.engine.context.files.has(file)
      ? { ...textValue(`/skills/@self/${file}`), isFolded: true }
      : undefined;
  }

  /** What an interactive shell prints, which is whatever somebody types. */
  interactive(at: At): Value {
    return dataOf([this.notes.node(at, `${interactive}${at.place.start}`, 'a shell prints it')]);
  }
}

const interactive = 'interactive shell@';

export function isInteractive(value: Value | undefined): boolean {
  return value !== undefined && nodes(value).some((node) => node.includes(interactive));
}

/** Where a command stands, by another name. */
export function named(at: At, api: string): At {
  return { ...at, api };
}

export function executes(program: string): Capability & { readonly kind: 'exec' } {
  return { kind: 'exec', program };
}

function shownPath(text: string): string {
  return text.replaceAll(unknownPart, '…').slice(0, 80);
}
