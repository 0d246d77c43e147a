/**
 * Many publishers at a Worker, over a D1 and an R2 with the delays of a network: isolates that
 * write themselves, and isolates before the one object that writes.
 */
import { makeCloudflare } from '../../test/registry/cloudflare/cloudflare.ts';
import { makeKey, makeRoot } from '../../test/registry/people.ts';
import { claimScope, makeSkill, publish } from '../../test/registry/road.ts';
import { type Row, round, type Unmeasured } from '../row.ts';
import { type Part, type Reach, unmeasured } from './part.ts';
import { requireTaken } from './staffed-folder.ts';

const isolates = 8;
const publishers = 128;
/** Milliseconds of one round trip. */
const trips = { d1Ms: 30, r2Ms: 15 };
const warmUps = 8;
const goal = '0 refused, ≥ 5 × without the object';

interface Measured {
  readonly accepted: number;
  readonly perSecond: number;
}

export async function isolatesPart(_: Reach): Promise<Part> {
  const name = `${publishers} publishers, ${isolates} isolates, ${trips.d1Ms} ms D1`;
  try {
    const racing = await measure(false);
    const together = await measure(true);
    return { rows: rowsOf(name, racing, together) };
  } catch (cause) {
    return { rows: [unmeasured(name, goal, cause)] };
  }
}

async function measure(hasWriter: boolean): Promise<Measured> {
  process.stderr.write(
    `registry: isolates, ${hasWriter ? 'one object writes' : 'each writes'} …\n`,
  );
  const cloudflare = makeCloudflare(makeRoot(), { isolates, hasWriter, ...trips });
  const author = makeKey();
  try {
    requireTaken(await claimScope(cloudflare.send(0), 'crowd', author));
    const publishAt = (at: number, name: string) =>
      publish(cloudflare.send(at), makeSkill(`@crowd/${name}-${at}`, '1.0.0'), author);
    await Promise.all(Array.from({ length: warmUps }, (_, at) => publishAt(at, 'warm')));
    const started = performance.now();
    const answers = await Promise.all(
      Array.from({ length: publishers }, (_, at) => publishAt(at, 'skill')),
    );
    const seconds = (performance.now() - started) / 1_000;
    const accepted = answers.filter(({ status }) => status === 201).length;
    return { accepted, perSecond: accepted / seconds };
  } finally {
    cloudflare.close();
  }
}

function rowsOf(name: string, racing: Measured, together: Measured): (Row | Unmeasured)[] {
  const refused = publishers - together.accepted;
  return [
    {
      name: `${name}: refused`,
      value: refused,
      unit: '',
      against: `each isolate writes: ${publishers - racing.accepted}`,
      ratio: refused / publishers,
      goal: '0',
      held: refused === 0,
    },
    {
      name: `${name}: accepted`,
      value: together.perSecond,
      unit: '/s',
      against: `each isolate writes ${round(racing.perSecond)}/s`,
      ratio: together.perSecond / racing.perSecond,
      goal: '≥ 5 ×',
      held: together.perSecond >= 5 * racing.perSecond,
    },
  ];
}
