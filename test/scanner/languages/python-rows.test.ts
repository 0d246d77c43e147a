/**
 * Each row of Python's tables, by a program that is made of it: a call with all that the row names.
 * What the program is seen to do has what the row says.
 */
import { describe, expect, it } from 'vitest';
import { Steps } from '../../../scanner/fact/steps.ts';
import { solveFlows } from '../../../scanner/flow/flow.ts';
import { computedRows } from '../../../scanner/knowledge/python/computed.ts';
import { pythonRows } from '../../../scanner/knowledge/python/library.ts';
import type { ArgOf, EffectOf, Gives, Row, RowEffect } from '../../../scanner/knowledge/row.ts';
import { analysePython } from '../../../scanner/languages/python/python.ts';
import { shown, signsOf, variable } from './row-signs.ts';

/** A program with one call, and the signs of what its row says; one of each list is seen. */
interface Case {
  readonly lines: readonly string[];
  readonly signs: readonly (readonly string[])[];
}

/** The arguments of a call, and what stands between the parentheses before it. */
class Call {
  readonly args: string[] = [];
  readonly named = new Map<string, string>();
  owner = '';

  /** Gives an argument, and says what the call has then. */
  put(of: ArgOf | undefined, text: string): string {
    if (of === undefined) return '';
    if (of === 'self') this.owner = text;
    else if (typeof of === 'number') this.args[of] = text;
    else if (typeof of === 'string') this.named.set(of, text);
    else if (of.at !== undefined || of.rest !== undefined) this.args[of.at ?? of.rest ?? 0] = text;
    else if (of.name !== undefined) this.named.set(of.name, text);
    else return of.text ?? '';
    return text.replaceAll('"', '');
  }

  line(name: string): string {
    const [, owner = '', method = ''] = /^(.*\.)?(.+)$/.exec(name) ?? [];
    const named = [...this.named].map(([key, text]) => `${key}=${text}`);
    const args = [...Array.from(this.args, (one) => one ?? '"z"'), ...named];
    return `made = ${owner.replaceAll('()', `(${this.owner})`)}${method}(${args.join(', ')})`;
  }
}

function sendsSecret(part: string, of: readonly ArgOf[] = []): Case['signs'] {
  return of.length === 0 ? [] : [[`env to network ${part}`]];
}

const prints = [['env to output content']];

/** A call for an effect of a row, and what shows the effect. */
function caseOf(name: string, effect: RowEffect): Case {
  const call = new Call();
  const { when } = effect;
  const text = ['True', '1'].find((one) => when?.form.test(one)) ?? '';
  call.put(when?.of, text);
  const signs = signsWith(call, effect);
  const { before = [], after = [] } = around[effect.does] ?? {};
  return { lines: [...before, call.line(name), ...after], signs };
}

const around: Partial<
  Record<RowEffect['does'], { before?: readonly string[]; after?: readonly string[] }>
> = {
  incoming: { before: ['def handle(given):', '    print(given)'] },
  fill: { before: ['held = bytearray(8)'], after: ['print(held)'] },
  put: { before: ['held = bytearray(8)'], after: ['print(held)'] },
  view: { before: ['held = bytearray(8)'], after: ['made[0] = secret', 'print(held)'] },
  read: { after: ['subprocess.run(["out/run"])'] },
};

// Puts what the effect asks for into the call, and says what is seen then.
function signsWith(call: Call, effect: RowEffect): Case['signs'] {
  switch (effect.does) {
    case 'request':
      return asks(call, effect);
    case 'connect':
      return [[`egress ${call.put(effect.host, '"a.example"')}`]];
    case 'send':
      call.put(effect.content, 'secret');
      if (effect.part === 'input') return [['env to exec argument']];
      return sendsSecret(effect.part ?? 'body', [effect.content]);
    case 'read':
    case 'write':
    case 'delete':
    case 'open':
      return usesFile(call, effect);
    case 'search':
      return [[`mount ro ${call.put(effect.folder, '"a.txt"')}`]];
    case 'temporary':
      return effect.gives === 'path' ? [] : [['mount rw /tmp/*']];
    case 'program':
      return [[`runs ${call.put(effect.words, '"git"')}`]];
    case 'code':
      return [[`runs ${call.put(effect.code, '"x = 1"')}`]];
    case 'env':
      call.put(effect.name, `"${variable}"`);
      return [signsOf(effect)];
    case 'output':
      call.put(effect.content, 'secret');
      return prints;
    case 'option':
      call.put(effect.name, 'pycurl.URL');
      call.put(effect.value, '"https://a.example/x"');
      return [['egress a.example']];
    case 'incoming':
      call.put(0, 'handle');
      return [['network to output content']];
    case 'fill':
      call.put(effect.with, 'secret');
      call.put(effect.into === 0 ? 1 : 0, 'secret');
      call.put(effect.into, 'held');
      return prints;
    case 'put':
      call.put(effect.content, 'secret');
      call.put(effect.into, 'held');
      return prints;
    case 'view':
      call.put(effect.of, 'held');
      return prints;
    case 'call': {
      const { callee, given = [], each, spread } = effect;
      call.put(callee, 'os.remove');
      call.put(each, spread ? '[("a.txt",)]' : '["a.txt", "a.txt"]');
      call.put(given[0], spread ? '["a.txt"]' : '"a.txt"');
      call.put(given[1], '{}');
      return [
        ['mount rw a.txt', ...(each === undefined && given.length === 0 ? ['mount rw *'] : [])],
      ];
    }
    default:
      if (effect.does === 'load') call.put(effect.path, '"a.py"');
      if (effect.does === 'deserialize') call.put(effect.data, '"a.bin"');
      if (effect.does === 'native') call.put(effect.what, '"a.so"');
      return [signsOf(effect)];
  }
}

