/** Names of a Python module: what binds them, and what imports give. */

import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import * as ir from '../../ir/build.ts';
import type { Extent, Node, NodeOf, Slot } from '../../ir/ir.ts';
import { pythonOwnModules } from '../../lookup-tables/python-own-modules.ts';
import type { Modules } from './modules.ts';
import { builtins, load, type ParsedPython, placeOf } from './nodes.ts';
import type { Import, PyScope } from './scopes.ts';
import type { PyNode } from './tree.ts';

/** Loops of a comprehension, one inside another. */
export const loopsMax = 64;
/** Names that are imported by one `*`. */
const starredMax = 256;
/** Modules that import all of one another. */
const starsMax = 16;

/** A module that is being lowered, and its names. */
export abstract class ModuleNames {
  protected readonly source: TaintSource;

  protected readonly parsed: ParsedPython;

  protected readonly all: ReadonlyMap<string, ParsedPython>;

  protected readonly steps: Steps;

  protected readonly modules: Modules;

  protected readonly unread: { at: number; reason: string }[];

  /** Functions and classes, which the engine looks for before all else. */
  protected readonly first: Node[] = [];

  /** Names of the module that functions bind, too. */
  protected readonly shared = new Set<string>();

  /** Modules of the skill by the names under which they are imported: `a.b`. */
  protected readonly dotted = new Map<string, string>();

  protected readonly stars: string[] = [];

  protected methods: Node[] = [];

  /** The fields of classes of data. */
  protected readonly dataFields = new Map<string, string[]>();

  protected scope: PyScope;

  protected depth = 0;

  protected count = 0;

  constructor(
    parsed: ParsedPython,
    all: ReadonlyMap<string, ParsedPython>,
    steps: Steps,
    modules: Modules,
  ) {
    this.modules = modules;
    this.parsed = parsed;
    this.source = parsed.source;
    this.all = all;
    this.steps = steps;
    this.unread = [...parsed.unread];
    const [scope] = parsed.scopes.values();
    if (scope === undefined) throw new Error('a module without a scope');
    this.scope = scope;
    for (const { outside } of parsed.scopes.values())
      for (const [name, how] of outside) if (how === 'global') this.shared.add(name);
    for (const { imports } of parsed.scopes.values())
      for (const one of [...imports.values()].flat())
        if (one.as === '*') this.stars.push(one.of);
        else if (one.name === undefined && one.of.includes('.')) {
          const path = this.own(one.of);
          if (path !== undefined) this.dotted.set(one.of, path);
        }
  }

  protected own(written: string): string | undefined {
    return this.modules.own(written, this.source.path);
  }

  protected textOf({ from, to }: PyNode): string {
    return this.source.text.slice(from, to);
  }

  protected nameIn(node: PyNode): string {
    return this.textOf(node).normalize('NFKC');
  }

  protected held(at: Extent): NodeOf<'var'> {
    this.count += 1;
    return ir.variable(at, `%${this.count}`);
  }

  /** The scope that binds a name, as it is seen from here. */
  protected binding(name: string, here: PyScope | undefined = this.scope): PyScope | undefined {
    for (let scope: PyScope | undefined = here; scope !== undefined; scope = scope.around) {
      const how = scope.outside.get(name);
      if (how === 'global') return this.module();
      if (how === 'nonlocal') continue;
      if (scope.kind === 'class' && scope !== here) continue;
      if (scope.names.has(name)) return scope;
    }
    return undefined;
  }

  protected module(): PyScope {
    let scope = this.scope;
    while (scope.around !== undefined) scope = scope.around;
    return scope;
  }

  protected place(name: string, at: Extent): Slot {
    return this.placeIn(this.binding(name) ?? this.module(), name, at);
  }

  protected placeIn(scope: PyScope, name: string, at: Extent): Slot {
    if (scope.kind === 'class') return ir.member(at, { ...at, kind: 'self' }, name);
    if (scope.kind === 'module')
      return this.shared.has(name)
        ? ir.global(at, `${this.source.path}#${name}`)
        : ir.variable(at, name);
    let isHidden = false;
    if (!scope.params.has(name))
      for (let one = scope.around; one !== undefined; one = one.around)
        isHidden ||= one.names.has(name);
    return ir.variable(at, isHidden ? `${name}@${scope.node.from}` : name);
  }

  protected variable(name: string, at: Extent): Node {
    const scope = this.binding(name);
    if (scope?.kind !== 'class') return this.variableOf(scope, name, at);
    // What a class has not set so far is that of the scope around it.
    const outer = this.binding(name, scope.around);
    const own = this.variableOf(scope, name, at);
    const isOther = outer !== undefined || builtins.has(name) || this.stars.length > 0;
    if (!isOther) return own;
    return { ...at, kind: 'either', tests: [], of: [own, this.variableOf(outer, name, at)] };
  }

