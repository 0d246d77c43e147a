/**
 * Each row of JavaScript's tables, by a call that is made of it: what the call is seen to do is what
 * the row says. One program has all calls, because a program costs more than a call.
 */
import { isBuiltin } from 'node:module';
import { describe, expect, it } from 'vitest';
import { Steps } from '../../../scanner/fact/steps.ts';
import { solveFlows } from '../../../scanner/flow/flow.ts';
import {
  anyRows,
  assignedRows,
  globalRows,
  nodeRows,
  npmFamilies,
  npmRows,
} from '../../../scanner/knowledge/javascript.ts';
import type { ArgOf, EffectOf, Row, RowEffect, Table } from '../../../scanner/knowledge/row.ts';
import { analyseJavascript } from '../../../scanner/languages/javascript/javascript.ts';
import { printCapability } from '../../../skills-index/skill/capability.ts';

// The class of the object that a row gives.
function instanceOf(row: Row | undefined): string | undefined {
  const gives = row?.gives;
  return typeof gives === 'object' && 'instance' in gives ? gives.instance : undefined;
}

const families: Table = Object.fromEntries(
  npmFamilies.map(({ begins, ends, row }) => [`${begins}x.${ends === '' ? 'Y' : ends}`, row]),
);
const all: Table = { ...globalRows, ...nodeRows, ...npmRows, ...families };

/** A part of the program, and the signs of what its row says; one of each list is seen. */
interface Case {
  readonly name: string;
  readonly lines: readonly string[];
  readonly signs: readonly (readonly string[])[];
  /** Signs that are not seen. */
  readonly absent?: readonly string[];
}

const imported = new Set<string>();
let secrets = 0;

/** An expression with data that no other part of the program has. */
function secret(): string {
  return `process.env.SECRET_${secrets++}`;
}

/** A call of what a row names, and the lines before it. */
class Call {
  readonly args: string[] = [];
  readonly name: string;
  readonly callee: string;
  readonly before: string[];

  constructor(name: string, callee: string, before: string[] = []) {
    this.name = name;
    this.callee = callee;
    this.before = before;
  }

  /** Gives an argument, and says what the call has then. */
  put(of: ArgOf | undefined, code: string): string {
    const at = typeof of === 'object' ? (of.at ?? of.rest) : of;
    if (typeof at === 'number') this.args[at] = code;
    else if (typeof of === 'object' && of.or !== undefined) return this.put(of.or, code);
    else if (typeof of === 'object') return of.text ?? '';
    return code.replaceAll("'", '');
  }

  get code(): string {
    return `${this.callee}(${Array.from(this.args, (one) => one ?? '0').join(', ')})`;
  }

  case(signs: Case['signs'], more: Partial<Case> = {}): Case {
    return { name: this.name, lines: [...this.before, `${this.code};`], signs, ...more };
  }
}

function callOf(name: string): Call {
  const [of = '', member] = name.split('#');
  if (member === undefined && name !== 'axios.Instance') return new Call(name, expressionOf(name));
  const callee = member === undefined ? 'made' : `made.${member}`;
  return new Call(name, callee, [`const made = ${makerOf(of)};`, ...openerOf(of)]);
}

function expressionOf(name: string): string {
  if (Object.hasOwn(globalRows, name) && !name.startsWith('bun:')) return name;
  if (/^process\b/.test(name)) return name;
  if (name.startsWith('module-object')) return name.replace('module-object', 'require.main');
  const module = moduleOf(name);
  imported.add(module);
  return `${variableOf(module)}${name === module ? '.default' : name.slice(module.length)}`;
}

function moduleOf(name: string): string {
  return /^(?:socket\.io(?:-client)?|(?:@[^/]+\/)?[^.]+)/.exec(name)?.[0] ?? '';
}

function variableOf(module: string): string {
  return module.replace(/\W/g, '_');
}

// A call that makes an object of a class.
function makerOf(of: string): string {
  const made = Object.keys(all).filter((name) => instanceOf(all[name]) === of);
  const name = made.find((one) => !one.includes('#')) ?? made[0];
  if (name === undefined) throw new Error(`no row makes ${of}`);
  const call = callOf(name);
  for (const effect of all[name]?.effects ?? []) giveTo(call, effect);
  return call.before.length === 0
    ? call.code
    : `(() => { ${call.before.join(' ')} return ${call.code}; })()`;
}

