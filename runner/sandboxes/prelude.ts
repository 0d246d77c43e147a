/**
 * What a shell does in the sandbox before it becomes the command: try to reach what must not be
 * reached, check that each mount is the folder that was judged, set limits that count from here,
 * close what it was handed, say that it started, wait for the runner's word. So every start is
 * tested in the very sandbox that it gets, and one that does not hold is never used.
 */
import { fileBytesMax, openFilesMax } from '../limits.ts';
import type { ControlGroups } from './control-groups.ts';
import type { SandboxStart } from './sandbox.ts';

/**
 * Each has to be true in the sandbox; builtins of sh only. No `env` of a skill has a name with this
 * prefix. `$skillgate_host` is a folder of the host.
 */
const checks: Readonly<Record<string, string>> = {
  'no new privileges': '[ "$skillgate_privileges" = 1 ]',
  'system calls are filtered': '[ "$skillgate_filter" = 2 ]',
  'no capabilities':
    '[ "$skillgate_effective$skillgate_bounding" = 00000000000000000000000000000000 ]',
  'another user than root': '[ "$skillgate_user" != 0 ]',
  // A container's runtime says HOME of its own accord.
  'the environment of the runner is not there': `[ -z "\${skillgate_environment#HOME=/}" ]`,
  'the files of the host are not there': '[ ! -e "$skillgate_host" ]',
  // A container's first process is this one.
  'the first process is out of reach': '[ ! -e /proc/1/mem ] || [ $$ = 1 ]',
  'no descriptor of the runner': '[ -z "$skillgate_descriptor" ]',
  'no network but loopback': '[ -z "$skillgate_device" ]',
  'programs are read-only': '! true 2>/dev/null > /usr/bin/new',
  'the skill is read-only': '! true 2>/dev/null > /skills/new',
};

export const preludeChecks = Object.keys(checks);

// A shell reads a byte at a time, so it stops at what comes last. Without a device there is no
// route either.
const look = `
while read -r skillgate_key skillgate_value skillgate_rest; do
  case $skillgate_key in
    Uid:) skillgate_user=$skillgate_value ;; NoNewPrivs:) skillgate_privileges=$skillgate_value ;;
    CapEff:) skillgate_effective=$skillgate_value ;; CapBnd:) skillgate_bounding=$skillgate_value ;;
    Seccomp:) skillgate_filter=$skillgate_value; break ;;
  esac
done < /proc/self/status
{ read -r skillgate_environment < /proc/1/environ; } 2>/dev/null
while read -r skillgate_name skillgate_rest; do
  case $skillgate_name in lo:*|Inter-*|face*) ;; *) skillgate_device=$skillgate_name ;; esac
done < /proc/net/dev
for skillgate_name in /proc/self/fd/[1-9][0-9]*; do
  [ ! -e "$skillgate_name" ] || [ "$skillgate_name" -ef /dev/null ] || skillgate_descriptor=$skillgate_name
done`;

/**
 * The script. Its arguments: the sign that it started, a folder of the host, the mounts' targets in
 * order of their descriptors, `--`, the command.
 * @param held what control groups hold for all processes together; the limit of memory is each
 * one's otherwise, and V8 reserves 640 MiB before it begins
 */
export function preludeScript(
  { command, plan: { limits } }: SandboxStart,
  held: ControlGroups['held'],
): string {
  const dataKiB = (limits.memoryMiB + (command[0] === '/usr/bin/node' ? 640 : 0)) * 1024;
  // The group counts and tells; this only stands behind it.
  const processes = limits.processes + (held.has('pids') ? 16 : 0);
  return [
    'skillgate_started=$1 skillgate_host=$2 skillgate_n=3; shift 2',
    'skillgate_fail() { echo "$1" >&2; exit 125; }',
    look,
    ...Object.entries(checks).map(
      ([name, check]) => `${check} || skillgate_fail 'does not hold here: ${name}'`,
    ),
    'while [ "$1" != -- ]; do [ "$1" -ef /proc/self/fd/$skillgate_n ] || skillgate_fail "$1 is not the folder that was judged"; skillgate_n=$((skillgate_n+1)); shift; done',
    'shift',
    `ulimit -c 0 && ulimit -n ${openFilesMax} && ulimit -f ${fileBytesMax / 512} && ulimit -t ${limits.seconds * 2} || skillgate_fail 'no limits'`,
    // Processes are -u in bash and -p in dash.
    `ulimit -u ${processes} 2>/dev/null || ulimit -p ${processes} || skillgate_fail 'no limit of processes'`,
    ...(held.has('memory') ? [] : [`ulimit -d ${dataKiB} || skillgate_fail 'no limit of memory'`]),
    'echo "$skillgate_started" >&2',
    // By now a runner that lives has this shell in the control groups.
    '{ read -r skillgate_rest && [ "$skillgate_rest" = go ]; } || exit 125',
    'exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-',
    'exec "$@"',
  ].join('\n');
}
