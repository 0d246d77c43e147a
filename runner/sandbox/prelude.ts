/**
 * The prelude is a shell script in the sandbox that runs before the command. The script tries
 * forbidden access, checks that each mount is the judged folder, sets limits and closes inherited
 * descriptors. The script reports that the sandbox started, and waits for the runner's signal. So
 * every start tests its own sandbox, and a sandbox that fails a check is never used.
 */
import type { ControlGroups } from './control-groups.ts';
import type { SandboxStart } from './sandbox.ts';

export const fileBytesMax = 1024 * 1024 * 1024;

export const openFilesMax = 1_024;

/**
 * Conditions that must be true in the sandbox, as tests with builtins of sh only. `$skillgate_host`
 * is a folder of the host. No variable of a skill may begin with `skillgate_`.
 */
const checks: Readonly<Record<string, string>> = {
  'no new privileges': '[ "$skillgate_privileges" = 1 ]',
  'system calls are filtered': '[ "$skillgate_filter" = 2 ]',
  'no capabilities':
    '[ "$skillgate_effective$skillgate_bounding" = 00000000000000000000000000000000 ]',
  'another user than root': '[ "$skillgate_user" != 0 ]',
  // Container runtimes set the variable HOME themselves.
  'the environment of the runner is not there': `[ -z "\${skillgate_environment#HOME=/}" ]`,
  'the files of the host are not there': '[ ! -e "$skillgate_host" ]',
  // In a container, the shell of the prelude is the first process itself.
  'the first process is out of reach': '[ ! -e /proc/1/mem ] || [ $$ = 1 ]',
  'no descriptor of the runner': '[ -z "$skillgate_descriptor" ]',
  'no network but loopback': '[ -z "$skillgate_device" ]',
  'programs are read-only': '! true 2>/dev/null > /usr/bin/new',
  'the skill is read-only': '! true 2>/dev/null > /skills/new',
};

export const preludeChecks = Object.keys(checks);

// The shell reads a file byte by byte, so stop at the last needed line. Without a network device
// the sandbox has no route either.
const readFacts = `
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
 * Returns the prelude's script. The script's arguments are the text to report as started, a folder
 * of the host, the mount targets in order of their descriptors, `--`, and the command.
 * @param held resources that control groups limit for all processes together. Without a memory
 * group, the memory limit applies to each process, and V8 reserves 640 MiB at its start.
 */
export function preludeScript(
  { command, plan: { limits, programs } }: SandboxStart,
  held: ControlGroups['held'],
): string {
  const hasNode =
    command[0] === '/usr/bin/node' || programs.some(({ program }) => program === 'node');
  const dataKiB = (limits.memoryMiB + (hasNode ? 640 : 0)) * 1024;
  // The control group counts processes exactly; the shell's limit is only a second barrier.
  const processes = limits.processes + (held.has('pids') ? 16 : 0);
  return [
    'skillgate_started=$1 skillgate_host=$2 skillgate_n=3; shift 2',
    'skillgate_fail() { echo "$1" >&2; exit 125; }',
    readFacts,
    ...Object.entries(checks).map(
      ([name, check]) => `${check} || skillgate_fail 'a check failed: ${name}'`,
    ),
    'while [ "$1" != -- ]; do [ "$1" -ef /proc/self/fd/$skillgate_n ] || skillgate_fail "$1 is not the folder that was judged"; skillgate_n=$((skillgate_n+1)); shift; done',
    'shift',
    `ulimit -c 0 && ulimit -n ${openFilesMax} && ulimit -f ${fileBytesMax / 512} && ulimit -t ${limits.seconds * 2} || skillgate_fail 'cannot set limits'`,
    // The shell's option for a limit on processes is -u in bash and -p in dash.
    `ulimit -u ${processes} 2>/dev/null || ulimit -p ${processes} || skillgate_fail 'cannot limit processes'`,
    ...(held.has('memory') ? [] : [`ulimit -d ${dataKiB} || skillgate_fail 'cannot limit memory'`]),
    'echo "$skillgate_started" >&2',
    // A live runner has moved this shell into the control groups before the runner sends `go`.
    '{ read -r skillgate_rest && [ "$skillgate_rest" = go ]; } || exit 125',
    'exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-',
    'exec "$@"',
  ].join('\n');
}
