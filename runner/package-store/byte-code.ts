/**
 * Byte code of stored Python packages, so that no start compiles again. The interpreter of the host
 * compiles in a sandbox of its own, where it sees the packages and nothing else. Compiling runs no
 * code of a package.
 */
import { basename, dirname, join } from 'node:path';
import { runSizes } from '../../skills-index/run/limits.ts';
import { withRunFolder } from '../run/run-folder.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import {
  byteCodeBytesMax,
  compileMemoryMiB,
  compileProcessesMax,
  compileSecondsMax,
} from './limits.ts';
import { readWhole, type StoredPackage, storeFiles, storeFolder } from './store.ts';

/** A stored package without byte code, with the folder for its byte code. */
export interface Uncompiled {
  readonly folder: string;
  readonly stored: StoredPackage;
}

export interface Compiler {
  readonly data: string;
  readonly sandbox: Sandbox;
  /** The path of the interpreter, and the name that it gives to its byte code. */
  readonly python: string;
  readonly cacheTag: string;
}

// Writes a line and the bytes for each module: the length of the path, the length of the bytes.
// Python does not compare byte code of this form with its source (PEP 552): the runner verifies
// both.
const script = `import importlib.util, os, sys
from importlib._bootstrap_external import _code_to_hash_pyc
root, out = "/packages/in", sys.stdout.buffer
for folder, _, names in os.walk(root):
    for name in sorted(names):
        if not name.endswith(".py"):
            continue
        path = os.path.relpath(os.path.join(folder, name), root)
        try:
            with open(os.path.join(root, path), "rb") as file:
                source = file.read()
            code = compile(source, "/packages/python/" + path, "exec", dont_inherit=True)
            data = _code_to_hash_pyc(code, importlib.util.source_hash(source), False)
        except (Exception, RecursionError, MemoryError):
            continue
        line = os.fsencode(path)
        out.write(b"%d %d\\n" % (len(line), len(data)) + line + data)
out.flush()
`;

/** The folder for the byte code of a stored package, by the interpreter that made the byte code. */
export function byteCodeFolder(data: string, storedName: string, cacheTag: string): string {
  return join(storeFolder(data), 'byte-code', cacheTag, storedName);
}

/** The path of the byte code of a module. */
function byteCodePath(path: string, cacheTag: string): string {
  return join(dirname(path), '__pycache__', `${basename(path, '.py')}.${cacheTag}.pyc`);
}

/**
 * Compiles the packages that have no byte code yet, and stores the byte code.
 * @throws Problem `sandbox-missing`, `sandbox-refused`, `packages-full`
 */
export async function compilePackages(
  compiler: Compiler,
  packages: readonly Uncompiled[],
): Promise<void> {
  const target = ({ folder }: Uncompiled): string =>
    byteCodeFolder(compiler.data, basename(folder), compiler.cacheTag);
  const wanted = packages.filter((one) => readWhole(target(one)) === undefined);
  if (wanted.length === 0) return;
  // A package that ends the interpreter, or takes it over, must not decide on the byte code of
  // another package, which other skills use. So each package gets a sandbox of its own.
  for (const one of wanted) {
    const output = await withRunFolder((runFolder) => runCompiler(compiler, one, runFolder));
    const files = [...parseOutput(output, one)].map(([path, bytes]) => ({
      path: byteCodePath(path, compiler.cacheTag),
      size: bytes.length,
      isExecutable: false,
      read: () => bytes,
    }));
    storeFiles(compiler.data, target(one), one.stored, files);
  }
}

async function runCompiler(
  { python, sandbox }: Compiler,
  { folder }: Uncompiled,
  runFolder: string,
): Promise<Buffer> {
  const nobody = 65_534;
  const isRoot = process.getuid?.() === 0;
  const running = await sandbox.start({
    plan: {
      limits: {
        seconds: compileSecondsMax,
        memoryMiB: compileMemoryMiB,
        outputBytes: byteCodeBytesMax,
        processes: compileProcessesMax,
        ...runSizes,
      },
      mounts: [],
      programs: [{ program: 'python3', path: python }],
      workingDirectory: '/tmp',
      uid: isRoot ? nobody : (process.getuid?.() ?? nobody),
      gid: isRoot ? nobody : (process.getgid?.() ?? nobody),
    },
    files: [{ path: '/packages/compile.py', mode: '444', bytes: Buffer.from(script) }],
    folders: [{ path: join(folder, 'files'), target: '/packages/in' }],
    command: ['/usr/bin/python3', '-I', '-S', '-B', '-W', 'ignore', '/packages/compile.py'],
    env: { PATH: '/usr/bin', LANG: 'C.UTF-8' },
    pins: new Map(),
    runFolder,
  });
  const late = setTimeout(() => running.kill(), compileSecondsMax * 1000);
  const chunks: Buffer[] = [];
  let bytes = 0;
  running.stdin.end();
  running.stderr.resume();
  running.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > byteCodeBytesMax) running.kill();
    else chunks.push(chunk);
  });
  try {
    await running.ended;
  } finally {
    clearTimeout(late);
  }
  return Buffer.concat(chunks);
}

// The output is a hostile package's word, should a package take over the interpreter. So a package
// can get byte code for its own modules only. A cut line ends the list.
function parseOutput(output: Buffer, { stored }: Uncompiled): Map<string, Buffer> {
  const made = new Map<string, Buffer>();
  const modules = new Set(
    stored.files.map(({ path }) => path).filter((path) => /\.py$/.test(path)),
  );
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const line = output.toString('latin1', at, end < 0 ? at : Math.min(end, at + 40));
    const [, pathBytes = '', dataBytes = ''] = /^(\d{1,5}) (\d{1,9})$/.exec(line) ?? [];
    const begin = end + 1 + Number(pathBytes);
    const next = begin + Number(dataBytes);
    const path = output.toString('utf8', end + 1, begin);
    if (dataBytes === '' || next > output.length || !modules.has(path)) break;
    made.set(path, output.subarray(begin, next));
    at = next;
  }
  return made;
}
