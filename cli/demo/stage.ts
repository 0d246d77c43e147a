/**
 * Where the demo plays: a folder, its people with homes of their own, and the commands they type as
 * child processes.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { OutStream } from '../command.ts';
import { asCalled, calledName } from '../context/called-name.ts';
import { atTerminal, typeAnswers } from './terminal.ts';

export type Person = 'operator' | 'ada' | 'rita' | 'rob' | 'olga';

export interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TypeOptions {
  readonly stdin?: string;
  /** Exit code that the story wants; 0 unless said. */
  readonly expect?: number;
  /** Part of the story: the command is shown without `--verbose` too. */
  readonly told?: true;
  /** Shown with `--verbose` neither. */
  readonly silent?: true;
  /** The person is at a terminal, and types each line when its question is shown. */
  readonly answers?: readonly (readonly [asked: string, line: string])[];
}

export interface StageSettings {
  /** Of the program `skill`. */
  readonly entry: string;
  /** Whether what is pointed at will still be there when the demo is over. */
  readonly keeps: boolean;
  /** Whether every command is shown, and what it printed. */
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
  readonly #afterwards: (() => Promise<void>)[] = [];
  #registry = '';
  #step = 0;

  constructor(out: OutStream, signal: AbortSignal, settings: StageSettings) {
    this.#out = out;
    this.#signal = signal;
    this.#settings = settings;
    this.folder = mkdtempSync(join(tmpdir(), 'skillgate-demo-'));
    // The sandbox runs as somebody else than root, who must be able to reach the folder that is
    // mounted.
    chmodSync(this.folder, 0o755);
  }

  /** Adds what has to be closed when the stage is struck. */
  afterwards(...closers: readonly (() => Promise<void>)[]): void {
    this.#afterwards.push(...closers);
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

  /** Of a line that somebody else wrote, as much as stands beside what is indented. */
  cut(line: string): string {
    return line.length > lineCharsMax ? `${line.slice(0, lineCharsMax - 1)}…` : line;
  }

  /** States a claim that has just been checked: the gate that held, and where one can look. */
  proven(gate: string, claim: string, holds: boolean, see?: string): void {
    this.#state(styleText('green', '✔'), gate, claim, holds);
    if (see !== undefined && this.#settings.keeps) this.say(`            see: ${asCalled(see)}`);
  }

  /** States what happened where no gate stood in the way; checked as well. */
  lost(claim: string, happened: boolean): void {
    this.#state(styleText('red', '✘'), 'no gate', claim, happened);
  }

  #state(mark: string, gate: string, claim: string, isSo: boolean): void {
    if (!isSo) throw new Problem('internal', `The demo could not prove: ${gate}: ${claim}`);
    this.#out.write(`    ${mark} ${styleText('bold', gate.padEnd(9))} ${claim}\n`);
  }

  /** Types one `skill` command as a person and waits for its end. */
  async type(person: Person, args: readonly string[], options: TypeOptions = {}): Promise<Typed> {
    const { verbose } = this.#settings;
    if (options.told === true || (verbose && options.silent !== true)) this.tell(person, args);
    const child = this.start(person, args, options.answers !== undefined);
    const both: string[] = [];
    const stdout = collect(child.stdout, both);
    const stderr = collect(child.stderr, both);
    if (options.answers === undefined) child.stdin?.end(options.stdin ?? '');
    else typeAnswers(child, options.answers);
    const code = await ended(child);
    const typed = { code, stdout: stdout(), stderr: stderr() };
    if (verbose && options.silent !== true) this.say(both.join(''));
    if (code !== (options.expect ?? 0)) {
      const said = `${typed.stdout}\n${typed.stderr}`.trim();
      throw new Problem(
        'internal',
        `The demo stopped: "skill ${args.join(' ')}" ended with ${code}, not ${options.expect ?? 0}\n${said}`,
      );
    }
    return typed;
  }

  /** Shows a command as a person types it. */
  tell(person: Person, args: readonly string[]): void {
    const line = args.map(quote).join(' ').replaceAll(`${this.folder}/`, '');
    this.#out.write(`    ${styleText('dim', `${person.padEnd(4)} $`)} ${calledName()} ${line}\n`);
  }

  /** Starts one `skill` command as a person; it is stopped with the stage. */
  start(person: Person, args: readonly string[], isAtTerminal = false): ChildProcess {
    mkdirSync(this.home(person), { recursive: true, mode: 0o700 });
    const { PATH, HOME, LANG, SKILLGATE_CHROMIUM } = process.env;
    const env = {
      PATH,
      HOME,
      LANG,
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

  /** Stops what still runs, closes what is open and removes the folder. */
  async strike(): Promise<void> {
    for (const child of this.#children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await Promise.race([ended(child), new Promise((resolve) => setTimeout(resolve, 5_000))]);
      child.kill('SIGKILL');
    }
    await Promise.all(this.#afterwards.map((close) => close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The exit code of a child, 128 when a signal ended it. */
export function ended(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 128)));
}

function collect(stream: ChildProcess['stdout'], both: string[]): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    both.push(chunk);
  });
  return () => text;
}

function quote(argument: string): string {
  return /^[\w@./:=^~+-]+$/.test(argument) ? argument : `"${argument}"`;
}
