/** Pages about the registry itself: the scanner's rules, and advisories. */
import { Hono } from 'hono';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { ruleNote } from '../../../skills-index/statement/rule-note.ts';
import type { Registry } from '../../context.ts';
import { onlyShown } from '../../readers/may-read.ts';
import { listAdvisories, readAdvisory } from '../../stops/advisories.ts';
import type { OsvEntry } from '../../stops/osv-entry.ts';
import { answerPage } from '../answer-page.ts';
import { advisoryRows } from '../limits.ts';
import { advisoriesPage } from './advisories-page.ts';
import { publicRulePage, rulesPage } from './rule-pages.ts';

/** Routes at the root of the site. */
export function referenceRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/rules', (context) => answerPage(registry, context, rulesPage))
    .get('/rules/:group/:rule', (context) => {
      const { group, rule } = context.req.param();
      const name = `${group}/${rule}`;
      const note = ruleNote(name);
      if (note === undefined)
        throw new Problem('not-found', `There is no rule ${JSON.stringify(name.slice(0, 100))}`);
      return answerPage(registry, context, (frame) => publicRulePage(frame, name, note));
    })
    .get('/advisories', async (context) => {
      const page = await listAdvisories(registry, context.req.query('before'), advisoryRows);
      const entries: OsvEntry[] = [];
      for (const { id } of await onlyShown(registry, context, page.rows)) {
        const found = await readAdvisory(registry, id);
        if (found !== undefined) entries.push(found.entry);
      }
      const { next } = page;
      return answerPage(registry, context, (frame) => advisoriesPage(frame, { entries, next }));
    });
}
