/**
 * The network, without the proxy. No packet of a bare twin leaves the machine: connecting a
 * datagram socket sends nothing.
 */
import { type Attempt, isReceived, printsThrough } from '../row.ts';

const listener = { wants: 'a service on the host’s loopback', proof: isReceived } as const;
const route = { wants: 'a way around the proxy', proof: printsThrough } as const;
const family = {
  wants: 'a network protocol that the proxy does not see',
  proof: printsThrough,
} as const;

const routeTo = (address: string, port: number, inet = 'socket.AF_INET'): string =>
  `s = socket.socket(${inet}, socket.SOCK_DGRAM); s.connect(('${address}', ${port})); won()`;

export const networkRows: readonly Attempt[] = [
  { ...listener, name: 'reach a service on loopback', code: `tell(('127.0.0.1', port))` },
  {
    ...listener,
    name: 'reach a service on loopback as localhost',
    code: `tell(('localhost', port))`,
  },
  { ...listener, name: 'reach a service on loopback as 0.0.0.0', code: `tell(('0.0.0.0', port))` },
  {
    ...listener,
    name: 'reach a service on loopback over IPv6',
    code: `tell(('::ffff:127.0.0.1', port), socket.AF_INET6)`,
  },
  {
    ...listener,
    name: 'reach a service on loopback over multipath TCP',
    code: `s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); s.settimeout(2); s.connect(('127.0.0.1', port)); s.sendall(token.encode()); time.sleep(0.1)`,
  },
  {
    ...listener,
    name: 'send a datagram to a service on loopback',
    code: `socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(token.encode(), ('127.0.0.1', datagramPort)); time.sleep(0.1)`,
  },
  {
    ...listener,
    name: 'send data to a name server of the host',
    wants: 'a channel through DNS queries',
    code: `q = struct.pack('>6H', 1, 256, 1, 0, 0, 0) + bytes([len(token)]) + token.encode() + b'\\x07example\\0' + struct.pack('>2H', 1, 1)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(q, ('127.0.0.1', datagramPort)); time.sleep(0.1)`,
  },
  {
    ...listener,
    name: 'reach an abstract unix socket',
    code: `tell('\\0' + abstractName, socket.AF_UNIX)`,
  },
  {
    ...listener,
    name: 'connect to a pinned address without the proxy',
    code: `for n in list(os.environ):
    if n.lower().endswith('_proxy'): del os.environ[n]
tell(('127.0.0.1', port), text='GET /v2/%s HTTP/1.1\\r\\nHost: api.crm.example\\r\\n\\r\\n' % token)`,
  },
  {
    ...listener,
    name: 'bypass the proxy with NO_PROXY',
    code: `os.environ['NO_PROXY'] = os.environ['no_proxy'] = '*'; import urllib.request
urllib.request.urlopen('http://127.0.0.1:%d/%s' % (port, token), timeout=2)`,
  },
  {
    ...listener,
    name: 'reach a service on loopback with node',
    program: 'node',
    code: `const s = require('node:net').connect(Number(process.env.AT_port), '127.0.0.1', () => s.end(process.env.AT_token)); s.on('error', (e) => console.log(e.message));`,
  },
  {
    ...route,
    name: 'route to the metadata service of a cloud',
    code: routeTo('169.254.169.254', 80),
  },
  { ...route, name: 'route to a public address', code: routeTo('192.0.2.1', 443) },
  { ...route, name: 'route to a public name server', code: routeTo('198.51.100.53', 53) },
  {
    ...route,
    name: 'route to a public address over IPv6',
    code: routeTo('2001:db8::1', 443, 'socket.AF_INET6'),
  },
  {
    ...route,
    name: 'read the addresses of the host’s name servers',
    code: `won('nameserver' in open('/etc/resolv.conf').read())`,
  },
  {
    ...route,
    name: 'see the host’s network devices',
    code: `names = [n for _, n in socket.if_nameindex()]; print(names); won(names != ['lo'])`,
  },
  {
    ...route,
    name: 'set a network device up',
    as: 'root',
    code: `s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); s.bind((0, 0)); s.settimeout(2)
s.send(struct.pack('IHHII', 32, 16, 5, 1, 0) + struct.pack('BBHiII', 0, 0, 0, 1, 1, 1)); got = s.recv(4096); code = struct.unpack_from('i', got, 16)[0]; print(code); won(code == 0)`,
  },
  {
    ...route,
    name: 'listen on a privileged port',
    as: 'root',
    code: `s = socket.socket(); s.bind(('0.0.0.0', 443)); won()`,
  },
  {
    ...family,
    name: 'open a raw socket',
    as: 'root',
    code: `opens(socket.AF_INET, socket.SOCK_RAW, 1)`,
  },
  { ...family, name: 'open a packet socket', as: 'root', code: `opens(17, socket.SOCK_RAW, 0)` },
  {
    ...family,
    name: 'open a ping socket',
    as: 'root',
    code: `open('/proc/sys/net/ipv4/ping_group_range', 'w').write('0 0') if os.getuid() == 0 else None; opens(socket.AF_INET, socket.SOCK_DGRAM, 1)`,
  },
  { ...family, name: 'open a socket to the host of a virtual machine', code: `opens(40)` },
  {
    ...family,
    name: 'open a socket to the kernel’s cryptography',
    code: `opens(38, socket.SOCK_SEQPACKET)`,
  },
  {
    ...family,
    name: 'open a netlink socket',
    code: `opens(socket.AF_NETLINK, socket.SOCK_RAW, 0)`,
  },
  { ...family, name: 'open a TIPC socket', as: 'root', code: `opens(30)` },
  { ...family, name: 'open an XDP socket', as: 'root', code: `opens(44, socket.SOCK_RAW)` },
  { ...family, name: 'open a Bluetooth socket', code: `opens(31, socket.SOCK_RAW, 1)` },
];

// Mounts and namespaces, which could give a process another view of the host.

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
