/**
 * How much faster two scanning children are than one, beside what the machine allows: two processes
 * that have nothing to do with each other also share memory, caches and the cores of other programs.
 */
import { spawn } from 'node:child_process';
import { startScanPool } from '../scanner/worker/pool.ts';
import { cpuMs, median, wallMs } from './measure.ts';
import type { Row } from './row.ts';
import { fixtureSkills } from './skills.ts';

/** Measurements by turns, since other programs use the machine as well. */
const rounds = 3;
const speedUpMin = 1.8;

/** The speed-up of two isolated children over one, and of two independent processes over one. */
export async function poolRows(): Promise<Row[]> {
  const measured: { machine: number; pool: number; one: Taken; two: Taken }[] = [];
  for (let round = 0; round < rounds; round++) {
    const machine = (await loopMs(1)) / (await loopMs(2));
    const [one, two] = [await poolTakes(1), await poolTakes(2)];
    measured.push({ machine, pool: one.wall / two.wall, one, two });
  }
  const speedUp = median(measured.map(({ pool }) => pool));
  const machine = median(measured.map((each) => each.machine));
  const eachMs = median(measured.map(({ one }) => one.wall / skillsCount));
  const parentMs = median(measured.map(({ two }) => two.parentCpu / skillsCount));
  return [
    {
      name: `${skillsCount} skills by two children, speed-up`,
      value: speedUp,
      unit: '×',
      against: `two independent processes ${machine.toFixed(2)} ×; one child ${eachMs.toFixed(1)} ms each, parent ${parentMs.toFixed(1)} ms of CPU`,
      ratio: speedUp,
      goal: `≥ ${speedUpMin} ×`,
      held: speedUp >= speedUpMin,
    },
  ];
}

const skillsCount = 400;

interface Taken {
  readonly wall: number;
  readonly parentCpu: number;
}

async function poolTakes(children: number): Promise<Taken> {
  const all = fixtureSkills();
  const [warm, skills] = [all.slice(skillsCount, skillsCount + 200), all.slice(0, skillsCount)];
  const pool = await startScanPool({ children });
  const scan = (given: typeof all): Promise<unknown> =>
    Promise.all(given.map((files) => pool.scan(files, { name: '@bench/skill', version: '1.0.0' })));
  // Other skills start and warm the children, which remember what they have scanned.
  await scan(warm);
  let wall = 0;
  const parentCpu = await cpuMs(async () => {
    wall = await wallMs(() => scan(skills));
  });
  pool.close();
  return { wall, parentCpu };
}

// Allocates, searches and forgets, as a scan does.
const loop =
  'let k=[];for(let i=0;i<+process.argv[1];i++){k.push({a:i,b:[i],c:"x"+i});/x(\\d+)/.exec(k.at(-1).c);if(k.length>5e4)k=[]}';
const loopTurns = 6_000_000;

/** The time of the same work by one process, or by several beside each other. */
function loopMs(processes: number): Promise<number> {
  const argv = ['-e', loop, String(loopTurns / processes)];
  return wallMs(() =>
    Promise.all(
      Array.from(
        { length: processes },
        () =>
          new Promise<void>((resolve, reject) => {
            const child = spawn(process.execPath, argv, { stdio: 'ignore' });
            child.on('error', reject);
            child.on('close', () => resolve());
          }),
      ),
    ),
  );
}
