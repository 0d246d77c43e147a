import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { languageOf } from '../../../scanner/fact/language.ts';
import { rawOffset, type TaintSource } from '../../../scanner/fact/source.ts';
import { toolTexts } from '../../../scanner/frontends/tool-texts.ts';

function source(path: string, text: string): TaintSource {
  return { path, file: path, language: languageOf(path, text), text, context: 'code', depth: 0 };
}

const texts = (path: string, text: string): string[] =>
  toolTexts(source(path, text)).map((one) => one.text.trim());

describe('texts of tools', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'a.py',
      'from mcp import x\n@x.tool()\nasync def f(a: int, b: str = "c") -> int:\n    """Adds two numbers and says so."""\n',
      ['Adds two numbers and says so.'],
    ],
    [
      'a.py',
      'from langchain.tools import Tool\nTool(name="a", description=("Adds two numbers, "\n  "and says so."))\n',
      ['Adds two numbers, and says so.'],
    ],
    [
      'a.ts',
      "import { McpServer } from 'mcp';\ns.tool('add', 'Adds two numbers' + ' and says so.', {});\nz.string().describe('The first of the two numbers');\n",
      ['Adds two numbers and says so.', 'The first of the two numbers'],
    ],
    ['a.py', 'import argparse\nx(description="Adds two numbers and says so.")\n', []],
    ['a.py', 'import mcp\ndef f():\n    """Adds two numbers and says so."""\n', []],
  ])('are prose: %s %s', (path, text, expected) => {
    expect(texts(path, text)).toEqual(expected);
  });

  it('are found in any code, each at its place', () => {
    const piece = fc.constantFrom(
      ...'mcp |@a.tool|def f(|):\n|"""|\'|"|description=|description: |.describe(|.tool("a", |+|\\|\n|(|words of a text that is long enough'.split(
        '|',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = `mcp ${pieces.join('')}`;
        for (const program of toolTexts(source('a.py', text)))
          for (let at = 0; at < program.text.length; at += 7)
            expect(rawOffset(program.map, at)).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });
});
