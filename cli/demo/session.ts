/**
 * A session of the demo's agent: the lines of its model, their outcomes, and Olga's answers to
 * holds.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { Problem } from '../../skills-index/skill/problem.ts';
import { asCalled, calledName } from '../called-name.ts';
import type { OutStream } from '../command.ts';
import type { Crm, Model, StandInServer, Stranger } from './stand-ins.ts';

const pollMilliseconds = 100;
const pollsMax = 300;

interface DemoSession {
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

// A person at a terminal, played by the demo: a pseudo-terminal, and a line that is typed at each
// question.

// pty.spawn copies between its own stdin and the terminal. Python exits with the child's status.
const onTerminal =
  'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** Program and arguments that start a command in its own terminal. */
function atTerminal(argv: readonly string[]): [program: string, args: string[]] {
  return ['python3', ['-c', onTerminal, ...argv]];
}

/** Lines that a person types, each when its question appears. */
export type PromptAnswers = readonly { readonly question: string; readonly line: string }[];

/** Types each line when its question appears. */
function typeAnswers(child: ChildProcess, answers: PromptAnswers): void {
  const remaining = [...answers];
  let output = '';
  let answeredTo = 0;
  child.stdout?.on('data', (chunk: Buffer | string) => {
    output += chunk.toString();
    const [next] = remaining;
    const at = next === undefined ? -1 : output.indexOf(next.question, answeredTo);
    if (next === undefined || at === -1) return;
    answeredTo = at + next.question.length;
    remaining.shift();
    child.stdin?.write(`${next.line}\n`);
  });
}

// The demo's folder, with a home for each person, and the commands that they type as child
// processes.

export type Person = 'operator' | 'ada' | 'rita' | 'rob' | 'olga';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface TypeOptions {
  readonly stdin?: string;
  /** Exit code that the demo expects; the default is 0. */
  readonly expect?: number;
  /** The command is shown without `--verbose` too. */
  readonly shown?: true;
  /** The command is not shown, even with `--verbose`. */
  readonly hidden?: true;
  /** The person is at a terminal, and types each line when its question appears. */
  readonly answers?: PromptAnswers;
}

interface StageSettings {
  /** Path of the command line's program. */
  readonly entry: string;
  /** Whether registry and files remain after the demo, so that claims may point to them. */
  readonly keeps: boolean;
  /** Whether every command is shown with its output. */
  readonly verbose: boolean;
}

const lineCharsMax = 96;

/** The demo's folder, people and processes. */
export class Stage {
  readonly folder: string;
  readonly #out: OutStream;
  readonly #signal: AbortSignal;
  readonly #children: ChildProcess[] = [];
  readonly #settings: StageSettings;
  readonly #closers: (() => Promise<void>)[] = [];
  #registry = '';
  #step = 0;

  constructor(out: OutStream, signal: AbortSignal, settings: StageSettings) {
    this.#out = out;
    this.#signal = signal;
    this.#settings = settings;
    this.folder = mkdtempSync(join(tmpdir(), 'skillgate-demo-'));
    // The sandbox runs as another user than root, and this user must reach the mounted folder.
    chmodSync(this.folder, 0o755);
  }

  /** Adds functions that `close` calls. */
  onClose(...closers: readonly (() => Promise<void>)[]): void {
    this.#closers.push(...closers);
  }

  home(person: Person): string {
    return join(this.folder, person);
  }

  useRegistry(base: string): void {
    this.#registry = base;
  }

  step(title: string): void {
    this.#step += 1;
    this.#out.write(`\n${styleText(['bold'], `${String(this.#step).padStart(2)}  ${title}`)}\n`);
  }

  say(text: string): void {
    this.#out.write(`${text.trimEnd().replace(/^/gm, '    ')}\n`);
  }

  /** Shortens a line of other programs, so that it fits on the screen with its indent. */
  cut(line: string): string {
    return line.length > lineCharsMax ? `${line.slice(0, lineCharsMax - 1)}…` : line;
  }

  /** Prints a claim about a gate that held, and where to look. @throws when the claim is false */
  gateHeld(gate: string, claim: string, isTrue: boolean, see?: string): void {
    this.#claim(styleText('green', '✔'), gate, claim, isTrue);
    if (see !== undefined && this.#settings.keeps) this.say(`            see: ${asCalled(see)}`);
  }

  /** Prints a claim about harm that no gate prevented. @throws when the claim is false */
  noGateHeld(claim: string, isTrue: boolean): void {
    this.#claim(styleText('red', '✘'), 'no gate', claim, isTrue);
  }

  #claim(mark: string, gate: string, claim: string, isTrue: boolean): void {
    if (!isTrue) throw new Problem('internal', `The demo could not prove: ${gate}: ${claim}`);
    this.#out.write(`    ${mark} ${styleText('bold', gate.padEnd(9))} ${claim}\n`);
  }

