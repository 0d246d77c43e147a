/**
 * Turns a start into a Seatbelt profile for macOS (sandbox-exec(1), sandbox profile language).
 * Pure.
 */
import type { SandboxStart } from '../sandbox/sandbox.ts';

/**
 * Real paths of the run's files and temporary folders: Seatbelt has no mounts, so it cannot show
 * them elsewhere.
 */
export interface SeatbeltPlaces {
  readonly skill: string;
  readonly home: string;
  readonly temporary: string;
}

// Files that every macOS program reads at its start, and system values that its C library queries.
const system = [
  '/usr/lib',
  '/System/Library',
  '/usr/share/zoneinfo',
  '/private/var/db/timezone',
  '/private/var/db/dyld',
];
const devices = ['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom'];
const questions = [
  'hw.ncpu',
  'hw.activecpu',
  'hw.memsize',
  'hw.pagesize',
  'kern.ostype',
  'kern.osrelease',
  'kern.version',
  'kern.hostname',
];

/**
 * A profile that allows only the planned programs, the run's own files and its temporary folders.
 * It denies the network and system services.
 */
export function seatbeltProfile(
  { plan }: Pick<SandboxStart, 'plan'>,
  { skill, home, temporary }: SeatbeltPlaces,
): string {
  const programs = plan.programs.map((program) => literal(program.path));
  return [
    '(version 1)',
    '(deny default (with no-report))',
    '(allow process-fork)',
    '(allow signal (target same-sandbox))',
    `(allow process-exec ${programs.join(' ')})`,
    `(allow file-read* ${programs.join(' ')} ${[...system, skill].map(subpath).join(' ')} ${devices.map(literal).join(' ')})`,
    '(allow file-read-metadata)',
    `(allow file-read* file-write* ${[home, temporary].map(subpath).join(' ')})`,
    `(allow file-write-data ${devices.slice(0, 1).map(literal).join(' ')})`,
    `(allow sysctl-read ${questions.map((name) => `(sysctl-name ${quoted(name)})`).join(' ')})`,
    '(deny network*)',
    '(deny mach-lookup)',
    '(deny iokit-open)',
    '',
  ].join('\n');
}

function literal(path: string): string {
  return `(literal ${quoted(path)})`;
}

function subpath(path: string): string {
  return `(subpath ${quoted(path)})`;
}

// The profile language has the string syntax of TinyScheme.
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
