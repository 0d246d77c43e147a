/** Style sheets, scripts and icons of our own, under addresses that browsers may keep for ever. */
import { Hono } from 'hono';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';

export interface PageFile {
  /** The file's name, with the digest of its text. */
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** Names a file by its text: another text has another address. */
export function pageFile(stem: string, ending: string, type: string, text: string): PageFile {
  return { name: `${stem}-${hexOf(digestOf(text)).slice(0, 12)}.${ending}`, type, text };
}

/** Routes of the files, by their names. */
export function pageFileRoutes(files: readonly PageFile[]): Hono {
  const app = new Hono();
  for (const { name, type, text } of files) {
    app.get(`/${name}`, (context) =>
      context.body(text, 200, {
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
      }),
    );
  }
  return app;
}
