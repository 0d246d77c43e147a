import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Font } from '../../../registry/pictures/font.ts';
import { fontFile, fontName } from '../../../registry/pictures/font-files.ts';
import type { PagePicture } from '../../../registry/pictures/picture.ts';
import { isDrawable, pictureSvg } from '../../../registry/pictures/picture-svg.ts';
import { payloads } from '../desk/payloads.ts';

const fonts = {
  family: fontName,
  regular: new Font(readFileSync(fontFile('regular'))),
  bold: new Font(readFileSync(fontFile('bold'))),
};
const plain: PagePicture = {
  origin: 'skills.acme.example',
  lead: '@acme',
  title: 'weekly-report',
  version: '1.4.0',
  state: { word: 'approved', outlook: 'approved' },
  text: 'Writes the weekly report.',
  can: [{ named: 'reach api.crm.example', counted: 'reach 1 host' }],
  cannot: ['use any secret', 'start any program', 'use any folder', 'load any package'],
};

/** The lines of text, as a reader sees them. */
function lines(picture: PagePicture): string[] {
  return [...pictureSvg(picture, fonts).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(
    ([, text = '']) =>
      text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  );
}

/** Each element with the names of its attributes. */
function markup(svg: string): string[] {
  return [...svg.matchAll(/<(\w+)((?:\s[\w:-]+="[^"<]*")*)\/?>/g)].map(
    ([, name, rest = '']) => `${name} ${rest.replaceAll(/="[^"]*"/g, '')}`,
  );
}

describe('a picture', () => {
  it('says name, version, state, description, and what the skill can and cannot do', () => {
    expect(lines(plain)).toEqual([
      'Skillgate',
      'skills.acme.example',
      '1.4.0',
      'approved',
      '@acme',
      'weekly-report',
      'Writes the weekly report.',
      'It can',
      'reach api.crm.example',
      'It cannot',
      'use any secret',
      'start any program',
      'and 2 more',
    ]);
  });

  it('says of a text that nothing but the host limits it', () => {
    expect(
      lines({ ...plain, cannot: [] })
        .slice(-2)
        .join(' '),
    ).toBe('Only the agent’s own host limits what an agent does after it reads the skill.');
  });

  it.each(payloads.map((payload) => [payload.slice(0, 60), payload]))(
    'has no element and no attribute of %j',
    (_, payload) => {
      const text = 'x'.repeat(payload.length);
      const hostile = (words: string): PagePicture => ({
        ...plain,
        text: words,
        can: [{ named: words, counted: 'reach 1 host' }],
      });
      const svg = pictureSvg(hostile(payload), fonts);
      expect(new Set(markup(svg))).toEqual(new Set(markup(pictureSvg(hostile(text), fonts))));
      const ours = svg.replaceAll(/>[^<]*</g, '><');
      expect(ours).not.toMatch(/href|url\(|<image|<style|<script|<foreignObject|<!/i);
      expect(svg.match(/</g)?.length).toBe((svg.match(/<\/?\w+[^<>]*>/g) ?? []).length);
    },
  );

  it.each([
    ['letters that the font lacks', 'Проверяет код'],
    ['a disguised letter', 'p\u0430ypal'],
    ['right-to-left letters', 'Checks \u05d0\u05d1\u05d2'],
    ['a direction mark', 'Checks \u202etxt.exe'],
    ['a letter of no width', 'Che\u200bcks'],
    ['combining marks', 'C\u0337\u0338\u0335hecks'],
    ['private letters', 'Checks \ue000'],
    ['a control character', 'Checks\u0007'],
    ['an emoji', 'Checks 🙂'],
    ['half a letter', 'Checks \ud83d'],
  ])('shows nothing of a description with %s, and says so', (_, text) => {
    expect(isDrawable(text, fonts.regular)).toBe(false);
    expect(lines({ ...plain, text }).join(' ')).toContain(
      'The description has letters that this picture cannot show. The page shows it.',
    );
    expect(lines({ ...plain, can: [{ named: text, counted: 'start 1 program' }] })).toContain(
      'start 1 program',
    );
  });

  it.each([
    'Vérifie le code – 3 × plus vite…',
    'Prüft “alles”, für 5 € & <mehr>',
    'e\u0301te\u0301',
  ])('shows %s', (text) => expect(lines({ ...plain, text })).toContain(text.normalize('NFC')));

  it('draws a name whole, however long it is', () => {
    for (const title of ['m'.repeat(64), `${'long-'.repeat(12)}name`, 'a'])
      expect(lines({ ...plain, title }).join('')).toContain(title);
  });

  it('lets no text leave its place', () => {
    const long: PagePicture = {
      ...plain,
      origin: `${'m'.repeat(60)}.example`,
      title: 'w'.repeat(64),
      version: `1.0.0-${'m'.repeat(58)}`,
      text: 'mmmmmmmm '.repeat(100),
      can: Array.from({ length: 6 }, () => ({ named: 'm'.repeat(64), counted: 'reach 1 host' })),
    };
    for (const picture of [long, { ...long, text: 'm'.repeat(900) }])
      for (const [, x, y, size, rest, text = ''] of pictureSvg(picture, fonts).matchAll(
        /<text x="([\d.]+)" y="([\d.]+)" font-size="([\d.]+)"([^>]*)>([^<]*)</g,
      )) {
        const font = rest?.includes('700') === true ? fonts.bold : fonts.regular;
        expect(Number(x) + font.widthOf(text, Number(size))).toBeLessThanOrEqual(1_129);
        expect(Number(y)).toBeLessThan(600);
      }
  });
});
