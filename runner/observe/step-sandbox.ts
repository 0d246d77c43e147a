/**
 * One step in a sandbox of its own, with fresh decoys in a fresh home folder. Everything that the
 * step may write lies in the step's folder, and ends with the step.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import type { RunAuthority } from '../../skills-index/run/egress/certificate.ts';
import { bundlePath, proxyEnvironment } from '../../skills-index/run/egress/proxy-environment.ts';
import type { PlannedMount } from '../../skills-index/run/plan/plan.ts';
import type { ObservedFact } from '../../skills-index/statement/observation.ts';
import { forwarderPort } from '../bubblewrap/bubblewrap.ts';
import { readHead } from '../files/owned-folder.ts';
import type { BaseFolder } from '../host/base-programs.ts';
import type { RunningSandbox, Sandbox, SandboxFile, SandboxStart } from '../sandbox/sandbox.ts';
import type { Contact, Decoys } from './decoys.ts';
import { lateCode } from './inside/python-call.ts';
import { insideFiles } from './inside-files.ts';
import { startObserver } from './observer.ts';
import { startResponder } from './responder.ts';
import {
  folderNames,
  makeStepFolders,
  type ObservedStep,
  type Persona,
  type StepContent,
  type StepFolders,
  targetsOf,
} from './steps.ts';
import { type ChangedPath, changesOf, readState, writtenBytes } from './written-paths.ts';

export const stepSecondsMax = 8;

/** MiB of memory, processes and MiB of written files of one step. */
const stepMemoryMiB = 512;

const stepProcessesMax = 128;

const stepWrittenMiBMax = 128;

/** Milliseconds between two looks at a running step. */
const lookMilliseconds = 25;

const leftBehindSecondsMax = 1.2;

const detailCharsMax = 200;

/** Bytes of the file in which the programs inside report what they saw, and reports of one step. */
const reportBytesMax = 256 * 1024;

const reportsMax = 500;

const factBytesMax = 384 * 1024;

/**
 * Facts of one observation, their bytes as JSON (a registry takes 512 KiB with everything else),
 * and characters of a detail of a fact.
 */
export const factsMax = 200;

/** What all steps of one observation share. */
export interface StepWorld extends StepContent {
  readonly sandbox: Sandbox;
  readonly programs: readonly { readonly program: string; readonly path: string }[];
  readonly base: BaseFolder | undefined;
  readonly authority: RunAuthority;
  readonly contexts: Map<string, SecureContext>;
  readonly ports: readonly number[];
  readonly signal: AbortSignal;
  /** Makes a folder for a step, and deletes it. */
  readonly inFolder: <Result>(act: (path: string) => Promise<Result>) => Promise<Result>;
}

export interface StepResult {
  readonly step: ObservedStep;
  readonly persona: Persona;
  readonly contacts: readonly Contact[];
  /** Whether the step sent more than an observation keeps. */
  readonly overflowed: boolean;
  readonly reports: readonly Report[];
  readonly changed: readonly ChangedPath[];
  /** Whether the step wrote more files than are compared. */
  readonly unlisted: boolean;
  /** Command lines of processes that lived on after the step. */
  readonly leftBehind: readonly string[];
  readonly end: 'exit' | 'time' | 'written' | 'killed' | 'failed';
  readonly code: number | undefined;
  /** The end of the step's output, for people. */
  readonly output: string;
  /** Why the responder did not run. */
  readonly blind?: string;
}

const own = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

/** Runs a step; undefined when the time of the observation was up before the step began. */
export async function runStep(
  world: StepWorld,
  step: ObservedStep,
  persona: Persona,
  milliseconds: number,
): Promise<StepResult | undefined> {
  return await world.inFolder(async (runFolder) => {
    const folders = makeStepFolders(world, persona, runFolder, own);
    const before = readState(folders.opened.home);
    const observer = await startObserver({
      folder: `${runFolder}/proxy`,
      wireFolder: `${runFolder}/wire`,
      decoys: world.decoys,
      authority: world.authority,
      contexts: world.contexts,
      guess: persona.guess,
    });
    try {
      if (world.signal.aborted) return undefined;
      const running = await world.sandbox.start(
        startOf(world, step, persona, { runFolder, folders }),
      );
      const output = tail(running);
      const responder = await startResponder(
        running.pid,
        observer.wireSocket,
        world.ports,
        world.signal,
      );
      try {
        // The observation's own; a name alone would tell nothing.
        const ours = processesBelow(running.pid);
        running.stdin.write('go\n');
        const watched = await watch(running, { folders, ours }, world.signal, milliseconds);
        running.kill();
        await running.ended;
        const after = readState(folders.opened.home, before);
        return {
          step,
          persona,
          // Connections that the end of the step cuts off are seen after it.
          get contacts() {
            return observer.contacts();
          },
          get overflowed() {
            return observer.overflowed();
          },
          reports: readReports(`${folders.opened.observe}/reports`),
          changed: changesOf(before, after),
          unlisted: after.overflowed,
          ...watched,
          output: output(),
          ...(responder.why === undefined ? {} : { blind: responder.why }),
        };
      } finally {
        running.kill();
        responder.stop();
        await running.ended;
      }
    } finally {
      observer.close();
      folders.close();
    }
  });
}

