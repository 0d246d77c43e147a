/** Writes pylock.toml (PEP 751) in one form, whichever tool chose the versions. */

import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import type { WheelOrigins } from '../../skills-index/packages/locks/lock-details.ts';

/**
 * @param origins where and when each file was seen, for reviewers and other tools; Skillgate
 * fetches by the file's name
 */
export function printPylock(packages: readonly LockedPackage[], origins: WheelOrigins): string {
  const sorted = [...packages].sort((a, b) =>
    `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1,
  );
  return [
    'lock-version = "1.0"\ncreated-by = "skillgate"\n',
    ...sorted.map((one) => packageText(one, origins)),
  ].join('\n');
}

function packageText(one: LockedPackage, origins: WheelOrigins): string {
  const members = {
    name: one.name,
    version: one.version,
    marker: one.marker,
    'requires-python': one.requiresPython,
  };
  const lines = Object.entries(members).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} = ${JSON.stringify(value)}`],
  );
  const wheels = one.files.map(({ name, hash, size }) => {
    const [algorithm = '', digits = ''] = hash.split(':');
    const { uploaded, url } = origins.get(name) ?? {};
    const parts = [
      `name = ${JSON.stringify(name)}`,
      ...(url === undefined ? [] : [`url = ${JSON.stringify(url)}`]),
      ...(uploaded === undefined ? [] : [`upload-time = ${uploaded}`]),
      ...(size === undefined ? [] : [`size = ${size}`]),
      `hashes = { ${algorithm} = "${digits}" }`,
    ];
    return `    { ${parts.join(', ')} },`;
  });
  return ['[[packages]]', ...lines, 'wheels = [', ...wheels, ']', ''].join('\n');
}
