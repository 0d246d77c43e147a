/**
 * Keeps pip and npm from starting programs while they choose versions. A package may name a
 * dependency by an address: pip would build it, and npm would install it in a process of its own.
 * Both start a program for that, and neither runs code of a package in its own process. uv refuses
 * such a dependency by itself.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import { toolMessageCharsMax } from '../limits.ts';
import type { ToolEnd } from './tool.ts';

const refusal = 'skillgate lets no program start here:';

/** Runs the pip of the first argument, or the interpreter's own pip. An audit hook cannot go. */
export const pythonWithoutPrograms = `import os, re, runpy, sys

starts = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile",
          "os.system", "pty.spawn", "subprocess.Popen"}

# packaging asks the loader of musl for its version, by a start without arguments.
loader = re.compile(r"/lib/ld-musl-[a-z0-9_]+[.]so[.]1")

def refuse(event, args):
    if event == "subprocess.Popen" and len(args[1]) == 1 and loader.fullmatch(str(args[1][0])):
        return
    if event in starts:
        raise PermissionError("${refusal} %s" % (args[1:2] or args,))

runner = sys.argv.pop(1)
sys.addaudithook(refuse)
if os.path.exists(runner):
    runpy.run_path(runner, run_name="__main__")
else:
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
`;

/** A module that Node loads before npm. */
export const nodeWithoutPrograms = `const child = require('node:child_process');
const refuse = (program, args) => {
  throw new Error('${refusal} ' + [program].concat(Array.isArray(args) ? args : []).join(' '));
};
for (const name of ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'])
  child[name] = refuse;
child.ChildProcess.prototype.spawn = ({ args, file }) => refuse(file, args);
require('node:module').syncBuiltinESMExports();
`;

/**
 * Requires that no package sent the tool to an address.
 * @throws Problem `package-unsafe`
 */
export function requireNoProgram(tool: 'pip' | 'npm', { stderr, stdout }: ToolEnd): void {
  const said = tool === 'npm' ? stderr : '';
  const refused =
    /Refusing to fetch "([^"]*)"/.exec(said)?.[1] ??
    /Fetching packages of type "\w+"/.exec(said)?.[0];
  if (refused !== undefined) throw addressed(tool, refused);
  // Node prints the line of the guard before it prints the error.
  const at = stderr.lastIndexOf(refusal);
  if (at < 0) return;
  // pip names the package before it starts a program for the package.
  const named = stdout
    .match(/^\s*(?:Collecting|Processing) .+$/gm)
    ?.at(-1)
    ?.trim();
  const wanted = stderr.slice(at + refusal.length).split('\n')[0] ?? '';
  throw addressed(tool, tool === 'pip' && named !== undefined ? named : wanted.trim());
}

/** A package that names a dependency by an address. */
export function addressed(tool: string, what: string): Problem {
  return new Problem(
    'package-unsafe',
    `Cannot lock: a package names a dependency by an address, which may lead anywhere. ${tool} stopped at: ${what.slice(0, toolMessageCharsMax)}`,
    {
      hint: 'Require another version, or remove the package from "requires" in skill.json. An index of your own may carry the dependency as a wheel or a tarball.',
    },
  );
}
