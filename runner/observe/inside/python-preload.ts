import { pythonStands } from './python-stands.ts';

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
