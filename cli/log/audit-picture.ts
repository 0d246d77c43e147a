/**
 * What goes on on this host, as its audit log tells it: the runs that live, their requests, the
 * actions that wait for a person.
 */
import type { AuditEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { auditRow } from '../../skills-index/run/audit/audit-row.ts';
import { pictureLinesMax } from '../limits.ts';
import { joined, type Safe, safe, table } from '../terminal/output.ts';

/** The process of a run's runner: when that process is gone, so is the run. */
export interface RunnerProcess {
  readonly pid: number;
  /** Tells it from a later process with the same id; absent in older lines. */
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

/** The picture after one entry more. */
export function addToPicture(before: Picture, entry: AuditEntry): Picture {
  if (entry.event === 'checkpoint') return before;
  return {
    runs: runsAfter(before.runs, entry),
    holds: holdsAfter(before.holds, entry),
    last: [...before.last.slice(1 - pictureLinesMax), entry],
  };
}

/**
 * Without the runs whose runner was killed before it could record their end. Older versions named
 * no runner in the start line of a session: such a session would be shown for ever, so it is taken
 * for ended.
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
      return new Map([...before].filter(([one]) => one !== run));
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
  // An answer that did not count leaves it waiting.
  return entry.state === 'rejected' ? before : new Map([...before].filter(([one]) => one !== hold));
}

/** As a person sees it; the same whether on a terminal or in a pipe. */
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
  const shown = (title: string, rows: readonly string[][], none: string): Safe =>
    joined(
      [
        safe`${title}`,
        rows.length === 0 ? safe`  ${none}` : table(rows.map((row) => ['', ...row])),
      ],
      '\n',
    );
  return joined(
    [
      shown(`running: ${live.length}`, live, 'no sandbox'),
      shown(`waiting for a person: ${waiting.length}`, waiting, 'nothing'),
      shown('last', last.map(auditRow), 'nothing is recorded yet'),
    ],
    '\n',
  );
}
