/** The process of one observation, which observe-skill.ts starts and watches. */
import { randomBytes } from 'node:crypto';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ObservedBehaviour } from '../../skills-index/statement/observation.ts';
import { verdictOf } from '../../skills-index/statement/observation-statement.ts';
import { bubblewrap } from '../bubblewrap/bubblewrap.ts';
import { baseFolder, findBase } from '../host/base-programs.ts';
import { findProgram } from '../host/host.ts';
import { withRunFolder } from '../run/run-folder.ts';
import { makeDecoys } from './decoys.ts';
import { judgeFacts } from './judge-facts.ts';
import type { ObservationMessage, ObservationTask } from './observe-skill.ts';
import {
  detailText,
  runStep,
  type StepResult,
  type StepWorld,
  stepSecondsMax,
} from './step-sandbox.ts';
import {
  type ObservedStep,
  type Persona,
  personas,
  stepsAgain,
  stepsOf,
  toldPrograms,
} from './steps.ts';

/** Seconds of an observation that belong to the end of its last steps: kills, and comparisons. */
const endSeconds = 4;

const stepsAtOnce = 2;

/** Steps without time that an observation names. */
const leftOutNamedMax = 20;

/** Bytes of submissions' texts in which ports are searched. */
const searchedBytesMax = 2 * 1024 * 1024;

/** Ports that a submission names, by which a declared host is told from another. */
const namedPortsMax = 100;

// An observation: runs a submission in sandboxes with decoys, and returns what it did. Nothing real
// is in the sandboxes, and no byte leaves the host. It has a process of its own (observe-skill.ts).

const programs =
  'sh bash python3 node perl ruby php curl wget openssl nc ncat socat dig nslookup host nslookup ssh scp git jq ps lua make'.split(
    ' ',
  );

const emptyStep: ObservedStep = { kind: 'command', title: 'nothing', command: ['/usr/bin/true'] };
const emptyStepMs = 5_000;

/** @throws Problem `sandbox-missing`, `sandbox-refused` */
async function runObservation(
  { paths, seconds, skill, time }: ObservationTask,
  onStep: (title: string, planned: number) => void,
  stop: AbortSignal,
): Promise<ObservedBehaviour> {
  const begun = performance.now();
  const declared = skill.manifest?.capabilities ?? { egress: [], secret: [] };
  const decoys = makeDecoys(
    (bytes) => randomBytes(bytes),
    declared.secret.map(({ name }) => name),
  );
  // The time for the end of the last steps is part of the time for all.
  const until = begun + (seconds - endSeconds) * 1000;
  const signal = AbortSignal.any([
    AbortSignal.timeout(Math.max(1, Math.ceil(until - performance.now()))),
    stop,
  ]);
  const world: StepWorld = {
    sandbox: bubblewrap(),
    programs: foundPrograms(),
    base: baseFolder(findBase(), paths),
    files: skill.files,
    decoys,
    authority: makeAuthority(['*'], new Date(time)),
    contexts: new Map(),
    ports: namedPorts(skill.files),
    signal,
    inFolder: withRunFolder,
  };
  const page = skill.files.find(({ path }) => path === 'SKILL.md')?.bytes ?? new Uint8Array();
  const steps = stepsOf({
    files: skill.files,
    manifest: skill.manifest,
    told: toldPrograms(Buffer.from(page).toString('utf8')),
  });
  const waiting = personas.flatMap((persona, round) =>
    (round === 0 ? steps : stepsAgain(steps, persona)).map((step) => ({ step, persona })),
  );
  const planned = waiting.length;
  const results: StepResult[] = [];
  const worker = async (): Promise<void> => {
    while (until - performance.now() > 500 && !signal.aborted) {
      const next = waiting.shift();
      if (next === undefined) return;
      onStep(titleOf(next), planned);
      const milliseconds = Math.min(until - performance.now(), stepSecondsMax * 1000);
      const { persona, step } = next;
      const result = await resultOrFailed(step, persona, () =>
        runStep(world, step, persona, milliseconds),
      );
      if (result === undefined) waiting.push(next);
      else results.push(result);
    }
  };
  await Promise.all(Array.from({ length: stepsAtOnce }, worker));
  stop.throwIfAborted();
  await requireObservingHost(results, () => {
    const empty = { ...world, files: [], ports: [], signal: AbortSignal.timeout(emptyStepMs) };
    return runStep(empty, emptyStep, personas[0] as Persona, emptyStepMs);
  });
  const leftOut = waiting.map((one) => detailText(titleOf(one)));
  return observationOf(results, { planned, leftOut }, judgeFacts(results, declared, decoys));
}

