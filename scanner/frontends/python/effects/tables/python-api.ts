/** How the Python tables describe an API, and helpers that write their rows. */

import type { Trait } from '../../../../fact/fact.ts';
import type { ObservedThing } from '../../../../lookup-tables/observations.ts';

/** An argument by position (from 0; -1 is none), or by keyword. */
export interface Argument {
  readonly at: number;
  readonly key: string;
  /** The default when the argument is absent. */
  readonly text?: string;
}

export type PythonEffect =
  /**
   * A request. `host` is for SDKs with a fixed host; `target: 'self'` sends to the object's own
   * target.
   */
  | {
      readonly does: 'request';
      readonly url?: Argument;
      readonly host?: string;
      readonly toSelf?: true;
      readonly method: string;
      readonly methodAt?: Argument;
      readonly body: readonly Argument[];
      readonly header: readonly string[];
    }
  /** A connection to a host and port, as two arguments or a pair. */
  | {
      readonly does: 'connect';
      readonly scheme: 'tcp' | 'udp' | 'dns' | 'https' | 'http';
      readonly host: Argument;
      readonly port: number;
    }
  /** Sends data over an open connection. */
  | { readonly does: 'send'; readonly content: Argument; readonly part?: 'header' }
  /** Puts the other arguments into one: `pack_into(format, buffer, 0, data)`. */
  | { readonly does: 'fill'; readonly into: Argument }
  /** Gives a view of an argument: what is put into the view gets into the argument. */
  | { readonly does: 'view'; readonly of: Argument }
  /** Sends the file at a path over an open connection. */
  | { readonly does: 'upload'; readonly path: Argument }
  | {
      readonly does: 'read' | 'write' | 'delete' | 'open';
      readonly path: Argument;
      readonly to?: Argument;
      readonly content?: Argument;
      readonly traits?: readonly Trait[];
    }
  /** File operations on the object's own path. */
  | {
      readonly does: 'self-read' | 'self-write' | 'self-delete' | 'self-open';
      readonly to?: Argument;
      readonly content?: Argument;
      readonly traits?: readonly Trait[];
    }
  | { readonly does: 'shell' | 'program'; readonly command: Argument; readonly rest?: true }
  | { readonly does: 'code'; readonly code: Argument }
  | { readonly does: 'load'; readonly module: Argument }
  /** Unpacks an archive into a folder; without `from`, the archive that the object is open on. */
  | { readonly does: 'unpack'; readonly from?: Argument; readonly to: Argument }
  /**
   * `byPath`: the argument is the name of a file; `runs` where what it says is always run. `safe`
   * names the value of an argument that makes the call harmless, `only` the value that makes it
   * harmful.
   */
  | {
      readonly does: 'deserialize';
      readonly data: Argument;
      readonly byPath?: true | 'runs';
      readonly safe?: Condition;
      readonly only?: Condition;
    }
  /** Sends text to a running program's standard input. */
  | { readonly does: 'feed'; readonly content: Argument }
  /** What lies at the path is run later. */
  | { readonly does: 'start'; readonly path: Argument }
  /** Hands messages of a connection to the functions that it is given. */
  | { readonly does: 'receive' }
  | { readonly does: 'env'; readonly name: Argument }
  | { readonly does: 'whole-env' | 'input' | 'output' | 'listen' | 'native' }
  /** Tells a fact about the machine or its user, or records the user. */
  | { readonly does: 'observe'; readonly what: ObservedThing; readonly only?: Condition }
  /** `unless` is an argument whose presence makes the call harmless. */
  | { readonly does: 'trait'; readonly trait: Trait; readonly unless?: Argument }
  /**
   * Calls a function argument: with the arguments from a position on, with those of a list, or with
   * each item of a list.
   */
  | { readonly does: 'call'; readonly callee: Argument; readonly given: GivenArguments }
  /** Sets an option of a transfer: `URL`, `POSTFIELDS`. */
  | { readonly does: 'option'; readonly name: Argument; readonly value: Argument };

