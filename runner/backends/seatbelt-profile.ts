/**
 * From a start to a Seatbelt profile for macOS (sandbox-exec(1), the sandbox profile language);
 * pure.
 */
import type { SandboxStart } from '../sandboxes/sandbox.ts';

/**
 * Where the run's files and its temporary folders lie on this host; Seatbelt has no mounts that
 * could show them elsewhere.
 */
export interface SeatbeltPlaces {
  readonly skill: string;
  readonly home: string;
  readonly temporary: string;
}

// What every program of macOS reads before it begins, and what its C library asks the system for.
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
 * A profile that denies all but the planned programs, the run's own files and its temporary
 * folders; no network, no service of the system.
 */
export function seatbeltProfile(
  { plan }: Pick<SandboxStart, 'plan'>,
  { skill, home, temporary }: SeatbeltPlaces,
): string {
  const programs = plan.programs.map((one) => literal(one.path));
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

// A string of the profile language is TinyScheme's.
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
