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
