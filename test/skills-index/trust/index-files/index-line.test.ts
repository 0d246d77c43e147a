import { describe, expect, it } from 'vitest';
import { descriptionCharsMax } from '../../../../skills-index/skill/name.ts';
import { versionCharsMax } from '../../../../skills-index/skill/version.ts';
import {
  indexDescription,
  indexFileBytesMax,
  parseIndexFile,
  printIndexLine,
} from '../../../../skills-index/trust/index-files/index-line.ts';
import { tellStory } from '../../story.ts';

const { line } = await tellStory();
const printed = printIndexLine(line);
const parse = (text: string) => parseIndexFile(Buffer.from(text), line.name);

describe('an index file', () => {
  it('is read line by line', () => {
    const second = printIndexLine({ ...line, version: '1.4.1' as never });
    expect(parse(`${printed}\n${second}\n`).map((one) => one.version)).toEqual(['1.4.0', '1.4.1']);
    expect(parse('')).toEqual([]);
    expect(parse(`\n${printed}\n\n${second}\n`)).toHaveLength(2);
  });

  it('names the line that cannot be read', () => {
    const cause = expect.any(Error);
    expect(() => parse(`${printed}\n{`)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('the index line @acme/weekly-report:2'),
        cause,
      }),
    );
    expect(() => parse(`${printed}\n{}`)).toThrow('the index line @acme/weekly-report:2');
  });

  it('is not read when it is too large', () => {
    expect(() => parseIndexFile(Buffer.alloc(indexFileBytesMax + 1), line.name)).toThrow(
      'is too large',
    );
    const full = Buffer.alloc(indexFileBytesMax, '\n');
    expect(parseIndexFile(full, line.name)).toEqual([]);
  });

  it.each(['suspended', 'revoked'] as const)('may have the hint that a version is %s', (kind) => {
    const stopped = { kind, since: '2026-03-02T11:00:00.000Z' };
    const hinted = JSON.stringify({ ...line, stopped, advice: { yanked: 7, deprecated: 8 } });
    expect(parse(hinted)).toMatchObject([{ stopped, advice: { yanked: 7, deprecated: 8 } }]);
  });

  it.each<[string, object]>([
    ['a stop of another kind', { stopped: { kind: 'lifted', since: '2026-03-02T11:00:00.000Z' } }],
    ['advice at no log index', { advice: { yanked: -1 } }],
  ])('is refused with a hint that says nothing: %s', (_, hint) => {
    expect(() => parse(JSON.stringify({ ...line, ...hint }))).toThrow(
      expect.objectContaining({ code: 'registry-answer-invalid' }),
    );
  });

  it.each([
    ['a version twice', `${printed}\n${printed}`],
    ['a line of another skill', printed.replaceAll('weekly-report', 'daily-report')],
    ['a line with a key more', printed.replace('{', '{"zzz":1,')],
    [
      'a statement twice',
      printIndexLine({ ...line, statements: [...line.statements, ...line.statements.slice(0, 1)] }),
    ],
    [
      'a requirement without an end',
      printed.replace(
        '"requires":{}',
        `"requires":{"@acme/other":"${'1'.repeat(versionCharsMax + 1)}"}`,
      ),
    ],
    [
      'a description without an end',
      printIndexLine({ ...line, description: 'x'.repeat(descriptionCharsMax + 1) }),
    ],
    ['a repeated key', printed.replace('{', '{"name":"@acme/other",')],
  ])('is refused as a whole with %s', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'registry-answer-invalid' }));
  });
});

describe('a long description', () => {
  it('is cut between characters', () => {
    expect(indexDescription('short')).toBe('short');
    expect(indexDescription('x'.repeat(descriptionCharsMax))).toHaveLength(descriptionCharsMax);
    expect(indexDescription('x'.repeat(descriptionCharsMax + 1))).toHaveLength(descriptionCharsMax);
    expect(indexDescription(`${'x'.repeat(descriptionCharsMax - 1)}😀`)).toHaveLength(
      descriptionCharsMax - 1,
    );
    const cut = indexDescription('😀'.repeat(600));
    expect(cut).toBe('😀'.repeat(512));
    expect(cut.isWellFormed()).toBe(true);
  });
});
