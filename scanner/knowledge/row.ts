/**
 * What a library's function does, as data: one format for all languages. Tables map names to rows:
 * `Net::HTTP.get` is a function of a module or class, `Net::HTTP#post` a method of its objects,
 * `system` a function without an owner, `Text#unpack1` a method of a text (`List#`, `Record#`,
 * `Function#` and `Number#` likewise), `Any#instance_eval` one of any value. Python's tables name a
 * method by what made its object: `socket.socket().send`.
 */
import type { Trait } from '../fact/fact.ts';
import type { Language } from '../fact/source.ts';
import type { Operator } from '../ir/ir.ts';
import type { ObservedThing } from '../lookup-tables/observations.ts';
import type { Computation } from './computation.ts';

/**
 * An argument: by position from 0 (or from the end, below 0), by name, or by either; `self` is the
 * object of a method, `rest` all arguments from a position on, `block` the block of a call, and
 * `raised`, for a function that is called back, what was thrown last.
 */
export type ArgOf =
  | number
  | string
  | 'self'
  /** `or` is another argument and `text` a text, where the first is not given. */
  | {
      readonly at?: number;
      readonly name?: string;
      readonly rest?: number;
      readonly or?: ArgOf;
      readonly text?: string;
    }
  | 'block';

/** An argument whose text has a form. */
export interface ArgCondition {
  readonly of: ArgOf;
  readonly form: RegExp;
}

/** What a call does; only `when` a condition holds, or `unless` one does. */
export type RowEffect = Deed & { readonly when?: ArgCondition; readonly unless?: ArgCondition };

/** The effects that do one thing. */
export type EffectOf<Does extends RowEffect['does']> = Extract<RowEffect, { readonly does: Does }>;