function startOf(
  { authority, base, decoys, programs }: StepWorld,
  step: ObservedStep,
  persona: Persona,
  around: { readonly runFolder: string; readonly folders: StepFolders },
): SandboxStart {
  const { folders, runFolder } = around;
  const targets = targetsOf(decoys);
  const mounts = folderNames.map(
    (name): PlannedMount => ({
      source: 'workspace:decoy',
      path: `/decoy/${name}`,
      id: '',
      target: targets[name],
      mode: 'rw',
      reason: 'observation',
    }),
  );
  const ids = {
    uid: own?.uid ?? process.getuid?.() ?? 65_534,
    gid: own?.gid ?? process.getgid?.() ?? 65_534,
  };
  const certificate: SandboxFile = {
    path: bundlePath,
    mode: '444',
    bytes: Buffer.from(authority.certificate),
  };
  return {
    plan: {
      limits: {
        seconds: stepSecondsMax,
        memoryMiB: stepMemoryMiB,
        outputBytes: 1024 * 1024,
        processes: stepProcessesMax,
        temporaryMiB: 16,
        homeMiB: 16,
        changesMiB: 16,
      },
      mounts,
      workingDirectory: targets.skill,
      ...ids,
      programs,
    },
    base,
    command: ['/bin/sh', '/opt/observe/step.sh', ...step.command],
    files: [certificate, ...insideFiles(decoys), passwordFile(decoys, ids)],
    env: {
      PATH: '/opt/observe/bin:/usr/bin',
      HOME: targets.home,
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
      PYTHONDONTWRITEBYTECODE: '1',
      ...proxyEnvironment(forwarderPort, true),
      ...decoys.env,
      ...windowsEnvironment(persona, decoys),
      PYTHONPATH: '/opt/observe/python',
      BROWSER: 'xdg-open',
      NODE_OPTIONS: '--require=/opt/observe/node-preload.cjs --no-warnings',
      OBSERVE_DAYS: String(persona.days),
      OBSERVE_STANDS: '1',
      OBSERVE_ARGUMENT: decoys.argument,
      OBSERVE_CALLS: step.calls === true ? '1' : '0',
      OBSERVE_SECONDS: String(stepSecondsMax - 2),
      npm_config_offline: 'true',
    },
    pins: folders.descriptors,
    sources: folders.sources,
    proxyFolder: `${runFolder}/proxy`,
    runFolder,
  };
}

// In place of the sandbox's own, whose user has another home folder.
function passwordFile(
  { home, user }: Pick<Decoys, 'home' | 'user'>,
  { gid, uid }: Pick<SandboxStart['plan'], 'uid' | 'gid'>,
): SandboxFile {
  const line = `${user}:x:${uid}:${gid}::${home}:/bin/bash\n`;
  return { path: '/etc/passwd', mode: '444', bytes: Buffer.from(line) };
}

function windowsEnvironment(
  { windows }: Persona,
  { home, host, user }: Pick<Decoys, 'home' | 'host' | 'user'>,
): Record<string, string> {
  if (!windows) return {};
  const names = {
    APPDATA: `${home}/AppData/Roaming`,
    LOCALAPPDATA: `${home}/AppData/Local`,
    USERPROFILE: home,
    TEMP: '/tmp',
    TMP: '/tmp',
    COMPUTERNAME: host,
    PROGRAMDATA: '/tmp',
    WINDIR: '/tmp',
    HOMEDRIVE: 'C:',
    HOMEPATH: `\\Users\\${user}`,
    OS: 'Windows_NT',
  };
  // Names have no case on Windows, and programs write them in lower case, too.
  const lower = Object.entries(names).map(([name, value]) => [name.toLowerCase(), value]);
  return { OBSERVE_WINDOWS: '1', SystemRoot: '/tmp', ...names, ...Object.fromEntries(lower) };
}

