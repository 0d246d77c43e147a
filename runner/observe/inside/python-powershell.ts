/** PowerShell and its neighbours: asks the addresses of a line, and starts what the line starts. */
export const pythonPowershell = String.raw`
import base64, os, re, subprocess, sys, urllib.request
import observe_registry

name, *words = sys.argv[1:]
text = ' '.join(words)
if not words and not sys.stdin.isatty():
    text = sys.stdin.read(65536)
for word in words:
    if word.lower().endswith('.ps1') and os.path.isfile(word):
        text += '\n' + open(word, encoding='utf8', errors='replace').read(65536)
coded = re.search(r'(?i)(?:^|\s)[-/]e[a-z]*\s+([A-Za-z0-9+/=]{16,})', text)
if coded:
    try:
        text = base64.b64decode(coded[1] + '===').decode('utf-16-le', 'replace')
    except ValueError:
        pass
text = re.sub(
    r'(?i)\$(?:\{env:(\w+)\}|env:(\w+))|%(\w+)%',
    lambda one: os.environ.get((one[1] or one[2] or one[3]).upper(), one[0]),
    text,
)
home = observe_registry.home

def place(path):
    path = re.sub(r'^[A-Za-z]:', '', path.strip('\'"').replace('\\', '/'))
    path = re.sub(r'^/Users/[^/]+(?=/|$)', home, path)
    return (
        path
        if path.startswith((home, '/tmp', '/skills')) or not path.startswith('/')
        else '/tmp/c' + path
    )

def keep(path, data):
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(data)
    except OSError:
        pass

if name.startswith(('reg', 'schtasks')):
    flags = dict((words[at].lower(), words[at + 1]) for at in range(len(words) - 1))
    if name.startswith('reg') and len(words) > 1 and words[0].lower() == 'add':
        observe_registry.write(words[1], flags.get('/v', ''), flags.get('/d', ''))
    if name.startswith('schtasks') and '/create' in [one.lower() for one in words]:
        keep(
            os.path.join(home, '.observed-crontab', re.sub(r'\W', '_', flags.get('/tn', 'task'))),
            text.encode(),
        )
    sys.exit(0)
given = b''
for at, found in enumerate(re.finditer(r'https?://[^\s\'"\x60;,)<>|]+', text)):
    if at > 8:
        break
    try:
        given = urllib.request.urlopen(
            urllib.request.Request(found[0], headers={'User-Agent': 'WindowsPowerShell/5.1'}),
            timeout=3,
        ).read(1 << 20)
    except Exception:
        continue
    to = re.search(
        r'(?i)-(?:outfile|o|destination)\s+("[^"]+"|\'[^\']+\'|[^\s;|]+)', text
    ) or re.match(r'[\'"]?\s*,?\s*("[^"]+"|\'[^\']+\'|[^\s;|()&]+)', text[found.end() :])
    if to:
        keep(place(to[1]), given)
if re.search(r'(?i)\b(?:iex|invoke-expression)\b', text) and given:
    subprocess.run(['/bin/sh'], input=given, timeout=3)
for found in re.finditer(
    r'(?i)(?:start-process|\bstart|&)\s+(?:-filepath\s+)?("[^"]+"|\'[^\']+\'|[^\s;|]+)', text
):
    if os.path.isfile(place(found[1])):
        subprocess.run(['/bin/sh', place(found[1])], timeout=3)
`;
