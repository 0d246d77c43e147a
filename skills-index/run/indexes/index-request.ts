/** The requests that a package index's own protocol has: metadata of a package, and its files. */
import { parseWheelName } from '../../packages/wheel-name.ts';
import type { Ecosystem } from '../../skill/ecosystem.ts';
import { isPackageName, normalPackageName } from '../../skill/ecosystem.ts';

/** The host of the Python index that has the files of PyPI and of most of its mirrors. */
export const pythonFilesHost = 'files.pythonhosted.org';

/** The name under which a session reaches an index that has no host name of its own. */
export function indexHost(ecosystem: Ecosystem): string {
  return `${ecosystem}.index.skillgate.internal`;
}

/** A request to an index. The name is in its normal form. */
export interface IndexRequest {
  readonly kind: 'metadata' | 'file';
  readonly name: string;
}

/**
 * Parses a path. Undefined for every path that is not one of the protocol: searches, accounts,
 * uploads, lists of all packages.
 * @param base the path of the index's address, without a slash at its end
 */
export function parseIndexRequest(
  ecosystem: Ecosystem,
  base: string,
  path: string,
): IndexRequest | undefined {
  const isBelow = path.startsWith(`${base}/`);
  const below = path.slice(base.length + 1);
  return ecosystem === 'npm'
    ? isBelow
      ? npmRequest(below)
      : undefined
    : ((isBelow ? pythonMetadata(below) : undefined) ?? pythonFile(path));
}

// Old packages have names with capital letters, such as JSONStream.
const npmPath =
  /^((?:@[A-Za-z0-9~-][\w.~-]{0,99}\/)?[A-Za-z0-9~-][\w.~-]{0,213})(?:\/-\/([\w.~+-]+\.tgz))?$/;

function npmRequest(below: string): IndexRequest | undefined {
  const [, name, file] = npmPath.exec(below) ?? [];
  if (name === undefined || name.startsWith('-')) return undefined;
  return { kind: file === undefined ? 'metadata' : 'file', name };
}

function pythonMetadata(below: string): IndexRequest | undefined {
  const name = below.replace(/\/$/, '');
  return isPackageName('python', name) && !/\.(whl|gz|zip|metadata)$/.test(name)
    ? { kind: 'metadata', name: normalPackageName('python', name) }
    : undefined;
}

function pythonFile(path: string): IndexRequest | undefined {
  const wheel = parseWheelName(fileNameOf(path).replace(/\.metadata$/, ''));
  return wheel === undefined ? undefined : { kind: 'file', name: wheel.name };
}

/** The name of the file at a path. Indexes encode the `+` and `!` of versions, or do not. */
export function fileNameOf(path: string): string {
  const last = path.split('/').at(-1) ?? '';
  return last.replaceAll(/%2b/gi, '+').replaceAll('%21', '!');
}
