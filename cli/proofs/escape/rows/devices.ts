/** Devices, and the settings in /proc and /sys. */
import { type Attempt, printsThrough } from '../row.ts';

const device = { wants: 'a device of the host', proof: printsThrough, as: 'root' } as const;
const setting = { wants: 'a setting of the kernel', proof: printsThrough, as: 'root' } as const;

const open = (path: string, flags = 'os.O_RDONLY'): string =>
  `os.close(os.open('${path}', ${flags})); won()`;

export const deviceRows: readonly Attempt[] = [
  {
    ...device,
    name: 'make a block device',
    code: `os.mknod(mount + '/disk', stat.S_IFBLK | 0o600, os.makedev(7, 0)); won()`,
  },
  {
    ...device,
    name: 'make a character device',
    code: `os.mknod(mount + '/zero', stat.S_IFCHR | 0o600, os.makedev(1, 5)); won()`,
  },
  {
    ...device,
    name: 'read a disk',
    code: `disks = [n for n in os.listdir('/dev') if re.fullmatch('(vd|sd|xvd|nvme|loop)[a-z0-9]+', n)]; print(disks)
for n in disks:
    try: os.read(os.open('/dev/' + n, os.O_RDONLY), 16); won()
    except OSError as e: print(e)
if not disks: os.open('/dev/vda', os.O_RDONLY)`,
  },
  {
    ...device,
    name: 'read the memory of the machine',
    code: `os.open('/dev/mem' if os.path.exists('/dev/mem') else '/proc/kcore', os.O_RDONLY); won()`,
  },
  { ...device, name: 'start virtual machines', code: open('/dev/kvm', 'os.O_RDWR') },
  { ...device, name: 'serve a file system through FUSE', code: open('/dev/fuse', 'os.O_RDWR') },
  { ...device, name: 'reach the host of a virtual machine', code: open('/dev/vsock') },
  { ...device, name: 'make a network device', code: open('/dev/net/tun', 'os.O_RDWR') },
  { ...device, name: 'read and write the kernel’s log', code: open('/dev/kmsg', 'os.O_RDWR') },
  { ...device, name: 'type keys into other programs', code: open('/dev/uinput', 'os.O_WRONLY') },
  {
    name: 'read the names of the host’s keys',
    wants: 'the names of keys in the host’s keyrings',
    proof: printsThrough,
    // The victim process added a key of this name.
    code: `won(os.path.basename(folder) in open('/proc/keys').read())`,
  },
  {
    ...setting,
    name: 'trigger the kernel’s emergency keys (SysRq)',
    code: open('/proc/sysrq-trigger', 'os.O_WRONLY'),
  },
  {
    ...setting,
    name: 'set the program that receives core dumps',
    code: `f = open('/proc/sys/kernel/core_pattern', 'r+'); same = f.read(); f.seek(0); f.write(same); f.flush(); won()`,
  },
  {
    ...setting,
    name: 'change how the kernel allots memory',
    code: `f = open('/proc/sys/vm/overcommit_memory', 'r+'); same = f.read(); f.seek(0); f.write(same); f.flush(); won()`,
  },
  {
    ...setting,
    name: 'read the addresses of the kernel’s code',
    code: `won(any(int(l.split()[0], 16) for l in open('/proc/kallsyms')))`,
  },
  {
    name: 'see the devices in /sys',
    wants: 'the identity of the machine',
    proof: printsThrough,
    code: `won(len(os.listdir('/sys/kernel')) > 0)`,
  },
  {
    ...setting,
    name: 'set a program that the kernel starts for a control group',
    code: `found = [os.path.join(d, n) for d, _, names in os.walk('/sys/fs/cgroup') for n in names if n in ('release_agent', 'cgroup.procs')]
print(found[:3]); won(any(os.open(p, os.O_WRONLY) for p in found[:1]))`,
  },
  {
    ...setting,
    name: 'register an interpreter for programs (binfmt_misc)',
    code: open('/proc/sys/fs/binfmt_misc/register', 'os.O_WRONLY'),
  },
  {
    ...setting,
    name: 'write to the settings of the machine in /sys',
    code: `os.close(os.open('/sys/power/state' if os.path.exists('/sys/power/state') else '/sys/kernel/uevent_helper' if os.path.exists('/sys/kernel/uevent_helper') else '/sys/kernel/profiling', os.O_WRONLY)); won()`,
  },
];
