/** The parts of a program: nodes keep values, values hold functions, functions hold nodes. */

import type { Capability } from '../../../skills-index/skill/capability.ts';
import type { TaintSource } from '../../fact/source.ts';
import type { NotAfter } from '../../flow/graph.ts';
import type { WrittenText } from '../../programs/frontend.ts';

/** A node; its siblings include punctuation and comments. Places are offsets in UTF-16 units. */
export class PyNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly parent: PyNode | null;
  /** The function, lambda or class that it stands in. */
  readonly home: PyNode | null;
  firstChild: PyNode | null = null;
  lastChild: PyNode | null = null;
  nextSibling: PyNode | null = null;
  prevSibling: PyNode | null = null;
  /** Its value, once it is known; `busy` while it is being found. */
  value: PyValue | 'busy' | undefined = undefined;
  /** What computing it gave, and whether that went through a decoder. */
  folded:
    | { readonly value: MaybeFolded; readonly decodes: boolean; readonly guesses: boolean }
    | undefined = undefined;
  /** Its name as Python compares names, and its arguments, once somebody asked. */
  named: string | undefined = undefined;
  given: CallArguments | undefined = undefined;
  private listed: readonly PyNode[] | undefined = undefined;

  constructor(name: string, from: number, to: number, parent: PyNode | null) {
    this.name = name;
    this.from = from;
    this.to = to;
    this.parent = parent;
    this.home = parent === null ? null : isHome(parent.name) ? parent : parent.home;
    const before = parent?.lastChild ?? null;
    this.prevSibling = before;
    if (before !== null) before.nextSibling = this;
    else if (parent !== null) parent.firstChild = this;
    if (parent !== null) parent.lastChild = this;
  }

  get isError(): boolean {
    return this.name === '⚠';
  }

  /** All but comments. */
  get children(): readonly PyNode[] {
    if (this.listed !== undefined) return this.listed;
    if (this.firstChild === null) return none;
    const found: PyNode[] = [];
    for (let child: PyNode | null = this.firstChild; child !== null; child = child.nextSibling)
      if (child.name !== 'Comment') found.push(child);
    this.listed = found;
    return found;
  }

  getChild(name: string): PyNode | null {
    let child = this.firstChild;
    while (child !== null && child.name !== name) child = child.nextSibling;
    return child;
  }

  getChildren(name: string): PyNode[] {
    const found: PyNode[] = [];
    for (let child = this.firstChild; child !== null; child = child.nextSibling)
      if (child.name === name) found.push(child);
    return found;
  }
}

function isHome(name: string): boolean {
  return name === 'FunctionDefinition' || name === 'LambdaExpression' || name === 'ClassDefinition';
}

const none: readonly PyNode[] = [];

export interface CallArguments {
  readonly positional: readonly PyNode[];
  readonly keywords: ReadonlyMap<string, PyNode>;
  /** What is given with one or two stars. */
  readonly starred: readonly PyNode[];
  /** All but keywords, in their order. */
  readonly ordered: readonly { readonly node: PyNode; readonly isStarred: boolean }[];
}

/** What a call is given. */
export interface CallGiven<Value> {
  readonly args: readonly Value[];
  readonly keywords: ReadonlyMap<string, Value>;
}

/**
 * What gives a name its value; `place` is the part of it, from the outside inwards, -1 for a place
 * that is not known.
 */
export type Binding =
  | {
      readonly kind: 'value';
      readonly node: PyNode;
      readonly place?: readonly number[];
      readonly entered?: true;
    }
  /** An exception that is caught, of what stands in this `try`. */
  | { readonly kind: 'raised'; readonly node: PyNode }
  | { readonly kind: 'each'; readonly node: PyNode; readonly place?: readonly number[] }
  /** A change of what the name held before. */
  | { readonly kind: 'update'; readonly node: PyNode; readonly change: CellChange }
  | { readonly kind: 'import'; readonly qual: string }
  | { readonly kind: 'function'; readonly definition: PythonFunction }
  | { readonly kind: 'class'; readonly name: string }
  | { readonly kind: 'parameter'; readonly definition: PythonFunction; readonly index: number };

export interface PythonScope {
  readonly id: string;
  readonly kind: 'module' | 'function' | 'class';
  readonly parent: PythonScope | undefined;
  readonly names: Map<string, Binding[]>;
  /** Names that a function binds outside: `global x`, `nonlocal x`. */
  readonly outside?: Set<string>;
}

export interface PythonFunction {
  readonly id: string;
  readonly name: string;
  readonly module: PythonModule;
  readonly scope: PythonScope;
  readonly parameters: readonly {
    readonly name: string;
    readonly fallback: PyNode | undefined;
    readonly star: '' | '*' | '**';
    readonly node: PyNode;
  }[];
  readonly returns: PyNode[];
  /** It is a generator. */
  yields: boolean;
  readonly node: PyNode;
  /** It is read as an attribute. */
  readonly property: boolean;
  /** Its first parameter is the object, or the class, that it is called on. */
  readonly bound: boolean;
  /** Its first parameter is the class, whatever it is called on. */
  readonly ofClass: boolean;
  /** The class whose method it is. */
  readonly owner: string | undefined;
}

