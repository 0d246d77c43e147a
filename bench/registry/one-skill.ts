/** What one more version of a skill, and an installation, cost as the versions of the skill grow. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { indexFileName } from '../../registry/index/index-file.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { publish } from '../../test/registry/road.ts';
import { median, wallMs } from '../measure.ts';
import type { Row, Unmeasured } from '../row.ts';
import { makeClientHost } from './client-host.ts';
import { Generator } from './generator/generator.ts';
import { untilListed } from './generator/settle-rows.ts';
import type { Names, Template } from './generator/template.ts';
import { type Curve, type Part, printCount, type Reach, unmeasured } from './part.ts';
import { cpuMsOf, untilIdle } from './process-figures.ts';
import { type Served, whileServed } from './served.ts';
import { benchSkill } from './skill.ts';
import {
  approveScanned,
  claimFor,
  makeStaffedFolder,
  openSession,
  publishScanned,
  requireTaken,
  type StaffedFolder,
  scanPublished,
} from './staffed-folder.ts';

const sizesOf: Record<Reach, readonly number[]> = {
  quick: [10, 1_000],
  usual: [10, 1_000, 10_000],
  full: [10, 1_000, 10_000],
};
const scope = 'zzone';
const skill = 'report';
const name = parseSkillName(`@${scope}/${skill}`);
/** The template has a version that no other text contains. */
const templateVersion = '77.7777.70000';
const warm = 5;
const rounds = 12;
const installs = 5;
const growthMax = 1.5;
/** A process with less processor time in this time has no work left. */

const calls = ['publish', 'approve', 'install of the newest', 'install of the oldest'] as const;
type Call = (typeof calls)[number];

interface Measured {
  readonly size: number;
  /** Processor time of the registry for its calls, wall time of the commands, in milliseconds. */
  readonly ms: ReadonlyMap<Call, number>;
  /** Bytes that an installation of the newest version reads. */
  readonly bytes: number;
}

export async function oneSkillPart(reach: Reach): Promise<Part> {
  const folder = await makeStaffedFolder();
  const measured: Measured[] = [];
  try {
    const names = await begin(folder);
    const template = templateIn(folder, names);
    for (const size of sizesOf[reach]) {
      process.stderr.write(`registry: ${printCount(size)} versions of one skill …\n`);
      await grow(folder, { names, template }, size - (measured.at(-1)?.size ?? 1));
      measured.push(
        await whileServed(folder.dir, (served) => measureAt(folder, served, names, size)),
      );
    }
    return { rows: rowsOf(measured), curves: curvesOf(measured) };
  } catch (cause) {
    const goal = `growth ≤ ${growthMax} ×`;
    return { rows: [...rowsOf(measured), unmeasured('versions of one skill', goal, cause)] };
  } finally {
    folder.remove();
  }
}

async function begin(folder: StaffedFolder): Promise<Required<Names>> {
  return whileServed(folder.dir, async (served) => {
    const session = await openSession(served, folder);
    const author = await claimFor(served.send, scope);
    const by = { author, staff: folder, session };
    const made = benchSkill(scope, skill, templateVersion);
    await publishScanned(served.send, made, by);
    await approveScanned(served.send, made, by);
    await untilListed(folder.dir);
    return { scope, skill, version: templateVersion, author };
  });
}

/** Read before the registry moves the evidence of the first version into a segment. */
function templateIn(folder: StaffedFolder, names: Required<Names>): Template {
  const generator = generatorFor(folder);
  const template = generator.version(names, templateVersion);
  generator.close();
  return template;
}

function generatorFor({ dir, root, scanner, reviewer }: StaffedFolder): Generator {
  return new Generator(dir, root, [scanner, reviewer]);
}

interface First {
  readonly names: Required<Names>;
  readonly template: Template;
}

