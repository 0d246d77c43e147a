/** Rows that the tables of Python's libraries share. */
import {
  type ArgOf,
  by,
  computes,
  type EffectOf,
  named,
  type Row,
  type RowEffect,
  row,
  type Table,
} from '../row.ts';

/** The same rows for several owners: objects of one kind, modules with the same functions. */
export function ofEach(owners: string, members: Table): Table {
  const rows = Object.entries(named(members));
  const each = owners
    .trim()
    .split(/\s+/)
    .flatMap((owner) => rows.map(([name, one]) => [`${owner}.${name}`, one]));
  return Object.fromEntries(each);
}

/** The first argument, with the data of all. */
export const same = computes('same', 0);
export const encoded = row([], 'encoded');
export const decoded = row([], 'decoded');
export const partOfFirst = row({ does: 'view', of: 0 }, 'object');
export const listens = row({ does: 'listen' });
export const input = row({ does: 'input' });
export const native = row({ does: 'native', what: 0 });
export const writes = row({ does: 'write', path: 0 });

/** Reads the file that the first argument names. */
export function reads(name?: string): Row {
  return row({ does: 'read', path: name === undefined ? 0 : by(name) });
}

/** Opens the file that the first argument names. */
export function opens(name: string): Row {
  return row({ does: 'open', path: by(name), mode: by('mode', 1) });
}

/** What clients of the web send by the names of arguments. */
export const byName = {
  query: ['params'],
  body: ['data', 'json', 'files', 'content', 'body'],
  header: ['headers', 'auth', 'cookies'],
} satisfies Partial<EffectOf<'request'>>;

/** A request to the address in the first argument. */
export function requests(method: string, more: Partial<EffectOf<'request'>> = {}): Row {
  return row({ does: 'request', url: by('url'), method, ...byName, ...more });
}

/** A request of any method to the object's own host. */
export const toOwnHost = {
  does: 'request',
  method: '*',
  methodAt: by('method'),
  body: [by('url', 1), by('body', 2)],
  header: [by('headers', 3)],
} as const satisfies RowEffect;

/** Connects to the host in the first argument; the port stands behind it. */
export function connects(
  usual: number,
  name = 'host',
  scheme: EffectOf<'connect'>['scheme'] = 'tcp',
): Row {
  return row({ does: 'connect', scheme, host: by(name), port: by('port', 1), usual });
}

export const looksUp = connects(53, 'host', 'dns');

/** Sends an argument over what the object is open on. */
export function sends(content: ArgOf, part?: EffectOf<'send'>['part']): Row {
  return row({ does: 'send', content, ...(part !== undefined && { part }) });
}

/** Starts a program by its words. */
export function runs(words: ArgOf): Row {
  return row({ does: 'program', words });
}

/** Starts a program with words of which the first is only the name that it gets. */
export function runsAs(words: ArgOf, argv: ArgOf): Row {
  return row({ does: 'program', words, argv });
}

/** Starts a shell with a line. */
export function runsLine(words: ArgOf): Row {
  return row({ does: 'program', words, shell: true });
}

/** Runs a text as Python. */
export function code(given: ArgOf): Row {
  return row({ does: 'code', code: given });
}

/** Makes objects of data, which say what is run. */
export function unpickles(data: ArgOf): Row {
  return row({ does: 'deserialize', data });
}

/** Does what the trait says. */
export function trait(of: EffectOf<'trait'>['trait']): Row {
  return row({ does: 'trait', trait: of });
}

/** Reads the variable of the environment that an argument names. */
export function variable(name: ArgOf): Row {
  return row({ does: 'env', name, fallback: by('default', 1) });
}

/** Gives a fact about the machine or its user. */
export function tells(what: EffectOf<'observe'>['what']): Row {
  return row({ does: 'observe', what }, same.gives);
}
