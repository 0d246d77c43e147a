/** The second part of the text that every Python loads first: packages that are not there. */
const pythonStands = String.raw`
# Packages that are not there.
import importlib.abc, importlib.machinery, types

_asked = set()

def _ask(at, given, more):
    # A client that is not there would have asked this address.
    for one in list(given) + list(more.values()):
        if isinstance(one, str) and len(one) < 2000:
            found = re.match(r'(?:https?|wss?|ftp)://[^\s/]+\S*$|git@[^\s:]+:', one.strip())
            if found:
                at = re.sub(r'^(?:wss?|ftp)', 'http', one.strip()).replace('git@', 'https://', 1)
    if at and len(_asked) < 40:
        try:
            body = repr((given, more)).encode()[:65536]
        except Exception:
            body = b''
        if (at, body) not in _asked:
            _asked.add((at, body))
            try:
                import urllib.request
                urllib.request.urlopen(
                    urllib.request.Request(at, data=body, method='POST'), timeout=3
                ).read()
            except Exception:
                pass
    return at

class _Kind(type):
    def __getattr__(cls, name):
        if name.startswith('__') and name.endswith('__'):
            raise AttributeError(name)
        made = _Kind(name, (Stand,), {})
        setattr(cls, name, made)
        return made
    def __iter__(cls):
        return iter(())
    def __len__(cls):
        return 0
    def __or__(cls, other):
        return cls
    __ror__ = __and__ = __rand__ = __or__
    def __getitem__(cls, key):
        return cls
    def __lt__(cls, other):
        return False
    __gt__ = __le__ = __ge__ = __lt__

class Stand(metaclass=_Kind):
    def __new__(cls, *given, **more):
        if (
            cls.__bases__ == (Stand,)
            and len(given) == 1
            and not more
            and isinstance(given[0], (types.FunctionType, type))
        ):
            return given[0]
        return object.__new__(cls)
    def __init__(self, *given, **more):
        object.__setattr__(self, '_at', _ask(None, given, more))
    def __getattr__(self, name):
        if name == '_at' or name.startswith('__') and name.endswith('__'):
            raise AttributeError(name)
        made = _Kind(name, (Stand,), {})()
        object.__setattr__(made, '_at', getattr(self, '_at', None))
        return made
    def __call__(self, *given, **more):
        if len(given) == 1 and not more and isinstance(given[0], (types.FunctionType, type)):
            return given[0]
        made = Stand()
        object.__setattr__(made, '_at', _ask(getattr(self, '_at', None), given, more))
        return made
    def __iter__(self):
        return iter(())
    def __len__(self):
        return 0
    def __bool__(self):
        return True
    def __getitem__(self, key):
        return Stand()
    def __setitem__(self, key, value):
        pass
    def __enter__(self):
        return self
    def __exit__(self, *given):
        return False
    async def __aenter__(self):
        return self
    async def __aexit__(self, *given):
        return False
    def __await__(self):
        return self
        yield
    def __str__(self):
        return 'stand'
    def __int__(self):
        return 1
    def __float__(self):
        return 1.0
    def __index__(self):
        return 1
    def __add__(self, other):
        return other if isinstance(other, (str, int, float)) else self
    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __mod__ = __add__
    def __lt__(self, other):
        return False
    __gt__ = __le__ = __ge__ = __lt__
    def __contains__(self, other):
        return False

if _windows:
    ctypes.windll = ctypes.oledll = Stand()
    ctypes.WinDLL = lambda *given, **more: Stand()

class _Absent(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith('__') and name.endswith('__'):
            raise AttributeError(name)
        made = _Kind(name, (Stand,), {})
        setattr(self, name, made)
        return made

_http = {'requests', 'httpx', 'urllib3', 'aiohttp', 'cloudscraper', 'curl_cffi'}

class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        top = name.split('.')[0]
        parent = sys.modules.get(name.rpartition('.')[0])
        if parent is not None and not getattr(parent, '_observe_stand', False):
            return None
        frame = sys._getframe(1)
        while frame and (
            'importlib' in frame.f_code.co_filename or frame.f_code.co_filename == __file__
        ):
            frame = frame.f_back
        if frame is None:
            return None
        file = frame.f_code.co_filename
        if file.startswith('/usr/lib') or (
            file.startswith('/opt/observe')
            and top not in ('setuptools', 'distutils', 'pkg_resources', 'wheel')
        ):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)
    def create_module(self, spec):
        top = spec.name.split('.')[0]
        if top in _http:
            import observe_http
            made = observe_http.module(spec.name)
        elif top in ('setuptools', 'distutils'):
            import observe_setup
            made = observe_setup.module(spec.name)
        elif _windows and top in ('winreg', 'win32com', 'winshell'):
            made = observe_windows.module(spec.name)
        else:
            made = _Absent(spec.name)
        made._observe_stand = True
        return made
    def exec_module(self, made):
        pass

if _windows:
    import observe_windows
if _own('OBSERVE_STANDS') == '1':
    sys.meta_path.append(_Finder())
`;