type Deed =
  /**
   * A request. `host` is the fixed host of a service; without `url`, the request goes where the
   * object of the method was connected to.
   */
  | {
      readonly does: 'request';
      readonly url?: ArgOf;
      readonly host?: string;
      readonly method?: string;
      readonly methodAt?: ArgOf;
      readonly query?: readonly ArgOf[];
      readonly body?: readonly ArgOf[];
      readonly header?: readonly ArgOf[];
      /** The paths of files whose content is sent. */
      readonly files?: readonly ArgOf[];
      /** The path of the file that gets the answer. */
      readonly saves?: ArgOf;
      /** An object whose fields are the address, the method, the headers, the body. */
      readonly options?: ArgOf;
      /** The scheme of an address that is given in parts, and the port of a host without one. */
      readonly scheme?: 'http' | 'https' | 'tcp' | 'udp';
      readonly port?: number;
      readonly traits?: readonly Trait[];
    }
  /** A connection; `host` may be an address with a scheme. */
  | {
      readonly does: 'connect';
      readonly scheme: 'tcp' | 'udp' | 'dns' | 'http' | 'https';
      readonly host: ArgOf;
      readonly port?: ArgOf;
      readonly usual?: number;
      /** A port that is not that of a service of the web is told. */
      readonly tellsPort?: true;
    }
  /** Sends over what the object is open on: a connection, a file, the input of a program. */
  | { readonly does: 'send'; readonly content: ArgOf; readonly part?: 'header' | 'url' | 'input' }
  /**
   * `mode` is the argument that says whether a file is opened for writing; `orAddress`: a path that
   * begins with what is not known may be an address as well.
   */
  | {
      readonly does: 'read' | 'write' | 'delete' | 'open';
      readonly path: ArgOf;
      readonly to?: ArgOf;
      readonly content?: ArgOf;
      readonly mode?: ArgOf;
      readonly orAddress?: true;
      /** The file is put into the object. */
      readonly packs?: true;
      /** The path is a path, and never a file that is open. */
      readonly isPath?: true;
      /** The file is an archive, and `to` the folder into which it is unpacked. */
      readonly unpacks?: true;
      readonly traits?: readonly Trait[];
    }
  /** Makes a file or folder with a name that is not known; `pair`: a descriptor and the path. */
  | { readonly does: 'temporary'; readonly gives: 'file' | 'path' | 'pair' }
  /** Goes through a folder, or through what a pattern matches: gives the paths. */
  | { readonly does: 'search'; readonly folder: ArgOf; readonly pattern?: ArgOf }
  /**
   * Starts a program: its words one by one, as a list, or a line for a shell where there is only
   * one. With `shell`, always a line; where it is false, never. `args` are the words behind the
   * first, as a list, and `options` an object with variables, input and whether a shell reads the
   * words. `argv` are the words as the program sees them, where `words` is the program alone;
   * `executable` is a program that is started in place of the first word.
   */
  | {
      readonly does: 'program';
      readonly words: ArgOf;
      readonly args?: ArgOf;
      readonly argv?: ArgOf;
      readonly executable?: ArgOf;
      readonly options?: ArgOf;
      readonly shell?: boolean;
      readonly input?: ArgOf;
    }
  | { readonly does: 'code'; readonly code: ArgOf; readonly language?: Language }
  /**
   * Runs another file of the skill or of the machine as code; `isFolder`: all of a folder;
   * `isApart`: as a process or thread.
   */
  | {
      readonly does: 'load';
      readonly path: ArgOf;
      readonly isRelative?: true;
      readonly isFolder?: true;
      readonly isApart?: true;
    }
  /** `byPath`: the data are a file, named by its path; `runs` where its code is always run. */
  | { readonly does: 'deserialize'; readonly data: ArgOf; readonly byPath?: true | 'runs' }
  | { readonly does: 'env'; readonly name: ArgOf; readonly fallback?: ArgOf }
  | { readonly does: 'set-env'; readonly name: ArgOf; readonly value: ArgOf }
  | { readonly does: 'whole-env' | 'input' | 'listen' }
  /** Throws a value, now or later. */
  | { readonly does: 'raise'; readonly value: ArgOf }
  /** Gives the variables of the function around, as `binding` does. */
  | { readonly does: 'variables' }
  | { readonly does: 'output'; readonly content: ArgOf }
  /** Something that came in from outside of the machine. */
  | { readonly does: 'incoming' }
  /** Hands what comes in, or `of`, to the functions and objects that it is given. */
  | { readonly does: 'receive'; readonly of?: ArgOf }
  | { readonly does: 'observe'; readonly what: ObservedThing }
  /** `only`: an argument without which the call is harmless. */
  | {
      readonly does: 'trait';
      readonly trait: Trait;
      readonly detail?: ArgOf;
      readonly only?: ArgOf;
    }
  /** Loads machine code, or calls into it. */
  | { readonly does: 'native'; readonly what: ArgOf }
  /**
   * Calls a function that it is given, with these arguments, or with each item of a list. `spread`:
   * these are lists of arguments; `pairs`: with two items at a time; `observes`: with what the
   * program itself does, now or later; `isLater`: perhaps not before the program is at its end;
   * `isMaybe`: it may leave out any of the items; `numbered`: with the place of the item and the
   * list behind it; `self`: as a method of this.
   */
  | {
      readonly does: 'call';
      readonly callee: ArgOf;
      readonly given?: readonly ArgOf[];
      readonly each?: ArgOf;
      readonly spread?: true;
      readonly pairs?: true;
      readonly numbered?: true;
      readonly self?: ArgOf;
      readonly isLater?: true;
      readonly isMaybe?: true;
      readonly observes?: ObservedThing;
    }
  /** Changes a list or record in place, by default the object; gives what it takes out. */
  | {
      readonly does: 'change';
      readonly of?: ArgOf;
      readonly how:
        | 'insert'
        | 'pop'
        | 'delete' // a member
        | 'remove'
        | 'clear'
        | 'reverse'
        | 'extend'
        | 'update'
        | 'inherit' // has the members that the object has not
        | 'default' // sets an entry that is not there, and gives the one that is
        | 'sort';
      readonly key?: ArgOf;
      readonly with?: ArgOf;
    }
  /** Writes to a file, program or object that is given. */
  | { readonly does: 'put'; readonly into: ArgOf; readonly content: ArgOf }
  /**
   * Sets a member of an object by its name; `getter` is a function that gives the value, `setter`
   * one that gets it. `each` is a record of what would be given for each of its names.
   */
  | {
      readonly does: 'set-member';
      readonly of: ArgOf;
      readonly name: ArgOf;
      readonly value: ArgOf;
      readonly getter?: ArgOf;
      readonly setter?: ArgOf;
      readonly each?: ArgOf;
    }
  /** Puts a value into an argument or the object: `sprintf`-like fills, `curl_setopt`, `<<`. */
  | { readonly does: 'fill'; readonly into: ArgOf; readonly with: ArgOf }
  /** Data that gets to whoever hears on the channel, in any file. */
  | { readonly does: 'tell'; readonly channel: string; readonly content: ArgOf }
  | { readonly does: 'hear'; readonly channel: string }
  /** Gives a view of an argument: what is put into it is in the argument. */
  | { readonly does: 'view'; readonly of: ArgOf }
  /** Sets an option of a transfer by its name: which names are an address, a body, a header. */
  | {
      readonly does: 'option';
      readonly name: ArgOf;
      readonly value: ArgOf;
      readonly url: RegExp;
      readonly body: RegExp;
      readonly header: RegExp;
      readonly off?: RegExp;
    };

