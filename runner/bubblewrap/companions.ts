/** Folders and files of this host that a program reads besides the program's own file. */

const companions: Readonly<Record<string, string>> = {
  awk: '/usr/share/awk',
  file: '/usr/share/misc/magic.mgc',
  git: '/usr/lib/git-core',
  perl: '/usr/share/perl',
};

/** Returns what a sandbox shows beside a program, where that exists; libraries are always there. */
export function companionOf(program: string, path: string): string | undefined {
  return program === 'python3' ? `/usr/lib/${path.split('/').at(-1)}` : companions[program];
}
