/** The second part of the text that every Python loads first: packages that are not there. */
export const pythonStands = String.raw`
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
