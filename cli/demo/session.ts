/**
 * A session of the demo's agent: what its model says, what came of it, and Olga's answers to what
 * waits.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Answers } from './host.ts';
import type { Typed } from './stage.ts';
import type { DemoWorld } from './world.ts';

const pollMilliseconds = 100;
const pollsMax = 300;

export interface DemoSession {
  /** Its model says one more line; what came of it when the agent has told. */
  readonly said: (line: string) => Promise<string>;
  readonly ended: Promise<Typed>;
}

/** Starts `skill agent run finance` with a script. */
export function startSession({ model, stage }: DemoWorld, script: readonly string[]): DemoSession {
  model.script.push(...script);
  const before = model.heard.length;
  const ended = stage.type(
    'olga',
    ['agent', 'run', 'finance', '--', 'scripted', 'the weekly report is due'],
    { told: true },
  );
  let over = false;
  ended.then(
    () => {
      over = true;
    },
    () => {
      over = true;
    },
  );
  const said = async (line: string): Promise<string> => {
    // The first thing that it is told is the task.
    const at = before + script.indexOf(line) + 1;
    await until(() => model.heard.length > at || over);
    const came = model.heard[at];
    if (came !== undefined) return came;
    await ended;
    throw new Problem('internal', `The demo stopped: the agent ended before ${line}`);
  };
  return { said, ended };
}

/** Shows what the agent's model said, and what came of it. */
export function showAgentTurn({ stage }: DemoWorld, line: string, came: string): void {
  const [shown = ''] = came.split('\n');
  stage.say(`agent $ ${line}\n        ${stage.cut(shown)}`);
}

interface Listed {
  readonly holds: readonly {
    readonly state: string;
    readonly hold: { readonly id: string; readonly what: string };
  }[];
}

/**
 * Waits until something waits for a person, and answers as Olga at a terminal of her own. @returns
 * what waited, in the runner's words
 */
export async function answerHold(
  { stage }: DemoWorld,
  verdict: 'allow' | 'deny',
  answers: Answers,
): Promise<string> {
  for (let polls = 0; polls < pollsMax; polls++) {
    const { stdout } = await stage.type('olga', ['hold', 'list', '--format', 'json'], {
      silent: true,
    });
    const found = (JSON.parse(stdout) as Listed).holds.find((one) => one.state === 'waiting');
    if (found !== undefined) {
      stage.say(`waits:  ${found.hold.what.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/g, '$1…')}`);
      await stage.type('olga', ['hold', verdict, found.hold.id], { told: true, answers });
      return found.hold.what;
    }
    await sleep(pollMilliseconds);
  }
  throw new Problem('internal', 'The demo stopped: nothing waits for a person');
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await sleep(pollMilliseconds);
}