/** An argument whose text or name has a form. */
export interface Condition {
  readonly argument: Argument;
  readonly form: RegExp;
}

export interface GivenArguments {
  readonly from?: number;
  readonly list?: Argument;
  readonly dict?: Argument;
  readonly each?: number;
  /** Two items at a time. */
  readonly twice?: true;
  /** Each item is a list of arguments. */
  readonly spread?: true;
}

export interface PythonApi {
  readonly effects: readonly PythonEffect[];
  /**
   * The result of a call: `through` has its arguments' data, `data` has parts of it that are not
   * known one by one, `holding` an own object that has it, `encoded` or `decoded` forms of it,
   * `nothing` of it, or an own object (the default).
   */
  readonly gives?: 'through' | 'data' | 'holding' | 'encoded' | 'decoded' | 'nothing';
}

export type PythonApiTable = Readonly<Record<string, PythonApi>>;

/** An argument by position, and by keyword. */
export const argument = (at: number, key = ''): Argument => ({ at, key });
/** A row for a function that calls a function argument; the result has that function's data. */
export const calls = (callee: Argument, given: GivenArguments): PythonApi =>
  api({ does: 'call', callee, given }, 'through');
/** A row. */
export const api = (
  effect: PythonEffect | readonly PythonEffect[],
  gives?: PythonApi['gives'],
): PythonApi => ({
  effects: Array.isArray(effect) ? effect : [effect as PythonEffect],
  ...(gives !== undefined && { gives }),
});
/** The same row for several names of one owner, separated by spaces; no owner for built-ins. */
export const rows = (owner: string, names: string, row: PythonApi): PythonApiTable =>
  Object.fromEntries(
    names.split(' ').map((name) => [owner === '' ? name : `${owner}.${name}`, row]),
  );

const bodyKeys = ['data', 'json', 'files', 'params', 'content', 'body'].map((key) =>
  argument(-1, key),
);
/** A request with the URL at a position, and the usual names for its data. */
export const request = (method: string, at = 0, body: readonly Argument[] = []): PythonApi =>
  api({
    does: 'request',
    url: argument(at, 'url'),
    method,
    ...(at === 1 && { methodAt: argument(0, 'method') }),
    body: [...body, ...bodyKeys],
    header: ['headers', 'auth', 'cookies'],
  });
/** Rows for `get`, `post` and so on of a client. */
export const verbs = (owner: string): PythonApiTable => ({
  ...rows(owner, 'get', request('GET')),
  ...rows(owner, 'head', request('HEAD')),
  ...rows(owner, 'options', request('OPTIONS')),
  ...rows(owner, 'delete', request('DELETE')),
  ...rows(owner, 'post', request('POST', 0, [argument(1, 'data')])),
  ...rows(owner, 'put', request('PUT', 0, [argument(1, 'data')])),
  ...rows(owner, 'patch', request('PATCH', 0, [argument(1, 'data')])),
  ...rows(owner, 'request stream', request('*', 1)),
});
/** A service with a fixed host, unless an option names another. */
export const service = (host: string, option = 'base_url'): PythonApi =>
  api({
    does: 'request',
    url: argument(-1, option),
    host,
    method: '*',
    body: [],
    header: ['api_key', 'token', 'auth', 'api_token'],
  });
/** A request to the object's own host. */
export const selfRequest = api({
  does: 'request',
  toSelf: true,
  method: '*',
  methodAt: argument(0, 'method'),
  body: [argument(1, 'url'), argument(2, 'body')],
  header: ['headers'],
});
/** Reads the file named by an argument. */
export const read = (at = 0, key = ''): PythonApi => api({ does: 'read', path: argument(at, key) });
/** Writes the file named by an argument. */
export const write = (traits: readonly Trait[] = ['write'], at = 0): PythonApi =>
  api({ does: 'write', path: argument(at), traits });
