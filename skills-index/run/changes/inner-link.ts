/** Rewrites links that a run made with the paths of its sandbox. Pure. */

/**
 * Returns a link into the mount as a relative link, which leads to the same entry on the host. Any
 * other link is returned as it is.
 * @param target where the run saw the mount, such as `/workspace`
 * @param path the link's path below the mount
 */
export function relativeLink(link: string, target: string, path: string): string {
  if (link !== target && !link.startsWith(`${target}/`)) return link;
  const parts = link
    .slice(target.length)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  // Behind another link, `..` leads elsewhere.
  if (parts.includes('..')) return link;
  const up = path
    .split('/')
    .slice(1)
    .map(() => '..');
  return [...up, ...parts].join('/') || '.';
}
