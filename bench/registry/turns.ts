/** The longest time in which a registry answers nobody, for each kind of work. */
import { randomBytes } from 'node:crypto';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../test/nonce.ts';
import type { TestKey } from '../../test/registry/people.ts';
import {
  approve,
  makeSkill,
  publish,
  type Send,
  type Skill,
  scan,
  state,
} from '../../test/registry/road.ts';
import type { Row } from '../row.ts';
import { round } from '../row.ts';
import { Generator } from './generator/generator.ts';
import { untilListed } from './generator/settle-rows.ts';
import type { LongestTurn } from './longest-turn.ts';
import { type Part, printCount, type Reach } from './part.ts';
import { whileServed } from './served.ts';
import { benchSkill, criticalFinding } from './skill.ts';
import {
  approveScanned,
  claimFor,
  makeStaffedFolder,
  openSession,
  publishScanned,
  requireTaken,
  type Session,
  type StaffedFolder,
} from './staffed-folder.ts';
import { startWatched } from './watched-registry.ts';

const sizesOf: Record<Reach, number> = { quick: 1_000, usual: 10_000, full: 100_000 };
const scope = 'zzturns';
const times = 5;
const turnMsMax = 50;
const largeBytes = 2_000_000;
const manyFiles = 900;
const manyFindings = 5_000;

interface World {
  readonly folder: StaffedFolder;
  readonly author: TestKey;
  readonly send: Send;
  readonly session: Session;
}

type Work = (world: World) => Promise<void>;

/** The kinds of work, in the order in which they need each other. */
const works: Readonly<Record<string, Work>> = {
  'publish, report, approve': (world) => each(world, (nth) => benchSkill(scope, 'small', nth)),
  'an upload of 2 MB': (world) =>
    each(world, (nth) =>
      makeSkill(`@${scope}/large`, nth, {
        files: { 'notes/large.md': randomBytes(largeBytes / 2).toString('hex') },
      }),
    ),
  'an upload of 900 files': (world) =>
    each(world, (nth) =>
      makeSkill(`@${scope}/files`, nth, {
        files: Object.fromEntries(
          Array.from({ length: manyFiles }, (_, at) => [`notes/${at}.md`, `${nth} file ${at}\n`]),
        ),
      }),
    ),
  'a report with 5,000 findings': async ({ folder, author, send, session }) => {
    const findings = Array.from({ length: manyFindings }, (_, at) => criticalFinding(at + 1));
    for (let nth = 0; nth < times; nth++) {
      const skill = benchSkill(scope, 'findings', `1.0.${nth}`);
      requireTaken(await publish(send, skill, author));
      requireTaken(await scan(send, session.scanner, folder.scanner, skill, 'review', findings));
    }
  },
  'a revocation': async ({ folder, author, send, session }) => {
    for (let nth = 0; nth < times; nth++) {
      const skill = benchSkill(scope, 'revoked', `1.0.${nth}`);
      await publishScanned(send, skill, { author, staff: folder, session });
      await approveScanned(send, skill, { staff: folder, session });
      const said = revocationStatement({
        registry: registryIdOf(folder.root),
        nonce: freshNonce(),
        kind: 'revoked',
        target: { bundle: skill.packed.digest },
        reason: 'the bench revokes it',
      });
      requireTaken(await state(send, said, folder.reviewer));
    }
  },
};

export async function turnsPart(reach: Reach): Promise<Part> {
  const folder = await makeStaffedFolder();
  const size = sizesOf[reach];
  try {
    const author = await fill(folder, size);
    const registry = await startWatched(folder.dir);
    try {
      const { send } = registry;
      const rows = [
        rowOf(`start with ${printCount(size)} versions`, (await registry.figures()).longest),
      ];
      const session = await openSession({ send }, folder);
      for (const [what, work] of Object.entries(works)) {
        await registry.figures();
        await work({ folder, author, send, session });
        rows.push(rowOf(what, (await registry.figures()).longest));
      }
      return { rows };
    } finally {
      await registry.stop();
    }
  } finally {
    folder.remove();
  }
}

async function each({ folder, author, send, session }: World, make: (version: string) => Skill) {
  for (let nth = 0; nth < times; nth++) {
    const skill = make(`1.0.${nth}`);
    await publishScanned(send, skill, { author, staff: folder, session });
    requireTaken(
      await approve(send, session.reviewer, folder.reviewer, skill, { independent: true }),
    );
  }
}

async function fill(folder: StaffedFolder, size: number): Promise<TestKey> {
  const author = await whileServed(folder.dir, async (served) => {
    const session = await openSession(served, folder);
    const owner = await claimFor(served.send, scope);
    const skill = benchSkill(scope, 'clone-0', '1.0.0');
    await publishScanned(served.send, skill, { author: owner, staff: folder, session });
    await approveScanned(served.send, skill, { staff: folder, session });
    await untilListed(folder.dir);
    return owner;
  });
  const generator = new Generator(folder.dir, folder.root, [folder.scanner, folder.reviewer]);
  const template = generator.version({ scope, skill: 'clone-0', author }, '1.0.0');
  const names = Array.from({ length: size - 1 }, (_, nth) => ({
    scope,
    skill: `clone-${nth + 1}`,
    author,
  }));
  await generator.clone(template, names, 'rows');
  generator.close();
  return author;
}

function rowOf(what: string, { own, wall }: LongestTurn): Row {
  return {
    name: `${what}: nobody answered for`,
    value: own,
    unit: 'ms',
    against: `with waits for a processor ${round(wall)} ms`,
    ratio: own / turnMsMax,
    goal: `≤ ${turnMsMax} ms`,
    held: own <= turnMsMax,
  };
}
