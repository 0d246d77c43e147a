/** The registry of Windows as files below the home folder, one for each value that was written. */
export const pythonRegistry = String.raw`
import hashlib, os, pwd, re

# A submission can change HOME.
home = pwd.getpwuid(os.getuid()).pw_dir

def short(part):
    data = part.encode('utf8', 'replace')
    if len(data) <= 200:
        return data.decode()
    return data[:100].decode('utf8', 'ignore') + '~' + hashlib.sha256(data).hexdigest()[:16]

def write(key, name, value):
    parts = [short(one) for one in re.split(r'[\\/]', key) if one not in ('', '.', '..')]
    if len(parts) > 12:
        parts = parts[:12] + [hashlib.sha256(repr(parts).encode()).hexdigest()[:16]]
    # No key ends so: a value with the name of a key would take its place.
    name = short(re.sub(r'[\\/]', '_', str(name or '(default)'))) + '='
    folder = os.path.join(home, '.observed-registry', *parts)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), 'w', encoding='utf8', errors='replace') as file:
        file.write(str(value))
`;
