/**
 * The first process of a virtual machine: it mounts file systems, runs the command as the run's
 * user, reports the exit code, and powers off.
 */

import { openFilesMax } from '../limits.ts';
import type { SandboxStart } from '../sandbox/sandbox.ts';
import { exportLines } from './exported.ts';

/** Serial ports of the guest: one for each stream, and one for messages between host and guest. */
export const guestPorts = {
  stdout: 'ttyS0',
  stderr: 'ttyS1',
  stdin: 'ttyS2',
  control: 'ttyS3',
} as const;

/**
 * The script of the first process.
 * @param sign random text before each message of the guest, so that no output of the kernel can
 * pass for a message
 */
export function guestInit(
  { command, env, plan }: Pick<SandboxStart, 'command' | 'env' | 'plan'>,
  sign: string,
): string {
  const { limits, uid, gid } = plan;
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const temporary = (path: string, mebibytes: number, mode: string): string =>
    `$b mount -t tmpfs -o nosuid,nodev,size=${mebibytes}m,nr_inodes=65536,mode=${mode},uid=${uid},gid=${gid} tmpfs ${path}`;
  return `#!/.guest/busybox sh
b=/.guest/busybox
$b mount -t proc -o nosuid,nodev,noexec proc /proc
$b mount -t devtmpfs -o nosuid dev /dev
${temporary('/tmp', limits.temporaryMiB, '1777')}
${temporary('/home/skill', limits.homeMiB, '0700')}
[ ! -d /.covered/home/skill ] || $b cp -a /.covered/home/skill/. /home/skill
for port in ${Object.values(guestPorts).join(' ')}; do $b stty -F /dev/$port raw -echo 115200; done
exec 3>/dev/${guestPorts.control}
$b chmod 700 /dev/ttyS* /dev/mem /dev/port 2>/dev/null
$b mount -o remount,ro / 2>/dev/null
echo '${sign} started' >&3
( while read -r line; do [ "$line" != . ] || break; echo "$line" | $b base64 -d; done < /dev/${guestPorts.stdin} ) |
(
  exec 3>&-
  ulimit -c 0 && ulimit -n ${openFilesMax} || exit 125
  ulimit -u ${limits.processes} 2>/dev/null || ulimit -p ${limits.processes} || exit 125
${exportLines(env)}
  cd ${plan.workingDirectory}
  # The first process stays root. The command gives up root for good.
  exec /.guest/setpriv --reuid ${uid} --regid ${gid} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- ${quoted}
) > /dev/${guestPorts.stdout} 2> /dev/${guestPorts.stderr}
code=$?
$b sleep 0.2
echo "${sign} exit $code" >&3
$b sleep 0.2
$b poweroff -f
`;
}
