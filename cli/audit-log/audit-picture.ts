/** The current activity of this host, from its audit log: live runs, their requests, and holds. */
import type { AuditEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { auditRow } from '../../skills-index/run/audit/audit-row.ts';
import { pictureLinesMax } from '../limits.ts';
import { joined, type Safe, safe, table } from '../terminal/output.ts';

/** The process of a run's runner: the run ends with that process. */
export interface RunnerProcess {
  readonly pid: number;
  /** Distinguishes the process from a later one with the same id; absent in older lines. */
  readonly started: string | undefined;
}

interface LiveRun {
  readonly run: string;
  readonly agent: string;
  readonly what: string;
  readonly since: string;
  readonly runner: RunnerProcess | undefined;
  readonly allowed: number;
  readonly denied: number;
}

interface WaitingHold {
  readonly hold: string;
  readonly agent: string;
  readonly what: string;
  readonly since: string;
}

export interface Picture {
  readonly runs: ReadonlyMap<string, LiveRun>;
  readonly holds: ReadonlyMap<string, WaitingHold>;
  /** Newest last. */
  readonly last: readonly AuditEntry[];
}

export const emptyPicture: Picture = { runs: new Map(), holds: new Map(), last: [] };

/** The picture after one more entry. */
export function addToPicture(before: Picture, entry: AuditEntry): Picture {
  if (entry.event === 'checkpoint') return before;
  return {
    runs: runsAfter(before.runs, entry),
    holds: holdsAfter(before.holds, entry),
    last: [...before.last.slice(1 - pictureLinesMax), entry],
  };
}

/**
 * The picture without runs whose runner was killed before it recorded their end. Older versions
 * named no runner for sessions; such a session counts as ended, because it would be shown for ever.
 */
export function withoutLost(picture: Picture, lives: (runner: RunnerProcess) => boolean): Picture {
  return {
    ...picture,
    runs: new Map(
      [...picture.runs].filter(([, { runner }]) => runner !== undefined && lives(runner)),
    ),
  };
}

function runsAfter(before: Picture['runs'], entry: AuditEntry): Picture['runs'] {
  const { agent, at, run } = entry;
  const live = before.get(run);
  switch (entry.event) {
    case 'start': {
      const what = `${entry.skill ?? '-'} ${entry.command}`;
      const runner =
        entry.runner === undefined
          ? undefined
          : { pid: entry.runner, started: entry.runnerStarted };
      return new Map([
        ...before,
        [run, { run, agent, what, since: at, runner, allowed: 0, denied: 0 }],
      ]);
    }
    case 'exit':
    case 'refused':
      return new Map([...before].filter(([id]) => id !== run));
    case 'egress':
      return live === undefined
        ? before
        : new Map([...before, [run, { ...live, [entry.decision]: live[entry.decision] + 1 }]]);
    default:
      return before;
  }
}

function holdsAfter(before: Picture['holds'], entry: AuditEntry): Picture['holds'] {
  if (entry.event !== 'hold') return before;
  const { agent, at: since, hold, what } = entry;
  if (entry.state === 'asked') return new Map([...before, [hold, { hold, agent, what, since }]]);
  // After a rejected answer the hold still waits.
  return entry.state === 'rejected' ? before : new Map([...before].filter(([id]) => id !== hold));
}

/** The picture as text, the same for a terminal and a pipe. */
export function pictureText({ holds, last, runs }: Picture, now: Date): Safe {
  const seconds = (since: string): string =>
    `${Math.max(0, Math.round((now.getTime() - Date.parse(since)) / 1_000))} s`;
  const live = [...runs.values()].map(({ agent, allowed, denied, run, since, what }) => [
    run.slice(0, 8),
    agent,
    what,
    seconds(since),
    `${allowed} allowed`,
    `${denied} denied`,
  ]);
  const waiting = [...holds.values()].map(({ agent, hold, since, what }) => [
    hold,
    agent,
    what,
    seconds(since),
  ]);
  const section = (title: string, rows: readonly string[][], none: string): Safe =>
    joined(
      [
        safe`${title}`,
        rows.length === 0 ? safe`  ${none}` : table(rows.map((row) => ['', ...row])),
      ],
      '\n',
    );
  return joined(
    [
      section(`running: ${live.length}`, live, 'no sandbox'),
      section(`waiting for a person: ${waiting.length}`, waiting, 'nothing'),
      section('last', last.map(auditRow), 'nothing is recorded yet'),
    ],
    '\n',
  );
}
