/** What packages have to fit: the interpreter of Python on a host, and the host's system. */

export interface HostPlatform {
  /** As Node names it: `linux`. */
  readonly os: string;
  /** As Node names it: `x64`, `arm64`. */
  readonly cpu: string;
  /** The C library; absent where wheels and npm packages name none. */
  readonly libc?: { readonly name: 'glibc' | 'musl'; readonly version: string };
  /** The interpreter; absent where the host has no python3. */
  readonly python?: PythonFacts;
}

export interface PythonFacts {
  /** `3.11.2` */
  readonly version: string;
  /** `cpython` */
  readonly implementation: string;
  /** `cpython-311`, as the names of byte code have it. */
  readonly cacheTag: string;
  /** The names of the standard library's top modules. */
  readonly modules: readonly string[];
}

/** The platform in a few words: `CPython 3.11.2, linux x64, glibc 2.36`. */
export function printPlatform({ cpu, libc, os, python }: HostPlatform): string {
  const name = python?.implementation === 'cpython' ? 'CPython' : python?.implementation;
  return [
    ...(python === undefined ? [] : [`${name} ${python.version}`]),
    `${os} ${cpu}`,
    ...(libc === undefined ? [] : [`${libc.name} ${libc.version}`]),
  ].join(', ');
}
