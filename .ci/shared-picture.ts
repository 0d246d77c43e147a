/**
 * `npm run lists`: draws the picture that registries on Workers share. The renderer has 950 KiB
 * gzip, and a Worker may have 700.
 */
import { writeFileSync } from 'node:fs';
import { registryPicture } from '../registry/pages/previews/page-pictures.ts';
import { openDrawing } from '../registry/pictures/drawing.ts';

const file = 'registry/pictures/shared-picture.json';

/** The file's text. */
export async function sharedPictureText(): Promise<string> {
  const drawing = openDrawing();
  try {
    const png = await drawing.draw(registryPicture(''));
    return `${JSON.stringify({ png: Buffer.from(png).toString('base64') }, undefined, 2)}\n`;
  } finally {
    await drawing.close();
  }
}

if (import.meta.main) writeFileSync(file, await sharedPictureText());
