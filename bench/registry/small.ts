/**
 * Figures of a small registry: reads, durable publishes, the commands of authors and installers,
 * and the memory of a registry without work.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyFile, publicKeyOf } from '../../cli/signing/key-file.ts';
import { makeReportSkill } from '../../test/cli/installer-world.ts';
import { makeKey, type TestKey } from '../../test/registry/people.ts';
import { claimScope, type Skill } from '../../test/registry/road.ts';
import { median, wallMs } from '../measure.ts';
import { type Row, round, type Unmeasured } from '../row.ts';
import { type ClientHost, makeClientHost } from './client-host.ts';
import { durableRow } from './durable.ts';
import { type Part, type Reach, unmeasured } from './part.ts';
import { residentMiB } from './process-figures.ts';
import { readRows } from './reads.ts';
import { type Served, whileServed } from './served.ts';
import {
  approveScanned,
  makeStaffedFolder,
  openSession,
  publishScanned,
  requireTaken,
  type Session,
  type StaffedFolder,
  scanPublished,
} from './staffed-folder.ts';
import { startVerdaccio, type Verdaccio, writeFiles } from './verdaccio.ts';

const scope = 'zzsmall';
const commandRounds: Record<Reach, number> = { quick: 3, usual: 7, full: 7 };
const idleMs = 5_000;

export async function smallPart(reach: Reach): Promise<Part> {
  const folder = await makeStaffedFolder();
  try {
    const memory = await whileServed(folder.dir, memoryRow);
    const rows = await whileServed(folder.dir, async (served) => {
      const session = await openSession(served, folder);
      const author = makeKey();
      requireTaken(await claimScope(served.send, scope, author));
      const [skill, other] = [reportSkill('report', '1.0.0'), reportSkill('other', '1.0.0')];
      for (const one of [skill, other]) {
        await publishScanned(served.send, one, { author, staff: folder, session });
        await approveScanned(served.send, one, { staff: folder, session });
      }
      const host = await makeClientHost(served.base, folder.root);
      const world = { folder, served, session, host, author };
      try {
        return [
          ...(await readRows(served, skill)),
          ...(await requestRows(world, skill, other)),
          ...(await besideNpm(world, commandRounds[reach])),
          // Last, because its versions wait for a scanner.
          await durableRow(served, { name: scope, author, dir: folder.dir }),
        ];
      } finally {
        await host.close();
      }
    });
    return { rows: [...rows, memory] };
  } finally {
    folder.remove();
  }
}

interface World {
  readonly folder: StaffedFolder;
  readonly served: Served;
  readonly session: Session;
  readonly host: ClientHost;
  readonly author: TestKey;
}

function reportSkill(name: string, version: string, owner = scope): Skill {
  return makeReportSkill(`@${owner}/${name}`, {
    version,
    commands: { report: 'scripts/report.sh' },
    files: { 'scripts/report.sh': '#!/bin/sh\n:\n' },
  });
}

async function memoryRow({ pid }: Served): Promise<Row> {
  await sleep(idleMs);
  const value = residentMiB(pid);
  return {
    name: 'idle registry without its scanner, resident',
    value,
    unit: 'MiB',
    against: 'goal 120 MiB',
    ratio: value / 120,
    goal: '≤ 120 MiB',
    held: value <= 120,
  };
}

/** `publish` and `install` of both command lines, in turn, each install in a new project. */
async function besideNpm(world: World, rounds: number): Promise<(Row | Unmeasured)[]> {
  const goal = '≤ 0.6 × npm';
  // npm reaches its registry without a proxy, too.
  const host = await makeClientHost(world.served.base, world.folder.root, false);
  let peer: Verdaccio;
  try {
    peer = await startVerdaccio();
  } catch (cause) {
    await host.close();
    return [unmeasured('skillgate publish and install beside npm', goal, cause)];
  }
  const mine = { publish: [] as number[], install: [] as number[] };
  const theirs = { publish: [] as number[], install: [] as number[] };
  try {
    const own = 'zzcli';
    const key = await createKeyFile(
      join(host.folder, 'home', 'config', 'keys', 'default.json'),
      undefined,
      'default',
    );
    const owner = { ...key, open: publicKeyOf(key), pem: '' };
    requireTaken(await claimScope(world.served.send, own, owner));
    for (let nth = 0; nth <= rounds; nth++) {
      const name = `report-${nth}`;
      const skill = reportSkill(name, '1.0.0', own);
      const source = mkdtempSync(join(host.folder, 'skill-'));
      writeFiles(source, skill.files);
      const times = {
        publish: await wallMs(() => host.skillgate('publish', source)),
        npmPublish: await wallMs(await peer.publish(`@${own}/${name}`, '1.0.0', skill.files)),
      };
      const by = { staff: world.folder, session: world.session };
      await scanPublished(world.served.send, skill, by);
      await approveScanned(world.served.send, skill, by);
      const project = mkdtempSync(join(host.folder, 'project-'));
      const install = await wallMs(() => host.skillgateIn(project, 'install', `@${own}/${name}`));
      const npmInstall = await wallMs(await peer.install(`@${own}/${name}@1.0.0`));
      // The first round warms the disk's cache, and compiles the scanner.
      if (nth === 0) continue;
      mine.publish.push(times.publish);
      mine.install.push(install);
      theirs.publish.push(times.npmPublish);
      theirs.install.push(npmInstall);
    }
    const [publish, install] = [median(mine.publish), median(mine.install)];
    const [npmPublish, npmInstall] = [median(theirs.publish), median(theirs.install)];
    const row = (what: string, value: number, other: number, most: number): Row => ({
      name: `skillgate ${what}, wall, p50`,
      value,
      unit: 'ms',
      against: `npm ${what} with ${peer.name} ${round(other)} ms`,
      ratio: value / other,
      goal: `≤ ${most} × npm`,
      held: value <= most * other,
    });
    return [
      row('publish', publish, npmPublish, 1),
      row('install', install, npmInstall, 1),
      row('publish + install', publish + install, npmPublish + npmInstall, 0.6),
    ];
  } catch (cause) {
    return [unmeasured('skillgate publish and install beside npm', goal, cause)];
  } finally {
    await host.close();
    peer.close();
  }
}

/** A process in the background makes two images after the first scan. */

/** @param other another skill of the same publisher */
async function requestRows(
  { host }: World,
  skill: Skill,
  other: Skill,
): Promise<(Row | Unmeasured)[]> {
  const counted = async (
    what: string,
    atMost: number,
    words: readonly string[],
  ): Promise<Row | Unmeasured> => {
    host.takeCounts();
    try {
      await host.skillgate(...words);
    } catch (cause) {
      return unmeasured(what, `≤ ${atMost}`, cause);
    }
    const { requests, bytes } = host.takeCounts();
    return {
      name: what,
      value: requests.length,
      unit: 'requests',
      against: `${round(bytes / 1024)} KiB`,
      ratio: requests.length / atMost,
      goal: `≤ ${atMost}`,
      held: requests.length <= atMost,
    };
  };
  const { name } = skill.manifest;
  const first = await counted('install of a skill on a new host', 6, ['install', name]);
  await host.skillgate('run', name, 'report').catch(() => undefined);
  return [
    first,
    await counted('install of a second skill', 6, ['install', other.manifest.name]),
    await counted('start of an unchanged skill', 2, ['run', name, 'report']),
  ];
}
