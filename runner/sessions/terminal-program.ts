/**
 * The program that gives an agent's program a terminal. The pseudo-terminal is made inside the
 * sandbox: the person's own terminal never is a file of the sandbox, so no program in the sandbox
 * can write into the person's input. Python has pseudo-terminals in its standard library.
 */
import type { SandboxFile } from '../sandbox/sandbox.ts';

const path = '/opt/skillgate/terminal.py';

/**
 * Standard input has frames: one byte for the kind, four for the length, and a body. A frame `d`
 * holds typed bytes. A frame `w` holds the rows and columns of the person's terminal.
 */
const program = `import fcntl, os, pty, select, signal, struct, sys, termios

def exactly(count):
    data = b''
    while len(data) < count:
        more = os.read(0, count - len(data))
        if not more:
            return None
        data += more
    return data

def frame():
    head = exactly(5)
    if head is None:
        return None
    kind, length = struct.unpack('>cI', head)
    body = exactly(length)
    return None if body is None else (kind, body)

def resize(fd, body):
    rows, columns = struct.unpack('>HH', body)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

def show(data):
    while data:
        data = data[os.write(1, data):]

first = frame()
pid, master = pty.fork()
if pid == 0:
    try:
        if first is not None:
            resize(0, first[1])
        os.execvp(sys.argv[1], sys.argv[1:])
    except OSError as error:
        os.write(2, (sys.argv[1] + ': ' + os.strerror(error.errno) + '\\n').encode())
    os._exit(127)
os.set_blocking(master, False)
pending = b''
listens = True
status = None
while status is None:
    reads = [master] + ([0] if listens and len(pending) < 65536 else [])
    readable, writable, _ = select.select(reads, [master] if pending else [], [], 0.1)
    try:
        if writable:
            pending = pending[os.write(master, pending):]
        if 0 in readable:
            given = frame()
            if given is None:
                listens = False
                os.kill(pid, signal.SIGHUP)
            elif given[0] == b'd':
                pending += given[1]
            else:
                resize(master, given[1])
        if master in readable:
            show(os.read(master, 65536))
    except BlockingIOError:
        pass
    except OSError:
        pending = b''
        select.select([], [], [], 0.02)
    ended, code = os.waitpid(pid, os.WNOHANG)
    status = code if ended == pid else None
try:
    while select.select([master], [], [], 0.05)[0]:
        data = os.read(master, 65536)
        if not data:
            break
        show(data)
except OSError:
    pass
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
`;

export const terminalFile: SandboxFile = { path, mode: '444', bytes: Buffer.from(program) };

/** The command that runs another command in a terminal of its own. */
export function inTerminal(command: readonly string[]): readonly string[] {
  return ['/usr/bin/python3', '-I', path, ...command];
}
