/**
 * A picture as SVG, in the colours of the pages. The SVG is made by code: every text is escaped,
 * and nothing in it names a file or an address.
 */
import { revealed } from '../markup/reveal.ts';
import type { Font } from './font.ts';
import { pictureHeight, pictureWidth } from './limits.ts';
import type { PagePicture, PicturePhrase } from './picture.ts';

/** The fonts of a picture: the name of the family, and its two weights. */
export interface PictureFonts {
  readonly family: string;
  readonly regular: Font;
  readonly bold: Font;
}

const margin = 72;
const inner = pictureWidth - 2 * margin;
const colours = {
  paper: '#ffffff',
  ink: '#1b1f23',
  soft: '#57606a',
  rule: '#d5d9dd',
  link: '#0a55b3',
  raised: '#f5f6f7',
  good: '#17652f',
  goodPaper: '#e8f5ec',
  bad: '#a3121f',
  badPaper: '#fdeced',
  waiting: '#8a4300',
  waitingPaper: '#fdf1e3',
} as const;

const outlooks = {
  approved: { ink: colours.good, paper: colours.goodPaper },
  waiting: { ink: colours.waiting, paper: colours.waitingPaper },
  stopped: { ink: colours.bad, paper: colours.badPaper },
} as const;

/** The whole picture. Letters that the fonts lack, or that deceive, are not drawn. */
export function pictureSvg(picture: PagePicture, fonts: PictureFonts): string {
  const { can, origin, state } = picture;
  const band = state === undefined ? colours.link : outlooks[state.outlook].ink;
  // Without boxes, the title stands in the middle.
  const title = titleLines(picture, can === undefined ? 256 : 178, fonts);
  const parts = [
    `<rect width="${pictureWidth}" height="${pictureHeight}" fill="${colours.paper}"/>`,
    `<rect width="${pictureWidth}" height="14" fill="${band}"/>`,
    brand(origin, fonts),
    stateBadge(picture, fonts),
    title.svg,
    ...description(picture, title.bottom + (can === undefined ? 76 : 64), fonts),
    can === undefined ? '' : boxes(picture, can, fonts),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${pictureWidth}" height="${pictureHeight}" font-family="${fonts.family}">${parts.join('')}</svg>`;
}

/**
 * Whether a text reads in the picture as it is: every letter is Latin and in the font, and none is
 * invisible, combining or disguised.
 */
export function isDrawable(text: string, font: Font): boolean {
  const plain = text.normalize('NFC');
  return (
    font.has(plain) &&
    !/\p{M}|(?!\p{Script=Latin})\p{L}/u.test(plain) &&
    revealed(plain).every(({ kind }) => kind === 'text')
  );
}

function brand(origin: string, { bold, regular }: PictureFonts): string {
  const name = 'Skillgate';
  const after = margin + 46 + bold.widthOf(name, 32) + 16;
  const shield = `<g transform="translate(${margin} 56) scale(2.25)"><path d="M8 1 2 3v5c0 3.5 2.6 6 6 7 3.4-1 6-3.5 6-7V3z" fill="${colours.link}"/><path d="m5 8 2 2 4-4" fill="none" stroke="#fff" stroke-width="1.6"/></g>`;
  const size = sizeFor(origin, regular, 28, originWidth);
  return `${shield}${line(name, { x: margin + 46, y: 86, size: 32, isBold: true })}${line(origin, { x: after, y: 86, size, fill: colours.soft })}`;
}

const originWidth = 400;
const versionWidth = 200;

/** The size at which a text has the width, if it has more at the wanted size. */
function sizeFor(text: string, font: Font, size: number, width: number): number {
  return Math.min(size, (size * width) / Math.max(1, font.widthOf(text, size)));
}

interface TitleLines {
  readonly svg: string;
  /** The baseline of the last line. */
  readonly bottom: number;
}

/** A name is drawn whole, because a shortened name could be the name of another skill. */
function titleLines({ lead, title }: PagePicture, top: number, { bold }: PictureFonts): TitleLines {
  const leading =
    lead === undefined ? '' : line(lead, { x: margin, y: top, size: 42, fill: colours.soft });
  const size = titleSizes.find((one) => bold.widthOf(title, one) <= inner) ?? smallestTitle;
  const lines = wrapped(title, bold, { size, width: inner, breaks: /(?<=-)/ });
  const step = size * 1.1;
  const first = top + 14 + size * 0.77;
  const svg = lines.map((text, at) =>
    line(text, { x: margin, y: first + at * step, size, isBold: true }),
  );
  return { svg: `${leading}${svg.join('')}`, bottom: first + (lines.length - 1) * step };
}

const titleSizes = [86, 78, 70, 62, 54, 48];
const smallestTitle = 42;

const marks = {
  approved: 'm1 0 7 8 14-16',
  waiting: 'M0 0h5M9 0h5M18 0h5',
  stopped: 'm3-8 16 16M19-8 3 8',
} as const;

function stateBadge({ state, version = '' }: PagePicture, { bold, regular }: PictureFonts): string {
  if (state === undefined) return '';
  const { ink, paper } = outlooks[state.outlook];
  const width = bold.widthOf(state.word, 30) + 80;
  const x = pictureWidth - margin - width;
  const size = sizeFor(version, regular, 34, versionWidth);
  const versionX = x - 24 - regular.widthOf(version, size);
  const mark = `<path transform="translate(${x + 20} 75)" d="${marks[state.outlook]}" fill="none" stroke="${ink}" stroke-width="4.5"/>`;
  const word = line(state.word, { x: x + 56, y: 85, size: 30, isBold: true, fill: ink });
  return `${line(version, { x: versionX, y: 86, size, fill: colours.soft })}<rect x="${x}" y="48" width="${width}" height="54" rx="12" fill="${paper}" stroke="${ink}" stroke-width="2"/>${mark}${word}`;
}

const unreadable = 'The description has letters that this picture cannot show. The page shows it.';

function description(
  { can, text }: PagePicture,
  from: number,
  { regular }: PictureFonts,
): string[] {
  const size = can === undefined ? 38 : 34;
  const step = size * 1.36;
  const until = can === undefined ? pictureHeight - 48 : box.top - 18;
  const linesMax = Math.floor((until - from) / step) + 1;
  const plain = text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  const shown = isDrawable(plain, regular) ? plain : unreadable;
  const lines = wrapped(shown, regular, { size, width: inner, breaks: /(?<= )/ });
  const kept = lines.length > linesMax ? cut(lines.slice(0, linesMax), regular, size) : lines;
  return kept.map((one, at) => line(one, { x: margin, y: from + at * step, size }));
}

function cut(lines: readonly string[], font: Font, size: number): string[] {
  let last = lines.at(-1) ?? '';
  while (font.widthOf(`${last} …`, size) > inner)
    last = last.slice(0, Math.max(last.lastIndexOf(' '), 0) || -1);
  return [...lines.slice(0, -1), `${last} …`];
}

const gap = 24;
const box = {
  top: 408,
  height: 174,
  width: (inner - gap) / 2,
  pad: 28,
  rows: 3,
  size: 27,
} as const;

function boxes(
  { cannot = [] }: PagePicture,
  can: readonly PicturePhrase[],
  { regular }: PictureFonts,
): string {
  const width = box.width - 2 * box.pad;
  const fits = (text: string): boolean =>
    isDrawable(text, regular) && regular.widthOf(text, box.size) <= width;
  const phrases = can.map(({ counted, named }) => (fits(named) ? named : counted));
  const never =
    cannot.length > 0 ? cannot : wrapped(onlyTheHost, regular, { ...box, width, breaks: /(?<= )/ });
  return `${list(margin, 'It can', phrases, { ink: colours.good, paper: colours.goodPaper })}${list(
    margin + box.width + gap,
    'It cannot',
    never,
    { ink: colours.bad, paper: colours.raised },
  )}`;
}

const onlyTheHost = 'Only the agent’s own host limits what an agent does after it reads the skill.';

function list(
  x: number,
  head: string,
  items: readonly string[],
  { ink, paper }: { readonly ink: string; readonly paper: string },
): string {
  const kept =
    items.length > box.rows
      ? [...items.slice(0, box.rows - 1), `and ${items.length - box.rows + 1} more`]
      : items;
  const at = (row: number): Pick<LineLook, 'x' | 'y'> => ({
    x: x + box.pad,
    y: box.top + 42 + row * 37,
  });
  const rows = kept.map((text, row) => line(text, { ...at(row + 1), size: box.size }));
  const title = line(head, { ...at(0), size: box.size, isBold: true, fill: ink });
  return `<rect x="${x}" y="${box.top}" width="${box.width}" height="${box.height}" rx="14" fill="${paper}"/>${title}${rows.join('')}`;
}

interface Breaking {
  readonly size: number;
  readonly width: number;
  /** Where a line may end. A longer piece is broken between letters. */
  readonly breaks: RegExp;
}

function wrapped(text: string, font: Font, { breaks, size, width }: Breaking): string[] {
  const lines: string[] = [];
  let last = '';
  const fits = (one: string): boolean => font.widthOf(one.trimEnd(), size) <= width;
  for (const piece of text.split(breaks).flatMap((one) => (fits(one) ? [one] : Array.from(one)))) {
    if (last !== '' && !fits(last + piece)) {
      lines.push(last.trimEnd());
      last = '';
    }
    last += piece;
  }
  return last === '' ? lines : [...lines, last.trimEnd()];
}

interface LineLook {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly isBold?: boolean;
  readonly fill?: string;
}

function line(text: string, { fill = colours.ink, isBold = false, size, x, y }: LineLook): string {
  const weight = isBold ? ' font-weight="700"' : '';
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${weight}>${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
