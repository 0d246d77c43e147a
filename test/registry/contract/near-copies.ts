/** Many copies of one text wait at once. */
import { expect } from 'vitest';
import { queuePageRows } from '../../../registry/review/queue/queue.ts';
import { pathOf, signedIn } from '../desk-visit.ts';
import {
  call,
  leaseJob,
  makeReport,
  makeSkill,
  publish,
  reportOn,
  type Skill,
  sketchOf,
} from '../road.ts';
import type { Cast } from './cast.ts';

export async function walkNearCopies(cast: Cast): Promise<void> {
  const { send, author, tokens } = cast;
  const prose = Array.from({ length: 80 }, (_, at) => `Count the words of chapter ${at} twice.`);
  const copies = Array.from({ length: cast.copies }, (_, at) =>
    makeSkill(`@acme/copy-${at}`, '1.0.0', {
      files: { 'guide.md': `${prose.join('\n')}\nCopy ${at}.\n` },
    }),
  );
  const published = await Promise.all(copies.map((skill) => publish(send, skill, author)));
  expect(published.filter(({ status }) => status !== 201)).toEqual([]);
  const byName = new Map(copies.map((skill) => [skill.manifest.name as string, skill]));
  for (const _ of copies) await scanWithSketch(cast, byName);

  const { body, status } = await call(send, '/api/v1/reviews', { token: tokens.rita });
  expect(status).toBe(200);
  expect(body.reviews.length).toBeGreaterThanOrEqual(Math.min(cast.copies, queuePageRows));
  const at = { token: tokens.rita };
  const one = await call(send, '/api/v1/reviews/@acme/copy-7/1.0.0', at);
  expect(one.status).toBe(200);
  expect(JSON.stringify(one.body)).toContain('@acme/copy-');
  const rita = await signedIn(send, tokens.rita);
  expect((await rita.get('')).status).toBe(200);
  const [, second] = copies;
  if (second === undefined) throw new Error('no copy');
  expect((await rita.get(pathOf(second))).html).toContain('@acme/copy-');
}

/** Reports as a scanner does that also sends a sketch of the texts. */
async function scanWithSketch(cast: Cast, byName: ReadonlyMap<string, Skill>): Promise<void> {
  const by = { token: cast.tokens.scanner, key: cast.scanner };
  const job = await leaseJob(cast, by.token);
  const skill = byName.get(job?.name ?? '');
  if (skill === undefined) throw new Error(`another job: ${job?.name}`);
  const said = [skill, makeReport(skill, 'pass')] as const;
  const answer = await reportOn(cast, by, job, said, { signature: sketchOf(skill) });
  expect(answer.status).toBe(200);
}
