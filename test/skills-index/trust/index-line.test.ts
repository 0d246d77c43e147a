import { describe, expect, it } from 'vitest';
import { indexDescription, parseIndexFile, printIndexLine } from '../../../skills-index/trust/index-line.ts';
import { tellStory } from '../story.ts';

const { line } = await tellStory();
const printed = printIndexLine(line);
const parse = (text: string) => parseIndexFile(Buffer.from(text), line.name);

describe('an index file', () => {
  it('is read line by line', () => {
    const second = printIndexLine({ ...line, version: '1.4.1' as never });
    expect(parse(`${printed}\n${second}\n`).map((one) => one.version)).toEqual(['1.4.0', '1.4.1']);
    expect(parse('')).toEqual([]);
  });

  it.each([
    ['half a line', printed.slice(0, 100)],
    ['a version twice', `${printed}\n${printed}`],
    ['a line of another skill', printed.replaceAll('weekly-report', 'daily-report')],
    ['a line with a key more', printed.replace('{', '{"zzz":1,')],
    ['a statement twice', printIndexLine({ ...line, statements: [...line.statements, ...line.statements.slice(0, 1)] })],
    ['an egress that is none', printed.replace('https://api.crm.example/v2/*', 'https://a b/')],
    ['a repeated key', printed.replace('{', '{"name":"@acme/other",')],
  ])('is refused as a whole with %s', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'registry-answer' }));
  });
});

describe('a long description', () => {
  it('is cut between characters', () => {
    expect(indexDescription('short')).toBe('short');
    const cut = indexDescription('😀'.repeat(600));
    expect(cut).toBe('😀'.repeat(512));
    expect(cut.isWellFormed()).toBe(true);
  });
});
