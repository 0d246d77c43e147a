/**
 * The demo's folder, with a home for each person, and the commands that they type as child
 * processes.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Problem } from '../../skills-index/skill/problem.ts';
import { asCalled, calledName } from '../called-name.ts';
import type { OutStream } from '../command.ts';
import { atTerminal, type PromptAnswers, typeAnswers } from './terminal.ts';

export type Person = 'operator' | 'ada' | 'rita' | 'rob' | 'olga';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TypeOptions {
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

export interface StageSettings {
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
