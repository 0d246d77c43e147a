/** Where the demo plays: a folder, its people with homes of their own, and the commands they type as child processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { OutStream } from '../command.ts';

export type Person = 'operator' | 'ada' | 'rita' | 'rob' | 'host';

export interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TypeOptions {
  readonly stdin?: string;
  /** Exit code that the story wants; 0 unless said. */
  readonly expect?: number;
  /** Print what the command printed, indented. */
  readonly show?: 'stdout' | 'stderr' | 'both';
  /** At most so many lines of it; the rest is counted. */
  readonly lines?: number;
  /** So many lines of its end are shown beside them. */
  readonly last?: number;
}

/** The demo's folder, people and processes. */
export class Stage {
  readonly folder: string;
  readonly #out: OutStream;
  readonly #signal: AbortSignal;
  readonly #children: ChildProcess[] = [];
  readonly #entry: string;
  readonly #keeps: boolean;
  readonly #afterwards: (() => Promise<void>)[] = [];
  #registry = '';
  #step = 0;

  /** @param keeps whether what is pointed at will still be there when the demo is over */
  constructor(out: OutStream, signal: AbortSignal, entry: string, keeps: boolean) {
    this.#out = out;
    this.#keeps = keeps;
    this.#signal = signal;
    this.#entry = entry;
    this.folder = mkdtempSync(join(tmpdir(), 'skillgate-demo-'));
    // The sandbox runs as somebody else than root, who must be able to reach the folder that is mounted.
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
    this.#out.write(`${text.replace(/^/gm, '    ')}\n`);
  }

  /** States a claim that has just been checked, and where one can look. */
  proven(claim: string, holds: boolean, see?: string): void {
    if (!holds) throw new Problem('internal', `The demo could not prove: ${claim}`);
    this.#out.write(`  ${styleText('green', '✔')} ${claim}\n${see === undefined || !this.#keeps ? '' : `    see: ${see}\n`}`);
  }

  /** Types one `skill` command as a person and waits for its end. */
  async type(person: Person, args: readonly string[], options: TypeOptions = {}): Promise<Typed> {
    this.#out.write(`  ${styleText('dim', `${person} $`)} skill ${args.map(quote).join(' ')}\n`);
    const child = this.start(person, args);
    const both: string[] = [];
    const [stdout, stderr] = [collect(child.stdout, both), collect(child.stderr, both)];
    child.stdin?.end(options.stdin ?? '');
    const code = await ended(child);
    const typed = { code, stdout: stdout(), stderr: stderr() };
    const shown = { stdout: typed.stdout, stderr: typed.stderr, both: both.join('') }[options.show ?? 'stdout'];
    if (options.show !== undefined) this.say(someLines(shown.trimEnd(), options.lines ?? 200, options.last ?? 0));
    if (code !== (options.expect ?? 0)) {
      const said = `${typed.stdout}\n${typed.stderr}`.trim();
      throw new Problem(
        'internal',
        `The demo stopped: "skill ${args.join(' ')}" ended with ${code}, not ${options.expect ?? 0}\n${said}`,
      );
    }
    return typed;
  }

  /** Starts one `skill` command as a person; it is stopped with the stage. */
  start(person: Person, args: readonly string[]): ChildProcess {
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
    const child = spawn(process.execPath, [this.#entry, ...args], { cwd: this.home(person), env, signal: this.#signal });
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

function someLines(text: string, first: number, last: number): string {
  const lines = text.split('\n');
  if (lines.length <= first + last) return text;
  const left = `… ${lines.length - first - last} more lines`;
  return [...lines.slice(0, first), left, ...(last === 0 ? [] : lines.slice(-last))].join('\n');
}

function quote(argument: string): string {
  return /^[\w@./:=^~+-]+$/.test(argument) ? argument : `"${argument}"`;
}
