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
