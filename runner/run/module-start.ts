/**
 * Starts a Python module of a skill as `python3 -m` does in the skill's folder, but with Python's
 * own modules first: a `json.py` of the skill replaces no module of Python.
 */

// `-c` puts the working directory on Python's path, and `-m` would, too. The working directory is a
// person's folder: the text takes that folder from the path before the text imports anything that
// Python has not loaded yet. The path then has Python's own folders, the skill's root, and the
// folders of packages. A package can still come before a folder of the skill without `__init__.py`,
// so the text compares the found file with the approved file.
const starter = `
import sys, os
name, file = sys.argv[1:3]
root = file[: -len(name + '/.py')]
python = os.path.dirname(os.__file__)
own = [one for one in sys.path if one in (python, python + '/lib-dynload')]
sys.path[:] = own + [root] + [one for one in sys.path if one and one not in own]
sys.argv[1:3] = []
import importlib.util, runpy
try:
    found = importlib.util.find_spec(name)
except ModuleNotFoundError:
    found = None
if found is None or found.origin != file:
    other = 'nothing' if found is None else found.origin
    sys.exit(f'skillgate: cannot start the module {name}: Python finds {other}, not {file}')
runpy.run_module(name, run_name='__main__', alter_sys=True)
`;

/**
 * The arguments of `python3` before the arguments of the command.
 * @param file the path of the module's file in the sandbox
 */
export function moduleStart(module: string, file: string): readonly string[] {
  return ['-c', starter, module, file];
}
