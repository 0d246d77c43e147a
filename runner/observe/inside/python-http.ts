/** `requests` and its like, on Python's own client. */
export const pythonHttp = String.raw`
import io, json as _json, sys, types, urllib.parse, urllib.request, ssl
from sitecustomize import Stand, _Absent

class Response:
    def __init__(self, status, url, headers, content):
        self.status_code = self.status = status
        self.url = url
        self.headers = headers
        self.content = content
        self.data = content
        self.ok = True
        self.reason = 'OK'
        self.encoding = 'utf-8'
        self.cookies = {}
        self.history = []
        self.is_success = True
        self.raw = io.BytesIO(content)
        self.elapsed = __import__('datetime').timedelta(seconds=0.1)
    @property
    def text(self):
        return self.content.decode('utf8', 'replace')
    def json(self, **more):
        return _json.loads(self.content)
    def raise_for_status(self):
        return self
    def iter_content(self, size=1024, **more):
        for at in range(0, len(self.content), size or 1024):
            yield self.content[at : at + (size or 1024)]
    iter_bytes = iter_content
    def iter_lines(self, **more):
        return iter(self.content.splitlines())
    def read(self, *size):
        return self.content
    def close(self):
        pass
    def release(self):
        pass
    def __enter__(self):
        return self
    def __exit__(self, *given):
        return False
    def __iter__(self):
        return self.iter_content()
    def __bool__(self):
        return True

class AsyncResponse(Response):
    async def text(self, *given):
        return self.content.decode('utf8', 'replace')
    async def json(self, **more):
        return _json.loads(self.content)
    async def read(self):
        return self.content

def request(
    method,
    url=None,
    *given,
    params=None,
    data=None,
    json=None,
    headers=None,
    files=None,
    content=None,
    body=None,
    fields=None,
    auth=None,
    cookies=None,
    **more
):
    url = str(url)
    if params:
        url += ('&' if '?' in url else '?') + (
            params if isinstance(params, str) else urllib.parse.urlencode(params, doseq=True)
        )
    body = body if body is not None else content
    heads = {str(k): str(v) for k, v in dict(headers or {}).items()}
    if json is not None:
        body = _json.dumps(json, default=str).encode()
        heads.setdefault('Content-Type', 'application/json')
    elif fields is not None:
        body = repr(fields).encode()
    elif data is not None:
        body = data
    if isinstance(body, (dict, list, tuple)):
        try:
            body = urllib.parse.urlencode(body, doseq=True).encode()
        except Exception:
            body = repr(body).encode()
    if hasattr(body, 'read'):
        body = body.read()
    if isinstance(body, str):
        body = body.encode()
    if files:
        parts = []
        for name, one in (files.items() if isinstance(files, dict) else files):
            for part in (one if isinstance(one, (tuple, list)) else [one]):
                part = part.read() if hasattr(part, 'read') else part
                parts.append(part if isinstance(part, bytes) else str(part).encode())
        body = (body or b'') + b'\r\n'.join(parts)
    if cookies:
        heads['Cookie'] = str(dict(cookies))
    if auth:
        heads['Authorization'] = (
            'Basic ' + __import__('base64').b64encode(':'.join(map(str, auth)).encode()).decode()
            if isinstance(auth, (tuple, list))
            else str(auth)
        )
    heads.setdefault('User-Agent', 'python-requests/2.32')
    asked = urllib.request.Request(url, data=body, headers=heads, method=str(method).upper())
    loose = ssl.create_default_context()
    loose.check_hostname = False
    loose.verify_mode = ssl.CERT_NONE
    with urllib.request.build_opener(
        urllib.request.ProxyHandler(), urllib.request.HTTPSHandler(context=loose)
    ).open(asked, timeout=5) as answer:
        return Response(answer.status, url, dict(answer.headers), answer.read())

def _verb(name):
    return lambda url, *given, **more: request(
        name,
        url,
        **(
            dict(data=given[0], **more)
            if given and name != 'GET'
            else dict(params=given[0], **more) if given else more
        )
    )

class Session:
    def __init__(self, *given, **more):
        self.headers = {}
        self.cookies = {}
        self.auth = None
        self.proxies = {}
        self.verify = True
        self._base = str(more.get('base_url') or '')
    def request(self, method, url=None, *given, **more):
        more['headers'] = {**self.headers, **(more.get('headers') or {})}
        return request(method, self._base + str(url), **more)
    urlopen = request
    def mount(self, *given):
        pass
    def close(self):
        pass
    def __enter__(self):
        return self
    def __exit__(self, *given):
        return False
    def __getattr__(self, name):
        if name in _verbs:
            return lambda url, *given, **more: self.request(
                name, url, **(dict(data=given[0], **more) if given else more)
            )
        raise AttributeError(name)

class _Waiting:
    def __init__(self, act):
        self.act = act
    def __await__(self):
        made = self.act()
        return made
        yield
    async def __aenter__(self):
        return self.act()
    async def __aexit__(self, *given):
        return False

class AsyncSession(Session):
    def request(self, method, url=None, *given, **more):
        def act():
            one = Session.request(self, method, url, **more)
            return (
                one if self._plain else AsyncResponse(one.status, one.url, one.headers, one.content)
            )
        return _Waiting(act)
    _plain = False
    async def __aenter__(self):
        return self
    async def __aexit__(self, *given):
        return False
    async def close(self):
        pass
    aclose = close

class PlainAsync(AsyncSession):
    _plain = True

_verbs = ('get', 'post', 'put', 'patch', 'delete', 'head', 'options')

def module(name):
    made = _Absent(name)
    for verb in _verbs:
        setattr(made, verb, _verb(verb.upper()))
    made.request = request
    made.Response = Response
    made.Session = made.session = made.Client = made.PoolManager = made.ProxyManager = (
        made.create_scraper
    ) = Session
    made.ClientSession = AsyncSession
    made.AsyncClient = PlainAsync
    made.exceptions = types.SimpleNamespace(
        **{
            one: Exception
            for one in 'RequestException ConnectionError Timeout HTTPError SSLError JSONDecodeError ProxyError ReadTimeout ConnectTimeout InsecureRequestWarning ChunkedEncodingError TooManyRedirects MissingSchema InvalidURL'.split()
        }
    )
    for (
        one
    ) in 'RequestException ConnectionError Timeout HTTPError RequestError TimeoutException ClientError ClientConnectorError HTTPStatusError ConnectError'.split():
        setattr(made, one, Exception)
    if 'exceptions' in name:
        for one, kind in vars(made.exceptions).items():
            setattr(made, one, kind)
    return made
`;

