/**
 * The thread that draws: a picture in, its PNG out. Drawing takes some hundred milliseconds of
 * processor time, in which the registry's own thread could answer nobody.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { Font } from './font.ts';
import { fontFile, fontName } from './font-files.ts';
import type { PagePicture } from './picture.ts';
import { type PictureFonts, pictureSvg } from './picture-svg.ts';

const fontBuffers = (['regular', 'bold'] as const).map((weight) => readFileSync(fontFile(weight)));
const [regular, bold] = fontBuffers.map((file) => new Font(file));
if (regular === undefined || bold === undefined) throw new RangeError('A font is missing');
const fonts: PictureFonts = { family: fontName, regular, bold };
const program = import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm');
await initWasm(readFileSync(fileURLToPath(program)));

parentPort?.on('message', (picture: PagePicture) => parentPort?.postMessage(draw(picture)));

function draw(picture: PagePicture): Uint8Array {
  const font = { fontBuffers, defaultFontFamily: fontName };
  const drawn = new Resvg(pictureSvg(picture, fonts), { font });
  try {
    const image = drawn.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    drawn.free();
  }
}
