/** The index of a skill with many versions: newest lines, and parts that hold the older lines. */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  type IndexLine,
  printIndexLine,
} from '../../../../skills-index/trust/index-files/index-line.ts';
import {
  type IndexPart,
  joinLines,
  parseIndex,
  parsePart,
} from '../../../../skills-index/trust/index-files/index-parts.ts';
import { tellStory } from '../../story.ts';

const { line } = await tellStory();
const lineOf = (version: string, change: Partial<IndexLine> = {}): IndexLine => ({
  ...line,
  version: parseVersion(version),
  ...change,
});
const part = (lowest: string, highest: string): IndexPart => ({
  digest: digestOf(`${lowest} to ${highest}`),
  lowest: parseVersion(lowest),
  highest: parseVersion(highest),
});
const printed = (lines: readonly IndexLine[], heading = ''): Buffer =>
  Buffer.from(`${heading}${lines.map((one) => `${printIndexLine(one)}\n`).join('')}`);
const headingOf = (parts: readonly object[], more = {}): string =>
  `${JSON.stringify({ parts, ...more })}\n`;
const versionsOf = ({ lines }: { readonly lines: readonly IndexLine[] }): string[] =>
  lines.map(({ version }) => version);
const invalid = (message: string) =>
  expect.objectContaining({
    code: 'registry-answer-invalid',
    message: expect.stringContaining(message),
  });

describe('an index file', () => {
  it('with a heading has parts besides its lines', () => {
    const parts = [part('1.0.0', '1.2.9'), part('1.3.0', '1.3.9')];
    const file = parseIndex(printed([lineOf('1.4.0')], headingOf(parts)), line.name);
    expect(file.parts).toEqual(parts);
    expect(versionsOf(file)).toEqual(['1.4.0']);
  });

  it('may be a piece of a longer buffer', () => {
    const whole = printed([lineOf('1.4.0')], headingOf([part('1.0.0', '1.2.9')]));
    const padded = Buffer.concat([Buffer.from('padding'), whole, Buffer.from('padding')]);
    const piece = padded.subarray(7, 7 + whole.byteLength);
    expect(parseIndex(piece, line.name)).toEqual(parseIndex(whole, line.name));
  });

  const [good] = [part('1.0.0', '1.2.9')];
  it.each<[string, string]>([
    ['a part without a digest', headingOf([{ ...good, digest: undefined }])],
    ['a part whose highest version is none', headingOf([{ ...good, highest: 'newest' }])],
    ['a heading that ends nowhere', '{"parts":['],
  ])('is refused with %s, by the name of the skill', (_, heading) => {
    expect(() => parseIndex(printed([lineOf('1.4.0')], heading), line.name)).toThrow(
      invalid(`the heading of the index of ${line.name}`),
    );
  });
});

describe('a part of an index', () => {
  const lines = [lineOf('1.10.0'), lineOf('1.9.0')];
  const inner = [part('1.2.0', '1.8.0')];

  it.each<[string, Buffer, IndexPart]>([
    ['its lines alone', printed(lines), part('1.9.0', '1.10.0')],
    ['lines and parts together', printed(lines, headingOf(inner)), part('1.2.0', '1.10.0')],
  ])('is read when it has exactly the range that the index named: %s', (_, bytes, named) => {
    expect(parsePart(bytes, line.name, named)).toEqual(parseIndex(bytes, line.name));
  });

  it.each<[string, Buffer, IndexPart]>([
    ['lacks its highest version', printed(lines), part('1.9.0', '1.11.0')],
    ['has a higher version', printed(lines), part('1.9.0', '1.9.0')],
    ['has a lower version', printed(lines), part('1.10.0', '1.10.0')],
    [
      'has a lower version in a part of its own',
      printed(lines, headingOf(inner)),
      part('1.9.0', '1.10.0'),
    ],
    ['is empty', printed([]), part('1.9.0', '1.10.0')],
  ])('is refused when it %s', (_, bytes, named) => {
    expect(() => parsePart(bytes, line.name, named)).toThrow(
      invalid(
        `A part of the index of ${line.name} has other versions than ${named.lowest} to ${named.highest}`,
      ),
    );
  });
});

describe('the lines of an index and its parts', () => {
  it('are joined in the order of the log', () => {
    const newest = [lineOf('1.4.0', { logIndex: 30 }), lineOf('1.5.0', { logIndex: 40 })];
    const older = [lineOf('1.3.9', { logIndex: 35 }), lineOf('1.0.0', { logIndex: 2 })];
    const lines = joinLines(line.name, [newest, older]);
    expect(lines.map(({ logIndex }) => logIndex)).toEqual([2, 30, 35, 40]);
    expect(versionsOf({ lines })).toEqual(['1.0.0', '1.4.0', '1.3.9', '1.5.0']);
  });

  it('count once for each version, with the hints of the first file', () => {
    const hinted = lineOf('1.4.0', { advice: { yanked: 12 } });
    const stale = lineOf('1.4.0', { advice: { deprecated: 3 } });
    expect(joinLines(line.name, [[hinted], [stale], [lineOf('1.4.0')]])).toEqual([hinted]);
    expect(joinLines(line.name, [[lineOf('1.4.0')], [hinted]])).toEqual([lineOf('1.4.0')]);
  });

  it('are refused when two lines of a version differ in more than hints', () => {
    const other = lineOf('1.4.0', { bundle: digestOf('another bundle') });
    expect(() => joinLines(line.name, [[lineOf('1.4.0')], [other]])).toThrow(
      invalid(`The index of ${line.name} has two lines of 1.4.0`),
    );
  });
});
