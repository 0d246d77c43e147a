import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { Font } from '../../../registry/pictures/font.ts';
import { fontFile, fontName } from '../../../registry/pictures/font-files.ts';

describe.each([
  ['regular', 400],
  ['bold', 700],
] as const)('the %s font of pictures', (weight, number) => {
  const file = readFileSync(fontFile(weight));
  const font = new Font(file);
  beforeAll(async () => {
    const program = fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'));
    // Each process takes one start.
    await initWasm(readFileSync(program)).catch(() => undefined);
  });

  it.each(['HnHnHnHn', 'H1234567890n', 'Hée – ’ … €H'])(
    'has the widths that the renderer draws: %s',
    (text) => {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="200"><text y="100" font-size="100" font-family="${fontName}" font-weight="${number}">${text}</text></svg>`;
      const drawn = new Resvg(svg, { font: { fontBuffers: [file] } }).getBBox()?.width ?? 0;
      // The drawn width has no room at both ends, and has kerning.
      expect(Math.abs(font.widthOf(text, 100) - drawn)).toBeLessThan(25);
    },
  );

  it('has every letter of a name, and knows which letters it lacks', () => {
    expect(font.has('@abcdefghijklmnopqrstuvwxyz0123456789-./ABCXYZ+')).toBe(true);
    for (const foreign of ['п', '漢', 'م', '🙂', '\u202e', '\u200b', '\ue000'])
      expect([foreign, font.has(foreign)]).toEqual([foreign, false]);
  });
});

it('refuses a file that is no font', () => {
  expect(() => new Font(Buffer.alloc(64))).toThrow(RangeError);
});
