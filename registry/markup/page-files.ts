/** Style sheets, scripts and icons, under addresses that browsers may keep for ever. */
import { Hono } from 'hono';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import type { Registry } from '../context.ts';
import { answerGzipped } from '../routes/site/file-answers.ts';

export interface PageFile {
  /** The file's name, with the digest of its content. */
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

/** Names a file by its content: another content has another address. */
export function pageFile(stem: string, ending: string, type: string, content: string): PageFile {
  return { name: `${stem}-${hexOf(digestOf(content)).slice(0, 12)}.${ending}`, type, content };
}

/** Routes of the files, by their names. */
export function pageFileRoutes(
  registry: Pick<Registry, 'known'>,
  files: readonly PageFile[],
): Hono {
  const app = new Hono();
  for (const { content, name, type } of files) {
    const bytes = Buffer.from(content);
    const as = { type, cache: 'forever', digest: digestOf(bytes) } as const;
    app.get(`/${name}`, (context) => answerGzipped(registry, context, bytes, as));
  }
  return app;
}