/** Clones the first version. The registry makes the index file anew when it next reads the file. */
async function grow(
  folder: StaffedFolder,
  { names, template }: First,
  count: number,
): Promise<void> {
  const generator = generatorFor(folder);
  await generator.clone(template, namesOf(names, count - 1), 'rows');
  // The newest entry of the log has a real checkpoint.
  await generator.clone(template, namesOf(names, 1), 'whole');
  generator.close();
  rmSync(join(folder.dir, 'objects', indexFileName(name)));
}

let clones = 0;
function* namesOf(names: Required<Names>, count: number): Iterable<Names> {
  for (let made = 0; made < count; made++) {
    const nth = String(++clones).padStart(4, '0').slice(-4);
    const minor = 7_777 - Math.floor(clones / 10_000);
    yield { ...names, version: `77.${minor}.7${nth}` };
  }
}

async function measureAt(
  folder: StaffedFolder,
  served: Served,
  { author }: Required<Names>,
  size: number,
): Promise<Measured> {
  const { send, pid } = served;
  const session = await openSession(served, folder);
  const by = { staff: folder, session };
  // The file is made anew before anything is measured, and the clones' evidence moves into segments.
  await (await send(`/index/${name}`)).arrayBuffer();
  await untilIdle(pid);
  const costs: Record<'publish' | 'approve', number> = { publish: 0, approve: 0 };
  const timed = async (call: 'publish' | 'approve', act: () => Promise<unknown>) => {
    const before = cpuMsOf(pid);
    await act();
    costs[call] += cpuMsOf(pid) - before;
  };
  for (let nth = 0; nth < warm + rounds; nth++) {
    if (nth === warm) Object.assign(costs, { publish: 0, approve: 0 });
    const made = benchSkill(scope, skill, `78.${size}.${nth}`);
    await timed('publish', async () => requireTaken(await publish(send, made, author)));
    await scanPublished(send, made, by);
    await timed('approve', () => approveScanned(send, made, by));
  }
  const newest = await installsOf(folder, served, name);
  const oldest = await installsOf(folder, served, `${name}@${templateVersion}`);
  return {
    size,
    ms: new Map<Call, number>([
      ['publish', costs.publish / rounds],
      ['approve', costs.approve / rounds],
      ['install of the newest', newest.ms],
      ['install of the oldest', oldest.ms],
    ]),
    bytes: newest.bytes,
  };
}

/** The median time of an installation on a new host, and the bytes that it reads. */
async function installsOf(folder: StaffedFolder, { base }: Served, wanted: string) {
  const times: number[] = [];
  let bytes = 0;
  for (let nth = 0; nth < installs; nth++) {
    const host = await makeClientHost(base, folder.root);
    try {
      times.push(await wallMs(() => host.skillgate('install', wanted)));
      ({ bytes } = host.takeCounts());
    } finally {
      await host.close();
    }
  }
  return { ms: median(times), bytes };
}

function rowsOf(measured: readonly Measured[]): (Row | Unmeasured)[] {
  const [first] = measured;
  const last = measured.at(-1);
  if (first === undefined || last === undefined || first === last) return [];
  const sizes = `${printCount(first.size)} → ${printCount(last.size)} versions of one skill`;
  const row = (what: string, unit: string, from: number, to: number): Row => ({
    name: `${sizes}: ${what}`,
    value: to,
    unit,
    against: `${from.toPrecision(3)} ${unit}`,
    ratio: to / from,
    goal: `≤ ${growthMax} ×`,
    held: to / from <= growthMax,
  });
  return [
    ...calls.map((call) =>
      row(
        `${call}, ${call.startsWith('install') ? 'wall' : 'CPU'}`,
        'ms',
        first.ms.get(call) ?? Number.NaN,
        last.ms.get(call) ?? Number.NaN,
      ),
    ),
    row('bytes of an install', 'KiB', first.bytes / 1_024, last.bytes / 1_024),
  ];
}

function curvesOf(measured: readonly Measured[]): Curve[] {
  return [
    {
      title: 'versions of one skill: time',
      along: 'versions of one skill',
      at: measured.map(({ size }) => size),
      unit: 'ms',
      lines: calls.map((call) => ({ name: call, values: measured.map(({ ms }) => ms.get(call)) })),
    },
  ];
}
