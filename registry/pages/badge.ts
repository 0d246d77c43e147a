/** Badges for the README of a skill, in the form that shields.io reads (schema version 1). */
import { Hono } from 'hono';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import { parseSkillName, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { findSkill } from '../catalogue/shown-skills.ts';
import type { Registry } from '../context.ts';
import { requireReading } from '../readers/may-read.ts';
import { answerFile } from '../routes/site/file-answers.ts';
import { newestVersion } from '../versions/find-versions.ts';
import { stateMeanings } from './state-words.ts';

interface Badge {
  readonly schemaVersion: 1;
  readonly label: 'skillgate';
  readonly message: string;
  readonly color: 'brightgreen' | 'lightgrey' | 'red';
}

/** The route at the root of the site. */
export function badgeRoutes(registry: Registry): Hono {
  return new Hono().get('/badges/:scope/:name', async (context) => {
    const { name: file, scope } = context.req.param();
    const name = parseSkillName(`${scope}/${file.replace(/\.json$/, '')}`);
    const missing = `This registry has no skill ${name}`;
    await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
    const badge = file.endsWith('.json') ? await badgeOf(registry, name) : undefined;
    if (badge === undefined) throw new Problem('not-found', missing);
    const text = JSON.stringify(badge);
    return answerFile(context, text, { type: 'application/json', cache: 'fresh' });
  });
}

/** About the offered version, or else about the newest one. */
async function badgeOf(registry: Registry, name: SkillName): Promise<Badge | undefined> {
  const skill = await findSkill(registry, name);
  if (skill !== undefined) {
    const message = `approved ${skill.version} · network: ${networkWords(skill.capabilities)}`;
    return { schemaVersion: 1, label: 'skillgate', message, color: 'brightgreen' };
  }
  const newest = await newestVersion(registry, name);
  if (newest === undefined) return undefined;
  const { outlook } = stateMeanings[newest.status];
  return {
    schemaVersion: 1,
    label: 'skillgate',
    message: outlook === 'stopped' ? newest.status : 'no approved version',
    color: outlook === 'stopped' ? 'red' : 'lightgrey',
  };
}

function networkWords({ egress }: Capabilities): string {
  const hosts = new Set(egress.map(({ url }) => parseEgressUrl(url).host));
  if (hosts.size === 0) return 'none';
  if (hosts.has('*')) return 'any host';
  return hosts.size === 1 ? '1 host' : `${hosts.size} hosts`;
}