  /** Types one `skillgate` command as a person and waits for its end. */
  async type(
    person: Person,
    args: readonly string[],
    options: TypeOptions = {},
  ): Promise<CommandResult> {
    const verbose = this.#settings.verbose && options.hidden !== true;
    if (options.shown === true || verbose) this.showCommand(person, args);
    const child = this.start(person, args, options.answers !== undefined);
    const transcript: string[] = [];
    const stdout = collect(child.stdout, transcript);
    const stderr = collect(child.stderr, transcript);
    if (options.answers === undefined) child.stdin?.end(options.stdin ?? '');
    else typeAnswers(child, options.answers);
    const code = await ended(child);
    const result = { code, stdout: stdout(), stderr: stderr() };
    if (verbose) this.say(transcript.join(''));
    const expected = options.expect ?? 0;
    if (code !== expected) {
      const command = `${calledName()} ${args.join(' ')}`;
      const output = `${result.stdout}\n${result.stderr}`.trim();
      throw new Problem(
        'internal',
        `The demo stopped: “${command}” ended with exit code ${code} instead of ${expected}\n${output}`,
      );
    }
    return result;
  }

  /** Shows a command as a person types it. */
  showCommand(person: Person, args: readonly string[]): void {
    const line = args.map(quote).join(' ').replaceAll(`${this.folder}/`, '');
    this.#out.write(`    ${styleText('dim', `${person.padEnd(4)} $`)} ${calledName()} ${line}\n`);
  }

  /** Starts one `skillgate` command as a person; `close` stops it. */
  start(person: Person, args: readonly string[], isAtTerminal = false): ChildProcess {
    mkdirSync(this.home(person), { recursive: true, mode: 0o700 });
    const { PATH, HOME, LANG, NODE_COMPILE_CACHE, SKILLGATE_CHROMIUM } = process.env;
    const env = {
      PATH,
      HOME,
      LANG,
      // Otherwise each person’s home would begin without compiled code.
      NODE_COMPILE_CACHE,
      SKILLGATE_CHROMIUM,
      NO_COLOR: '1',
      SKILLGATE_HOME: this.home(person),
      SKILLGATE_REGISTRY: this.#registry,
    };
    const argv = [process.execPath, this.#settings.entry, ...args];
    const [program, words] = isAtTerminal ? atTerminal(argv) : [process.execPath, argv.slice(1)];
    const child = spawn(program, words, { cwd: this.home(person), env, signal: this.#signal });
    child.on('error', () => undefined);
    this.#children.push(child);
    return child;
  }

  /** Stops the children, calls the closers and removes the folder. */
  async close(): Promise<void> {
    for (const child of this.#children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await Promise.race([ended(child), new Promise((resolve) => setTimeout(resolve, 5_000))]);
      child.kill('SIGKILL');
    }
    await Promise.all(this.#closers.map((close) => close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The exit code of a child; 128 when a signal ended the child. */
export function ended(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 128)));
}

function collect(stream: ChildProcess['stdout'], transcript: string[]): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    transcript.push(chunk);
  });
  return () => text;
}

function quote(argument: string): string {
  return /^[\w@./:=^~+-]+$/.test(argument) ? argument : `"${argument}"`;
}

// Names and running services that the scenes of the demo share.

export const skill = '@acme/weekly-report';
export const honest = `${skill}@1.4.0`;
export const twin = `${skill}@1.5.0`;
/** The package that the skill's command `chart` imports. */
export const wheel = 'acme-bar-chart@1.0.0';
/** The CRM token of the demo, which must never appear inside a sandbox. */
export const token = 'crm-live-4f9b2a7c81d04e6a9b3c';

export interface DemoWorld {
  readonly stage: Stage;
  /** Folder of the examples. */
  readonly examples: string;
  /** Base URL of the registry. */
  readonly base: string;
  readonly crm: Crm;
  readonly stranger: Stranger;
  readonly internet: StandInServer;
  readonly model: Model;
  /** PEM file of the authority that issued the certificates of the CRM and of the stranger. */
  readonly authority: string;
  /** Folder on the host; the skill sees a view of it as `/reports`. */
  readonly reports: string;
}
