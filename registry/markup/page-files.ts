/** Style sheets, scripts, icons and a picture, under addresses that browsers may keep for ever. */
import { Hono } from 'hono';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';

export interface PageFile {
  /** The file's name, with the digest of its content. */
  readonly name: string;
  readonly type: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** Names a file by its content: another content has another address. */
export function pageFile(
  stem: string,
  ending: string,
  type: string,
  content: PageFile['content'],
): PageFile {
  return { name: `${stem}-${hexOf(digestOf(content)).slice(0, 12)}.${ending}`, type, content };
}

/** Routes of the files, by their names. */
export function pageFileRoutes(files: readonly PageFile[]): Hono {
  const app = new Hono();
  for (const { content, name, type } of files) {
    app.get(`/${name}`, (context) =>
      context.body(content, 200, {
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
      }),
    );
  }
  return app;
}
