/** Many publishers at once: how many uploads the registry accepts in a second, and refuses. */
import { makeKey, type TestKey } from '../../test/registry/people.ts';
import { claimScope } from '../../test/registry/road.ts';
import { type Row, round, type Unmeasured } from '../row.ts';
import { Generator } from './generator/generator.ts';
import { connectionFrom } from './http-client.ts';
import { type Curve, type Part, printCount, type Reach, unmeasured } from './part.ts';
import { cpuMsOf } from './process-figures.ts';
import { type Served, whileServed } from './served.ts';
import { benchSkill } from './skill.ts';
import { makeStaffedFolder, requireTaken } from './staffed-folder.ts';
import { sendUpload, signedUpload } from './uploads.ts';

const levelsOf: Record<Reach, readonly number[]> = {
  quick: [1, 16, 200],
  usual: [1, 4, 16, 64, 128, 200],
  full: [1, 4, 16, 64, 128, 200],
};
/** Uploads of each level: at least so many, and so many of each publisher. */
const uploadsMin = 32;
const uploadsOfEach = 2;
const warmUps = 10;
/** Other work on the machine slows one pass or another, so the fastest pass of each level counts. */
const passesOf: Record<Reach, number> = { quick: 1, usual: 3, full: 3 };

interface Publisher {
  readonly scope: string;
  readonly author: TestKey;
  /** Every publisher has an address of its own, as the limits count by address. */
  readonly address: string;
}

interface Measured {
  readonly atOnce: number;
  readonly uploads: number;
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
  /** Processor milliseconds of the registry for each accepted upload. */
  readonly cpuMs: number;
  readonly problems: string;
}

export async function crowdPart(reach: Reach): Promise<Part> {
  const folder = await makeStaffedFolder();
  const fastest = new Map<number, Measured>();
  try {
    const publishers = Array.from({ length: Math.max(...levelsOf[reach]) }, (_, nth) =>
      publisherAt(nth),
    );
    const [first, ...others] = publishers;
    if (first === undefined) throw new Error('nobody publishes');
    await whileServed(folder.dir, async ({ send }) => {
      requireTaken(await claimScope(send, first.scope, first.author));
    });
    const generator = new Generator(folder.dir, folder.root, [folder.scanner, folder.reviewer]);
    await generator.clone(generator.claim(first), others, 'whole');
    generator.close();
    await whileServed(folder.dir, async (served) => {
      await measureLevel(served, publishers.slice(0, 1), 'warm', warmUps);
      for (let pass = 0; pass < passesOf[reach]; pass++) {
        for (const atOnce of levelsOf[reach]) {
          process.stderr.write(`registry: ${atOnce} publishers at once …\n`);
          const uploads = Math.max(uploadsMin, atOnce * uploadsOfEach);
          const these = publishers.slice(0, atOnce);
          const now = await measureLevel(served, these, `at-${atOnce}-${pass}`, uploads);
          const before = fastest.get(atOnce);
          fastest.set(atOnce, before === undefined ? now : fasterOf(before, now));
        }
      }
    });
    const measured = [...fastest.values()];
    return { rows: rowsOf(measured), curves: curvesOf(measured) };
  } catch (cause) {
    const goal = '0 refused, rate ≥ 1.2 × of one';
    const rows = rowsOf([...fastest.values()]);
    return { rows: [...rows, unmeasured('publishers at once', goal, cause)] };
  } finally {
    folder.remove();
  }
}

async function measureLevel(
  { base, pid }: Served,
  publishers: readonly Publisher[],
  name: string,
  count: number,
): Promise<Measured> {
  const each = Math.ceil(count / publishers.length);
  const queues = await Promise.all(
    publishers.map(async (publisher) => ({
      agent: connectionFrom(publisher.address),
      uploads: await Promise.all(
        Array.from({ length: each }, (_, nth) =>
          signedUpload(benchSkill(publisher.scope, `${name}-${nth}`, '1.0.0'), publisher.author),
        ),
      ),
    })),
  );
  let accepted = 0;
  const problems = new Map<string, number>();
  const before = cpuMsOf(pid);
  const started = performance.now();
  await Promise.all(
    queues.map(async ({ agent, uploads }) => {
      for (const upload of uploads) {
        const answer = await sendUpload(base, agent, upload);
        if (answer.status === 201) accepted++;
        else {
          const { code = answer.status } = JSON.parse(answer.body.toString());
          problems.set(String(code), (problems.get(String(code)) ?? 0) + 1);
        }
      }
      agent.destroy();
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  return {
    atOnce: publishers.length,
    uploads: each * publishers.length,
    accepted,
    refused: [...problems.values()].reduce((sum, one) => sum + one, 0),
    seconds,
    cpuMs: (cpuMsOf(pid) - before) / Math.max(accepted, 1),
    problems: [...problems].map(([code, times]) => `${times} × ${code}`).join(', '),
  };
}

function publisherAt(nth: number): Publisher {
  const letters = [Math.floor(nth / 20), nth % 20].map((at) => String.fromCharCode(98 + at));
  return {
    scope: `zzcrowd${letters.join('')}`,
    author: makeKey(),
    address: `127.0.${1 + Math.floor(nth / 200)}.${1 + (nth % 200)}`,
  };
}

/** The faster of two passes, with the refusals of the pass that had more. */
function fasterOf(one: Measured, other: Measured): Measured {
  const faster = rateOf(one) > rateOf(other) ? one : other;
  const { refused, problems } = one.refused > other.refused ? one : other;
  return { ...faster, refused, problems };
}

function rateOf({ accepted, seconds }: Measured): number {
  return accepted / seconds;
}

function rowsOf(measured: readonly Measured[]): (Row | Unmeasured)[] {
  const [alone] = measured;
  const many = measured.at(-1);
  if (alone === undefined || many === undefined || alone === many) return [];
  const name = `${many.atOnce} publishers at once`;
  const rates = measured.map((one) => `${one.atOnce}: ${round(rateOf(one))}/s`).join(', ');
  return [
    {
      name: `${name}: refused of ${printCount(many.uploads)}`,
      value: many.refused,
      unit: '',
      against: measured.map((one) => `${one.atOnce}: ${one.problems || 0}`).join(', '),
      ratio: many.refused / many.uploads,
      goal: '0',
      held: many.refused === 0,
    },
    {
      name: `${name}: accepted in a second`,
      value: rateOf(many),
      unit: '/s',
      against: rates,
      ratio: rateOf(many) / rateOf(alone),
      goal: '≥ 1.2 × of one alone',
      held: rateOf(many) >= 1.2 * rateOf(alone),
    },
    {
      name: `${name}: a publish, CPU`,
      value: many.cpuMs,
      unit: 'ms',
      against: `one alone ${round(alone.cpuMs)} ms`,
      ratio: many.cpuMs / alone.cpuMs,
      goal: '≤ 1 × of one alone',
      held: many.cpuMs <= alone.cpuMs,
    },
  ];
}

function curvesOf(measured: readonly Measured[]): Curve[] {
  const at = measured.map(({ atOnce }) => atOnce);
  return [
    {
      title: 'publishers at once: uploads',
      along: 'at once',
      at,
      unit: '/s',
      lines: [
        { name: 'accepted', values: measured.map(rateOf) },
        { name: 'refused', values: measured.map((one) => one.refused / one.seconds) },
      ],
    },
    {
      title: 'publishers at once: CPU of an upload',
      along: 'at once',
      at,
      unit: 'ms',
      lines: [{ name: 'registry', values: measured.map(({ cpuMs }) => cpuMs) }],
    },
  ];
}
