/**
 * What a Windows host has besides other files: paths with drives and backslashes, the registry,
 * shortcuts, PowerShell. Only what leaves traces is made here; nothing else works.
 */

/** Loaded by every Python of a round that looks like Windows. */
export const pythonWindows = String.raw`
import builtins, glob, io, os, re, sqlite3, subprocess, sys, types
import observe_registry
from sitecustomize import Stand, _Absent

_home = os.path.expanduser('~')
_drive = re.compile(r'^[A-Za-z]:(?=[\\/]|$)')

def there(path):
    if isinstance(path, os.PathLike):
        text = os.fspath(path)
        return there(text) if isinstance(text, str) and '\\' in text else path
    if not isinstance(path, str) or ('\\' not in path and not _drive.match(path)):
        return path
    path = re.sub('/+', '/', path.replace('\\', '/'))
    if _drive.match(path):
        path = _drive.sub('', path) or '/'
    user = re.match(r'/Users/[^/]+(?=/|$)', path)
    if user:
        path = _home + path[user.end() :]
    elif path.startswith('/') and not path.startswith((_home, '/tmp', '/skills')):
        path = '/tmp/c' + path
    return _cased(path)

_list = os.listdir

def _cased(path):
    # Names have no case there.
    at = _home if path.startswith(_home + '/') else ''
    if at == '':
        return path
    for part in path[len(at) + 1 :].split('/'):
        try:
            names = _list(at)
        except OSError:
            names = []
        at += '/' + (
            part
            if part in names
            else next((one for one in names if one.lower() == part.lower()), part)
        )
    return at

# A walk over a drive comes to the home folder.
os.makedirs('/tmp/c/Users/' + os.environ.get('USERNAME', 'user'), exist_ok=True)

def _wrap(place, name, count=1):
    act = getattr(place, name, None)
    if act is None:
        return
    def wrapped(*given, **more):
        return act(*[there(one) for one in given[:count]], *given[count:], **more)
    wrapped.__name__ = name
    setattr(place, name, wrapped)

for _name in (
    'open mkdir listdir scandir stat lstat remove unlink rmdir chdir access utime chmod '
    'readlink'
).split():
    _wrap(os, _name)
for _name in 'rename replace symlink link'.split():
    _wrap(os, _name, 2)
for _name in 'basename dirname split normpath'.split():
    _wrap(os.path, _name)
_wrap(builtins, 'open')
_wrap(io, 'open')
_wrap(sqlite3, 'connect')
_wrap(os, 'startfile')
_wrap(glob, 'glob')
_wrap(glob, 'iglob')
_expand, _user = os.path.expandvars, os.path.expanduser

def _vars(path):
    return (
        re.sub(
            r'%([A-Za-z_]\w*)%',
            lambda one: os.environ.get(one[1], os.environ.get(one[1].upper(), one[0])),
            _expand(path),
        )
        if isinstance(path, str)
        else _expand(path)
    )

os.path.expandvars = _vars
os.path.expanduser = lambda path: _user(
    path.replace('\\', '/') if isinstance(path, str) and path.startswith('~\\') else path
)

# Names of variables have no case there.
_encode = os.environ.encodekey

def _variable(key):
    data = os.environ._data
    made = _encode(key)
    if made in data:
        return made
    return next((one for one in data if one.lower() == made.lower()), made)

os.environ.encodekey = _variable

# Names of programs have none either, and their folders are not here.
_programs = set(os.listdir('/opt/observe/bin'))

def _program(word):
    base = re.split(r'[\\/]', word)[-1].lower()
    isThere = '/' not in word or '\\' in word or _drive.match(word)
    return base if isThere and base in _programs else word

_first = re.compile(r'(^|[&|;(\n]|\s/[ck]\s|\bstart\s)(\s*["\x27]?)((?:[A-Za-z]:)?[\w./\\]+)', re.I)

def _line(text):
    text = _first.sub(lambda one: one[1] + one[2] + _program(one[3]), text)
    # A backslash is a letter like any other there.
    return re.sub(r'\\(?=[\w%.])', r'\\\\', text)

_system = os.system
os.system = lambda text: _system(_line(text) if isinstance(text, str) else text)
_before = subprocess.Popen.__init__

def _popen(self, args, *rest, **more):
    if isinstance(args, (list, tuple)):
        args = [there(one) if isinstance(one, str) and os.path.exists(one) else one for one in args]
        if args and isinstance(args[0], str):
            args[0] = _program(args[0])
            # The words behind cmd /c are a line again.
            if args[0] in ('cmd', 'cmd.exe'):
                args[2:] = [_line(one) if isinstance(one, str) else one for one in args[2:]]
    elif isinstance(args, str):
        args = there(args) if os.path.exists(args) else _line(args)
        # Without a shell a line is a whole line there, too.
        if len(rest) < 8 and re.split(r'\s', args.strip(' "'), 1)[0].strip('"') in _programs:
            more['shell'] = True
    return _before(self, args, *rest, **more)

subprocess.Popen.__init__ = _popen

class Key:
    def __init__(self, path):
        self.path = path
    def Close(self):
        pass
    def __enter__(self):
        return self
    def __exit__(self, *given):
        return False

def _key(above, path='', *more, **even):
    return Key((above.path if isinstance(above, Key) else str(above)) + '\\' + str(path or ''))

def _none(*given, **more):
    raise FileNotFoundError(2, 'The system cannot find the file specified')

def _registry(name):
    made = _Absent(name)
    for one in 'CURRENT_USER LOCAL_MACHINE CLASSES_ROOT USERS CURRENT_CONFIG'.split():
        setattr(made, 'HKEY_' + one, 'HKEY_' + one)
    for at, one in enumerate(
        'KEY_READ KEY_WRITE KEY_SET_VALUE KEY_ALL_ACCESS KEY_QUERY_VALUE KEY_WOW64_64KEY REG_SZ REG_EXPAND_SZ REG_DWORD REG_BINARY'.split()
    ):
        setattr(made, one, 1 << at)
    made.OpenKey = made.OpenKeyEx = made.CreateKey = made.CreateKeyEx = made.ConnectRegistry = _key
    made.ConnectRegistry = lambda computer, key: _key(key)
    made.SetValueEx = lambda key, name, reserved, kind, value: observe_registry.write(
        _key(key).path, name, value
    )
    made.SetValue = lambda key, name, kind, value: observe_registry.write(
        _key(key, name).path, '', value
    )
    made.QueryValueEx = made.QueryValue = made.DeleteValue = made.DeleteKey = made.EnumKey = (
        made.EnumValue
    ) = _none
    made.CloseKey = lambda key: None
    made.QueryInfoKey = lambda key: (0, 0, 0)
    return made

class Shortcut:
    def __init__(self, path):
        self.TargetPath = self.Targetpath = (
            'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
        )
        self.Arguments = ''
        self.__path = path
    def Save(self):
        with open(self.__path, 'w') as file:
            file.write(repr(vars(self)))
    save = Save
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Stand()

class Shell:
    def CreateShortcut(self, path):
        return Shortcut(path)
    CreateShortCut = CreateShortcut
    def RegWrite(self, path, value, *more):
        key, _, name = path.rpartition('\\')
        observe_registry.write(key, name, value)
    def Run(self, line, *more):
        return subprocess.call(line, shell=True)
    Exec = Run
    def SpecialFolders(self, name):
        return (
            os.path.join(
                os.environ['APPDATA'], 'Microsoft', 'Windows', 'Start Menu', 'Programs', 'Startup'
            )
            if name == 'Startup'
            else os.path.join(_home, name)
        )
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Stand()

def Dispatch(name, *more):
    return Shell() if 'shell' in str(name).lower() else Stand()

def module(name):
    if name == 'winreg':
        return _registry(name)
    made = _Absent(name)
    made.Dispatch = made.DispatchEx = made.EnsureDispatch = Dispatch
    made.startup = lambda *given: Shell().SpecialFolders('Startup')
    made.desktop = lambda *given: Shell().SpecialFolders('Desktop')
    return made
`;