// A call that connects an object which is made first and connected later.
function openerOf(of: string): readonly string[] {
  const made = Object.values(all).find((row) => instanceOf(row) === of);
  const opens = (row: Row | undefined): RowEffect | undefined =>
    row?.effects.find(({ does }) => does !== 'send' && does !== 'trait');
  const method = Object.keys(all).find(
    (name) => name.startsWith(`${of}#`) && /^(request|connect)$/.test(opens(all[name])?.does ?? ''),
  );
  const effect = opens(all[method ?? '']);
  if (opens(made) !== undefined || method === undefined || effect === undefined) return [];
  const call = new Call(method, `made.${method.slice(of.length + 1)}`);
  giveTo(call, effect);
  return [`${call.code};`];
}

const address = "'https://a.example/x'";

// Gives a call what it needs to do something.
function giveTo(call: Call, effect: RowEffect): void {
  if (effect.does === 'request' && effect.url !== undefined) call.put(effect.url, address);
  else if (effect.does === 'request')
    call.put(effect.options, "{ baseURL: 'https://a.example/x' }");
  else if (effect.does === 'program') call.put(effect.words, "'git'");
  else if (effect.does === 'connect') {
    call.put(effect.port, '443');
    call.put(effect.host, "'a.example'");
  } else if ('path' in effect) {
    call.put(effect.path, "'a.txt'");
    if ('mode' in effect) call.put(effect.mode, "'w'");
  }
}

const sent = ['network body', 'network header', 'file content', 'exec argument'].map(
  (to) => `env to ${to}`,
);
const prints = [['env to output content']];

/** A call for an effect of a row, and what shows the effect. */
function casesOf(name: string, effect: RowEffect): readonly Case[] {
  const call = callOf(name);
  switch (effect.does) {
    case 'request':
      return asks(name, effect);
    case 'connect': {
      const { scheme } = effect;
      giveTo(call, effect);
      return [call.case([[`egress ${scheme}://a.example`]])];
    }
    case 'send':
      call.put(effect.content, secret());
      if (/^fs\.\w+$/.test(name)) call.put(0, "fs.openSync('a.txt', 'w')");
      return [call.case([sent])];
    case 'read':
    case 'write':
    case 'delete':
    case 'open':
      return [usesFile(call, effect)];
    case 'program':
      return runsProgram(call, effect);
    case 'code':
      call.put(effect.code, secret());
      return [call.case([['env to exec code'], ['trait code-from-string …']])];
    case 'load':
      if (effect.isApart) {
        call.put(effect.path, "'/opt/b.js'");
        return [call.case([['exec node']])];
      }
      call.put(effect.path, secret());
      return [call.case([['trait dynamic-import …']])];
    case 'output':
      call.put(effect.content, secret());
      return [call.case(prints)];
    case 'observe':
      return [printed(call, [['observed to output content']])];
    case 'fill': {
      const held = effect.with === 'self' ? 'file' : 'env';
      const before = call.before.map((line) => line.replace(", 'w'", ''));
      call.put(effect.with, secret());
      call.put(effect.into, 'held');
      const into = effect.into === 'self' ? 'made' : 'held';
      const lines = [...before, 'const held = [];', `${call.code};`, `console.log(${into});`];
      return [{ name, lines, signs: [[`${held} to output content`]] }];
    }
    case 'call':
      call.put(effect.callee, '(request) => console.log(request.headers)');
      return [call.case([['observed to output content']])];
    case 'receive':
      if (effect.of !== undefined) call.put(effect.of, secret());
      call.put(effect.of === 0 ? 1 : 0, '(request) => console.log(request)');
      return [call.case(effect.of === undefined ? [['network to output content']] : prints)];
    case 'input':
      return [printed(call, [['input to output content']])];
    case 'native':
      call.put(effect.what, "'a.node'");
      return [call.case([['trait native a.node']])];
    case 'trait': {
      const detail = effect.detail === undefined ? name : call.put(effect.detail, "'a detail'");
      return [call.case([[`trait ${effect.trait} ${detail}`]])];
    }
    default:
      return [call.case([[effect.does === 'whole-env' ? 'env *' : `trait ${effect.does}`]])];
  }
}

