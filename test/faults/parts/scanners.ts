/** Scanners that lie, that crash, and that answer late. */
import { jobAttemptsMax, leaseMs } from '../../../registry/scans/jobs.ts';
import type { Envelope } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { makeKey } from '../../registry/people.ts';
import {
  type Answer,
  call,
  enrol,
  makeReport,
  makeSkill,
  registryIdAt,
  type Skill,
  signIn,
  signReport,
} from '../../registry/road.ts';
import { type Act, claim, publication, type SignedIn } from '../acts.ts';
import { makeFailingNode } from '../failing-storage.ts';
import { drafted, enterStaff, leaseFor, recordTaken, scanReport, type Walk } from '../walk.ts';
import { Checker } from '../whole.ts';
import type { Row } from './stage.ts';

interface Stage extends Walk {
  /** A scanner with a key and a session of its own. */
  readonly other: SignedIn;
  wait(ms: number): void;
}

/** What the scanner did, the skill that it was given, and what must come of it. */
interface Story {
  readonly what: string;
  /** Problem codes of the answers, in their order. */
  readonly refused: readonly string[];
  /** The version's status after that. */
  readonly left: 'scanning' | 'in review' | 'quarantined';
  tell(stage: Stage, skill: Skill): Promise<readonly Answer[]>;
}

const otherSkill = makeSkill('@acme/other', '9.0.0');

const stories: readonly Story[] = [
  lie('signs a report about another bundle', 'subject-mismatch', ({ send, staff }) =>
    signReport(send, otherSkill, makeReport(otherSkill, 'pass'), staff.scanner.key),
  ),
  lie('sends another report than it signed', 'subject-mismatch', ({ send, staff }, skill) =>
    signReport(send, skill, makeReport(skill, 'block'), staff.scanner.key),
  ),
  lie('sends a report of another scanner', 'key-unknown', ({ send, other }, skill) =>
    signReport(send, skill, makeReport(skill, 'pass'), other.key),
  ),
  lie('signs with the key of nobody', 'key-unknown', ({ send }, skill) =>
    signReport(send, skill, makeReport(skill, 'pass'), makeKey()),
  ),
  {
    what: 'reports on the job of another scanner',
    refused: ['job-stale'],
    left: 'scanning',
    tell: async (stage, skill) => {
      const { id } = await leaseFor(stage.send, skill, stage.other.token);
      return [await sendReport(stage, skill, { id, lease: 'guessed' })];
    },
  },
  {
    what: 'crashes each time',
    refused: [],
    left: 'quarantined',
    tell: async ({ send, staff }, skill) => {
      const { token } = staff.scanner;
      for (let nth = 0; nth < jobAttemptsMax; nth++) {
        const { id, lease } = await leaseFor(send, skill, token);
        const json = { lease, reason: 'crash', detail: 'a parser' };
        await call(send, `/api/v1/jobs/${id}/fail`, { token, json });
      }
      return [];
    },
  },
  {
    what: 'vanishes each time',
    refused: [],
    left: 'quarantined',
    tell: async ({ send, staff, wait }, skill) => {
      for (let nth = 0; nth < jobAttemptsMax; nth++) {
        await leaseFor(send, skill, staff.scanner.token);
        wait(leaseMs + 1);
      }
      // The next scanner that asks gives the version up.
      await call(send, '/api/v1/jobs/lease', { token: staff.scanner.token, json: {} });
      return [];
    },
  },
  {
    what: 'answers after its lease',
    refused: ['job-stale'],
    left: 'scanning',
    tell: async (stage, skill) => {
      const job = await leaseFor(stage.send, skill, stage.staff.scanner.token);
      stage.wait(leaseMs + 1);
      return [await sendReport(stage, skill, job)];
    },
  },
  {
    what: 'answers after another scanner did',
    refused: ['job-stale'],
    left: 'in review',
    tell: async (stage, skill) => {
      const { send, staff, other, take, wait } = stage;
      const job = await leaseFor(send, skill, staff.scanner.token);
      wait(leaseMs + 1);
      await take(await scanReport(send, skill, other));
      return [await sendReport(stage, skill, job)];
    },
  },
];

