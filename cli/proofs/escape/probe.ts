/**
 * The program that makes attempts, the same in a sandbox and without one. It reads `rows.json`
 * beside it, gives each row its own process and a time limit, and prints one JSON line for each row
 * with the row's output. It uses only Python's standard library.
 */

/** Bytes of one attempt's output that are kept. */
const attemptOutputBytesMax = 16 * 1024;

/** Argument: one JSON object of facts. The code of a row may use the functions below. */
export const probeProgram = String.raw`
import base64, ctypes, errno, fcntl, json, os, re, resource, select, signal, socket, stat, struct, subprocess, sys, termios, time
inherited = [int(n) for n in os.listdir('/proc/self/fd') if int(n) > 2]
inherited = [n for n in inherited if os.path.exists('/proc/self/fd/%d' % n)]
here = os.path.dirname(os.path.abspath(__file__))
facts = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
PTR = ctypes.c_void_p

def call(name, *args):
    """A raw system call; OSError where it fails."""
    number = facts['calls'][name]
    if number < 0: raise OSError(errno.ENOSYS, 'no such call here')
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in args]
    got = libc.syscall(ctypes.c_long(number), *words)
    if got == -1: raise OSError(ctypes.get_errno(), '%s: %s' % (name, os.strerror(ctypes.get_errno())))
    return got

def won(yes=True):
    if yes: print('through', flush=True)

def reach(name, *args):
    """A call with invalid arguments: any error but a refusal shows that the kernel read them."""
    try: call(name, *args)
    except OSError as e:
        if e.errno in (errno.EPERM, errno.ENOSYS, errno.EACCES): raise
    won()

def opens(family, kind=socket.SOCK_STREAM, protocol=0):
    socket.socket(family, kind, protocol).close()
    won()

def tell(address, family=socket.AF_INET, kind=socket.SOCK_STREAM, text=None):
    """Sends this row's token to a listener."""
    with socket.socket(family, kind) as s:
        s.settimeout(2)
        s.connect(address)
        s.sendall((text or facts['token']).encode())
        time.sleep(0.05)

def send(*parts, wait=0.4):
    """Sends raw bytes to the proxy and returns its answer; each part waits for an answer to the part before."""
    with socket.create_connection((facts['proxyHost'], facts['proxyPort']), 2) as s:
        s.settimeout(wait)
        got = b''
        for part in parts:
            s.sendall(part if isinstance(part, bytes) else part.replace('\n', '\r\n').encode('utf-8', 'surrogateescape'))
            try: chunk = s.recv(65536)
            except OSError as e: chunk = str(e).encode()
            got += chunk
            if not chunk: break
        try:
            while len(got) < 100000:
                chunk = s.recv(65536)
                if not chunk: break
                got += chunk
        except OSError: pass
    text = got.decode('latin-1')
    print(text[:4000])
    return text

def get(url, host=None, method='GET', headers='', body=''):
    """A whole request through the proxy in absolute form."""
    host = host or re.match(r'\w+://([^/]*)', url).group(1).split('@')[-1]
    length = 'Content-Length: %d\n' % len(body) if body else ''
    return send('%s %s HTTP/1.1\nHost: %s\nConnection: close\n%s%s\n%s' % (method, url, host, headers, length, body))

def ask(path, headers={}):
    """A request by Python's HTTP library. Returns the decoded body."""
    import http.client
    c = http.client.HTTPConnection(facts['proxyHost'], facts['proxyPort'], timeout=3)
    c.request('GET', 'http://api.crm.example' + path, headers=dict(headers, Host='api.crm.example'))
    answer = c.getresponse()
    body = answer.read()
    print(answer.status, dict(answer.headers), body)
    return body

def apart():
    """A new mount namespace, if possible, so that a bare twin changes nothing for later rows."""
    libc.unshare(0x20000)

def buffer(text):
    return ctypes.create_string_buffer(text.encode() + b'\0')

def run(row):
    facts['token'] = row['token']
    word = {k: v for k, v in facts.items() if isinstance(v, (str, int))}
    if row['program'] == 'python3':
        exec(compile(row['code'], row['name'], 'exec'), dict(globals(), **word))
        return
    path = facts[row['program']]
    environment = dict(os.environ, **{'AT_' + k: str(v) for k, v in word.items()})
    os.execve(path, [path, '-c' if row['program'] == 'sh' else '-e', row['code']], environment)

def child(row, out):
    os.setpgid(0, 0)
    nothing = os.open('/dev/null', os.O_RDONLY)
    for n, to in ((nothing, 0), (out, 1), (out, 2)): os.dup2(n, to)
    code = 0
    try: run(row)
    except BaseException as e:
        code = 1
        print('%s %s' % (type(e).__name__, e), flush=True)
    try: sys.stdout.flush()
    finally: os._exit(code)

def begin(row):
    got, end = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.close(got)
        child(row, end)
    os.close(end)
    return {'row': row, 'pid': pid, 'got': got, 'kept': b'', 'until': time.monotonic() + row['seconds']}

def drain(one):
    for _ in range(64):
        if not select.select([one['got']], [], [], 0)[0]: return
        part = os.read(one['got'], 65536)
        if not part: return
        one['kept'] = (one['kept'] + part)[:${attemptOutputBytesMax}]

def is_over(one):
    ended = os.waitpid(one['pid'], os.WNOHANG)[0] != 0
    drain(one)
    if not ended and time.monotonic() < one['until']: return False
    try: os.killpg(one['pid'], signal.SIGKILL)
    except OSError: pass
    if not ended: os.waitpid(one['pid'], 0)
    drain(one)
    os.close(one['got'])
    print(json.dumps({'name': one['row']['name'], 'output': one['kept'].decode('utf-8', 'replace')}), flush=True)
    return True

signal.signal(signal.SIGTTOU, signal.SIG_IGN)
with open(os.path.join(here, 'rows.json')) as f: rows = json.load(f)
under_way = []
while rows or under_way:
    while rows and len(under_way) < facts['atOnce']: under_way.append(begin(rows.pop(0)))
    time.sleep(0.005)
    under_way = [one for one in under_way if not is_over(one)]
`;

/**
 * The supervisor of attempts without a sandbox: it waits outside of their process group, gives them
 * a terminal, and kills the processes that they leave. Arguments: uid, gid, seconds, the command.
 */
export const supervisorProgram = `
import ctypes, fcntl, os, signal, sys, termios, time
uid, gid, seconds = (int(one) for one in sys.argv[1:4])
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
master, slave = os.openpty()
began = os.getpid()
pid = os.fork()
if pid == 0:
    os.close(master)
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    os.close(slave)
    if uid != os.getuid():
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.execv(sys.argv[4], sys.argv[4:])
os.close(slave)

def family():
    parents = {}
    for name in os.listdir('/proc'):
        if not name.isdigit(): continue
        try:
            with open('/proc/%s/stat' % name) as f: parents[int(name)] = int(f.read().rpartition(')')[2].split()[1])
        except OSError: pass
    mine, more = set(), {began}
    while more:
        more = {one for one, above in parents.items() if above in more and one not in mine}
        mine |= more
    return mine

until, status = time.monotonic() + seconds, None
while status is None and time.monotonic() < until:
    done, code = os.waitpid(pid, os.WNOHANG)
    if done == pid: status = os.waitstatus_to_exitcode(code)
    else: time.sleep(0.01)
left = family()
while left:
    for one in left:
        try: os.kill(one, signal.SIGKILL)
        except OSError: pass
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0: pass
    except OSError: pass
    left = family()
    time.sleep(0.01)
sys.exit(124 if status is None else 0 if status == 0 else 1)
`;
