/** What this host offers to packages: its system, its C library and its interpreter of Python. */

import { execFileSync } from 'node:child_process';
import * as v from 'valibot';
import type { HostPlatform, PythonFacts } from '../../skills-index/packages/python-marker.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

/** Milliseconds in which the interpreter says its version. */
const pythonMillisMax = 10_000;

// The interpreter of the system, isolated: no variables, no user folder and no site-packages.
const script = `import json, sys
print(json.dumps({
  "version": "%d.%d.%d" % sys.version_info[:3],
  "implementation": sys.implementation.name,
  "cacheTag": sys.implementation.cache_tag or "",
  "modules": sorted(getattr(sys, "stdlib_module_names", sys.builtin_module_names)),
}))`;
const shape = v.object({
  version: v.pipe(v.string(), v.regex(/^3\.\d{1,3}\.\d{1,3}$/)),
  implementation: v.pipe(v.string(), v.regex(/^[a-z]{1,20}$/)),
  cacheTag: v.pipe(v.string(), v.regex(/^[a-z]{1,20}-\d{1,5}$/)),
  modules: v.array(v.string()),
});

/** @param python the interpreter that sandboxes get */
export function readPlatform(python: string | undefined): HostPlatform {
  const libc = readLibc();
  return {
    os: process.platform,
    cpu: process.arch,
    ...(libc === undefined ? {} : { libc }),
    ...(python === undefined ? {} : { python: readPython(python) }),
  };
}

function readPython(python: string): PythonFacts {
  try {
    const text = execFileSync(python, ['-I', '-S', '-B', '-c', script], {
      env: {},
      encoding: 'utf8',
      timeout: pythonMillisMax,
    });
    return v.parse(shape, JSON.parse(text));
  } catch (cause) {
    throw new Problem(
      'package-unsuitable',
      `Cannot use packages of Python: ${python} does not say its version`,
      { cause },
    );
  }
}

function readLibc(): HostPlatform['libc'] {
  if (process.platform !== 'linux') return undefined;
  // Without this, the report looks up the names of open connections.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const glibc = report.header?.glibcVersionRuntime;
  return glibc === undefined ? { name: 'musl', version: '1.2' } : { name: 'glibc', version: glibc };
}
