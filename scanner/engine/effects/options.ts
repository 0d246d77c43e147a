/** Options of requests and programs that are given as one record. */
import { present } from '../../fact/remembered.ts';
import type { ArgOf, EffectOf } from '../../knowledge/row.ts';
import type { Engine } from '../interpret.ts';
import {
  allNodesOf,
  concat,
  dataOf,
  either,
  itemsOf,
  knownOf,
  knownText,
  listValue,
  objectsOf,
  textValue,
  unknown,
  type Value,
  withNodes,
} from '../value.ts';
import { type ApiCall, argOf } from './effects.ts';

/** The fields of the records that a value may be, and what else it holds. */
interface Options {
  readonly fields: ReadonlyMap<string, Value>;
  readonly rest: readonly Value[];
}

function optionsIn(value: Value | undefined): Options | undefined {
  if (value === undefined || value.texts.length > 0) return undefined;
  const records = objectsOf(value).filter(({ kind }) => kind === 'record');
  if (records.length === 0) return undefined;
  const fields = new Map<string, Value>();
  for (const record of records)
    for (const [name, one] of record.fields) {
      const before = fields.get(name);
      fields.set(name, before === undefined ? one : either([before, one]));
    }
  const nodes = dataOf(value.nodes);
  return { fields, rest: [nodes, ...records.flatMap(({ rest }) => rest ?? [])] };
}

/** A request whose address, method, headers and body stand in a record. */
export function withOptions(
  engine: Engine,
  call: ApiCall,
  effect: EffectOf<'request'>,
): { readonly call: ApiCall; readonly effect: EffectOf<'request'> } {
  const { url: urlAt, options: optionsAt, scheme, ...plain } = effect;
  const first = urlAt === undefined ? undefined : argOf(call, urlAt);
  const second = optionsAt === undefined ? undefined : argOf(call, optionsAt);
  const given = [first, second].flatMap((one) => optionsIn(one) ?? []);
  const isClient = effect.host !== undefined;
  const parts = new Map<Part, Value[]>([
    ['url', (effect.query ?? []).flatMap((of) => argOf(call, of) ?? [])],
    ['body', (effect.body ?? []).flatMap((of) => argOf(call, of) ?? [])],
    [
      'header',
      (effect.header ?? []).flatMap((of) => argOf(call, of) ?? defaultsOf(engine, call, of)),
    ],
  ]);
  for (const { fields, rest } of given) {
    for (const [name, one] of fields) {
      const part = partNamed(name, isClient);
      if (part !== undefined && knownOf(one) !== null) parts.get(part)?.push(one);
    }
    parts.get('body')?.push(...rest.filter((one) => allNodesOf([one]).length > 0));
  }
  const isLoose = second !== undefined && optionsIn(second) === undefined && isData(second);
  if (isLoose && second !== first) parts.get('body')?.push(second);
  const address = given
    .map(({ fields }) => addressIn(fields, scheme))
    .find((one) => one !== undefined);
  const url = optionsIn(first) === undefined ? first : address;
  // A service has a host of its own, which an option may replace.
  const to = url ?? address ?? (isClient ? textValue(`https://${effect.host}/*`) : undefined);
  const method = given.map(({ fields }) => fields.get('method')).find((one) => one !== undefined);
  const named = new Map(call.named);
  if (method !== undefined) named.set('method', method);
  else if (isLoose && second !== first && !isClient) named.set('method', textValue('*'));
  const args = [
    to ?? unknown,
    ...(['url', 'body', 'header'] as const).map((part) => {
      const all = parts.get(part) ?? [];
      return all.length === 0 ? unknown : listValue(all);
    }),
  ];
  const isSent = (parts.get('body') ?? []).length > 0;
  const { query: _, body: __, header: ___, host: ____, ...rest } = plain;
  return {
    call: { ...call, args, named },
    effect: {
      ...rest,
      // Without an address, it goes where its object is open.
      ...((to !== undefined || call.self === undefined) && { url: 0 }),
      ...(method !== undefined || named.has('method') ? { methodAt: 'method' } : {}),
      query: [1],
      ...(isSent && { body: [2] }),
      header: [3],
    },
  };
}

