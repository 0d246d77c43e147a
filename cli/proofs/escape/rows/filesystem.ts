/** Files of the host, by every path that could lead to them. */
import { type Attempt, isReceived, printsSecret, printsThrough } from '../row.ts';
import { leaves, outside } from './proofs.ts';

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
