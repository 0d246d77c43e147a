/** Imports modules inside a step, and calls their functions with decoy arguments. */

/** The exit code of a step that had no time for all of its modules: EX_TEMPFAIL of sysexits.h. */
export const lateCode = 75;

export const pythonCall = String.raw`
import asyncio, importlib, importlib.util, inspect, json, os, re, runpy, signal, sys, threading, time, types

root, *names = sys.argv[1:]
deadline = time.monotonic() + float(os.environ.get('OBSERVE_SECONDS', '6'))
token = os.environ.get('OBSERVE_ARGUMENT', 'text')

class Late(BaseException):
    pass

def ring(*given):
    raise Late()

def decoy(name, note):
    name = name.lower()
    note = str(note).lower()
    if 'bool' in note:
        return True
    if 'int' in note or 'float' in note:
        return 1
    if any(
        one in name
        for one in (
            'token',
            'secret',
            'pass',
            'private',
            'api_key',
            'apikey',
            'mnemonic',
            'seed',
            'credential',
            'key',
            'auth',
            'session',
            'cookie',
        )
    ):
        return token
    if any(one in name for one in ('url', 'uri', 'link', 'endpoint', 'webhook')):
        return 'https://argument.example/path'
    if 'host' in name or 'domain' in name or 'server' in name:
        return 'argument.example'
    if any(one in name for one in ('path', 'file', 'dir', 'folder')):
        return '/tmp/notes.md'
    if (
        any(
            one in name
            for one in (
                'port',
                'count',
                'num',
                'size',
                'amount',
                'limit',
                'index',
                'timeout',
                'id',
                'n',
            )
        )
        and 'str' not in note
        and name
        in (
            'port',
            'count',
            'num',
            'size',
            'amount',
            'limit',
            'index',
            'timeout',
            'n',
            'i',
            'x',
            'y',
        )
    ):
        return 1
    if 'list' in note or 'sequence' in note or 'iter' in note:
        return ['text']
    if 'dict' in note or 'mapping' in note:
        return {'text': 'text'}
    if 'bytes' in note or name in ('data', 'payload', 'buffer') and 'str' not in note:
        return b'text'
    if 'callable' in note or name in ('callback', 'func', 'fn', 'f'):
        return lambda *given, **more: None
    return 'text'

def call(act):
    try:
        parameters = list(inspect.signature(act).parameters.values())
    except (TypeError, ValueError):
        return None
    given = [
        decoy(one.name, one.annotation)
        for one in parameters
        if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    named = {
        one.name: decoy(one.name, one.annotation)
        for one in parameters
        if one.default is one.empty and one.kind == one.KEYWORD_ONLY
    }
    made = None
    signal.setitimer(signal.ITIMER_REAL, min(1.2, max(0.05, deadline - time.monotonic())))
    try:
        made = act(*given, **named)
        if inspect.iscoroutine(made):
            made = asyncio.run(made)
        elif inspect.isgenerator(made):
            next(made, None)
    except BaseException as cause:
        if os.environ.get('OBSERVE_LOUD'):
            sys.stderr.write('%s: %r\n' % (getattr(act, '__name__', act), cause))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return made

skipped = ('main_loop', 'exit', 'quit', 'breakpoint', 'input')

def visit(module):
    count = 0
    for name, one in list(vars(module).items()):
        if time.monotonic() > deadline or count > 60:
            return
        if (
            getattr(one, '__module__', None) != getattr(module, '__name__', '')
            or name in skipped
            or name.startswith('__')
        ):
            continue
        if inspect.isclass(one):
            count += 1
            made = call(one)
            if made is None:
                continue
            for part, act in list(vars(one).items()):
                if (
                    part.startswith('__')
                    or not callable(getattr(made, part, None))
                    or time.monotonic() > deadline
                    or count > 60
                ):
                    continue
                count += 1
                call(getattr(made, part))
        elif inspect.isfunction(one):
            count += 1
            call(one)

def load(path):
    # A folder whose name nobody can import.
    isPackage = path.endswith('/__init__.py')
    above = os.path.dirname(path)
    name = re.sub(r'\W', '_', os.path.basename(above if isPackage else path))
    spec = importlib.util.spec_from_file_location(
        name, path, submodule_search_locations=[above] if isPackage else None
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module

def start(name):
    # As python -m starts a package, and as python starts a folder that is none.
    if name.endswith('.__main__'):
        made = runpy.run_module(name, run_name='__main__', alter_sys=True)
    else:
        made = runpy.run_path(
            os.path.join(root, '__main__.py') if name == '__main__' else name, run_name='__main__'
        )
    return types.SimpleNamespace(**made)

def act(name):
    signal.signal(signal.SIGALRM, ring)
    sys.path.insert(0, root)
    os.chdir(root)
    sys.argv = [name]
    signal.setitimer(signal.ITIMER_REAL, max(0.1, min(4, deadline - time.monotonic())))
    try:
        if name == '__main__' or name.endswith(('.__main__', '/__main__.py')):
            module = start(name)
        elif '/' in name:
            module = load(name)
        else:
            module = importlib.import_module(name)
    except Late:
        sys.exit(${lateCode})
    except BaseException as cause:
        sys.stderr.write('import %s: %r\n' % (name, cause))
        return
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if os.environ.get('OBSERVE_CALLS') == '1':
        visit(module)
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join(0.4)

def finished(child):
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended != 0:
            return os.waitstatus_to_exitcode(status) != ${lateCode}
        if time.monotonic() > deadline + 1:
            os.kill(child, signal.SIGKILL)
            return False
        time.sleep(0.01)

whole = True
for name in names:
    if time.monotonic() > deadline:
        whole = False
        break
    child = os.fork()
    if child == 0:
        sys.stdin = open(os.devnull)
        act(name)
        sys.exit(0)
    whole = finished(child) and whole
# Functions are called as far as the time goes. A module that nobody imported may be the attack.
if not whole and os.environ.get('OBSERVE_CALLS') != '1':
    sys.exit(${lateCode})
`;