/**
 * What a call gives: data of its arguments (`through`, the default of unknown functions), encoded
 * or decoded forms of them, nothing of them, the object itself, an object of a class of the
 * tables, an object of the function's own, a computed value, or what a called function gives.
 */
export type Gives =
  | 'through'
  | 'encoded'
  | 'decoded'
  | 'nothing'
  | 'self'
  | 'called'
  | 'class' // of the object
  | 'content' // of the file
  | 'option' // what gives a function one of its parameters
  | 'property' // a field that a function gives
  | 'default-record' // a record whose missing entries a function gives
  | 'buffer' // bytes that change
  | 'listed' // the items of the first argument, or what a function made of each
  | 'buffer-listed' // bytes that are made so
  | 'iterator'
  | 'sorted' // its first argument, by what an effect gave for each item; the object in its place
  | 'path' // of an open file
  | 'declared' // an option of a parser
  | 'parsed' // the options of a parser
  | 'environment'
  | 'next' // of what an iterator gives
  | 'packages' // the folders of packages
  | 'settings' // puts what a file says into the object
  | 'setting' // of the object, by section and name
  | 'decoder'
  | 'decoded-pair'
  | 'raised' // what was thrown last
  | 'expanded' // a text, with the variables that it names
  | 'content-lines'
  | 'entry' // of a record, by a key; else the second argument
  | 'copy' // of an object, with its keywords as fields
  | 'module' // that its first argument names
  | 'required' // the library or program that its first argument names
  | 'top-module' // the first part of that, unless more is asked for
  | 'item' // of its first argument, by the second
  | 'evaluated' // what a text names
  | 'sent' // what a generator gives when it gets its first argument
  | 'member' // of its first argument, by the name that is the second; else the third
  | 'getter' // a function that gives members by the names that it is given
  | 'caller' // a function that calls a method by its name
  | 'item-getter'
  | 'braces' // `format`: the object, with its arguments and keywords
  | 'bound' // its first argument with the others as its first ones
  | 'woven' // the pieces of its first argument, with the others between them
  | 'shown' // the text of an object
  | 'fields' // of an object, as a record
  | 'reduced' // by a function, from the items of a list and a first value
  | 'record' // of the records and pairs that it is given, and of its keywords
  | 'mapped' // a list of what a called function gives
  | 'flat-mapped' // the items of the lists that a called function gives
  | 'filtered' // the items of the object for which a called function holds
  | 'found' // one of these
  | 'symbol' // a name that no other call gives
  | 'heir' // an object that has the members of its first argument
  | 'map' // of pairs, whose keys are no names of members
  | 'promised' // what a function that it calls hands to the first function that it is given
  | 'proxied' // its first argument, behind the functions of the second
  | 'revocable' // the same as a field
  | 'resolvers' // a promise, with the functions that settle it
  | 'pattern' // a regular expression: source, flags
  | 'replaced' // the object, with what a text or pattern is replaced by: once, or wherever it is
  | 'replaced-all'
  | 'matched' // the groups of a match of a text and a pattern, or all matches
  | 'matches' // a list of such groups
  | 'pieces' // of the object, between what a text or pattern matches
  | 'object'
  /**
   * `carries`: data of the arguments as well, where the call fetches data by itself; `bare`: no
   * data of the arguments.
   */
  | { readonly instance: string; readonly carries?: true; readonly bare?: true }
  | { readonly text: string }
  /** A function or module of the library. */
  | { readonly api: string }
  | { readonly compute: Computation; readonly of: readonly ArgOf[] };

