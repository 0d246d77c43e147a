/** Installs a package inside a step as pip would, without a network. */
export const pythonInstall = String.raw`
import builtins, os, re, runpy, select, sys, time
import observe_setup

slow = []

def wait(child, seconds):
    until = time.monotonic() + seconds
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            slow.append(child)
            return
        select.select([], [], [], 0.01)

def setup(line):
    sys.argv = ['setup.py'] + line.split()
    # A file that changes sys.argv changes what an installer wants as little.
    observe_setup.wanted = line.split()[0]
    # In a program, as in no module, the name is the module of builtins itself.
    try:
        runpy.run_path('setup.py', {'__builtins__': builtins}, '__main__')
    except SystemExit:
        pass
    except BaseException as cause:
        sys.stderr.write('setup: %r\n' % (cause,))

given = [one for one in sys.argv[1:] if not one.startswith('-')]
for place in given or ['.']:
    place = os.path.abspath(place)
    if not os.path.isdir(place):
        continue
    os.chdir(place)
    sys.path.insert(0, place)
    project = ''
    try:
        project = open('pyproject.toml', encoding='utf8', errors='replace').read()
    except OSError:
        pass
    backend = re.search(r'build-backend\s*=\s*["\x27]([\w.:]+)', project)
    above = re.search(r'backend-path\s*=\s*\[\s*["\x27]([^"\x27]+)', project)
    if backend and above:
        sys.path.insert(0, os.path.join(place, above.group(1)))
        try:
            import importlib
            made = importlib.import_module(backend.group(1).split(':')[0])
            for name in (
                'get_requires_for_build_wheel',
                'prepare_metadata_for_build_wheel',
                'build_wheel',
            ):
                if hasattr(made, name):
                    getattr(made, name)(*([] if name.startswith('get_') else ['/tmp']))
        except BaseException as cause:
            sys.stderr.write('build: %r\n' % (cause,))
    if os.path.exists('setup.py'):
        # Each version of pip starts setup.py with other words, and more than once.
        for line in (
            'install',
            'egg_info --egg-base /tmp',
            'bdist_wheel -d /tmp',
            'develop --no-deps',
        ):
            child = os.fork()
            if child == 0:
                setup(line)
                sys.exit(0)
            # A word that takes long must not hide the next one.
            wait(child, 1)
    if os.environ.get('OBSERVE_PTH') != '0':
        for folder, _, names in os.walk(place):
            for name in names:
                if name.endswith('.pth'):
                    try:
                        for line in open(
                            os.path.join(folder, name), encoding='utf8', errors='replace'
                        ):
                            if line.startswith(('import ', 'import\t')):
                                exec(line, {})
                    except BaseException as cause:
                        sys.stderr.write('path file: %r\n' % (cause,))
    sys.path.remove(place)
# The time of the step ends what never ends, and the step counts as late.
for child in slow:
    os.waitpid(child, 0)
print('Successfully installed')
`;
