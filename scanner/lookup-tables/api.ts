/**
 * How model tables describe an API: data that front ends read. Arguments are named by position,
 * from 0.
 */
import type { Trait } from '../fact/fact.ts';
import type { ObservedThing } from './observations.ts';

export type Effect =
  /**
   * Uses files; `to` is a second path (copy, rename, link), `content` the written data, `fixed` the
   * path when no argument gives one.
   */
  | {
      readonly does: 'read' | 'write' | 'delete';
      readonly path: number;
      readonly to?: number;
      readonly content?: number;
      readonly fixed?: string;
      readonly traits?: readonly Trait[];
    }
  /** Runs a command line by a shell. */
  | { readonly does: 'shell'; readonly command: number; readonly options?: number }
  /**
   * Runs a program; `args` is the position of an array of arguments, `rest` says that they follow
   * one by one.
   */
  | {
      readonly does: 'program';
      readonly program: number;
      readonly args?: number;
      readonly rest?: true;
      readonly options?: number;
      /** The program, when the API always starts the same one. */
      readonly fixed?: string;
    }
  /** Runs a JavaScript file in its own process or thread. */
  | { readonly does: 'fork'; readonly script: number; readonly options?: number }
  /** Sends a request; url and options may be one object. `host` is for SDKs with a fixed host. */
  | {
      readonly does: 'request';
      readonly url?: number;
      readonly options?: number;
      readonly body?: number;
      readonly method?: string;
      /** Position of the method argument. */
      readonly verb?: number;
      readonly scheme?: 'http' | 'https';
      readonly host?: string;
      readonly traits?: readonly Trait[];
    }
  /**
   * Opens a connection; `at` is the position of (port, host), of an options object, or of a path.
   */
  | { readonly does: 'connect'; readonly scheme: 'tcp' | 'udp'; readonly at: number }
  /** Sends one datagram: (message, …, port, host). */
  | { readonly does: 'datagram' }
  /** Asks DNS for a name. */
  | { readonly does: 'resolve'; readonly name: number }
  /** Sends data over an open connection: a request's body, a socket's data. */
  | { readonly does: 'send'; readonly content: number }
  | { readonly does: 'listen' }
  /** Returns all environment variables at once. */
  | { readonly does: 'environment' }
  /** Runs text as code. */
  | { readonly does: 'code'; readonly code: number }
  /** Loads a module by name. */
  | { readonly does: 'load'; readonly module: number }
  /** Shows values to the caller of the skill. */
  | { readonly does: 'output' }
  /** Returns data from outside: arguments, standard input, a clipboard. */
  | { readonly does: 'input' }
  /** Tells a fact about the machine or its user, or records the user. */
  | { readonly does: 'observe'; readonly what: ObservedThing }
  /** Only a trait, of the argument at `at` if given. */
  | { readonly does: 'trait'; readonly trait: Trait; readonly at?: number };

export interface Api {
  readonly effects: readonly Effect[];
  /**
   * The result of a call or `new`: an object of this class of the tables (`http.ClientRequest`).
   */
  readonly gives?: string;
  /**
   * The result stands for one of the arguments, and calls of it call that argument:
   * `promisify(exec)`.
   */
  readonly same?: number;
  /**
   * The argument at this position is filled with data of the object or of the other arguments:
   * `read(file, buffer)`.
   */
  readonly fills?: number;
  /** The function at this position sees each request that the program sends. */
  readonly intercepts?: number;
  /** What the client of the call was given before, such as default headers, is sent as well. */
  readonly defaults?: true;
  /** The result contains data of the arguments, although it is a source by itself. */
  readonly carries?: true;
  /** The result contains no data of the arguments: a hash, a comparison, a length. */
  readonly opaque?: true;
  /** The result is an encoded form of the arguments. */
  readonly encodes?: true;
}

/**
 * Qualified name → its effects. `fs.readFile`, `process.exit`, `fetch`; members of a class's
 * objects as `net.Socket#write`.
 */
export type ApiTable = Readonly<Record<string, Api>>;

/** The same row for several names of one module or object; `''` as owner for globals. */
export function rows(owners: string, names: string, api: Api | Effect): ApiTable {
  const full: Api = 'effects' in api ? api : { effects: [api] };
  const owned = owners
    .split(' ')
    .flatMap((owner) =>
      names
        .split(' ')
        .map((name) => (owner === '' ? name : `${owner}${name.startsWith('#') ? '' : '.'}${name}`)),
    );
  return Object.fromEntries(owned.map((name) => [name, full]));
}

/**
 * A row of a table; never an inherited property (`constructor`, `toString`), whose name a skill's
 * author could use.
 */
export function own<Row>(table: Readonly<Record<string, Row>>, name: string): Row | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
