/** What a run asked for and did not get, said at its end: requests that were denied, headers that were left out, writes to what no run changes. */
import { existsSync } from 'node:fs';
import type { Audit } from '../runner/audit.ts';
import type { RunResult } from '../runner/run-request.ts';
import type { AuditEvent } from '../skills-index/run/audit-entry.ts';
import type { Plan } from '../skills-index/run/plan.ts';
import { isProtectedName } from '../skills-index/run/protected-names.ts';
import { calledName } from './called-name.ts';
import type { CommandContext } from './command.ts';
import { KeptOutput } from './kept-output.ts';
import { endNotesMax } from './limits.ts';
import { count, note, safe } from './output.ts';
import { missingRequests } from './try/missing-capabilities.ts';

/** What is heard of a run beside its result. */
export interface Overheard {
  readonly audit: Audit;
  /** Of requests, as they were recorded. */
  readonly requests: readonly AuditEvent[];
  /** The beginning of what it printed, stdout before stderr. */
  printed(): string;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
}

/** Passes everything on. */
export function overhear(audit: Audit, to: Pick<Overheard, 'onStdout' | 'onStderr'>): Overheard {
  const requests: AuditEvent[] = [];
  const stdout = new KeptOutput();
  const stderr = new KeptOutput();
  const record: Audit['record'] = (subject, event) => {
    const isNoted = event.event === 'egress' && (event.decision === 'denied' || event.dropped !== undefined);
    if (isNoted) requests.push(event);
    audit.record(subject, event);
  };
  const both = (kept: KeptOutput, put: (chunk: Uint8Array) => void) => (chunk: Uint8Array) => {
    kept.take(chunk);
    put(chunk);
  };
  return {
    audit: { ...audit, record },
    requests,
    printed: () => [stdout, stderr].map((kept) => new TextDecoder().decode(kept.bytes())).join('\n'),
    onStdout: both(stdout, to.onStdout),
    onStderr: both(stderr, to.onStderr),
  };
}

/** For people: each line once, and no more than fit a screen. */
export function noteOverheard(context: CommandContext, heard: Overheard, { run }: Pick<RunResult, 'run'>): void {
  if (context.format !== 'text') return;
  const denied = missingRequests(heard.requests).map(({ what }) => `denied: ${what}`);
  const lines = [...denied, ...leftOutHeaders(heard.requests), ...shutPaths(heard.printed())];
  for (const line of lines.slice(0, endNotesMax)) note(context, safe`note: ${line}`);
  const more = lines.length - endNotesMax;
  if (more > 0) note(context, safe`note: ${count(more, 'more line')} like these: ${calledName()} log --run ${run.slice(0, 8)}`);
}

/** `X-Forwarded-Host` and the like: servers obey them in place of what was judged. */
export function leftOutHeaders(requests: readonly AuditEvent[]): string[] {
  const names = new Map<string, Set<string>>();
  for (const one of requests)
    if (one.event === 'egress' && one.dropped !== undefined)
      names.set(one.host, new Set([...(names.get(one.host) ?? []), ...one.dropped]));
  const why = 'a server could obey them in place of the address, method or user that was judged';
  return [...names].map(([host, dropped]) => `requests to ${host} went without the headers ${[...dropped].join(', ')}: ${why}`);
}

/** Of a session, which prints on a screen of its own: each repository that its program could not commit to. */
export function noteRepositories(context: CommandContext, mounts: Plan['mounts']): void {
  if (context.format !== 'text') return;
  for (const { mode, path, target } of mounts)
    if (mode !== 'ro' && existsSync(`${path}/.git`)) note(context, safe`note: ${target}/.git ${gitIsShut}`);
}

const gitIsShut = 'is read-only in a sandbox, since git on the host obeys it: accept what was changed, then commit on the host';

const readOnly = [
  /(?:^|[\s'"])((?:\/|\.{1,2}\/)?(?:[^\s'":/]+\/)*[^\s'":/]+)['"]?: Read-only file system/gm,
  /(?:EROFS: read-only file system, \w+|Read-only file system:) '([^'\n]{1,400})'/g,
];

/** Paths that a program could not write, as it says, since hosts or agents obey them. */
export function shutPaths(printed: string): string[] {
  const paths = readOnly.flatMap((form) => [...printed.matchAll(form)].map(([, path = '']) => path));
  const shut = paths.filter((path) => path.split('/').some((name) => isProtectedName(name)));
  return [...new Set(shut.map(whyShut))];
}

function whyShut(path: string): string {
  if (path.split('/').includes('.git')) return `${path} was not written: .git ${gitIsShut}`;
  return `${path} was not written: hosts or agents obey it, so no run changes it`;
}