export interface Channel {
  readonly name: string;
  /** Calls that tell the channel their arguments. */
  readonly tells: RegExp;
  /** Calls that say to which host the channel sends. */
  readonly opens: RegExp;
  /** Options of such a call that add to what is sent. */
  readonly adds: RegExp;
  /** Calls that give the channel functions or objects of the skill, which get what it is told. */
  readonly handlers?: RegExp;
}

export interface Row {
  readonly effects: readonly RowEffect[];
  readonly gives?: Gives;
}

export type Table = Readonly<Record<string, Row>>;

/** All that the engine is told of a language's library. */
export interface Knowledge {
  readonly language: Language;
  readonly rows: Table;
  /** The row of a function that belongs to a family. */
  readonly familyRow?: (api: string) => Row | undefined;
  /** Values that names have without a call: `ENV` reads as an instance of `ENV`. */
  readonly names: Readonly<Record<string, NamedValue>>;
  /** Whether names of functions and classes are compared without case. */
  readonly ignoresCase?: true;
  /** A function that is called by its name may be a method of the class around. */
  readonly callsOwnMethods?: true;
  /** Classes of the library whose objects are lists or records. */
  readonly collections?: Readonly<Record<string, 'list' | 'record'>>;
  /** The member by which a value tells its class, and the library's classes of what has none. */
  readonly classMember?: {
    readonly name: string;
    readonly of: Readonly<Partial<Record<ClassedValue, string>>>;
  };
  /** What nothing, true and false are in a text, where that is not how they are written here. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
  /** `+` joins a text with whatever stands on the other side. */
  readonly plusJoins?: true;
  /** `a[name]` is `a.name`. */
  readonly itemsAreMembers?: true;
  /** Texts, numbers and lists that are empty are false; `scalars`: only texts and numbers. */
  readonly emptyIsFalse?: true | 'scalars';
  /** A function that a function of the library is given gets what that gives. */
  readonly callsBack?: true;
  /** Rows of texts and lists that are read without a call; by default all of texts. */
  readonly properties?: RegExp;
  /** The variables of a program are those of the program that loads it. */
  readonly sharesVariables?: true;
  /** A program that another loads is a module: its variables are members of a value. */
  readonly modules?: true;
  /** The method of an object that an operator calls. */
  readonly operatorMethod?: (op: Operator) => string;
  /** Methods of the skill's objects that a library calls by itself. */
  readonly protocols?: readonly string[];
  /** Methods by which an object becomes a text, the first that it has. */
  readonly shownNames?: readonly string[];
  /** Methods of an object, or functions that it was made with, that get what is written to it. */
  readonly receivers?: readonly string[];
  /** A function that becomes a text is its own source. */
  readonly showsFunctions?: true;
  /** Methods that give what a loop goes through, and the member of a step that holds its item. */
  readonly iteration?: { readonly names: readonly string[]; readonly value: string };
  /** The method by which an object gives its items one by one. */
  readonly nextName?: string;
  /** The parameters of functions in their order, where rows know arguments by position. */
  readonly parameters?: ReadonlyMap<string, readonly string[]>;
  /** The same where rows know all but the first argument by name. */
  readonly namedParameters?: ReadonlyMap<string, readonly string[]>;
  /** Rounds in which a loop is gone through whose number of rounds is not known; by default 3. */
  readonly rounds?: number;
  /** Names of members from which everything can be reached. */
  readonly reaching?: ReadonlySet<string>;
  /**
   * Members that other code calls when a program replaces them, besides functions with effects; by
   * default all of the modules below.
   */
  readonly patched?: RegExp;
  /** Modules whose members start programs, run code or reach the network. */
  readonly powerful?: RegExp;
  /** Whoever starts a program by a name that is put together is told. */
  readonly tellsPrograms?: true;
  /** The program that a function starts by its own name. */
  readonly programIn?: (api: string) => string | undefined;
  /** Functions that only look at a module that they are given. */
  readonly looking?: RegExp;
  /** One name for what has several. */
  readonly canonical?: (api: string) => string;
  /** An API as it is shown. */
  readonly shown?: (api: string) => string;
  /** Methods of texts, lists and records that others have, too. */
  readonly ambiguous?: RegExp;
  /** What code gives its caller that stands whole in a text; by default nothing of interest. */
  readonly givenByCode?: (code: string, api: string) => CodeGiven;
  /** What no table knows gives objects of its own, and is no reason to hold a program. */
  readonly isOpen?: true;
  /** Libraries to which a whole program tells things, and which send them. */
  readonly channels?: readonly Channel[];
  /** Whether a function belongs to the language's own library. */
  readonly isOwnLibrary?: (api: string) => boolean;
  /** Whether each method of an object sends what it is given: `of` is what made it. */
  readonly isClient?: (of: string) => boolean;
  /**
   * Options by which libraries that no table has are told a server, names of those that are
   * clients, and functions that set up a whole package.
   */
  readonly servers?: {
    readonly options: RegExp;
    readonly clients: RegExp;
    readonly setUp: RegExp;
  };
  /** Methods of such an object that send nothing of what they are given. */
  readonly sendsNothing?: RegExp;
  /** A path of the language's system as one of the manifest. */
  readonly path?: (path: string) => string;
  /** What the system gives a variable of the environment that holds no secret. */
  readonly variable?: (name: string) => string | undefined;
  /**
   * Names of functions, classes and modules that only compute. A call of anything else that no row
   * has may do anything: a person reads the program.
   */
  readonly computing?: RegExp;
  /** What the words of a command tell that no row has. */
  readonly telling?: (
    command: string,
    words: readonly string[],
  ) => readonly { readonly trait: Trait; readonly says: string }[];
  /** The row that starts a program by a name that nothing else has. */
  readonly command?: string;
  /** Classes of texts and numbers that a program may add methods to. */
  readonly openClasses?: { readonly text: string; readonly number: string };
  /** The method of the skill's classes that a new object calls. */
  readonly constructor: string;
  /**
   * The name by which a class makes an object: rows are called `Net::HTTP.new`. Where it is empty,
   * the name of the class alone is that of the call.
   */
  readonly makeName: string;
  /** The methods by which an object is called, and that take calls of others. */
  readonly callName: string;
  readonly missingName: string;
  /** Extensions that `load` adds to a path. */
  readonly extensions: readonly string[];
}

