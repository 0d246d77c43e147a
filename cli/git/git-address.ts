/**
 * Addresses of git repositories, as people copy them: pages of GitHub and GitLab, addresses for
 * `git clone`, and repositories on this machine.
 */
import { pathToFileURL } from 'node:url';
import { Problem } from '../../skills-index/skill/problem.ts';

export interface GitAddress {
  /** For git. */
  readonly url: string;
  /** The one protocol that git may use. */
  readonly protocol: 'https' | 'ssh' | 'file';
  /** Branch, tag or commit after the `#`. */
  readonly ref?: string;
  /**
   * Branch or tag, and perhaps a folder, of a page’s address: only the list of refs tells where the
   * name of the branch ends.
   */
  readonly refAndFolder?: string;
}

/**
 * Parses an address.
 * @returns undefined for a text that is no address: the path of a folder
 * @throws Problem `git-address-invalid` for an address that git must not get
 */
export function parseGitAddress(text: string): GitAddress | undefined {
  const hash = text.indexOf('#');
  const address = hash < 0 ? text : text.slice(0, hash);
  const ref = hash < 0 ? undefined : text.slice(hash + 1);
  if (ref === '') throw invalid(text, 'nothing stands behind the #');
  const given = ref === undefined ? {} : { ref };
  const [, user, host, path] = /^([\w.-]+)@([\w.-]+):(?!\/\/)(.+)$/.exec(address) ?? [];
  if (user !== undefined && host !== undefined && path !== undefined)
    return { ...sshAddress(text, URL.parse(`ssh://${user}@${host}/${path}`)), ...given };
  const [, scheme] = /^([a-z][a-z0-9+.-]*):(?=:|\/\/)/i.exec(address) ?? [];
  if (scheme === undefined) return undefined;
  const url = URL.parse(address);
  if (url?.protocol === 'https:') return { ...webAddress(text, url), ...given };
  if (url?.protocol === 'ssh:') return { ...sshAddress(text, url), ...given };
  if (url?.protocol === 'file:' && url.host === '')
    return { url: url.href, protocol: 'file', ...given };
  throw invalid(
    text,
    `git fetches by https, ssh and from folders of this machine, and not by ${JSON.stringify(scheme)}`,
  );
}

/** The address of a repository’s folder on this machine. */
export function folderAddress(path: string, ref?: string): GitAddress {
  const url = pathToFileURL(path).href;
  return { url, protocol: 'file', ...(ref === undefined ? {} : { ref }) };
}

function sshAddress(text: string, url: URL | null): GitAddress {
  if (url === null) throw invalid(text, 'it names no host');
  if (url.password !== '') throw invalid(text, 'it has a password');
  requirePlain(text, url);
  // ssh and git would read a name that begins with - as an option.
  if (url.hostname.startsWith('-') || url.username.startsWith('-'))
    throw invalid(text, 'a name begins with -');
  url.search = '';
  return { url: url.href, protocol: 'ssh' };
}

function webAddress(text: string, url: URL): GitAddress {
  if (url.username !== '' || url.password !== '')
    throw invalid(
      text,
      'it has a user name, which other users of this machine would see; use an ssh address, or a clone of the repository',
    );
  requirePlain(text, url);
  const path = decoded(text, url.pathname).replace(/\/+$/, '');
  const page = pageOf(url.host, path);
  const repository = (page?.repository ?? path).replace(/\.git$/, '');
  const made = new URL(url.origin);
  made.pathname = repository;
  const { rest } = page ?? {};
  return {
    url: made.href,
    protocol: 'https',
    ...(rest === undefined ? {} : { refAndFolder: rest }),
  };
}

// GitLab separates its own pages by `/-/` on every host. On GitHub, the repository is the first two
// names of the path.
function pageOf(
  host: string,
  path: string,
): { readonly repository: string; readonly rest?: string } | undefined {
  const [, gitlab, gitlabRest] = /^(\/.+?)\/-\/(?:tree|blob)\/(.+)$/.exec(path) ?? [];
  if (gitlab !== undefined && gitlabRest !== undefined)
    return { repository: gitlab, rest: gitlabRest };
  if (!/^(www\.)?github\.com$/.test(host)) return undefined;
  const [, repository, rest] = /^(\/[^/]+\/[^/]+)(?:\/(?:tree|blob)\/(.+))?$/.exec(path) ?? [];
  if (repository === undefined) return undefined;
  return rest === undefined ? { repository } : { repository, rest };
}

function requirePlain(text: string, { pathname }: URL): void {
  const path = decoded(text, pathname);
  if (path.length < 2 || /[\u0000-\u0020\u007f]/.test(path) || path.includes('//'))
    throw invalid(text, 'its path names no repository');
}

function decoded(text: string, path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid(text, 'its path is not UTF-8');
  }
}

function invalid(text: string, why: string): Problem {
  return new Problem('git-address-invalid', `Cannot use ${JSON.stringify(text)}: ${why}`);
}