/** A call whose result is printed. */
function printed(call: Call, signs: Case['signs'], more: Partial<Case> = {}): Case {
  return {
    ...call.case(signs, more),
    lines: [...call.before, `console.log(${call.code});`],
  };
}

function asks(name: string, effect: EffectOf<'request'>): readonly Case[] {
  const { url, host, body = [], method, methodAt, scheme, options, traits = [], header } = effect;
  const call = callOf(name);
  if (url !== undefined) call.put(url, address);
  for (const of of body) call.put(of, secret());
  if (url === undefined || url !== options) call.put(options, `{ headers: { a: ${secret()} } }`);
  call.put(methodAt, "'DELETE'");
  const verb = methodAt === undefined ? method : 'DELETE';
  const isNamed = /\b(get|put|patch|delete|head|options|post)$/.test(name);
  // Part of a host stands for any host.
  const fixed = host === undefined || host.startsWith('*') ? '*' : host;
  const plain = call.case([
    [url === undefined ? `egress https://${fixed}` : 'egress https://a.example'],
    ...(verb === undefined || isNamed ? [] : [[`method ${verb}`]]),
    ...traits.map((trait) => [`with ${trait}`]),
    ...(body.length === 0 ? [] : [['env to network body']]),
    ...(options === undefined || url === options ? [] : [['env to network header']]),
  ]);
  const more: Case[] = [];
  if (scheme !== undefined && url !== undefined) {
    const inParts = callOf(name);
    inParts.put(url, "{ hostname: 'a.example' }");
    more.push(inParts.case([[`egress ${scheme}://a.example`]]));
  }
  // What a module exports by default is a client.
  if (header !== undefined && !/^undici\b/.test(name)) {
    const ofClient = callOf(name);
    const client = ofClient.callee.replace(/\.\w+$/, '');
    ofClient.before.push(`${client}.defaults.headers.a = ${secret()};`);
    ofClient.put(url, address);
    more.push(ofClient.case([['env to network header']]));
  }
  return [plain, ...more];
}

function usesFile(call: Call, effect: EffectOf<'read' | 'write' | 'delete' | 'open'>): Case {
  const { does, to, content, mode, traits = [] } = effect;
  const path = call.put(effect.path, "'a.txt'");
  call.put(to, "'b.txt'");
  call.put(content, secret());
  call.put(mode, "'w'");
  const usual = { read: [], open: ['write'], write: ['write'], delete: ['write', 'delete'] }[does];
  return call.case([
    [`mount ${does === 'read' ? 'ro' : 'rw'} ${path}`],
    ...(to === undefined ? [] : [['mount rw b.txt']]),
    ...(content === undefined ? [] : [['env to file content']]),
    ...(traits.length === 0 ? usual : traits).map((trait) => [`with ${trait}`]),
  ]);
}

function runsProgram(call: Call, effect: EffectOf<'program'>): readonly Case[] {
  const { words, args, options, shell } = effect;
  if (words === 'editor') return [call.case([['exec *']])];
  const word = call.put(words, shell ? "'git status'" : "'git'");
  call.put(args, "['status']");
  const isDetached = options !== undefined && !shell;
  if (isDetached) call.put(options, '{ detached: true }');
  const line = args === undefined ? word : `${word} status`;
  const plain = call.case([
    [`runs ${line}`],
    ...(shell ? [['exec sh'], ['with shell-string']] : []),
    ...(isDetached ? [['trait detached']] : []),
  ]);
  if (options === undefined || !shell) return [plain];
  const fed = callOf(call.name);
  fed.put(words, "'sh'");
  fed.put(options, "{ input: 'git status' }");
  return [plain, fed.case([['runs git status']])];
}

/** What a call gives that does nothing else: data of its arguments, encoded data, or none. */
function givenCases(name: string, { effects, gives }: Row): readonly Case[] {
  if (typeof gives === 'object' && 'compute' in gives) {
    const call = callOf(name);
    call.put(gives.of[0], 'fs.unlink');
    return [{ name, lines: [`${call.code}('a.txt');`], signs: [['mount rw a.txt']] }];
  }
  const isPlain = effects.length === 0 && instanceOf(all[name]) === undefined;
  const doesCarry = gives === 'through' || (typeof gives === 'object' && 'carries' in gives);
  if (!isPlain && !doesCarry) return [];
  const call = callOf(name);
  call.put(0, secret());
  if (gives === 'nothing') return [printed(call, [], { absent: ['env to output content'] })];
  return [printed(call, gives === 'encoded' ? [['encoded env to output content']] : prints)];
}

