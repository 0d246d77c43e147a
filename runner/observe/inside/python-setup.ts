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
