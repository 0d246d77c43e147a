/**
 * What the analysis says of a text never leaves out what the text really is. Random programs (of
 * ours, which do nothing) are analysed, and run by a real Python in which `exec` notes what it is
 * given.
 */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Steps } from '../../scanner/fact/steps.ts';
import { analysePython } from '../../scanner/languages/python/python.ts';
import { isWhole } from '../sample.ts';
import { pythonProgram } from './python-programs.ts';

// What the programs call and the analysis does not know.
const driver = `
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
class Entered:
    def __enter__(self): return ("in", "to")
    def __exit__(self, *a): return False
def may_raise(): raise ValueError("no")
for source in json.load(sys.stdin):
    given, state = [], {"n": 0}
    def flag():
        state["n"] += 1
        return state["n"] % 3 != 0
    # Some programs double a text again and again.
    def note(text): len(text) < 10_000 and given.append(text)
    names = {"exec": note, "read": lambda: "ru", "flag": flag, "may_raise": may_raise, "entered": Entered}
    error = ""
    try:
        exec(compile(source, "program", "exec"), names)
    except SyntaxError as e:
        error = f"syntax: {e}"
    except Exception as e:
        error = repr(e)
    print(json.dumps({"given": given, "error": error}))
`;

interface Ran {
  readonly given: readonly string[];
  readonly error: string;
}

function runAll(programs: readonly string[]): Ran[] {
  const { stdout, status, stderr } = spawnSync('python3', ['-c', driver], {
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

/** What `exec` may be given: texts with holes, or anything. */
function saidOf(text: string): { readonly texts: readonly string[]; readonly isAny: boolean } {
  const path = 'a.py';
  const { facts, embedded } = analysePython(
    [{ path, file: path, language: 'python', text, context: 'code', depth: 0 }],
    {
      files: new Set([path]),
      steps: new Steps(),
    },
  );
  const isAny = facts.some((fact) => fact.kind === 'trait' && fact.trait === 'code-from-string');
  return { texts: embedded.map((one) => one.text), isAny };
}

function isSaid(text: string, said: ReturnType<typeof saidOf>): boolean {
  return said.isAny || said.texts.includes(text);
}

describe('a text that is run', () => {
  const programs = fc.sample(pythonProgram, {
    numRuns: Number(process.env.SOUNDNESS_RUNS ?? (isWhole ? 400 : 120)),
    seed: Number(process.env.SOUNDNESS_SEED ?? 20_261_120),
  });
  const ran = runAll(programs);

  it('comes from programs of which most run', () => {
    expect(ran.filter(({ error }) => error.startsWith('syntax'))).toEqual([]);
    expect(ran.filter(({ given }) => given.length > 0).length).toBeGreaterThan(programs.length / 2);
  });

  it('is among those that the analysis says, or the analysis says that it may be any', () => {
    const wrong = programs.flatMap((program, at) => {
      const said = saidOf(program);
      const lost = (ran[at]?.given ?? []).filter((text) => !isSaid(text, said));
      return lost.length === 0 ? [] : [{ program, lost, said: said.texts }];
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
    const known = programs.filter((program) => !saidOf(program).isAny);
    expect(known.length).toBeGreaterThan(20);
  });
});
