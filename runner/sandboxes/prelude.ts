/**
 * What a shell does in the sandbox before it becomes the command: try to reach what must not be reached, check that each
 * mount is the folder that was judged, set limits that count from here, close what it was handed, say that it started.
 * So every start is tested in the very sandbox that it gets, and one that does not hold is never used.
 */
import { fileBytesMax, openFilesMax } from '../limits.ts';
import type { SandboxPlan } from '../sandbox.ts';

/** Each has to be true in the sandbox; builtins of sh only. `$host` is a folder of the host. */
const checks: Readonly<Record<string, string>> = {
  'no new privileges': '[ "$privileges" = 1 ]',
  'system calls are filtered': '[ "$filter" = 2 ]',
  'no capabilities': '[ "$effective$bounding" = 00000000000000000000000000000000 ]',
  'another user than root': '[ "$user" != 0 ]',
  'the environment of the runner is not there': '[ -z "$environment" ]',
  'the files of the host are not there': '[ ! -e "$host" ]',
  'no network but loopback': '[ -z "$device$route" ]',
  'programs are read-only': '! (: > /usr/bin/new) 2>/dev/null',
  'the skill is read-only': '! (: > /skills/new) 2>/dev/null',
};

export const preludeChecks = Object.keys(checks);

const look = `
while read -r key value rest; do
  case $key in
    Uid:) user=$value ;; NoNewPrivs:) privileges=$value ;; Seccomp:) filter=$value ;;
    CapEff:) effective=$value ;; CapBnd:) bounding=$value ;;
  esac
done < /proc/self/status
read -r environment < /proc/1/environ
while read -r name rest; do case $name in lo:*|Inter-*|face*) ;; *) device=$name ;; esac; done < /proc/net/dev
{ read -r head; read -r route; } < /proc/net/route`;

/**
 * The script. Its arguments: the sign that it started, a folder of the host, the mounts' targets in order of their
 * descriptors, `--`, the command.
 * @param memoryMiB the limit of each process, where no control group holds all of them; V8 reserves 640 MiB before it begins
 */
export function preludeScript({ command, limits }: SandboxPlan, memoryMiB: number | undefined): string {
  const dataKiB = ((memoryMiB ?? 0) + (command.interpreter === 'node' ? 640 : 0)) * 1024;
  return [
    'started=$1 host=$2 n=3; shift 2',
    'fail() { echo "$1" >&2; exit 125; }',
    look,
    ...Object.entries(checks).map(([name, check]) => `${check} || fail 'does not hold here: ${name}'`),
    'while [ "$1" != -- ]; do [ "$1" -ef /proc/self/fd/$n ] || fail "$1 is not the folder that was judged"; n=$((n+1)); shift; done',
    'shift',
    `ulimit -c 0 && ulimit -n ${openFilesMax} && ulimit -f ${fileBytesMax / 512} && ulimit -t ${limits.seconds * 2} || fail 'no limits'`,
    // Processes are -u in bash and -p in dash.
    `ulimit -u ${limits.processes} 2>/dev/null || ulimit -p ${limits.processes} || fail 'no limit of processes'`,
    ...(memoryMiB === undefined ? [] : [`ulimit -d ${dataKiB} || fail 'no limit of memory'`]),
    'echo "$started" >&2',
    'exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-',
    'exec "$@"',
  ].join('\n');
}