function asks(call: Call, effect: EffectOf<'request'>): Case['signs'] {
  const { url, host, query, body, header, files = [] } = effect;
  call.put(url, '"https://a.example/x"');
  call.put(effect.methodAt, '"POST"');
  for (const of of [...(query ?? []), ...(body ?? []), ...(header ?? [])]) call.put(of, 'secret');
  for (const of of files) call.put(of, '"a.txt"');
  // A client of Amazon's own hosts sends its user's files to its user.
  if (files.length > 0) call.owner = 'endpoint_url="https://a.example"';
  return [
    ...(files.length > 0 ? [['file to network body']] : []),
    ...(url === undefined ? [] : [['egress a.example']]),
    ...(url === undefined && host === undefined && files.length === 0 && body === undefined
      ? [['egress *']]
      : []),
    ...sendsSecret('url', query),
    ...sendsSecret('body', body),
    ...sendsSecret('header', header),
  ];
}

function usesFile(
  call: Call,
  effect: EffectOf<'read' | 'write' | 'delete' | 'open'>,
): Case['signs'] {
  const { does, to, content, mode, unpacks, traits = [] } = effect;
  const path = call.put(effect.path, unpacks ? 'fetched' : '"a.txt"');
  call.put(to, '"out"');
  call.put(content, 'secret');
  call.put(mode, does === 'open' ? '"w" or os.O_WRONLY' : '0o777');
  if (unpacks) return [['network to exec program']];
  const writes = does === 'read' ? 'ro' : 'rw';
  return [
    [`mount ${writes} ${path}`],
    ...(content === undefined ? [] : [['env to file content']]),
    ...(to === undefined ? [] : [['mount rw out']]),
    ...(traits.includes('permissions') ? [['trait permissions']] : []),
  ];
}

/** A service's own host, where the call names no other. */
function hostCase(name: string, host: string): Case {
  return { lines: [new Call().line(name)], signs: [[`egress ${host.replace('*.', '')}`]] };
}

/** Whether a call gives nothing of its first argument: not its length, not a folder. */
function givesNoData(gives: Gives | undefined): boolean {
  if (typeof gives !== 'object')
    return gives === undefined || /^(nothing|raised|class|packages|decoder)$/.test(gives);
  return 'text' in gives || ('compute' in gives && /^(length|range|integer)$/.test(gives.compute));
}

function isEncoded(gives: Gives | undefined): boolean {
  return typeof gives === 'object'
    ? 'compute' in gives && gives.compute === 'codec-encode'
    : gives === 'encoded';
}

/** Prints what a call gives that does nothing else. */
function givenCase(name: string, gives: Gives | undefined): Case {
  const call = new Call();
  call.put(0, 'secret');
  const encodes = [['encoded env to output content']];
  const signs = givesNoData(gives) ? [] : isEncoded(gives) ? encodes : prints;
  return { lines: [call.line(name), 'print(made)'], signs };
}

function casesOf(name: string, { effects, gives }: Row): readonly Case[] {
  if (effects.length === 0) return [givenCase(name, gives)];
  return effects.flatMap((effect) => [
    caseOf(name, effect),
    ...(effect.does === 'request' && effect.host !== undefined
      ? [hostCase(name, effect.host)]
      : []),
  ]);
}

const builtIn = /^(bytearray|bytes|int|get_ipython)\b/;

/** What a program is seen to do. */
function seen(name: string, { lines }: Case): ReadonlySet<string> {
  const [root = ''] = name.split(/[.(]/);
  const before = [
    'import os, requests, subprocess',
    ...(name.includes('.') && !builtIn.test(name) ? [`import ${root}`] : []),
    'secret = os.environ["API_KEY"]',
    'fetched = requests.get("https://b.example/x").content',
    '',
  ].join('\n');
  const text = [before, ...lines, ''].join('\n');
  const path = 'a.py';
  const source = { path, file: path, language: 'python', text, context: 'code', depth: 0 } as const;
  const steps = new Steps();
  const { facts, embedded, graph = empty } = analysePython([source], { files: new Set(), steps });
  const own = facts.filter(({ span }) => span.start >= before.length);
  return new Set([
    ...shown({ facts: own, embedded, graph }),
    ...embedded.map((one) => `runs ${one.text}`),
    ...solveFlows(graph, steps).flows.map(
      ({ source: { what }, sink, encoded }) =>
        `${encoded ? 'encoded ' : ''}${what} to ${sink.what} ${sink.part}`,
    ),
  ]);
}

const empty = { nodes: [], edges: [], sources: [], sinks: [] };

/**
 * The front end gives the module that these name, so no row is asked; or they give a function, or
 * change what stands around them, as the evasions show.
 */
const elsewhere =
  /^(__import__|importlib\.__import__|importlib\.import_module|import|sys\.modules\..*|os\.putenv|(set|del)attr|locals|staticmethod|operator\..*(getter|caller)|functools\.partial.*)$/;

describe('rows of Python', () => {
  // Methods of texts, lists and records are no names that a program writes.
  const computed = Object.entries(computedRows).filter(([name]) => !name.includes('#'));
  const all = [...Object.entries(pythonRows), ...computed].filter(
    ([name]) => !elsewhere.test(name),
  );
  it.each(all)('%s', (name, row) => {
    for (const one of casesOf(name, row)) {
      const found = seen(name, one);
      const missing = one.signs.filter((signs) => !signs.some((sign) => found.has(sign)));
      expect({ program: one.lines, missing, found: [...found] }).toMatchObject({ missing: [] });
      if (one.signs.length === 0)
        expect([...found].filter((sign) => sign.startsWith('env to'))).toEqual([]);
    }
  });
});