/** Left out, because no call shows them. */
const unseen = new Set([
  // It sends to whom the other side names.
  'RTCDataChannel#send',
  // The file was opened for reading.
  'Bun.BunFile#write',
  // An export of this name counts as its module, which has no row.
  'node-record-lpcm16.default',
  'mic.default',
  'active-win.default',
  'get-windows.default',
]);

const cases: readonly Case[] = [
  ...Object.entries(all)
    .filter(([name]) => !unseen.has(name))
    .flatMap(([name, row]) => [
      ...row.effects.flatMap((effect) => casesOf(name, effect)),
      ...givenCases(name, row),
    ]),
  ...Object.entries(anyRows).map(([name, row]): Case => {
    const call = `held.${name.slice('Any#'.length)}(${secret()})`;
    return row.gives === 'nothing'
      ? { name, lines: [`console.log(${call});`], signs: [], absent: prints.flat() }
      : { name, lines: ['const held = given();', `${call};`, 'console.log(held);'], signs: prints };
  }),
  ...Object.keys(assignedRows).map((name) => {
    const place = name.includes('#') ? `new ${name.replace('#', '().')}` : name;
    return { name, lines: [`${place} = ${address};`], signs: [['egress https://a.example']] };
  }),
];

/** What each case is seen to do, in one program of all of them. */
function seenOf(given: readonly Case[]): readonly ReadonlySet<string>[] {
  const head = ["import * as fs from 'fs';"];
  for (const module of imported)
    if (module !== 'fs') head.push(`import * as ${variableOf(module)} from '${module}';`);
  const starts: number[] = [];
  let text = head.join('\n');
  for (const { lines } of given) {
    starts.push(text.length);
    text += `\n{\n${lines.join('\n')}\n}`;
  }
  const path = 'a.mjs';
  const source = {
    path,
    file: path,
    language: 'javascript',
    text,
    context: 'code',
    depth: 0,
  } as const;
  const steps = new Steps();
  const { facts, embedded, graph } = analyseJavascript([source], { files: new Set(), steps });
  const seen = given.map(() => new Set<string>());
  const note = (at: number, ...signs: readonly string[]): void => {
    const found = seen[starts.findLastIndex((start) => start <= at)];
    for (const sign of signs) found?.add(sign);
  };
  for (const fact of facts)
    if (fact.kind === 'trait')
      note(fact.span.start, `trait ${fact.trait}`, `trait ${fact.trait} ${fact.detail}`);
    else if (fact.kind === 'capability') {
      const { capability, traits } = fact;
      note(fact.span.start, printCapability(capability), ...traits.map((one) => `with ${one}`));
      if (capability.kind !== 'egress') continue;
      const [origin = ''] = /^\w+:\/\/[^/:]+/.exec(capability.url) ?? [];
      note(
        fact.span.start,
        `egress ${origin}`,
        ...capability.methods.map((one) => `method ${one}`),
      );
    }
  for (const { text, map } of embedded) note(map[0]?.raw ?? 0, `runs ${text}`);
  if (graph === undefined) throw new Error('no graph');
  for (const { source, sink, span, encoded } of solveFlows(graph, steps).flows)
    note(span.start, `${encoded ? 'encoded ' : ''}${source.what} to ${sink.what} ${sink.part}`);
  return seen;
}

describe('rows of JavaScript', () => {
  it('are of modules that Node has', () => {
    const modules = Object.keys(nodeRows).map(moduleOf);
    expect(modules.filter((one) => !isBuiltin(`node:${one}`))).toEqual(['module-object']);
  });

  const seen = seenOf(cases);
  it.each(cases.map((one, at) => [one.name, one, seen[at] ?? new Set()] as const))(
    '%s',
    (_, { lines, signs, absent = [] }, found) => {
      const missing = signs.filter((some) => !some.some((sign) => found.has(sign)));
      const wrong = absent.filter((sign) => found.has(sign));
      const result = { lines, missing, wrong, found: [...found] };
      expect(result).toEqual({ ...result, missing: [], wrong: [] });
    },
  );
});
