/** Many copies of one text wait at once. */
import { expect } from 'vitest';
import { queuePageRows } from '../../../registry/review/queue/queue.ts';
import { signatureOf } from '../../../skills-index/skill/text/matching-parts.ts';
import { pathOf, signedIn } from '../desk-visit.ts';
import { call, makeReport, makeSkill, publish, type Skill, signReport } from '../road.ts';
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
  const { job } = (await cast.asScanner('/api/v1/jobs/lease', {})).body;
  const skill = byName.get(job.name);
  if (skill === undefined) throw new Error(`another job: ${job.name}`);
  const texts = skill.files.map(({ path, bytes }) => ({
    path,
    text: Buffer.from(bytes).toString(),
  }));
  const report = makeReport(skill, 'pass');
  const answer = await cast.asScanner(`/api/v1/jobs/${job.id}/report`, {
    lease: job.lease,
    envelope: await signReport(cast.send, skill, report, cast.scanner),
    report,
    signature: signatureOf(texts),
  });
  expect(answer.status).toBe(200);
}
