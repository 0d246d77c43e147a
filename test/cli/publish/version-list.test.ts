import { describe, expect, it } from 'vitest';
import { type Ran, skill } from '../command-line.ts';

const all = Array.from({ length: 1_200 }, (_, at) => ({
  version: `1.0.${at}`,
  status: 'approved',
  bundle: `sha256:${'0'.repeat(64)}`,
}));

/** A registry that lists 500 versions on a page. */
const asked: string[] = [];
const fetchPage: typeof fetch = async (input) => {
  const { search, searchParams } = new URL(String(input));
  asked.push(search);
  if (searchParams.get('before') === 'end')
    return Response.json({ versions: all.slice(-500), previous: '700' });
  const from = Number(searchParams.get('after') ?? 0);
  const next = from + 500 < all.length ? { next: String(from + 500) } : {};
  return Response.json({ versions: all.slice(from, from + 500), ...next });
};

describe('skillgate status of a skill with very many versions', () => {
  const status = (...words: string[]): Promise<Ran> => {
    asked.length = 0;
    return skill(['status', '@acme/long', ...words], { fetch: fetchPage });
  };

  it('lists the newest by one request, and says how to list all', async () => {
    const { exit, stdout, stderr } = await status();
    expect([exit, stdout.trim().split('\n').length]).toEqual([0, 500]);
    expect(stdout).toContain('1.0.1199');
    expect(stderr).toContain(
      'the newest 500 versions. All of them: skillgate status @acme/long --all',
    );
    expect(asked).toEqual(['?before=end']);
    const json = JSON.parse((await status('--format', 'json')).stdout);
    expect(json).toMatchObject({ schema: 'skillgate.versions/1', hasOlder: true });
    expect(json.versions).toHaveLength(500);
  });

  it('refuses --all for one version', async () => {
    const { exit, stderr } = await skill(['status', '@acme/long@1.0.0', '--all'], {
      fetch: fetchPage,
    });
    expect(exit).not.toBe(0);
    expect(stderr).toContain('skillgate status @acme/long --all');
  });
});
