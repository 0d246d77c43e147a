/** Mounts and namespaces, which could give a process another view of the host. */
import { type Attempt, printsThrough } from '../row.ts';

const mounts = { wants: 'another view of the host’s files', proof: printsThrough } as const;
const namespaces = {
  wants: 'all capabilities, in a new namespace',
  proof: printsThrough,
} as const;
const newUser = '0x10000000';

export const namespaceRows: readonly Attempt[] = [
  {
    ...mounts,
    name: 'mount a new file system',
    as: 'root',
    code: `apart(); call('mount', buffer('x'), buffer(mount), buffer('tmpfs'), 0, 0); won()`,
  },
  {
    ...mounts,
    name: 'remount a read-only mount as writable',
    as: 'root',
    // MS_REMOUNT | MS_BIND. The bare twin first makes a bind mount to remount.
    code: `apart()
if not os.path.ismount(library): call('mount', buffer(library), buffer(library), buffer('none'), 4096, 0)
call('mount', buffer('none'), buffer(library), buffer('none'), 32 | 4096, 0); won()`,
  },
  {
    ...mounts,
    name: 'unmount /proc',
    as: 'root',
    code: `apart(); call('umount2', buffer('/proc'), 2); won()`,
  },
  {
    ...mounts,
    name: 'unmount its view to write to the folder below',
    as: 'root',
    // MNT_DETACH. The bare twin first makes a bind mount to unmount.
    code: `apart()
if not os.path.ismount(mount): call('mount', buffer(mount), buffer(mount), buffer('none'), 4096, 0)
call('umount2', buffer(mount), 2); won()`,
  },
  {
    ...mounts,
    name: 'change the root folder (chroot)',
    as: 'root',
    code: `call('chroot', buffer('/tmp')); won()`,
  },
  {
    ...mounts,
    name: 'swap the root folder (pivot_root)',
    as: 'root',
    code: `reach('pivot_root', -1, -1)`,
  },
  {
    ...mounts,
    name: 'prepare a new file system (fsopen)',
    as: 'root',
    code: `call('fsopen', buffer('tmpfs'), 0); won()`,
  },
  {
    ...mounts,
    name: 'copy a mount (open_tree)',
    as: 'root',
    code: `call('open_tree', -100, buffer('/'), 1); won()`,
  },
  {
    ...mounts,
    name: 'move a mount (move_mount)',
    as: 'root',
    code: `reach('move_mount', -1, -1, -1, -1, -1)`,
  },
  {
    ...mounts,
    name: 'change the attributes of a mount',
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
  {
    ...namespaces,
    name: 'create a user namespace by unshare',
    code: `call('unshare', ${newUser}); won()`,
  },
  {
    ...namespaces,
    name: 'create a user namespace by clone',
    code: `pid = call('clone', ${newUser} | 17, 0, 0, 0, 0)
if pid == 0: os._exit(0)
os.waitpid(pid, 0); won()`,
  },
  {
    ...namespaces,
    name: 'create a user namespace by clone3',
    code: `args = ctypes.create_string_buffer(struct.pack('8Q', ${newUser}, 0, 0, 0, 17, 0, 0, 0))
pid = call('clone3', args, 64)
if pid == 0: os._exit(0)
os.waitpid(pid, 0); won()`,
  },
  {
    ...namespaces,
    name: 'create a user namespace by the program unshare',
    program: 'sh',
    code: 'unshare --user --map-root-user true && echo through',
  },
  {
    ...namespaces,
    name: 'create a mount namespace',
    as: 'root',
    code: `call('unshare', 0x20000); won()`,
  },
  {
    ...namespaces,
    name: 'create a network namespace',
    as: 'root',
    code: `call('unshare', 0x40000000); won()`,
  },
  {
    ...namespaces,
    name: 'enter the namespace of process 1',
    as: 'root',
    code: `call('setns', os.open('/proc/1/ns/uts', os.O_RDONLY), 0); won()`,
  },
];