export interface PythonModule {
  readonly source: TaintSource;
  readonly top: PyNode;
  readonly scope: PythonScope;
  readonly functions: PythonFunction[];
  /** Values given to attributes of any object, `self.x = …`, by attribute. */
  readonly attributes: Map<string, Binding[]>;
  /** Places that change what a name holds: `x += 1`, `x.append(1)`, `x[0] = 1`. */
  readonly changes: { readonly target: PyNode; readonly by: PyNode; readonly change: CellChange }[];
  /** Names and attributes that are given a value by their text; `*` for a text that is computed. */
  readonly byText: { readonly node: PyNode; readonly name: string }[];
  /** Calls of the skill's functions that change what they are given, with the names of that. */
  readonly fills: Map<PyNode, string[]>;
  /** Names that functions change which are not their own, with the scope. */
  readonly shared: Set<string>;
  readonly classes: Map<string, PyNode>;
  /** Methods by `Class.method`. */
  readonly methods: Map<string, PythonFunction>;
  /** What class bodies give names, functions aside. */
  readonly inClasses: Map<string, Binding[]>;
  /** `object.name = value` at any place. */
  readonly assigned: {
    readonly object: PyNode;
    readonly name: string;
    readonly binding: Binding;
  }[];
  /** Calls by the last part of the callee's name. */
  readonly calls: Map<string, PyNode[]>;
  readonly scopes: Map<number, PythonScope>;
  readonly functionsAt: Map<number, PythonFunction>;
  /** Modules of which all names were imported. */
  readonly stars: string[];
  readonly errors: readonly number[];
  /** Where something was left out that is too deep, or behind too many errors. */
  readonly unread: readonly number[];
}

/** `grown`: what was there before is still its beginning. */
export type CellChange = 'grown' | 'rewritten';

/**
 * A computed value; `undefined` in its place is one that is not known. Whole numbers are bigint,
 * others number; None is null.
 */
export type Folded =
  | string
  | bigint
  | number
  | boolean
  | null
  | Uint8Array
  | FoldedList
  | FoldedDict
  | FoldedName
  | FoldedOwn
  | FoldedBound;

export type MaybeFolded = Folded | undefined;

export interface FoldedList {
  readonly kind: 'list' | 'tuple' | 'set';
  readonly items: MaybeFolded[];
}

export interface FoldedDict {
  readonly kind: 'dict';
  /** By `keyOf` the key. */
  readonly entries: Map<string, { readonly key: Folded; value: MaybeFolded }>;
}

/** Something that a library defines, or a module of the skill (`own PATH`). */
export interface FoldedName {
  readonly kind: 'name';
  readonly qual: string;
  /** It was looked up by a text that was put together. */
  readonly hidden: boolean;
}

export interface FoldedOwn {
  readonly kind: 'own';
  readonly module: PythonModule;
  readonly definition: PythonFunction;
  readonly frame: FoldFrame | undefined;
}

/** A callable with arguments given before: `functools.partial`, a method of data. */
export interface FoldedBound extends CallGiven<MaybeFolded> {
  readonly kind: 'bound';
  readonly callee: Folded;
  readonly method: string;
}

/** Names of a function that is being gone through; `outer` is where it was defined. */
export interface FoldFrame {
  readonly names: Map<string, MaybeFolded>;
  readonly outer: FoldFrame | undefined;
  /** Whose body it is: its id. */
  readonly scope: string;
  /**
   * Where only some names are followed: those that are given several values. The others are what
   * they are given once.
   */
  readonly followed?: ReadonlySet<string>;
}

export interface PyTarget {
  readonly at: Capability;
  /** The calls of the function around that mean another host. */
  readonly notAfter?: readonly NotAfter[] | undefined;
  /** The nodes that say the host of an address that is not known. */
  readonly hostFrom?: readonly string[] | undefined;
}

export interface PyValue {
  /** Texts that it may be; none when nothing is known. `unknownPart` stands for unknown parts. */
  readonly texts: readonly string[];
  /** What it may be besides, seen by whoever runs it: from a loop, from one of two branches. */
  readonly otherTexts: readonly string[];
  /** The lists that it may be besides `items`. */
  readonly otherItems: readonly (readonly PyValue[])[];
  /** A list to which more was added than `items` holds. */
  readonly grown: boolean;
  /** The qualified name it stands for: `os.environ`, `socket.socket()`. */
  readonly qual: string | undefined;
  /** Nodes of the flow graph that it holds. */
  readonly nodes: readonly string[];
  /** Computed from pieces. */
  readonly folded: boolean;
  readonly decoded: boolean;
  readonly items: readonly PyValue[] | undefined;
  /** What each item may be of what is gone through one by one: a generator, a comprehension. */
  readonly each: PyValue | undefined;
  /** The connections or files that an object may be open on. */
  readonly targets: readonly PyTarget[];
  /** The file that an object is open on for writing: what its path may be. */
  readonly file: readonly (Pick<WrittenText, 'path' | 'opening' | 'append'> & {
    /** Nodes of the flow graph that the path holds. */
    readonly nodes?: readonly string[];
  })[];
  /** Nodes of the files in memory that writing to it fills. */
  readonly stream: readonly string[];
  readonly entries: ReadonlyMap<string, PyValue> | undefined;
  /** A function of the skill. */
  readonly own: PythonFunction | undefined;
  /** What else it may be, where that has another name. */
  readonly others: readonly PyValue[];
  /** Arguments given before the call. */
  readonly bound: CallGiven<PyValue>;
  /** The value itself, where it was computed whole. */
  readonly whole: MaybeFolded;
  /** It was looked up by a text. */
  readonly byText: boolean;
  /** Where the text of a literal begins, so that code in it keeps its places. */
  readonly raw: number | undefined;
}