// `axios.defaults.headers.common.Authorization = token`
function defaultsOf({ globals }: Engine, { at, self }: ApiCall, of: ArgOf): readonly Value[] {
  if (of !== 'self' || self !== undefined) return [];
  const owner = /^(?:@[^/]+\/)?[^.#]+/.exec(at.api)?.[0] ?? at.api;
  return [...globals.fields].flatMap(([name, value]) =>
    name.startsWith(`${owner}.defaults.`) ? [value] : [],
  );
}

type Part = 'url' | 'body' | 'header';

function isData({ things, nodes, texts }: Value): boolean {
  return nodes.length > 0 || texts.length > 0 || things.some(({ is }) => is === 'instance');
}

function partNamed(name: string, isClient: boolean): Part | undefined {
  if (/^(method|signal|agent|dispatcher|timeout|redirect|host|hostname|port|protocol)$/.test(name))
    return undefined;
  const isKey = isClient && /^(apiKey|api_key|authToken|accessToken|token)$/.test(name);
  if (isKey || name === 'headers' || name === 'auth') return 'header';
  if (/^(baseURL|prefixUrl|uri|href|endpoint|baseUrl|connectionString)$/.test(name))
    return undefined;
  return /^(path|pathname|url|query|params|searchParams|qs)$/.test(name) ? 'url' : 'body';
}

const addressNames = 'url href baseURL prefixUrl uri endpoint connectionString baseUrl'.split(' ');

function addressIn(fields: Options['fields'], scheme = 'https'): Value | undefined {
  const [whole] = addressNames.flatMap((name) => fields.get(name) ?? []);
  if (whole !== undefined) return whole;
  const host = fields.get('hostname') ?? fields.get('host');
  if (host === undefined) return undefined;
  const port = fields.get('port');
  const path = fields.get('path') ?? fields.get('pathname') ?? textValue('/');
  const protocol = knownText(fields.get('protocol'))?.replace(/:$/, '') ?? scheme;
  const hasPort = port === undefined || /:\d+$/.test(knownText(host) ?? '');
  const address = hasPort ? [host] : [host, textValue(':'), port];
  const made = concat([textValue(`${protocol}://`), ...address, path]);
  const known = knownText(made);
  return known === undefined ? made : withNodes(textValue(known), made.nodes);
}

/** A program whose words are a name and a list, and whose options are a record. */
export function programWithOptions(
  engine: Engine,
  call: ApiCall,
  effect: EffectOf<'program'>,
): { readonly call: ApiCall; readonly effect: EffectOf<'program'> } {
  const { args: argsAt, options: optionsAt, ...plain } = effect;
  const first = argOf(call, effect.words) ?? unknown;
  const second = argsAt === undefined ? undefined : argOf(call, argsAt);
  const third = optionsAt === undefined ? undefined : argOf(call, optionsAt);
  const options = [first, second, third].map(optionsIn).find((one) => one !== undefined);
  const fields = options?.fields ?? new Map<string, Value>();
  const named = new Map([...call.named, ...fields]);
  const known = { ...call, named };
  if (knownOf(fields.get('detached') ?? unknown) === true)
    engine.notes.trait(call.at, 'detached', call.at.api);
  if (effect.shell === true) return { call: known, effect: { ...plain, input: 'input' } };
  const name = optionsIn(first) === undefined ? first : (fields.get('cmd') ?? unknown);
  const list = (optionsIn(second) === undefined ? second : undefined) ?? fields.get('args');
  const words = wordsOf(name, list);
  const shell = fields.get('shell');
  const inShell = shell !== undefined && (knownOf(shell) === true || shell.texts.length > 0);
  const line = inShell
    ? concat((itemsOf(words) ?? [words]).flatMap((word) => [word, textValue(' ')]).slice(0, -1))
    : words;
  return {
    call: { ...known, args: [line] },
    effect: { ...plain, words: 0, shell: inShell, input: 'input' },
  };
}

function wordsOf(name: Value, list: Value | undefined): Value {
  const isList = objectsOf(name).some(({ kind }) => kind === 'list');
  if (list === undefined || knownOf(list) === null) return isList ? name : listValue([name]);
  const items = itemsOf(list);
  const lists = objectsOf(list).filter(({ kind }) => kind === 'list');
  if (items !== undefined) return listValue([name, ...items]);
  if (lists.length === 0) return listValue([name, dataOf(allNodesOf([list]))]);
  return either(
    lists.map((one) => {
      const known = Array.from(
        { length: one.length },
        (_, at) => one.fields.get(String(at)) ?? unknown,
      );
      const loose = [...present(one.rest), ...(list.isOpen ? [unknown] : [])];
      return withNodes(listValue([name, ...known], loose), list.nodes);
    }),
  );
}