function titleOf({ persona, step }: Pick<StepResult, 'persona' | 'step'>): string {
  return `${step.title} (${persona.name})`;
}

function observationOf(
  results: readonly StepResult[],
  { leftOut, planned }: { readonly planned: number; readonly leftOut: readonly string[] },
  facts: ObservedBehaviour['facts'],
): ObservedBehaviour {
  const late = results.filter(({ end }) => end === 'time').length;
  const [blind] = results.flatMap((one) => one.blind ?? []);
  const coverage = {
    planned,
    done: results.length,
    late,
    rounds: personas.map(({ name }) => name),
    ...(leftOut.length === 0 ? {} : { leftOut: leftOut.slice(0, leftOutNamedMax) }),
    ...(blind === undefined ? {} : { blind: detailText(blind) }),
  };
  return {
    schema: 'skillgate.observation/1',
    verdict: verdictOf(facts, coverage),
    facts,
    coverage,
  };
}

function foundPrograms(): StepWorld['programs'] {
  return programs.flatMap((program) => {
    const path = findProgram(program);
    return path === undefined ? [] : [{ program, path }];
  });
}

// The port numbers that a submission's texts name, so that the responder can listen on them.
function namedPorts(files: readonly { readonly bytes: Uint8Array }[]): readonly number[] {
  const found = new Set<number>();
  let left = searchedBytesMax;
  for (const { bytes } of files) {
    if (left <= 0) break;
    const text = Buffer.from(bytes.subarray(0, left)).toString('latin1');
    left -= bytes.length;
    for (const [, digits] of text.matchAll(/[:,\s"'=(/](\d{2,5})\b/g)) {
      const port = Number(digits);
      if (port > 20 && port < 65_536 && port !== 3_128) found.add(port);
      if (found.size >= namedPortsMax) return [...found];
    }
  }
  return [...found];
}

// A step that the observation itself could not bring to its end.

/**
 * Runs a step. An error of one step, which the submission may have caused, loses no fact of others:
 * the step counts as ended early.
 * @throws Problem of the host, such as `sandbox-refused`
 */
export async function resultOrFailed<Of extends StepResult | undefined>(
  step: ObservedStep,
  persona: Persona,
  run: () => Promise<Of>,
): Promise<Of | StepResult> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    return {
      step,
      persona,
      contacts: [],
      overflowed: false,
      reports: [],
      changed: [],
      unlisted: false,
      leftBehind: [],
      end: 'failed',
      code: undefined,
      output: '',
    };
  }
}

/**
 * Requires that this host can observe. A submission can make each of its steps fail, and its
 * observation has to say so. So where all failed, a step without its files tells whose fault it is.
 * @param runEmptyStep gives undefined when its time was up before the step began
 * @throws Problem `sandbox-refused` where that step fails as well
 */
export async function requireObservingHost(
  results: readonly StepResult[],
  runEmptyStep: () => Promise<unknown>,
): Promise<void> {
  if (results.length === 0 || results.some(({ end }) => end !== 'failed')) return;
  try {
    if ((await runEmptyStep()) === undefined)
      throw new Error('an empty step did not begin in time');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('sandbox-refused', `This host could observe no step: ${why}`);
  }
}

const end = (message: ObservationMessage): void => {
  if (process.connected) process.send?.(message, () => process.disconnect());
};

const stop = new AbortController();
process.once('disconnect', () => stop.abort());
process.once('message', async (task: ObservationTask) => {
  try {
    const onStep = (title: string, planned: number): void => {
      const message: ObservationMessage = { title, planned };
      if (process.connected) process.send?.(message);
    };
    end({ observation: await runObservation(task, onStep, stop.signal) });
  } catch (cause) {
    const { message } = cause as Error;
    const { code, hint } = cause instanceof Problem ? cause : new Problem('internal', message);
    end({ problem: { code, message, hint } });
  }
});
