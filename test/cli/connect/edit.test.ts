import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonEditor } from '../../../cli/connect/edit-json.ts';
import { tomlEditor } from '../../../cli/connect/edit-toml.ts';
import { type ConfigEntry, canonical, type Editor } from '../../../cli/connect/entry.ts';
import { planConnect, planDisconnect } from '../../../cli/connect/plan.ts';
import type { Written } from '../../../cli/connect/record.ts';

const server: ConfigEntry = {
  at: ['mcpServers', 'skillgate'],
  value: { command: '/usr/bin/node', args: ['/opt/guard.js', 'mcp'] },
};
const hook: ConfigEntry = {
  at: ['hooks', 'PreToolUse'],
  value: { hooks: [{ command: '/opt/guard.js policy claude-code || exit 2' }] },
  marker: 'policy claude-code',
};
const table: ConfigEntry = {
  at: ['mcp_servers', 'skillgate'],
  value: { command: '/usr/bin/node', args: ['a "b"\n'], env: { SKILLGATE_HOME: '/x' } },
};
const jsonc = jsonEditor('jsonc');
const json5 = jsonEditor('json5');

function connected(
  before: string,
  entries: readonly ConfigEntry[],
  editor: Editor,
): Written & { text: string } {
  const { after = '', written } = planConnect(before, entries, editor, 'file');
  if (written === undefined) throw new Error('nothing was written');
  return { agent: 'codex', title: 'file', format: 'jsonc', ...written, text: after };
}

function roundTrip(
  before: string,
  entries: readonly ConfigEntry[],
  editor: Editor,
): string | undefined {
  const { text, ...written } = connected(before, entries, editor);
  for (const entry of entries)
    expect(editor.found(text, entry, 'file')).toBe(canonical(entry.value));
  expect(planConnect(text, entries, editor, 'file', written).after).toBe(text);
  // The way without the record of the bytes has to mean the same.
  const other = planDisconnect(`${text}\n`, editor, 'file', written).after ?? '';
  for (const entry of entries) expect(editor.found(other, entry, 'file')).toBeUndefined();
  const all = { at: [], value: null };
  if (editor !== tomlEditor && before !== '')
    expect(editor.found(other, all, 'file')).toBe(editor.found(before, all, 'file'));
  return planDisconnect(text, editor, 'file', written).after;
}

const jsonTexts = {
  empty: '',
  'empty object': '{}',
  'empty object in lines': '{\n}\n',
  'one line': '{"a":1}',
  spaces: '{ "a" : [ 1 , 2 ] }\n',
  tabs: '{\n\t"mcpServers": {\n\t\t"x": {}\n\t}\n}\n',
  'trailing comma': '{\n  "mcpServers": {"x": 1,},\n}\n',
  'comment behind the last': '{\n  "a": 1 // note\n}\n',
  'comment alone': '{ // nothing yet\n}\n',
  'comment at the end of a line object': '{"a": 1 /* note */}',
  'commas in comments': '{"a": 1 /* , */, // ,\n"b": 2 // }\n}',
  'byte order mark': '\uFEFF{\n  "a": 1\n}\n',
  CRLF: '{\r\n  "a": 1 // note\r\n}\r\n',
  'prototype keys': '{"__proto__": {"mcpServers": {"skillgate": 1}}, "constructor": 1}',
  'list with others': '{"hooks": {"PreToolUse": [{"matcher": "Bash"}]}}',
  'empty list': '{"hooks": {"PreToolUse": []}, "mcpServers": {}}',
  'escaped key': '{"mcpServ\\u0065rs": {"x": 1}}',
};

describe('entries in JSON', () => {
  it.each(Object.entries(jsonTexts))('come and go without a trace: %s', (_, before) => {
    for (const editor of [jsonc, json5])
      expect(roundTrip(before, [server, hook], editor)).toBe(before);
  });

  it('keep comments, order and form of what is around them', () => {
    const before = '{\n  // mine\n  "b": 1, // one\n  "a": 2 // two\n}\n';
    expect(connected(before, [server], jsonc).text).toBe(
      '{\n  // mine\n  "b": 1, // one\n  "a": 2, // two\n  "mcpServers": {\n    "skillgate": {\n      "command": "/usr/bin/node",\n      "args": [\n        "/opt/guard.js",\n        "mcp"\n      ]\n    }\n  }\n}\n',
    );
    expect(connected("{a:1, mcpServers:{'x':{}},}", [server], json5).text).toBe(
      '{a:1, mcpServers:{\'x\':{}, "skillgate": {"command":"/usr/bin/node","args":["/opt/guard.js","mcp"]}},}',
    );
  });

  it.each([
    [
      'first',
      '{"mcpServers": {"skillgate": X, "b": 2}, "hooks": 1}',
      '{"mcpServers": { "b": 2}, "hooks": 1}',
    ],
    ['last', '{"mcpServers": {"b": 2, "skillgate": X}}', '{"mcpServers": {"b": 2}}'],
    [
      'before a trailing comma',
      '{"mcpServers": {"b": 2, "skillgate": X,}}',
      '{"mcpServers": {"b": 2,}}',
    ],
    ['alone', '{"mcpServers": {"skillgate": X}, "c": 3}', '{ "c": 3}'],
    [
      'behind a comment',
      '{"mcpServers": {// c\n"skillgate": X, "b": 2}}',
      '{"mcpServers": {// c\n "b": 2}}',
    ],
    ['reordered by its program', '{"mcpServers": {"skillgate": Y}}', '{}'],
  ])('are removed where another program wrote the text anew: %s', (_, text, wanted) => {
    const { text: _text, ...written } = connected('{}', [server], jsonc);
    const now = text
      .replace('X', JSON.stringify(server.value))
      .replace('Y', '{"args": ["/opt/guard.js", "mcp"], "command": "/usr/bin/node"}');
    expect(planDisconnect(now, jsonc, 'file', written).after).toBe(wanted);
  });

  it.each([
    ['it does not parse', '{"a": }'],
    ['it does not parse', '{} x'],
    ['it is nested too deeply', '['.repeat(200_000)],
    ['mcpServers is no object', '{"mcpServers": []}'],
    ['the file is no object', '[]'],
    ['it has mcpServers twice', '{"mcpServers": {}, "mcpServers": {}}'],
  ])('are refused with the place: %s', (why, text) => {
    expect(() => planConnect(text, [server], jsonc, 'file')).toThrow(`Cannot change file: ${why}`);
  });
});

