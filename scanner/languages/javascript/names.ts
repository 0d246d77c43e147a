/** Names of a program: what binds them, and what imports give. */
import { ts } from 'ts-morph';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import * as ir from '../../ir/build.ts';
import type { Extent, Node, NodeOf, Slot } from '../../ir/ir.ts';
import { type ParsedJavascript, packageNamed, pathNamed } from './modules.ts';
import { isFunction, type JavascriptImport, type JavascriptScope } from './scopes.ts';

/** The files of a skill that programs may import. */
export interface SkillFiles {
  readonly programs: ReadonlyMap<string, ParsedJavascript>;
  /** The text of any file, by its path. */
  readonly textOf: (path: string) => string | undefined;
}

/** The object of a `with`, in a variable, and the scope in which it stands. */
interface With {
  readonly of: string;
  readonly scope: JavascriptScope;
}

/** Numbers and the like that have a name. */
const constants: ReadonlyMap<string, number | null> = new Map([
  ['undefined', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
]);

/** A program that is being lowered, and its names. */
export abstract class Names {
  protected readonly source: TaintSource;
  protected readonly parsed: ParsedJavascript;
  protected readonly files: SkillFiles;
  protected readonly steps: Steps;
  /** Functions and classes, which the engine looks for before all else. */
  protected readonly first: Node[] = [];
  /** Functions that are called as constructors, whose `prototype` holds methods. */
  protected readonly prototypes: ReadonlySet<string>;
  protected scope: JavascriptScope;
  /** The objects of `with` around, the innermost first: their members are names. */
  protected withs: readonly With[] = [];
  #count = 0;

  constructor(parsed: ParsedJavascript, files: SkillFiles, steps: Steps) {
    this.parsed = parsed;
    this.source = parsed.source;
    this.files = files;
    this.steps = steps;
    const scope = parsed.scopes.get(parsed.file);
    if (scope === undefined) throw new Error('a program without a scope');
    this.scope = scope;
    const found = this.source.text.matchAll(
      /\b([\w$]{1,80})\.prototype\b|\binherits\(\s{0,4}([\w$]{1,80})/g,
    );
    this.prototypes = new Set([...found].map(([, name, heir]) => name ?? heir ?? ''));
  }

  abstract lower(node: ts.Node): Node;

  protected at(node: ts.Node): Extent {
    return { start: node.getStart(this.parsed.file), end: node.end };
  }

  /** A variable that no name of the program means. */
  protected held(at: Extent): NodeOf<'var'> {
    this.#count += 1;
    return ir.variable(at, `%${this.#count}`);
  }

  /** Evaluates something once for several uses. */
  protected once(at: Extent, value: Node, use: (held: NodeOf<'var'>) => readonly Node[]): Node {
    const held = this.held(at);
    return ir.seq(at, [ir.set(at, held, value), ...use(held)]);
  }

  /** Runs with the scope that a node opens. */
  protected inScope<T>(node: ts.Node, run: () => T): T {
    const around = this.scope;
    this.scope = this.parsed.scopes.get(node) ?? around;
    const made = run();
    this.scope = around;
    return made;
  }

  /** The scope that binds a name, as it is seen from here. */
  protected binding(name: string): JavascriptScope | undefined {
    let scope: JavascriptScope | undefined = this.scope;
    while (scope !== undefined && !scope.names.has(name) && !scope.imports.has(name))
      scope = scope.around;
    return scope;
  }

  /** What a name means: a member of the object of a `with` around, or what it means without. */
  protected variable(name: string, at: Extent): Node {
    const usual = this.plainVariable(name, at);
    const around = this.withsFor(name);
    if (around.length === 0) return usual;
    const members = around.map(({ of }) => ir.member(at, ir.variable(at, of), name));
    return { ...at, kind: 'either', tests: [], of: [...members, usual] };
  }

  // The objects of `with` that may have a member of this name, which nothing inside it binds.
  private withsFor(name: string): readonly With[] {
    return this.withs.filter((one) => {
      let scope = this.binding(name);
      while (scope !== undefined && scope !== one.scope) scope = scope.around;
      return scope === undefined || this.binding(name) === one.scope;
    });
  }

  private plainVariable(name: string, at: Extent): Node {
    const scope = this.binding(name);
    const imported = scope?.imports.get(name);
    if (imported !== undefined) return this.imported(imported, at);
    const made = scope?.names.get(name);
    if (made !== undefined) return ir.variable(at, made);
    if (constants.has(name)) return ir.constant(at, constants.get(name) ?? null);
    if (name === 'exports') return this.ownExports(at);
    // What `module` is to a program by `import`, nobody asks.
    if (name === 'module') return ir.global(at, 'module-object');
    return ir.global(at, name);
  }

  /** Where an assignment to a name goes. */
  protected slot(name: string, at: Extent): Slot {
    const made = this.binding(name)?.names.get(name);
    if (made !== undefined) return ir.variable(at, made);
    if (name === 'exports') return this.ownExports(at);
    return ir.member(at, ir.global(at, 'globalThis'), name);
  }

  /** Gives a variable a value, and what others import by its name. */
  protected setName(name: string, from: Node, at: Extent): Node {
    const slot = this.slot(name, at);
    const set = ir.set(at, slot, from);
    const around = this.withsFor(name);
    if (around.length > 0)
      return ir.seq(at, [
        set,
        ...around.map(({ of }) => ir.set(at, ir.member(at, ir.variable(at, of), name), slot)),
        slot,
      ]);
    const others = this.exported(name);
    if (others.length === 0) return set;
    return ir.seq(at, [set, ...others.map((as) => this.export(as, slot, at)), slot]);
  }

  /** Sets what others import by a name. */
  protected export(name: string, value: Node, at: Extent): Node {
    return ir.set(at, ir.member(at, this.ownExports(at), name), value);
  }

  // The names under which others import what this one means here.
  protected exported(name: string): readonly string[] {
    const { file, exports } = this.parsed;
    return this.binding(name)?.node === file ? [...(exports.get(name) ?? [])] : [];
  }

  protected ownExports(at: Extent): NodeOf<'global'> {
    return exportsOfFile(at, this.source.path);
  }

  /** The path of the skill's file that a specifier names. */
  protected pathOf(specifier: string): string | undefined {
    if (this.source.depth > 0 && specifier.startsWith('.')) return undefined;
    return pathNamed(this.files.programs, this.source.path, specifier);
  }

  protected imported({ from, name }: JavascriptImport, at: Extent): Node {
    const path = this.pathOf(from);
    if (path === undefined) {
      const whole = this.package(from, at);
      return name === '*' || name === 'default' ? whole : ir.member(at, whole, name);
    }
    const exports = exportsOfFile(at, path);
    const isCommon = this.files.programs.get(path)?.isCommon === true;
    if (name === '*' || (name === 'default' && isCommon)) return exports;
    return ir.member(at, exports, name);
  }

  /** What a specifier gives that names no program of the skill. */
  protected package(specifier: string, at: Extent): Node {
    const text = /\.json$/.test(specifier) ? this.textOf(specifier) : undefined;
    if (text !== undefined) return ir.callOf(at, 'JSON.parse', [ir.constant(at, text)]);
    return ir.global(at, packageNamed(specifier));
  }

  /** Runs the file that a specifier names, if it is none of a package. */
  protected load(specifier: string, at: Extent): Node | undefined {
    const path = this.pathOf(specifier);
    if (path !== undefined) return { ...at, kind: 'load', path: ir.constant(at, path) };
    if (/\.json$/.test(specifier) && this.textOf(specifier) !== undefined) return undefined;
    // The module of a server that is named as it is.
    if (/^https?:/.test(specifier)) return ir.callOf(at, 'import of', [ir.constant(at, specifier)]);
    if (!/^([./]|(data|file|blob):)/.test(specifier)) return undefined;
    return { ...at, kind: 'load', path: ir.constant(at, specifier), isRelative: true };
  }

  protected textOf(specifier: string): string | undefined {
    const texts = { has: (path: string) => this.files.textOf(path) !== undefined };
    const path = pathNamed(texts, this.source.path, specifier);
    return path === undefined ? undefined : this.files.textOf(path);
  }

  /** Whether `this` is that of a function, not of the program. */
  protected hasThis(): boolean {
    let scope: JavascriptScope | undefined = this.scope;
    while (scope !== undefined) {
      const { node } = scope;
      if ((isFunction(node) && !ts.isArrowFunction(node)) || ts.isClassLike(node)) return true;
      scope = scope.around;
    }
    return false;
  }
}

/** What a file of the skill exports. */
function exportsOfFile(at: Extent, path: string): NodeOf<'global'> {
  return ir.global(at, `exports of ${path}`);
}