/** A setuptools that installs nothing: it starts what an installation would start. */
export const pythonSetup = String.raw`
import os, sys
from sitecustomize import Stand, _Absent

class Command:
    user_options = []
    description = ''
    def __init__(self, distribution=None, **more):
        self.distribution = distribution or Distribution()
        self.install_lib = self.install_scripts = self.install_dir = self.build_lib = (
            '/tmp/installed'
        )
        self.root = self.prefix = '/tmp/installed'
        self.user = False
        self.egg_path = self.egg_info = self.egg_base = '/tmp/installed'
    def initialize_options(self):
        pass
    def finalize_options(self):
        pass
    def ensure_finalized(self):
        pass
    def run(self):
        pass
    def do_egg_install(self):
        pass
    def run_command(self, name):
        pass
    def get_outputs(self, *given):
        return []
    def execute(self, act, given, *more, **even):
        return act(*given)
    def announce(self, *given, **more):
        pass
    def set_undefined_options(self, *given):
        pass
    def get_finalized_command(self, name, *more):
        return Command()
    def mkpath(self, path, *more):
        os.makedirs(path, exist_ok=True)
    def copy_file(self, *given, **more):
        return (given[0], False)
    def spawn(self, line, *more):
        __import__('subprocess').call(line)
    def build_extension(self, extension):
        pass
    def build_extensions(self):
        pass
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Stand()

class Distribution:
    def __init__(self, given=None):
        self.__dict__.update(given or {})
        self.metadata = Stand()
        self.cmdclass = dict((given or {}).get('cmdclass') or {})
        self.command_options = {}
    def get_command_obj(self, name, *more):
        return Command(self)
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Stand()
    def run_command(self, name):
        pass
    def has_ext_modules(self):
        return False

order = 'egg_info build_py build_ext build install_lib install_scripts install develop bdist_wheel sdist'.split()
wanted = None

def setup(**given):
    distribution = Distribution(given)
    classes = distribution.cmdclass
    # The file may have changed sys.argv, or give its words itself.
    words = [wanted]
    for some in (sys.orig_argv, sys.argv, given.get('script_args')):
        if isinstance(some, (list, tuple)):
            words += some
    for name in sorted(classes, key=lambda one: order.index(one) if one in order else 5):
        if ('install' not in words and name not in words) or name in (
            'test',
            'tests',
            'upload',
            'publish',
            'lint',
            'docs',
            'clean',
            'build_docs',
            'build_sphinx',
            'coverage',
        ):
            continue
        try:
            one = classes[name](distribution)
            for step in ('initialize_options', 'finalize_options', 'run'):
                getattr(one, step)()
        except Exception as cause:
            sys.stderr.write('setup: %s: %r\n' % (name, cause))
    return distribution

def find_packages(*given, **more):
    return []

def module(name):
    made = _Absent(name)
    made.setup = setup
    made.find_packages = made.find_namespace_packages = find_packages
    made.Command = Command
    made.Distribution = Distribution
    made.Extension = type(
        'Extension', (), {'__init__': lambda self, *given, **more: self.__dict__.update(more)}
    )
    for one in order + [
        'easy_install',
        'sdist',
        'test',
        'upload',
        'bdist_egg',
        'build_clib',
        'clean',
    ]:
        setattr(
            made,
            one,
            (
                type(one, (Command,), {})
                if name.endswith(one) or name.endswith('command')
                else made.__dict__.get(
                    one,
                    (
                        module_of(name + '.' + one)
                        if name in ('setuptools.command', 'distutils.command')
                        else Command
                    ),
                )
            ),
        )
    made.__version__ = '69.0.0'
    return made

def module_of(name):
    return Command
`;