const start = String.raw`
import sys, os, time, re

_own = os.environ.get
_days = float(_own('OBSERVE_DAYS', '0') or 0)
_windows = _own('OBSERVE_WINDOWS') == '1'
_host = _own('HOSTNAME', 'ws')
_user = _own('USER', 'mara')
_busy = [False]
_seen = set()

def _report(kind, what):
    try:
        key = (kind, str(what)[:200])
        if key in _seen or len(_seen) > 100:
            return
        _seen.add(key)
        import json
        line = (json.dumps({'kind': kind, 'what': key[1]}) + '\n').encode()
        one = os.open('/observe/reports', os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(one, line)
        os.close(one)
    except Exception:
        pass

# The clock.
_shift = [_days * 86400]
_time, _sleep, _local, _gm, _strf, _ctime = (
    time.time,
    time.sleep,
    time.localtime,
    time.gmtime,
    time.strftime,
    time.ctime,
)
_slept = [0]
time.time = lambda: _time() + _shift[0]
time.time_ns = lambda: int(time.time() * 1e9)
time.localtime = lambda at=None: _local(time.time() if at is None else at)
time.gmtime = lambda at=None: _gm(time.time() if at is None else at)
time.strftime = lambda form, at=None: _strf(form, time.localtime() if at is None else at)
time.ctime = lambda at=None: _ctime(time.time() if at is None else at)

def _nap(seconds):
    _slept[0] += 1
    _shift[0] += float(seconds)
    _sleep(min(max(float(seconds), 0), 0.01 if _slept[0] < 400 else 0.2))

time.sleep = _nap
# Python's own datetime asks the clock of time; the one in C asks the kernel.
sys.modules['_datetime'] = None
import datetime

del sys.modules['_datetime']

# The host and its user.
import socket

socket.gethostname = lambda: _host
socket.getfqdn = lambda name='': _host
_uname = os.uname
os.uname = lambda: os.uname_result((_uname()[0], _host) + tuple(_uname()[2:]))
os.getlogin = lambda: _user

# Starts and escapes.
_mark = b'#observe-fetched' + b'-program'
_out = re.compile(
    r'^/proc/(?:1|[0-9]+|self/\.\.)/(?:root|mem|cwd)|docker\.sock$|containerd\.sock$|/release_agent$|^/proc/sys/kernel/core_pattern$|^/dev/(?:mem|kmem|sd|nvme)|^/proc/kcore$|^/sys/kernel/(?:uevent|debug)|kubernetes\.io/serviceaccount'
)

def _is_fetched(path):
    try:
        if not path or len(path) > 4000 or not os.path.isfile(path):
            return False
        one = os.open(path, os.O_RDONLY)
        try:
            return _mark in os.read(one, 300)
        finally:
            os.close(one)
    except Exception:
        return False

def _words(value):
    if value is None:
        return []
    if isinstance(value, bytes):
        value = value.decode('utf8', 'replace')
    if isinstance(value, str):
        return (
            [value]
            + re.findall(r'"([^"]+)"', value)
            + re.findall(r"'([^']+)'", value)
            + value.split()
        )[:60]
    try:
        return [
            word
            for part in value
            for word in _words(os.fspath(part) if not isinstance(part, (str, bytes)) else part)
        ][:120]
    except TypeError:
        return []

_starts = (
    'subprocess.Popen',
    'os.exec',
    'os.posix_spawn',
    'os.spawn',
    'os.system',
    'os.startfile',
    'ctypes.dlopen',
)

def _audit(event, given):
    if _busy[0]:
        return
    if event == 'open':
        path = given[0]
        if isinstance(path, (str, bytes)):
            if isinstance(path, bytes):
                path = path.decode('utf8', 'replace')
            if _out.search(path):
                _busy[0] = True
                _report('escape', 'opens ' + path)
                _busy[0] = False
    elif event in _starts:
        _busy[0] = True
        try:
            for word in _words(given[0]) + (_words(given[1]) if len(given) > 1 else []):
                if _is_fetched(word) or _is_fetched(word.lstrip('./')):
                    _report('fetched-started', 'a fetched program, by ' + event)
        finally:
            _busy[0] = False
    elif event == 'socket.connect':
        to = given[1]
        if isinstance(to, (str, bytes)) and _out.search(
            to if isinstance(to, str) else to.decode('utf8', 'replace')
        ):
            _report('escape', 'connects to ' + str(to))

sys.addaudithook(_audit)

if _windows:
    import subprocess, pathlib, shutil, tempfile, threading, ssl, urllib.request, platform, ctypes, getpass, glob, zipfile, asyncio, random, hashlib, base64, json, sqlite3, sysconfig
    sysconfig.get_config_vars()
    sys._vpath = ''
    sys.winver = '3.11'
    def _startfile(path, *more):
        sys.audit('os.startfile', path)
        try:
            subprocess.Popen(['/bin/sh', str(path)])
        except Exception:
            pass
    os.startfile = _startfile
    os.name = 'nt'
    sys.platform = 'win32'
    platform.system = lambda: 'Windows'
    platform.platform = lambda *a, **k: 'Windows-10-10.0.19045-SP0'
    platform.release = lambda: '10'
    platform.win32_ver = lambda *a, **k: ('10', '10.0.19045', 'SP0', 'Multiprocessor Free')
    ssl.enum_certificates = ssl.enum_crls = lambda store: []
    sys.getwindowsversion = lambda: type(
        'Version', (), dict(major=10, minor=0, build=19045, platform=2)
    )()
    for _name in (
        'CREATE_NO_WINDOW',
        'CREATE_NEW_CONSOLE',
        'DETACHED_PROCESS',
        'CREATE_NEW_PROCESS_GROUP',
        'SW_HIDE',
        'STARTF_USESHOWWINDOW',
    ):
        if not hasattr(subprocess, _name):
            setattr(subprocess, _name, 0)
    class _Startup:
        def __init__(self, **more):
            self.dwFlags = 0
            self.wShowWindow = 0
    subprocess.STARTUPINFO = _Startup
    _Popen = subprocess.Popen.__init__
    def _popen(self, args, *rest, **more):
        more.pop('creationflags', None)
        more.pop('startupinfo', None)
        return _Popen(self, args, *rest, **more)
    subprocess.Popen.__init__ = _popen
`;

/**
 * The text that every Python of a step loads first (`sitecustomize`). It jumps the clock, makes
 * sleeping short, shows the decoy host and user, puts stand-ins for packages that are not there,
 * and reports attempts to escape and starts of fetched programs. A submission can find all of it,
 * and the observer outside does not rest on it.
 */
export const pythonPreload: string = start + pythonStands;
