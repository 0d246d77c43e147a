/**
 * A session of the demo's agent: the lines of its model, their outcomes, and Olga's answers to
 * holds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandResult } from './stage.ts';
import type { PromptAnswers } from './terminal.ts';
import type { DemoWorld } from './world.ts';

const pollMilliseconds = 100;
const pollsMax = 300;

export interface DemoSession {
  /** Waits until the agent has run a line of its model. @returns what the line printed */
  readonly outcomeOf: (line: string) => Promise<string>;
  readonly ended: Promise<CommandResult>;
}

/** Starts `skillgate agent run finance`; the model answers with the lines of a script. */
export function startSession({ model, stage }: DemoWorld, script: readonly string[]): DemoSession {
  model.script.push(...script);
  const earlierPrompts = model.prompts.length;
  const ended = stage.type(
    'olga',
    ['agent', 'run', 'finance', '--', 'scripted', 'the weekly report is due'],
    { shown: true },
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
  const outcomeOf = async (line: string): Promise<string> => {
    // The model's first prompt of a session is the task.
    const at = earlierPrompts + script.indexOf(line) + 1;
    await until(() => model.prompts.length > at || over);
    const outcome = model.prompts[at];
    if (outcome !== undefined) return outcome;
    await ended;
    throw new Problem(
      'internal',
      `The demo stopped: the agent ended before it ran this line: ${line}`,
    );
  };
  return { outcomeOf, ended };
}

/** Shows a line of the agent's model, and the first line of its outcome. */
export function showAgentTurn({ stage }: DemoWorld, line: string, outcome: string): void {
  // The bridge of a sandbox prints its usage below such a line; the demo shows no usage.
  const firstLine = outcome
    .split('\n', 1)
    .join('')
    .replace(/; [^;]*:$/, '');
  stage.say(`agent $ ${line}\n        ${stage.cut(firstLine)}`);
}

interface HoldsAsJson {
  readonly holds: readonly {
    readonly state: string;
    readonly hold: { readonly id: string; readonly what: string };
  }[];
}

/**
 * Waits for a hold, and answers it as Olga in her own terminal. @returns the runner's description
 * of the action that was held
 */
export async function answerHold(
  { stage }: DemoWorld,
  verdict: 'allow' | 'deny',
  answers: PromptAnswers,
): Promise<string> {
  for (let polls = 0; polls < pollsMax; polls++) {
    const { stdout } = await stage.type('olga', ['hold', 'show', '--format', 'json'], {
      hidden: true,
    });
    const { holds } = JSON.parse(stdout) as HoldsAsJson;
    const found = holds.find(({ state }) => state === 'waiting');
    if (found !== undefined) {
      stage.say(`waits:  ${found.hold.what.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/g, '$1…')}`);
      await stage.type('olga', ['hold', verdict, found.hold.id], { shown: true, answers });
      return found.hold.what;
    }
    await sleep(pollMilliseconds);
  }
  throw new Problem('internal', 'The demo stopped: the runner holds no action for Olga');
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(pollMilliseconds);
}
