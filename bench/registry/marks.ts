/** What revoked and suspended versions cost everybody who installs another. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, wallMs } from '../measure.ts';
import { type Row, round, type Unmeasured } from '../row.ts';
import { type ClientHost, makeClientHost } from './client-host.ts';
import { Generator } from './generator/generator.ts';
import { ask, connectionFrom } from './http-client.ts';
import { type Curve, type Part, printCount, type Reach, unmeasured } from './part.ts';
import { besideRaw } from './raw-side.ts';
import { type Served, whileServed } from './served.ts';
import { benchSkill } from './skill.ts';
import {
  approveScanned,
  claimFor,
  makeStaffedFolder,
  openSession,
  publishScanned,
  type StaffedFolder,
} from './staffed-folder.ts';

const sizesOf: Record<Reach, readonly number[]> = {
  quick: [100, 10_000],
  usual: [100, 1_000, 10_000, 100_000],
  full: [100, 1_000, 10_000, 100_000, 1_000_000],
};
const skillName = '@zzmarks/report';
const installBytesMax = 20 * 1024;
/** Requests over the two servers, as many as for the other files; fewer of a large status. */
const statusBytesAsked = 50 * 1024 * 1024;
const requestsMax = 2_000;

interface Measured {
  readonly marks: number;
  readonly statusBytes: number;
  readonly firstMs: number;
  readonly getMs: number;
  readonly registryMs: number;
  readonly rawMs: number;
  /** Bytes of an install, or why it fails. */
  readonly install: number | string;
}

export async function marksPart(reach: Reach): Promise<Part> {
  const folder = await makeStaffedFolder();
  const measured: Measured[] = [];
  try {
    await whileServed(folder.dir, async (served) => {
      const session = await openSession(served, folder);
      const author = await claimFor(served.send, 'zzmarks');
      const skill = benchSkill('zzmarks', 'report', '1.0.0');
      await publishScanned(served.send, skill, { author, staff: folder, session });
      await approveScanned(served.send, skill, { staff: folder, session });
    });
    let marks = 0;
    for (const size of sizesOf[reach]) {
      process.stderr.write(`registry: ${printCount(size)} stops …\n`);
      const generator = new Generator(folder.dir, folder.root, []);
      await generator.stop(size - marks);
      generator.close();
      marks = size;
      measured.push(await whileServed(folder.dir, (served) => measureAt(folder, served, size)));
    }
    return { rows: rowsOf(measured), curves: curvesOf(measured) };
  } catch (cause) {
    const goal = `≤ ${installBytesMax} bytes an install, GET ≤ 1.2 × raw`;
    return {
      rows: [...rowsOf(measured), unmeasured('stops, the next size', goal, cause)],
      curves: curvesOf(measured),
    };
  } finally {
    folder.remove();
  }
}

async function measureAt(folder: StaffedFolder, served: Served, marks: number): Promise<Measured> {
  const agent = connectionFrom();
  const path = '/index/status.json';
  const get = async (): Promise<Buffer> => {
    const { status, body } = await ask({ url: `${served.base}${path}`, agent });
    if (status !== 200) throw new Error(`${path} answers ${status}`);
    return body;
  };
  // The first request signs the status anew.
  let bytes: Buffer = Buffer.alloc(0);
  const firstMs = await wallMs(async () => {
    bytes = await get();
  });
  const requests = Math.max(10, Math.min(requestsMax, statusBytesAsked / bytes.byteLength));
  const walls: number[] = [];
  for (let nth = 0; nth < Math.min(requests, 20); nth++) walls.push(await wallMs(get));
  agent.destroy();
  const file = join(folder.dir, 'raw-status.json');
  writeFileSync(file, bytes);
  const side = await besideRaw(served, { path, file, requests });
  return {
    marks,
    statusBytes: bytes.byteLength,
    firstMs,
    getMs: median(walls),
    ...side,
    install: await installBytes(folder, served),
  };
}

/** The bytes that an install reads, or why it fails. */
async function installBytes(folder: StaffedFolder, { base }: Served): Promise<number | string> {
  let host: ClientHost | undefined;
  try {
    host = await makeClientHost(base, folder.root);
    await host.skillgate('install', skillName);
    return host.takeCounts().bytes;
  } catch (cause) {
    return cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  } finally {
    await host?.close();
  }
}

function rowsOf(measured: readonly Measured[]): (Row | Unmeasured)[] {
  return measured.flatMap((one): (Row | Unmeasured)[] => {
    const marks = `${printCount(one.marks)} stops`;
    const ratio = one.registryMs / one.rawMs;
    const [few] = measured;
    return [
      typeof one.install === 'string' || few === undefined || typeof few.install === 'string'
        ? unmeasured(`${marks}: bytes of an install`, '≤ 20 KiB', one.install)
        : {
            name: `${marks}: bytes of an install`,
            value: one.install / 1024,
            unit: 'KiB',
            against: `status.json ${round(one.statusBytes / 1024)} KiB`,
            ratio: one.install / few.install,
            goal: '≤ 20 KiB',
            held: one.install <= installBytesMax,
          },
      {
        name: `${marks}: GET status.json, CPU`,
        value: one.registryMs,
        unit: 'ms',
        against: `raw node:http ${round(one.rawMs)} ms; wall ${round(one.getMs)}, first ${round(one.firstMs)} ms`,
        ratio,
        goal: '≤ 1.2 × raw',
        held: ratio <= 1.2,
      },
    ];
  });
}

function curvesOf(measured: readonly Measured[]): Curve[] {
  const at = measured.map(({ marks }) => marks);
  return [
    {
      title: 'stops: GET of status.json',
      along: 'stops',
      at,
      unit: 'ms',
      lines: [
        { name: 'registry, CPU', values: measured.map(({ registryMs }) => registryMs) },
        { name: 'raw node:http, CPU', values: measured.map(({ rawMs }) => rawMs) },
        { name: 'first after a change, wall', values: measured.map(({ firstMs }) => firstMs) },
      ],
    },
    {
      title: 'stops: bytes of an install',
      along: 'stops',
      at,
      unit: 'KiB',
      lines: [
        {
          name: 'install',
          values: measured.map(({ install }) =>
            typeof install === 'number' ? install / 1024 : undefined,
          ),
        },
      ],
    },
  ];
}