/** Something of the library, which is followed; nothing with powers; or what nobody sees. */
export type CodeGiven = { readonly api: string } | 'harmless' | 'unseen';

export type ClassedValue = 'text' | 'number' | 'list' | 'record' | 'function' | 'api' | 'class';

export type NamedValue =
  /** An object of a class; with data of all that is told on a channel. */
  | { readonly instance: string; readonly channel?: string }
  | { readonly text: string }
  | { readonly input: string }
  | { readonly incoming: string }
  | { readonly wholeEnv: true }
  /** It tells of the machine or the process, and nothing that is computed. */
  | { readonly isData: true }
  /** Whoever reads the name does what the trait says. */
  | { readonly trait: Trait }
  | { readonly thisFile: true }
  | { readonly thisFolder: true };

/** An argument by name, and by position. */
export function by(name: string, at = 0): { readonly at: number; readonly name: string } {
  return { at, name };
}

/**
 * Rows by lists of names; a name without an owner has that of the name before it, and `a|b.c` is
 * the name `c` of both owners.
 */
export function named(lists: Table): Table {
  const entries = Object.entries(lists).flatMap(([names, one]) => {
    let owner = '';
    return names.split(' ').flatMap((name) => {
      const [, of = owner, end = name] = /^(.+[#.])?(.+)$/.exec(name) ?? [];
      owner = of;
      const owners = of.replaceAll('|', `${of.at(-1)}|`).split('|');
      return owners.map((each) => [`${each}${end}`, one] as const);
    });
  });
  return Object.fromEntries(entries);
}

/** A table for names without case. */
export function caseless(table: Table): Table {
  return Object.fromEntries(Object.entries(table).map(([name, one]) => [name.toLowerCase(), one]));
}

/** A row with one effect or several. */
export function row(effects: RowEffect | readonly RowEffect[], gives?: Gives): Row {
  const all = Array.isArray(effects) ? (effects as readonly RowEffect[]) : [effects as RowEffect];
  return { effects: all, ...(gives !== undefined && { gives }) };
}

/** A row that only computes its result. */
export function computes(compute: Computation, ...of: readonly ArgOf[]): Row {
  return { effects: [], gives: { compute, of } };
}

export const through: Row = { effects: [], gives: 'through' };
export const nothing: Row = { effects: [], gives: 'nothing' };
