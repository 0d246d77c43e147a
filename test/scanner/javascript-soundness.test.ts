/**
 * What the analysis says of a text that JavaScript runs never leaves out what the text really is.
 * Random programs (of ours, which do nothing) are analysed, and run by a real Node in which
 * `execSync` notes what it is given.
 */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Steps } from '../../scanner/fact/steps.ts';
import { analyseJavascript } from '../../scanner/languages/javascript/javascript.ts';
import { unknownPart } from '../../scanner/lookup-tables/egress-of.ts';
import { isWhole } from '../sample.ts';
import { javascriptProgram } from './javascript-programs.ts';

// What the programs call and the analysis does not know.
const driver = `
const vm = require('node:vm');
const programs = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
for (const source of programs) {
  const given = [];
  let count = 0, error = '';
  const names = {
    require: () => ({ execSync: (x) => { if (typeof x !== 'string') throw new TypeError('no text'); given.push(x); } }),
    read: () => 'ru',
    flag: () => ++count % 3 !== 0,
    key: () => 'k',
    mayThrow: () => { throw new Error('no'); },
    now: (f) => f(),
  };
  try {
    vm.runInNewContext(source, names, { timeout: 2000 });
  } catch (e) {
    error = String(e);
  }
  console.log(JSON.stringify({ given, error }));
}
`;

interface Ran {
  readonly given: readonly string[];
  readonly error: string;
}

function runAll(programs: readonly string[]): Ran[] {
  const { stdout, status, stderr } = spawnSync(process.execPath, ['-e', driver], {
    input: JSON.stringify(programs),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout
    .trim()
    .split('\n')
    .map((line): Ran => JSON.parse(line));
}

/** What a shell may be given: texts with holes, or anything. */
function saidOf(text: string): { readonly texts: readonly string[]; readonly isAny: boolean } {
  const path = 'a.js';
  const { facts, embedded } = analyseJavascript(
    [{ path, file: path, language: 'javascript', text, context: 'code', depth: 0 }],
    {
      files: new Set([path]),
      steps: new Steps(),
    },
  );
  const isAny = facts.some(
    (fact) =>
      fact.kind === 'capability' &&
      fact.capability.kind === 'exec' &&
      fact.capability.program === '*',
  );
  return { texts: embedded.map((one) => one.text), isAny };
}

function isSaid(text: string, { texts, isAny }: ReturnType<typeof saidOf>): boolean {
  return (
    isAny ||
    texts.some((one) => one === text || (one.includes(unknownPart) && withHoles(one).test(text)))
  );
}

function withHoles(text: string): RegExp {
  return new RegExp(`^${text.split(unknownPart).map(RegExp.escape).join('[\\s\\S]*')}$`);
}

describe('a text that a shell is given', () => {
  const programs = fc.sample(javascriptProgram, {
    numRuns: Number(process.env.SOUNDNESS_RUNS ?? (isWhole ? 400 : 120)),
    seed: Number(process.env.SOUNDNESS_SEED ?? 20_261_121),
  });
  const ran = runAll(programs);
  const said = programs.map(saidOf);

  it('comes from programs of which most run', () => {
    expect(ran.filter(({ error }) => error.startsWith('SyntaxError'))).toEqual([]);
    expect(ran.filter(({ given }) => given.length > 0).length).toBeGreaterThan(programs.length / 2);
  });

  it('is among those that the analysis says, or the analysis says that it may be any', () => {
    const wrong = programs.flatMap((program, at) => {
      const here = said[at] ?? { texts: [], isAny: false };
      const lost = (ran[at]?.given ?? []).filter((text) => !isSaid(text, here));
      return lost.length === 0 ? [] : [{ program, lost, said: here.texts }];
    });
    wrong.sort((a, b) => a.program.length - b.program.length);
    expect(
      wrong
        .slice(0, 1)
        .map(
          ({ program, lost, said }) =>
            `${program}\nlost: ${JSON.stringify(lost)}\nsaid: ${JSON.stringify(said)}\n${wrong.length} wrong`,
        ),
    ).toEqual([]);
  });

  it('is known to the letter where nothing unknown goes into it', () => {
    expect(said.filter(({ isAny }) => !isAny).length).toBeGreaterThan(20);
  });
});
