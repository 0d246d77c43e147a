import { describe, expect, it } from 'vitest';
import {
  fetchNewestVersions,
  fetchVersions,
  versionPagesMax,
} from '../../../cli/registries/fetch-versions.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';

const name = parseSkillName('@acme/long');
const listed = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({ version: `1.0.${from + at}`, status: 'approved' }));

/** A registry that answers with these pages, one after the other. */
function registryOf(pageAt: (nth: number, query: string) => object) {
  let asked = 0;
  return {
    world: {
      registryBase: 'http://localhost:4880',
      signal: new AbortController().signal,
      fetch: async (input: unknown) =>
        Response.json(pageAt(asked++, new URL(String(input)).search)),
    },
    asked: () => asked,
  };
}

describe('the versions of a skill', () => {
  it('are read page by page, each once and in order', async () => {
    const queries: string[] = [];
    const { world } = registryOf((nth, query) => {
      queries.push(query);
      return { versions: listed(nth * 2, 2), next: nth < 2 ? `after ${nth}` : undefined };
    });
    const versions = await fetchVersions(world, name);
    expect(versions.map(({ version }) => version)).toEqual(
      [0, 1, 2, 3, 4, 5].map((at) => `1.0.${at}`),
    );
    expect(queries).toEqual(['', '?after=after%200', '?after=after%201']);
  });

  it('are read although a registry lists more on a page than a call has arguments', async () => {
    const { world } = registryOf(() => ({ versions: listed(0, 300_000) }));
    expect(await fetchVersions(world, name)).toHaveLength(300_000);
  });

  it('are read in one request where the newest are enough', async () => {
    const queries: string[] = [];
    const page = (previous?: string) =>
      registryOf((_, query) => {
        queries.push(query);
        return { versions: listed(0, 3), previous };
      }).world;
    const versions = [0, 1, 2].map((at) => expect.objectContaining({ version: `1.0.${at}` }));
    expect(await fetchNewestVersions(page('7'), name)).toEqual({ versions, hasOlder: true });
    expect(await fetchNewestVersions(page(), name)).toEqual({ versions, hasOlder: false });
    expect(queries).toEqual(['?before=end', '?before=end']);
  });

  it('are refused when the list has no end', async () => {
    const { asked, world } = registryOf(() => ({ versions: [], next: 'more' }));
    await expect(fetchVersions(world, name)).rejects.toMatchObject({
      code: 'registry-answer-invalid',
    });
    expect(asked()).toBe(versionPagesMax);
  });
});
