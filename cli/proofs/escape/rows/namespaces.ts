/** Mounts and namespaces: what would let a process build itself another view of the host. */
import { type Attempt, saysThrough } from '../row.ts';

const mounts = { wants: 'another view of the host’s files', proof: saysThrough } as const;
const spaces = {
  wants: 'all capabilities, in a namespace of its own',
  proof: saysThrough,
} as const;
const newUser = '0x10000000';

export const namespaceRows: readonly Attempt[] = [
  {
    ...mounts,
    name: 'mount a folder of its own',
    as: 'root',
    code: `apart(); call('mount', buffer('x'), buffer(mount), buffer('tmpfs'), 0, 0); won()`,
  },
  {
    ...mounts,
    name: 'remount a read-only mount as writable',
    as: 'root',
    // MS_REMOUNT | MS_BIND; bare it is a bind mount made for this that is remounted.
    code: `apart()
if not os.path.ismount(library): call('mount', buffer(library), buffer(library), buffer('none'), 4096, 0)
call('mount', buffer('none'), buffer(library), buffer('none'), 32 | 4096, 0); won()`,
  },
  {
    ...mounts,
    name: 'take a mount away',
    as: 'root',
    code: `apart(); call('umount2', buffer('/proc'), 2); won()`,
  },
  { ...mounts, name: 'change the root', as: 'root', code: `call('chroot', buffer('/tmp')); won()` },
  { ...mounts, name: 'exchange the root', as: 'root', code: `reach('pivot_root', -1, -1)` },
  {
    ...mounts,
    name: 'open a new file system',
    as: 'root',
    code: `call('fsopen', buffer('tmpfs'), 0); won()`,
  },
  {
    ...mounts,
    name: 'take a copy of a mount',
    as: 'root',
    code: `call('open_tree', -100, buffer('/'), 1); won()`,
  },
  { ...mounts, name: 'move a mount', as: 'root', code: `reach('move_mount', -1, -1, -1, -1, -1)` },
  {
    ...mounts,
    name: 'change what a mount allows',
    as: 'root',
    code: `reach('mount_setattr', -1, -1, -1, -1, -1)`,
  },
  {
    ...mounts,
    name: 'open a file by its handle, without a path',
    as: 'root',
    code: `h = ctypes.create_string_buffer(struct.pack('Ii', 128, 0) + b'\\0' * 128); i = ctypes.c_int()
call('name_to_handle_at', -100, buffer('/usr'), h, ctypes.byref(i), 0)
d = os.open('/usr', os.O_RDONLY); call('open_by_handle_at', d, h, 0); won()`,
  },
  { ...spaces, name: 'a user namespace by unshare', code: `call('unshare', ${newUser}); won()` },
  {
    ...spaces,
    name: 'a user namespace by clone',
    code: `pid = call('clone', ${newUser} | 17, 0, 0, 0, 0)
if pid == 0: os._exit(0)
os.waitpid(pid, 0); won()`,
  },
  {
    ...spaces,
    name: 'a user namespace by clone3',
    code: `args = ctypes.create_string_buffer(struct.pack('8Q', ${newUser}, 0, 0, 0, 17, 0, 0, 0))
pid = call('clone3', args, 64)
if pid == 0: os._exit(0)
os.waitpid(pid, 0); won()`,
  },
  {
    ...spaces,
    name: 'a user namespace by the program unshare',
    program: 'sh',
    code: 'unshare --user --map-root-user true && echo through',
  },
  { ...spaces, name: 'a mount namespace', as: 'root', code: `call('unshare', 0x20000); won()` },
  {
    ...spaces,
    name: 'a network namespace',
    as: 'root',
    code: `call('unshare', 0x40000000); won()`,
  },
  {
    ...spaces,
    name: 'enter the namespace of process 1',
    as: 'root',
    code: `call('setns', os.open('/proc/1/ns/uts', os.O_RDONLY), 0); won()`,
  },
];