const tomlTexts = {
  empty: '',
  'no line end': 'model = "x"',
  CRLF: 'model = "x"\r\n\r\n[a]\r\nb = 1\r\n',
  comment: '# mine\n[mcp_servers.other]\ncommand = "x" # why\n# end',
  'our table in a text': 'a = """\n[mcp_servers.skillgate]\ncommand = "x"\n"""\n',
  'byte order mark': '\uFEFFa = 1\n',
  'table of servers': '[mcp_servers]\n[mcp_servers."skill gate"]\ncommand = "x"\n\n',
};

describe('entries in TOML', () => {
  it.each(Object.entries(tomlTexts))('come and go without a trace: %s', (_, before) => {
    expect(roundTrip(before, [table], tomlEditor)).toBe(before);
  });

  it.each([
    ['a table below it', 'X[mcp_servers.skillgate.tools]\na = 1\n'],
    ['dotted keys', 'mcp_servers.skillgate.command = "x"\n'],
    ['an inline table', 'mcp_servers = { skillgate = { command = "x" } }\n'],
    ['another value', '[mcp_servers.skillgate]\ncommand = "x"\nid = 99999999999999999999\n'],
  ])('that somebody wrote or changed stay: %s', (_, text) => {
    const { text: ours, ...written } = connected('', [table], tomlEditor);
    const now = text.replace('X', ours);
    for (const prior of [undefined, written]) {
      const { after, left } = planConnect(now, [table], tomlEditor, 'file', prior);
      expect([after, left]).toEqual([now, [table]]);
    }
    expect(planDisconnect(now, tomlEditor, 'file', written)).toEqual({
      after: now,
      left: written.entries,
    });
  });

  it.each([
    ['it does not parse', 'a = \n'],
    ['it does not parse', 'mcp_servers = { a = { command = "x" } }\n'],
  ])('are refused: %s', (why, text) => {
    expect(() => planConnect(text, [table], tomlEditor, 'file')).toThrow(why);
  });
});

describe('every text', () => {
  const space = fc.constantFrom('', ' ', '\n', '\n  ', '\r\n\t', ' // c, }\n', '/* ] { */');
  const key = fc.constantFrom('a', 'mcpServers', 'hooks', 'PreToolUse', '__proto__', 'x y');
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('1', '"text"', 'null', '-2.5e3', '"\\u0041"'),
      fc
        .tuple(
          fc.array(fc.tuple(space, tie('value'), space), { maxLength: 3 }),
          fc.boolean(),
          space,
        )
        .map(
          ([parts, comma, end]) =>
            `[${parts.map((one) => one.join('')).join(',')}${comma && parts.length > 0 ? ',' : ''}${end}]`,
        ),
      objectOf(tie('value')),
    ),
  }));
  function objectOf(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
    const member = fc.tuple(space, key, space, inner, space);
    return fc
      .tuple(
        fc.uniqueArray(member, { maxLength: 4, selector: ([, name]) => name }),
        fc.boolean(),
        space,
      )
      .map(([parts, comma, end]) => {
        const all = parts.map(([a, name, b, one, c]) => `${a}"${name}"${b}:${one}${c}`).join(',');
        return `{${all}${comma && parts.length > 0 ? ',' : ''}${end}}`;
      });
  }

  it('of JSON with comments is what it was, after connect and disconnect', () => {
    fc.assert(
      fc.property(space, objectOf(value), space, (before, object, after) => {
        const text = `${before}${object}${after}`;
        for (const entries of [[server], [hook], [server, hook]])
          try {
            expect(roundTrip(text, entries, jsonc)).toBe(text);
          } catch (cause) {
            // A list or a text where an object belongs is refused.
            if (!/is no object|a list is expected/.test(String(cause))) throw cause;
          }
      }),
      { numRuns: 1_000 },
    );
  });

  it('of TOML is what it was, after connect and disconnect', () => {
    const line = fc.constantFrom(
      '# c',
      '',
      '  ',
      'k1 = """\n[mcp_servers.skillgate]\n"""',
      '[t]',
      '[[l]]',
      '[mcp_servers.x]',
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(line),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (lines, end, ended) => {
          const text = lines.join('\n').replaceAll('\n', end) + (ended ? end : '');
          expect(roundTrip(text, [table], tomlEditor)).toBe(text);
        },
      ),
    );
  });
});
