/**
 * The machine's resources: each attempt takes more than a run may have, and prints `through` when
 * it succeeds. Bare twins are bounded, so that the host survives them. Each attempt has its own
 * run.
 */
import { type LoneAttempt, printsThrough } from '../row.ts';

const bareMemoryMiB = 1_200;

/** Bounds of attempts that use up resources, without a sandbox: the host must survive them. */
const bareProcesses = 400;

const ordinary = {
  limits: { seconds: 20, memoryMiB: 256 },
  seconds: 15,
  proof: printsThrough,
} as const;

// fallocate(2) reserves blocks without writing them, so that a bare twin costs little.
const fill = (
  folder: string,
  mebibytes: number,
): string => `top = ${folder}; os.makedirs(top, exist_ok=True); made = []
try:
    for n in range(${mebibytes} // 32):
        p = '%s/fill%d' % (top, n); f = open(p, 'wb'); made.append(p); os.posix_fallocate(f.fileno(), 0, 32 << 20); f.close()
    won()
finally:
    print('partly %d MiB' % (32 * len(made)))
    for p in made: os.remove(p)`;
const own = (inside: string): string =>
  `('${inside}' if mount == '/reports' else folder + '/home/fill')`;

export const resourceRows: readonly LoneAttempt[] = [
  {
    ...ordinary,
    name: 'start processes without end',
    wants: 'a host that can start no process',
    code: `made = 0
try:
    for made in range(${bareProcesses}):
        if os.fork() == 0: time.sleep(10); os._exit(0)
    won()
except OSError as e: print('partly', made, e)`,
  },
  {
    ...ordinary,
    name: 'start threads without end',
    wants: 'a host that can start no process',
    code: `import threading
threading.stack_size(65536); made = 0
try:
    for made in range(${bareProcesses}): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
    won()
except RuntimeError as e: print('partly', made, e)
sys.stdout.flush(); os._exit(0)`,
  },
  {
    ...ordinary,
    name: 'take memory',
    wants: 'a host without free memory',
    code: `parts = []
for n in range(${bareMemoryMiB} // 50):
    parts.append(bytearray(b'x' * (50 << 20)))
won()`,
  },
  {
    ...ordinary,
    name: 'take memory in many processes',
    wants: 'more memory than the limit of the run',
    code: `made = []
for n in range(8):
    got, told = os.pipe(); made.append(got)
    if os.fork() == 0:
        part = bytearray(b'x' * (100 << 20)); os.write(told, b'1'); time.sleep(10); os._exit(0)
    os.close(told)
won(all(os.read(one, 1) == b'1' for one in made))`,
  },
  {
    ...ordinary,
    name: 'fill the temporary folder',
    wants: 'a host without free memory',
    code: fill(own('/tmp'), 512),
  },
  {
    ...ordinary,
    name: 'fill the home folder',
    wants: 'a host without free memory',
    code: fill(own('/home/skill'), 512),
  },
  {
    ...ordinary,
    name: 'fill the folder of shared memory',
    wants: 'a host without free memory',
    code: fill(own('/dev/shm'), 512),
  },
  {
    ...ordinary,
    name: 'fill the disk through a writable mount',
    wants: 'a host with a full disk',
    code: fill('mount', 4096),
  },
  {
    ...ordinary,
    name: 'write one huge file',
    wants: 'a host with a full disk',
    code: `signal.signal(signal.SIGXFSZ, signal.SIG_IGN); p = mount + '/one'; f = open(p, 'wb')
try: os.posix_fallocate(f.fileno(), 0, 2 << 30); won()
finally: os.remove(p)`,
  },
  {
    ...ordinary,
    name: 'make files without end',
    wants: 'a host without free memory',
    limits: { seconds: 20, memoryMiB: 64 },
    code: `top = ${own('/tmp')}; os.makedirs(top, exist_ok=True); d = os.open(top, os.O_RDONLY)
for n in range(120000): os.close(os.open('f%d' % n, os.O_CREAT | os.O_WRONLY, 0o600, dir_fd=d))
won()`,
  },
  {
    ...ordinary,
    name: 'open files without end',
    wants: 'a host without free descriptors',
    code: `resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2); n = 0
try:
    for n in range(1100): os.open('/dev/null', 0)
    won()
except OSError as e: print('partly', n, e)`,
  },
  {
    ...ordinary,
    name: 'compute without end',
    wants: 'all processor time',
    limits: { seconds: 2, memoryMiB: 128 },
    code: `until = time.monotonic() + 5
while time.monotonic() < until: pass
won()`,
  },
  {
    ...ordinary,
    name: 'wait without end and ignore signals',
    wants: 'a run that never ends',
    limits: { seconds: 2, memoryMiB: 128 },
    code: `for n in range(1, 65):
    try: signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError): pass
time.sleep(5); won()`,
  },
];
