/**
 * Each row of the libraries' tables, by a test that is made of it: a call with all that the row
 * names, whose facts have what the row says that it does.
 */
import { describe, expect, it } from 'vitest';
import { type ApiCall, applyRow } from '../../../scanner/engine/effects/effects.ts';
import { frameOf } from '../../../scanner/engine/effects/files.ts';
import { Engine } from '../../../scanner/engine/interpret.ts';
import {
  dataOf,
  listValue,
  newObject,
  textValue,
  thingValue,
  type Value,
} from '../../../scanner/engine/value.ts';
import { Steps } from '../../../scanner/fact/steps.ts';
import { phpKnowledge } from '../../../scanner/knowledge/php.ts';
import { pythonRows } from '../../../scanner/knowledge/python/library.ts';
import type { ArgOf, Knowledge, Row, RowEffect } from '../../../scanner/knowledge/row.ts';
import { rubyKnowledge } from '../../../scanner/knowledge/ruby.ts';
import { windowsKnowledge } from '../../../scanner/knowledge/windows.ts';
import { shown, signsOf, variable } from './row-signs.ts';

const place = { start: 0, end: 1 };
const address = 'https://a.example/x';

interface Given {
  readonly args: Value[];
  readonly named: Map<string, Value>;
  self: Value | undefined;
}

// Puts a value where a row looks for it.
function put(given: Given, of: ArgOf | undefined, value: Value): void {
  if (of === undefined) return;
  if (of === 'self') given.self = value;
  else if (of === 'block') given.named.set('&', value);
  else if (typeof of === 'number') given.args[of] = value;
  else if (typeof of === 'string') given.named.set(of, value);
  else if (of.rest !== undefined) given.args[of.rest] = value;
  else if (of.at !== undefined) given.args[of.at] = value;
  else if (of.name !== undefined) given.named.set(of.name, value);
}

const secret = dataOf(['x.rb::secret']);

// A function of the library that runs the text of its first argument.
function evaluating({ rows }: Knowledge): string {
  const found = Object.entries(rows).find(
    ([
      name,
      {
        effects: [one],
      },
    ]) => {
      const text = one?.does === 'code' ? one.code : undefined;
      return !name.includes('#') && (typeof text === 'object' ? text.at === 0 : text === 0);
    },
  );
  return found?.[0] ?? '';
}

function giveTo(given: Given, effect: RowEffect, knowledge: Knowledge): void {
  for (const { of, form } of effect.when === undefined ? [] : [effect.when])
    put(given, of, textValue(['Upload', 'all', 'True', '1'].find((text) => form.test(text)) ?? ''));
  switch (effect.does) {
    case 'request':
      put(given, effect.url, textValue(address));
      for (const one of [...(effect.query ?? []), ...(effect.body ?? []), ...(effect.header ?? [])])
        if (one !== 'self') put(given, one, secret);
      return;
    case 'connect':
      put(given, effect.host, textValue('a.example'));
      return;
    case 'read':
    case 'write':
    case 'delete':
    case 'open':
      put(given, effect.to, textValue('b.txt'));
      put(given, effect.content, secret);
      put(given, effect.path, textValue('a.txt'));
      return;
    case 'program':
      put(given, effect.words, effect.shell === false ? secret : textValue('git status'));
      return;
    case 'code':
      put(given, effect.code, textValue('x = 1'));
      return;
    case 'load':
      put(given, effect.path, textValue('lib/a.x'));
      return;
    case 'env':
      put(given, effect.name, textValue(variable));
      return;
    case 'set-env':
      put(given, effect.name, textValue('NODE_OPTIONS=x'));
      return;
    case 'deserialize':
      put(given, effect.data, secret);
      return;
    case 'output':
      put(given, effect.content, secret);
      return;
    case 'trait':
      put(given, effect.only, textValue('x'));
      return;
    case 'call': {
      const { callee, given: these = [], each, spread } = effect;
      const text = textValue('x = 1');
      const list = listValue([text]);
      for (const of of these) put(given, of, spread ? list : text);
      put(given, each, spread ? listValue([list]) : list);
      put(given, callee, thingValue({ is: 'api', name: evaluating(knowledge) }));
      return;
    }
    default:
      return;
  }
}

/** What a call of the row notes, as kinds of effects. */
function noted(knowledge: Knowledge, row: Row): ReadonlySet<string> {
  const source = {
    path: 'x.rb',
    file: 'x.rb',
    language: knowledge.language,
    text: ' ',
    context: 'code',
    depth: 0,
  } as const;
  const body = { ...place, kind: 'seq', body: [] } as const;
  const program = { source, body, unread: [], hasRun: true };
  const engine = new Engine({ files: new Set(), steps: new Steps() }, knowledge, [program]);
  const object = newObject('object');
  const given: Given = { args: [], named: new Map(), self: undefined };
  for (const effect of row.effects) giveTo(given, effect, knowledge);
  const at = { program, place, api: 'x', certainty: 'exact', frame: '' } as const;
  const call: ApiCall = {
    at,
    frame: frameOf(engine, program),
    args: Array.from(given.args, (one) => one ?? textValue('z')),
    named: given.named,
    spread: [],
    self: given.self ?? thingValue({ is: 'instance', of: 'x', object }),
  };
  applyRow(engine, call, row);
  const { facts, sinks, sources, embedded, exports, starts } = engine.notes;
  return shown({ facts, embedded, graph: { sinks, sources, exports, starts } });
}

const tables = {
  // The engine reads Python's rows as well.
  python: { ...rubyKnowledge, rows: pythonRows },
  ruby: rubyKnowledge,
  php: phpKnowledge,
  windows: windowsKnowledge,
};

describe.each(Object.entries(tables))('rows of %s', (_, knowledge) => {
  const acting = Object.entries(knowledge.rows).filter(([, { effects }]) =>
    effects.some((effect) => signsOf(effect).length > 0),
  );
  it.each(acting)('%s', (_name, row) => {
    for (const effect of row.effects) {
      const signs = signsOf(effect);
      if (signs.length === 0) continue;
      // Conditions may exclude one another: each effect gets a call of its own.
      const found = noted(knowledge, { effects: [effect] });
      expect({
        does: effect.does,
        found: [...found],
        is: signs.some((sign) => found.has(sign)),
      }).toMatchObject({ is: true });
    }
  });
});
