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

/**
 * An argument: by position from 0, by name, or by either; `self` is the object of a method, `rest`
 * all arguments from a position on, `block` the block of a call.
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
  /** A connection; `host` may be an address with a scheme, and `content` is sent at once. */
  | {
      readonly does: 'connect';
      readonly scheme: 'tcp' | 'udp' | 'dns' | 'http' | 'https';
      readonly host: ArgOf;
      readonly port?: ArgOf;
      readonly usual?: number;
      readonly content?: ArgOf;
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
  /** Gives the variables of the function around, as `binding` does. */
  | { readonly does: 'variables' }
  | { readonly does: 'output'; readonly content: ArgOf }
  /** Something that came in from outside of the machine. */
  | { readonly does: 'incoming' }
  /** Hands what comes in to the functions and objects that it is given. */
  | { readonly does: 'receive' }
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
   * program itself does, now or later; `isLater`: perhaps not before the program is at its end.
   */
  | {
      readonly does: 'call';
      readonly callee: ArgOf;
      readonly given?: readonly ArgOf[];
      readonly each?: ArgOf;
      readonly spread?: true;
      readonly pairs?: true;
      readonly isLater?: true;
      readonly observes?: ObservedThing;
    }
  /** Changes a list or record in place, and gives what it takes out. */
  | {
      readonly does: 'change';
      readonly how:
        | 'insert'
        | 'pop'
        | 'remove'
        | 'clear'
        | 'reverse'
        | 'extend'
        | 'update'
        | 'default' // sets an entry that is not there, and gives the one that is
        | 'sort';
      readonly key?: ArgOf;
      readonly with?: ArgOf;
    }
  /** Writes to a file, program or object that is given. */
  | { readonly does: 'put'; readonly into: ArgOf; readonly content: ArgOf }
  /** Sets a member of an object by its name. */
  | { readonly does: 'set-member'; readonly of: ArgOf; readonly name: ArgOf; readonly value: ArgOf }
  /** Puts a value into an argument or the object: `sprintf`-like fills, `curl_setopt`, `<<`. */
  | { readonly does: 'fill'; readonly into: ArgOf; readonly with: ArgOf }
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

/** Functions of texts, lists, numbers and codecs that the engine can compute. */
export type Computation =
  | 'text' // its text
  | 'number'
  | 'lower'
  | 'upper'
  | 'swap-case'
  | 'remove-prefix' // text, prefix
  | 'remove-suffix'
  | 'strip'
  | 'strip-start'
  | 'strip-end'
  | 'reverse' // of a text or list
  | 'replace' // all of a part: text, part, other
  | 'replace-pattern' // text, and a list of a pattern and other text
  | 'translate' // letters: text, from, to
  | 'split' // text, by, times
  | 'split-lines' // text, and whether their ends are kept
  | 'shell-words'
  | 'join' // list, by
  | 'slice' // text or list, from, length
  | 'repeat'
  | 'concat'
  | 'sum' // of a list: texts one behind the other, or numbers
  | 'first'
  | 'last'
  | 'length'
  | 'letters' // a text as a list of its letters
  | 'bytes' // a text as a list of numbers
  | 'chr'
  | 'ord'
  | 'keys'
  | 'values'
  | 'reversed-pairs' // a record with keys and values exchanged
  | 'flatten'
  | 'format' // printf: format, values…
  | 'base64-decode'
  | 'base64-encode'
  | 'base32-decode'
  | 'base85-decode'
  | 'ascii85-decode'
  | 'escape-decode' // `\\x41`, `\\n`
  | 'utf-7-decode'
  | 'utf-16-decode'
  | 'hex-decode'
  | 'hex-encode'
  | 'url-decode'
  | 'url-encode'
  | 'rot13'
  | 'inflate'
  | 'unpack' // Ruby's and PHP's formats: text, format
  | 'pack' // list, format
  | 'json-parse'
  | 'toml-parse'
  | 'yaml-parse'
  | 'ini-parse'
  | 'list' // of the items of a list, or of the letters of a text
  | 'pairs' // of a number and an item
  | 'zip' // lists of the first items of all, of the second …
  | 'range'
  | 'replace-regex' // text, pattern, other
  | 'match-regex' // the groups of the first match, from the whole on
  | 'entries' // of a record, as pairs
  | 'split-regex' // text, pattern
  | 'rsplit' // text, by, times
  | 'partition'
  | 'rpartition'
  | 'integer' // a number that says nothing of the text
  | 'path-parents' // the folders above a path
  | 'index-of' // list or text, item, from
  | 'cycle' // the items of a list, again and again
  | 'bit-length'
  | 'zip-longest' // lists, other
  | 'path-suffix' // path, other extension
  | 'path-beside' // path, other name
  | 'path-title' // the name of a path without its extension
  | 'path-stem' // a path without its extension, and the extension
  | 'by-table' // letters by a record
  | 'letter-table' // a record of letters and others
  | 'codec-decode' // text, name of a codec
  | 'codec-encode'
  | 'from-bytes' // a list of numbers as a text
  | 'part' // text or list, from, to
  | 'to-bytes' // a number as a text: number, length, order
  | 'host' // of an address
  | 'path-join'
  | 'path-resolve'
  | 'path-folder'
  | 'path-name'
  | 'path-absolute' // path, below
  | 'windows-folder' // a folder that Windows names
  | 'same';

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
  | 'shown' // the text of an object
  | 'fields' // of an object, as a record
  | 'reduced' // by a function, from the items of a list and a first value
  | 'record' // of the records and pairs that it is given, and of its keywords
  | 'object'
  /**
   * `carries`: data of the arguments as well, where the call fetches data by itself; `bare`: no
   * data of the arguments.
   */
  | { readonly instance: string; readonly carries?: true; readonly bare?: true }
  | { readonly text: string }
  | { readonly compute: Computation; readonly of: readonly ArgOf[] };

export interface Channel {
  readonly name: string;
  /** Calls that tell the channel their arguments. */
  readonly tells: RegExp;
  /** Calls that say to which host the channel sends. */
  readonly opens: RegExp;
  /** Options of such a call that add to what is sent. */
  readonly adds: RegExp;
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
  /** Values that names have without a call: `ENV` reads as an instance of `ENV`. */
  readonly names: Readonly<Record<string, NamedValue>>;
  /** Whether names of functions and classes are compared without case. */
  readonly ignoresCase?: true;
  /** A function that is called by its name may be a method of the class around. */
  readonly callsOwnMethods?: true;
  /** Texts, numbers and lists that are empty are false. */
  readonly emptyIsFalse?: true;
  /** The variables of a program are those of the program that loads it. */
  readonly sharesVariables?: true;
  /** A program that another loads is a module: its variables are members of a value. */
  readonly modules?: true;
  /** The method of an object that an operator calls. */
  readonly operatorMethod?: (op: Operator) => string;
  /** Methods of the skill's objects that a library calls by itself. */
  readonly protocols?: readonly string[];
  /** The method by which an object gives its items one by one. */
  readonly nextName?: string;
  /** The parameters of functions in their order, where rows know arguments by position. */
  readonly parameters?: ReadonlyMap<string, readonly string[]>;
  /** The same where rows know all but the first argument by name. */
  readonly namedParameters?: ReadonlyMap<string, readonly string[]>;
  /** Rounds in which a loop is gone through whose number of rounds is not known; by default 2. */
  readonly rounds?: number;
  /** Names of members from which everything can be reached. */
  readonly reaching?: RegExp;
  /** Modules whose members start programs, run code or reach the network. */
  readonly powerful?: RegExp;
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
  /** What no table knows gives objects of its own, and is no reason to hold a program. */
  readonly isOpen?: true;
  /** Libraries to which a whole program tells things, and which send them. */
  readonly channels?: readonly Channel[];
  /** Whether a function belongs to the language's own library. */
  readonly isOwnLibrary?: (api: string) => boolean;
  /** Whether each method of an object sends what it is given: `of` is what made it. */
  readonly isClient?: (of: string) => boolean;
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
  /** The name by which a class makes an object: rows are called `Net::HTTP.new`. */
  readonly makeName: string;
  /** The methods by which an object is called, and that take calls of others. */
  readonly callName: string;
  readonly missingName: string;
  /** Extensions that `load` adds to a path. */
  readonly extensions: readonly string[];
}

export type NamedValue =
  | { readonly instance: string }
  | { readonly text: string }
  | { readonly input: string }
  | { readonly incoming: string }
  | { readonly wholeEnv: true }
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
