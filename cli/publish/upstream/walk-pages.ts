/** Walks a list of another registry, page by page. */
import { Problem } from '../../../skills-index/skill/problem.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/**
 * The items of all pages. The caller may stop at any item.
 * @param what the list, in messages
 * @param read the page behind a cursor; the first page without one
 * @throws Problem `upstream-invalid` for a list without end, and as `read`
 */
export async function* walkPages<Item>(
  what: string,
  pagesMax: number,
  read: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 0; pages < pagesMax; pages++) {
    const { items, nextCursor } = await read(cursor);
    yield* items;
    if (nextCursor === null || nextCursor === '') return;
    if (seen.has(nextCursor))
      throw new Problem('upstream-invalid', `Cannot read ${what}: the list names a page twice`);
    seen.add(nextCursor);
    cursor = nextCursor;
  }
  throw new Problem('upstream-invalid', `Cannot read ${what}: it has more than ${pagesMax} pages`);
}