/** More than all stories wait together. */
const storiesMs = 3_600_000;

/** Each row ends with an honest scanner and an installer, to whom nothing of it is left. */
export async function runScanners(): Promise<Row[]> {
  const storage = await makeFailingNode();
  try {
    const { send, trust } = storage;
    // Leases expire in these stories. At the end, the clock is right: an installer looks at it.
    let behindMs = storiesMs;
    const wait = (ms: number): void => {
      behindMs -= ms;
      storage.wait(ms);
    };
    storage.wait(-behindMs);
    const acts: Act[] = [];
    const take = recordTaken(send, acts);
    const staff = await enterStaff(send, trust);
    const key = makeKey();
    await enrol(send, trust.administrator, { name: 'other', roles: ['scanner'], key });
    await take(await claim(await registryIdAt(send), 'acme', staff.author));
    const rows: Row[] = [];
    for (const [nth, story] of stories.entries()) {
      const stage = { send, staff, take, wait, other: { key, token: await signIn(send, key) } };
      rows.push(await tellStory(stage, story, makeSkill(`@acme/skill-${nth}`, '1.0.0')));
    }
    wait(behindMs);
    const found = await new Checker(storage, new Set()).check(acts);
    const lacks = found.map(({ what }) => what);
    return [
      ...rows,
      { what: 'everything acknowledged', outcome: `${acts.length} acts`, faults: lacks },
    ];
  } finally {
    storage.close();
  }
}

async function tellStory(stage: Stage, story: Story, skill: Skill): Promise<Row> {
  const { send, staff, take } = stage;
  const faults: string[] = [];
  await take(await publication(skill, staff.author));
  const refused = (await story.tell(stage, skill)).map(codeOf);
  if (refused.join() !== story.refused.join()) faults.push(`answered ${refused.join()}`);
  const left = await statusOf(stage, skill);
  if (left !== story.left) faults.push(`left ${left}`);
  // A person has a version that nobody could scan scanned again.
  if (left === 'quarantined') await move(stage, skill, 'in review');
  if (left !== 'in review') {
    stage.wait(leaseMs + 1);
    await take(await scanReport(send, skill, staff.scanner));
  }
  await take(await drafted(send, skill, staff.reviewer));
  return {
    what: `a scanner ${story.what}`,
    outcome: `${refused.join() || 'nothing to refuse'}; the version: ${left}, then approved`,
    faults,
  };
}

function lie(
  what: string,
  refused: string,
  sign: (stage: Stage, skill: Skill) => Promise<Envelope>,
): Story {
  const tell: Story['tell'] = async (stage, skill) => {
    const job = await leaseFor(stage.send, skill, stage.staff.scanner.token);
    return [await sendReport(stage, skill, job, await sign(stage, skill))];
  };
  return { what, refused: [refused], left: 'scanning', tell };
}

async function sendReport(
  { send, staff }: Stage,
  skill: Skill,
  { id, lease }: { readonly id: string; readonly lease: string },
  envelope?: Envelope,
): Promise<Answer> {
  const { key, token } = staff.scanner;
  const report = makeReport(skill, 'pass');
  const signed = envelope ?? (await signReport(send, skill, report, key));
  const json = { lease, envelope: signed, report };
  return call(send, `/api/v1/jobs/${id}/report`, { token, json });
}

async function move({ send, staff }: Stage, { manifest }: Skill, to: string): Promise<void> {
  const { token } = staff.reviewer;
  const path = `/api/v1/reviews/${manifest.name}/${manifest.version}/move`;
  const { status, body } = await call(send, path, { token, json: { to, reason: 'once more' } });
  if (status !== 200) throw new Error(`move: ${JSON.stringify(body)}`);
}

async function statusOf({ send }: Stage, { manifest }: Skill): Promise<string> {
  const path = `/api/v1/versions/${manifest.name}/${manifest.version}`;
  return (await call(send, path)).body.status;
}

const codeOf = ({ status, body }: Answer): string => (status < 300 ? 'taken' : body.code);
