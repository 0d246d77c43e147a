/** The versions of a skill, in pages: from the oldest on, or from the newest back. */
import { type Context, Hono } from 'hono';
import { parseSkillName, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { adviceKinds } from '../index/advice.ts';
import { whyAllUncounted } from '../index/uncounted.ts';
import { versionsPageRows } from '../limits.ts';
import { requireReading } from '../readers/may-read.ts';
import { versionsBefore, versionsOf } from '../versions/find-versions.ts';
import type { VersionRow } from '../versions/versions.ts';

/** Routes below /api/v1. */
export function skillVersionRoutes(registry: Registry): Hono {
  return new Hono().get('/versions/:scope/:name', async (context) => {
    const name = parseSkillName(`${context.req.param('scope')}/${context.req.param('name')}`);
    const missing = `This registry has no skill ${name}`;
    await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
    const { rows, ...around } = await readPage(registry, name, context);
    if (rows.length === 0 && !hasPlace(context)) throw new Problem('not-found', missing);
    return context.json({ versions: await listed(registry, rows), ...around });
  });
}

interface Page {
  readonly rows: readonly VersionRow[];
  readonly next?: string;
  readonly previous?: string;
}

async function readPage(registry: Registry, name: SkillName, context: Context): Promise<Page> {
  const { after, before } = context.req.query();
  const limit = versionsPageRows + 1;
  if (before === undefined) {
    const found = await versionsOf(registry, name, { after: placeIn(after, -1), limit });
    const rows = found.slice(0, versionsPageRows);
    return { rows, ...(found.length < limit ? {} : { next: String(rows.at(-1)?.logIndex) }) };
  }
  if (after !== undefined) throw noPage();
  const end = Number.MAX_SAFE_INTEGER;
  const from = before === 'end' ? end : placeIn(before, end);
  const found = await versionsBefore(registry, name, { before: from, limit });
  const rows = found.slice(0, versionsPageRows).reverse();
  return { rows, ...(found.length < limit ? {} : { previous: String(rows[0]?.logIndex) }) };
}

/** Whether a request names a place in the list, where a page may be empty. */
function hasPlace(context: Context): boolean {
  const { after, before = 'end' } = context.req.query();
  return after !== undefined || before !== 'end';
}

function placeIn(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw noPage();
  return Number(text);
}

function noPage(): Problem {
  return new Problem('request-invalid', 'No page of the versions begins there', {
    hint: 'Take `next` or `previous` from another page, or ask without `after` and `before` for the first page.',
  });
}

async function listed(registry: Registry, rows: readonly VersionRow[]) {
  const whys = await whyAllUncounted(registry, rows);
  const advice = await adviceKinds(
    registry,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, version, status, bundle }) => {
    const uncounted = whys.get(id);
    const advised = advice.get(id);
    return {
      version,
      status,
      bundle,
      ...(uncounted === undefined ? {} : { uncounted }),
      ...(advised === undefined ? {} : { advice: advised }),
    };
  });
}
