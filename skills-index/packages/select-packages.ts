/** Chooses the files of locked packages that one host needs. */
import { Problem, type Reason } from '../skill/problem.ts';
import { type HostPlatform, printPlatform } from './host-platform.ts';
import type { LockedFile, LockedPackage } from './locked-package.ts';
import { isMarked } from './python-marker.ts';
import { isPythonIn } from './python-version.ts';
import { wheelFit } from './wheel-tags.ts';

export interface SelectedPackage {
  readonly package: LockedPackage;
  readonly file: LockedFile;
}

/**
 * Chooses one file for each package that the host needs. A package whose marker or system excludes
 * the host is not needed.
 * @throws Problem `package-unsuitable` with a reason for each package without a file for this host
 */
export function selectPackages(
  packages: readonly LockedPackage[],
  host: HostPlatform,
): SelectedPackage[] {
  const reasons: Reason[] = [];
  const selected = packages.flatMap((one): SelectedPackage[] => {
    const answer = one.ecosystem === 'python' ? selectWheel(one, host) : selectTarball(one, host);
    if (answer === undefined) return [];
    if (typeof answer !== 'string') return [{ package: one, file: answer }];
    reasons.push({ message: `${one.name} ${one.version}: ${answer}` });
    return [];
  });
  const [first] = reasons;
  if (first === undefined) return selected;
  throw new Problem(
    'package-unsuitable',
    `Cannot use the packages on this host (${printPlatform(host)}): ${first.message}`,
    { reasons },
  );
}

/** Returns undefined for a package that the host does not need, and a text that says why not. */
function selectWheel(
  { files, marker, requiresPython }: LockedPackage,
  host: HostPlatform,
): LockedFile | string | undefined {
  const { python } = host;
  if (python === undefined) return 'this host has no python3';
  if (marker !== undefined && !isMarked(marker, host)) return undefined;
  if (requiresPython !== undefined && !isPythonIn(requiresPython, python.version))
    return `it needs Python ${requiresPython}`;
  let best: { readonly file: LockedFile; readonly fit: number } | undefined;
  for (const file of files) {
    const fit = wheelFit(file.name, host);
    if (fit !== undefined && fit > (best?.fit ?? -1)) best = { file, fit };
  }
  return best?.file ?? `the lock has wheels for ${tagsOf(files)} only`;
}

const shownTagsMax = 6;

function tagsOf(files: readonly LockedFile[]): string {
  const tags = [
    ...new Set(
      files.map(({ name }) =>
        name
          .replace(/\.whl$/, '')
          .split('-')
          .slice(-3)
          .join('-'),
      ),
    ),
  ];
  const more = tags.length - shownTagsMax;
  return `${tags.slice(0, shownTagsMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function selectTarball(
  { cpu, files, libc, optional, os }: LockedPackage,
  host: HostPlatform,
): LockedFile | string | undefined {
  const isFor =
    isListed(os, host.os) && isListed(cpu, host.cpu) && isListed(libc, host.libc?.name ?? '');
  if (!isFor)
    return optional === true
      ? undefined
      : `it is for ${[...(os ?? []), ...(cpu ?? []), ...(libc ?? [])].join(', ')} only`;
  return files[0] ?? 'the lock has no tarball';
}

// As npm reads these lists: `!win32` excludes, and any other entry allows.
function isListed(list: readonly string[] | undefined, own: string): boolean {
  if (list === undefined || list.length === 0 || list.includes('any')) return true;
  if (list.includes(`!${own}`)) return false;
  const wanted = list.filter((one) => !one.startsWith('!'));
  return wanted.length === 0 || wanted.includes(own);
}
