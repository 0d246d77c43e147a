import { asc, eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countApprovals } from '../../registry/review/approvals.ts';
import { countShown } from '../../registry/review/queue/queue.ts';
import { log, statements } from '../../registry/store/schema.ts';
import { requireVersion } from '../../registry/versions/find-versions.ts';
import { approvalsInLog, type Oracle } from './approval-oracle.ts';
import { type Crowd, makeCrowd, type Name, type Step, step } from './approval-walk.ts';
import { pathOf } from './desk-visit.ts';
import { call, makeSkill, publish, type Skill } from './road.ts';
import { expectAnswer } from './steps.ts';

/**
 * Most walks begin in review, where most of the ways round would be; some need two people, some
 * one.
 */
const walks = fc.record({
  risky: fc.boolean(),
  steps: fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.array(step, { maxLength: 12 }))
    .map(([start, rest]): Step[] =>
      start > 0 ? [{ kind: 'scan', who: 'scanner', verdict: 'review' }, ...rest] : rest,
    ),
});

const risky = {
  secret: [{ name: 'TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'w' }],
  egress: [{ url: 'https://api.crm.example/*', methods: ['GET'], why: 'w' }],
};

const scanned: Step = { kind: 'scan', who: 'scanner', verdict: 'review' };
const approved = (by: Name, independent: boolean): Step => ({
  kind: 'approve',
  who: by,
  independent,
});
type AtDesk = 'rita' | 'omar' | 'anna';
const byPasskey = (by: AtDesk, holder: AtDesk): Step => ({
  kind: 'passkey',
  who: by,
  holder,
  lie: {},
});

describe('a version in the index', () => {
  let crowd: Crowd;
  let count = 0;
  beforeAll(async () => {
    crowd = await makeCrowd();
  });
  afterAll(() => crowd.world.close());

  it('has the approvals that its policy wants, of distinct people who are no author of it, by whatever calls it came there', async () => {
    const reached = { one: false, two: false, refused: false };
    await fc.assert(
      fc.asyncProperty(walks, async ({ risky: isRisky, steps }) => {
        count += 1;
        const skill = makeSkill(
          '@acme/walked',
          `1.0.${count}`,
          isRisky ? { capabilities: risky } : {},
        );
        await expectAnswer(publish(crowd.world, skill, crowd.keys.author), 201);
        for (const one of steps) {
          await crowd.walk(skill, one);
          await expectShownAlike(skill);
        }
        const { body } = await call(crowd.world, `/api/v1/versions${pathOf(skill)}`);
        const line = await lineOf(skill);
        expect(line !== undefined).toBe(
          body.history.some((move: { to: string }) => move.to === 'approved'),
        );
        if (line === undefined)
          reached.refused ||=
            body.approvals.length === 0 &&
            steps.some(({ kind }) => kind === 'passkey' || kind === 'approve');
        else {
          const { people, independent, needed } = await oracleOf(skill, line.logIndex);
          expect(people.size, `${[...people]}`).toBeGreaterThanOrEqual(needed.total);
          expect(independent.size).toBeGreaterThanOrEqual(needed.independent);
          reached[isRisky ? 'two' : 'one'] = true;
        }
        await crowd.tidy();
        expect(crowd.world.errors).toEqual([]);
      }),
      {
        numRuns: 40,
        examples: [
          [{ risky: true, steps: [scanned, approved('rita', false), approved('omar', true)] }],
          [{ risky: true, steps: [scanned, byPasskey('rita', 'rita'), approved('omar', true)] }],
          [{ risky: false, steps: [scanned, byPasskey('rita', 'rita')] }],
          // Each of these is one step short.
          [{ risky: true, steps: [scanned, byPasskey('rita', 'rita'), byPasskey('omar', 'omar')] }],
          [
            {
              risky: true,
              steps: [
                scanned,
                approved('rita', true),
                approved('rita', true),
                byPasskey('rita', 'rita'),
              ],
            },
          ],
          [
            {
              risky: false,
              steps: [
                scanned,
                byPasskey('anna', 'anna'),
                approved('anna', true),
                approved('author', true),
              ],
            },
          ],
          [
            {
              risky: false,
              steps: [
                scanned,
                byPasskey('rita', 'omar'),
                { kind: 'sign for another', who: 'mallory', drafted: 'rita' },
              ],
            },
          ],
          [{ risky: false, steps: [scanned, { kind: 'leave with a draft', who: 'rita' }] }],
          [
            {
              risky: false,
              steps: [
                scanned,
                { kind: 'leave', who: 'rita' },
                byPasskey('rita', 'rita'),
                { kind: 'again' },
              ],
            },
          ],
        ],
      },
    );
    expect(reached).toEqual({ one: true, two: true, refused: true });
  });

  /** The queue counts by rows, and what decides counts by statements. */
  async function expectShownAlike({ manifest }: Skill): Promise<void> {
    const { registry } = crowd.world;
    const row = await requireVersion(registry, manifest);
    if (row.status !== 'in review') return;
    expect(await countApprovals(registry, row)).toHaveLength(await countShown(registry, row));
  }

  async function lineOf({ manifest }: Skill): Promise<{ logIndex: number } | undefined> {
    const response = await crowd.world.send(`/index/${manifest.name}`);
    const lines = response.status === 200 ? (await response.text()).trim().split('\n') : [];
    return lines
      .map((line) => JSON.parse(line))
      .find(({ version }) => version === manifest.version);
  }

  async function oracleOf({ manifest, packed }: Skill, before: number): Promise<Oracle> {
    const rows = await crowd.world.registry.db.read
      .select({ index: log.index, body: log.body, envelope: statements.envelope })
      .from(statements)
      .innerJoin(log, eq(log.index, statements.logIndex))
      .orderBy(asc(log.index));
    const { name, version } = manifest;
    return approvalsInLog(
      rows,
      { name, version, bundle: packed.digest },
      { before, root: [crowd.world.trust.administrator.keyId] },
    );
  }
});