  protected variableOf(scope: PyScope | undefined, name: string, at: Extent): Node {
    if (scope === undefined) return this.unbound(name, at);
    const isOther = scope.assigned.has(name) || builtins.has(name);
    const imports = isOther ? [] : (scope.imports.get(name) ?? []);
    const quals = new Set(imports.map((one) => this.library(one)));
    const [only] = quals;
    return quals.size === 1 && only !== undefined
      ? ir.global(at, only)
      : this.placeIn(scope, name, at);
  }

  // A name of a module that is imported by `*`, or of the language.
  protected unbound(name: string, at: Extent): Node {
    for (const written of this.stars) {
      const path = this.own(written);
      const found = path === undefined ? undefined : this.starred(path, name, at);
      if (found !== undefined) return found;
    }
    const library = this.stars.findLast((written) => this.own(written) === undefined);
    return ir.global(
      at,
      library !== undefined && !builtins.has(name) ? `${library}.${name}` : name,
    );
  }

  // What a module of the skill gives for a name: its own, or what it imports by `*` itself.
  protected starred(from: string, name: string, at: Extent): Node | undefined {
    const paths = new Set([from]);
    // What is added to a set while it is gone over is gone over, too.
    for (const path of paths) {
      this.steps.take();
      const [scope] = this.all.get(path)?.scopes.values() ?? [];
      if (scope?.names.has(name)) return ir.member(at, load(at, path), name);
      for (const { of } of scope?.imports.get('*') ?? []) {
        const inner = this.modules.own(of, path);
        if (inner !== undefined && paths.size < starsMax) paths.add(inner);
        else if (inner === undefined && !of.startsWith('.') && !builtins.has(name))
          return ir.global(at, `${of}.${name}`);
      }
    }
    return undefined;
  }

  // Others find here what is imported by `*`, unless this module has a name of its own for it.
  protected importAll(path: string, at: Extent): Node {
    const paths = new Set([path]);
    const names = new Set<string>();
    for (const from of paths) {
      this.steps.take();
      const [scope] = this.all.get(from)?.scopes.values() ?? [];
      for (const name of scope?.names ?? []) names.add(name);
      for (const { of } of scope?.imports.get('*') ?? []) {
        const inner = this.modules.own(of, from);
        if (inner !== undefined && paths.size < starsMax) paths.add(inner);
      }
    }
    const own = this.module().names;
    const given = [...names].slice(0, starredMax).flatMap((name) => {
      const found = name === '*' || own.has(name) ? undefined : this.starred(path, name, at);
      return found === undefined ? [] : [ir.set(at, this.place(name, at), found)];
    });
    return ir.seq(at, [load(at, path), ...given]);
  }

  /** The name of what an import gives, unless it is the skill's. */
  protected library({ of, name, as }: Import): string | undefined {
    if (this.own(name === undefined ? of : `${of}.${name}`) !== undefined) return undefined;
    if (this.own(of) !== undefined || of.startsWith('.')) return undefined;
    if (name !== undefined) return `${of}.${name}`;
    return of.startsWith(`${as}.`) ? as : of;
  }

  protected importOne(one: Import): Node {
    const at = placeOf(one.node);
    const dots = one.of.endsWith('.') ? one.of : `${one.of}.`;
    const module = one.name === undefined ? undefined : this.own(`${dots}${one.name}`);
    const path = this.own(one.of);
    if (one.as === '*') return path === undefined ? ir.hole(at) : this.importAll(path, at);
    const to = this.place(one.as, at);
    if (module !== undefined) return ir.set(at, to, load(at, module));
    if (path !== undefined) {
      const isPart = one.name === undefined && one.of !== one.as && one.of.startsWith(`${one.as}.`);
      if (isPart) return load(at, path);
      return ir.set(
        at,
        to,
        one.name === undefined ? load(at, path) : ir.member(at, load(at, path), one.name),
      );
    }
    const library = this.library(one);
    if (library === undefined) return ir.hole(at);
    const set = ir.set(at, to, ir.global(at, library));
    // A module that the skill writes, or gets from elsewhere.
    const [root = ''] = one.of.split('.');
    const isWritten =
      /^\w+$/.test(root) &&
      [...this.all.values()].some(({ source }) => source.text.includes(`${root}.py`));
    return isWritten && !pythonOwnModules.has(root)
      ? ir.seq(at, [load(at, `${root}.py`), set])
      : set;
  }

  // ---- places ----

  /** A node as one of the IR. */
  abstract lower(node: PyNode): Node;
}