function tail({ stderr }: RunningSandbox): () => string {
  let text = '';
  stderr.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-4_000);
  });
  return () => text;
}

const writtenMax = stepWrittenMiBMax * 1024 * 1024;

type Watched = Pick<StepResult, 'leftBehind' | 'end' | 'code'>;

async function watch(
  running: RunningSandbox,
  { folders: { opened }, ours }: { folders: StepFolders; ours: readonly number[] },
  signal: AbortSignal,
  milliseconds: number,
): Promise<Watched> {
  let gone = false;
  void running.ended.then(() => {
    gone = true;
  });
  // The first program of the step alone has this stream.
  let printed = '';
  running.stdout.on('data', (chunk: Buffer) => {
    printed = (printed + chunk.toString('latin1', 0, 10)).slice(0, 10);
  });
  const until = performance.now() + milliseconds;
  const last = (end: StepResult['end'], code?: number, leftBehind: readonly string[] = []) => ({
    end,
    code,
    leftBehind,
  });
  for (let look = 0; !gone; look++) {
    if (signal.aborted || performance.now() > until) return last('time');
    if (printed.includes('\n')) {
      const code = Number.parseInt(printed, 10);
      const end = code === lateCode ? 'time' : 'exit';
      return last(end, code, await untilAlone(running, ours, signal));
    }
    if (look % 20 === 19 && writtenBytes(Object.values(opened), writtenMax) > writtenMax)
      return last('written');
    await sleep(lookMilliseconds);
  }
  return last('killed');
}

// What a step leaves running gets a moment to act, and is named.
async function untilAlone(
  { pid }: RunningSandbox,
  ours: readonly number[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const seen = new Set<string>();
  const begun = performance.now();
  const until = begun + leftBehindSecondsMax * 1000;
  while (!signal.aborted && performance.now() < until) {
    const living = processesBelow(pid)
      .filter((one) => !ours.includes(one))
      .map((one) => procText(one, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 200))
      .filter(Boolean);
    // A process that is just ending is nothing left behind.
    if (performance.now() > begun + 250) for (const line of living) seen.add(line);
    if (living.length === 0) break;
    await sleep(lookMilliseconds);
  }
  return [...seen].slice(0, 20);
}

/** The processes of a step, as the host sees them (proc(5)). */
function processesBelow(pid: number | undefined): readonly number[] {
  const all = pid === undefined ? [] : [pid];
  for (let at = 0; at < all.length && all.length < 300; at++) {
    const one = all[at] ?? 0;
    all.push(...procText(one, `task/${one}/children`).split(' ').filter(Boolean).map(Number));
  }
  return all;
}

function procText(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

// Reports of programs inside a step. Any program of the step can write or delete them.

interface Report {
  readonly kind: 'escape' | 'fetched-started';
  readonly what: string;
}

/** Reads what is there; a line that is no report is passed over. */
function readReports(path: string): readonly Report[] {
  return head(path)
    .split('\n')
    .slice(0, reportsMax)
    .flatMap((line): Report[] => {
      const one = parseLine(line);
      return one === undefined ? [] : [one];
    });
}

function parseLine(line: string): Report | undefined {
  try {
    const { kind, what } = JSON.parse(line) as { kind?: unknown; what?: unknown };
    if ((kind !== 'escape' && kind !== 'fetched-started') || typeof what !== 'string') return;
    return { kind, what: what.slice(0, detailCharsMax) };
  } catch {
    return undefined;
  }
}

// A program of the step may have put a link or a pipe in the file's place.
function head(path: string): string {
  try {
    return readHead(path, reportBytesMax)?.bytes.toString('utf8') ?? '';
  } catch {
    return '';
  }
}

// What an observation keeps of its facts. A submission chooses many of their texts, and must not
// keep the observation from being signed or taken by a registry.

/** Lower for what is worse. */
export const weightOf = { block: 0, review: 1, note: 2 } as const;

/** A text of at most 200 characters without half a surrogate pair, which nobody could sign. */
export function detailText(text: string): string {
  return text.slice(0, detailCharsMax).toWellFormed();
}

/** The facts that fit, the worst first: many notes hide no block. */
export function keptFacts(facts: readonly ObservedFact[]): readonly ObservedFact[] {
  const sorted = [...facts]
    .sort((a, b) => weightOf[a.level] - weightOf[b.level])
    .slice(0, factsMax);
  let bytes = 0;
  const tooMany = sorted.findIndex((fact) => {
    bytes += Buffer.byteLength(JSON.stringify(fact));
    return bytes > factBytesMax;
  });
  return tooMany === -1 ? sorted : sorted.slice(0, tooMany);
}
