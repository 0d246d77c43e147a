/** What installers read of a skill: its index with the parts, and the words of a version. */
import { Hono } from 'hono';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import { parseSkillName, scopeOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import type { Registry } from '../../context.ts';
import { readIndexFile, readIndexPart } from '../../index/index-file.ts';
import { readWordsFile } from '../../index/words.ts';
import { requireReading } from '../../readers/may-read.ts';
import { shownWords } from '../../readers/shown-words.ts';
import { answerGzipped, isHeadSize } from './file-answers.ts';

/** Routes at the root of the site. */
export function skillFileRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/index/:scope/:name', async (context) => {
      const name = parseSkillName(`${context.req.param('scope')}/${context.req.param('name')}`);
      const missing = `${name} is not in the index`;
      await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
      const file = await readIndexFile(registry, name);
      if (file === undefined) throw new Problem('not-found', missing);
      const as = { type: 'application/x-ndjson', cache: 'fresh', digest: file.digest } as const;
      return answerGzipped(registry, context, file.bytes, as);
    })
    .get('/index/parts/:scope/:name/:hex', async (context) => {
      const { scope, name: short, hex } = context.req.param();
      const name = parseSkillName(`${scope}/${short}`);
      const digest = parseDigest(`sha256:${hex}`);
      const missing = `The index of ${name} has no part ${digest}`;
      await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
      const bytes = await readIndexPart(registry, name, digest);
      if (bytes === undefined) throw new Problem('not-found', missing);
      const as = { type: 'application/x-ndjson', cache: 'forever', digest } as const;
      return answerGzipped(registry, context, bytes, as);
    })
    .get('/words/:scope/:name/:version', async (context) => {
      const { scope, name: short, version } = context.req.param();
      const name = parseSkillName(`${scope}/${short}`);
      const missing = `${name}@${version} is not in the index`;
      await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
      const size = context.req.query('size');
      const asked = size !== undefined && isHeadSize.test(size) ? Number(size) : undefined;
      const bytes = await readWordsFile(registry, name, parseVersion(version), asked);
      if (bytes === undefined) throw new Problem('not-found', missing);
      const shown = await shownWords(registry, context, bytes);
      return answerGzipped(registry, context, shown, { type: 'application/json', cache: 'fresh' });
    });
}
