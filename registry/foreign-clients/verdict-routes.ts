/** Routes that ClawHub's clients ask for verdicts: `openclaw skills`, `clawhub skill verify`. */
import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import type { Registry } from '../context.ts';
import { letOthersGoOn } from '../people/turns.ts';
import { jsonBody } from '../routes/describe.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { readableName } from './clawhub-skill.ts';
import { verdictsAtOnce } from './limits.ts';
import { requireOffered } from './served-version.ts';
import { describeVerdict, describeVerification } from './verdicts.ts';

const askedFor = v.object({
  slug: v.pipe(v.string(), v.maxLength(200)),
  ownerHandle: v.exactOptional(v.pipe(v.string(), v.maxLength(200))),
  version: v.pipe(v.string(), v.maxLength(200)),
});
const schema = 'clawhub.skill.security-verdicts.v1';

/** Routes below /api/v1. */
export function verdictRoutes(registry: Registry): Hono {
  return new Hono()
    .post(
      '/skills/-/security-verdicts',
      jsonBody(v.object({ items: v.pipe(v.array(askedFor), v.maxLength(verdictsAtOnce)) })),
      async (context) => {
        const items: object[] = [];
        for (const item of context.req.valid('json').items) {
          items.push(await judge(registry, context, item));
          await letOthersGoOn(registry);
        }
        return context.json({ schema, items });
      },
    )
    .get('/skills/:slug/verify', async (context) => {
      const asked = context.req.query('version');
      const named = asked === undefined ? undefined : parseVersion(asked);
      const name = await readableName(registry, context, named);
      const version = named ?? (await requireOffered(registry, name)).version;
      const row = await requireVersion(registry, { name, version });
      const from = asked === undefined ? 'latest' : 'version';
      return context.json(await describeVerification(registry, row, from));
    });
}

/** The verdict on one version. A version that the client may not see is not there. */
async function judge(
  registry: Registry,
  context: Context,
  { ownerHandle, slug, version }: v.InferOutput<typeof askedFor>,
) {
  const asked = {
    requestedSlug: slug,
    ...(ownerHandle === undefined ? {} : { requestedOwnerHandle: ownerHandle }),
    requestedVersion: version,
  };
  try {
    const which = parseVersion(version);
    const name = await readableName(registry, context, which, { slug, ownerHandle });
    const row = await requireVersion(registry, { name, version: which });
    return { ...asked, slug, ...(await describeVerdict(registry, row)) };
  } catch (error) {
    if (!(error instanceof Problem) || !absent.has(error.code)) throw error;
    return {
      ...asked,
      ok: false,
      decision: 'fail',
      reasons: ['skill.not_found'],
      slug: null,
      version: null,
      displayName: null,
      publisherHandle: null,
      createdAt: null,
      checkedAt: null,
      security: null,
      error: { code: 'skill_not_found', message: error.message },
    };
  }
}

const absent: ReadonlySet<string> = new Set(['not-found', 'name-invalid', 'version-invalid']);
