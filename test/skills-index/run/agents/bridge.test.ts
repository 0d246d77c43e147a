import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBridgeLine } from '../../../../skills-index/run/agents/bridge.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';

const token = 'sgrun_x';

describe('a line from an agent’s sandbox', () => {
  it.each([
    { token, call: 'run', skill: '@acme/report', command: 'report', args: ['a', ''], why: '' },
    { token, call: 'run', skill: '@acme/report', args: [], why: 'Ann asked' },
    { token, call: 'mcp' },
    { token, stdin: 'aGk=' },
    { token, end: true },
  ])('%j is read', (message) => expect(parseBridgeLine(JSON.stringify(message))).toEqual(message));

  it.each([
    {},
    { call: 'mcp' },
    { token, call: 'hold', allow: 'x' },
    { token, call: 'mcp', agent: 'sales' },
    { token, call: 'run', skill: '@acme/report', args: 'x', why: '' },
    { token, call: 'run', skill: '@acme/report', args: [], why: '', agent: 'sales' },
    { token, stdin: 'not base64' },
    { token, end: false },
    { token: 'x'.repeat(201), call: 'mcp' },
    [],
    null,
  ])('%j is none', (message) => {
    expect(() => parseBridgeLine(JSON.stringify(message))).toThrowError(
      expect.objectContaining({ code: 'usage' }),
    );
  });

  it('never fails otherwise, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        try {
          parseBridgeLine(line);
        } catch (cause) {
          expect(cause).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});
