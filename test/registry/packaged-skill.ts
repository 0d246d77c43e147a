/** Skills that lock packages, and looks at the packages. */
import { parsePackageLock } from '../../skills-index/packages/locks/package-lock.ts';
import type { PackageReport } from '../../skills-index/packages/package-report.ts';
import { lockedEntries } from '../../skills-index/packages/require-locked.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { type Answer, call, makeSkill, type Send, type Skill } from './road.ts';

/**
 * A skill whose package-lock.json pins these packages: `left-pad@1.3.0`, or below another package
 * `a/node_modules/left-pad@1.3.0`.
 */
export function packagedSkill(name: string, version: string, packages: readonly string[]): Skill {
  const lock = Buffer.from(JSON.stringify({ lockfileVersion: 3, packages: entriesOf(packages) }));
  const locked = lockedEntries(parsePackageLock(lock, 'package-lock.json'));
  const own = packages.filter((one) => !one.includes('node_modules/'));
  const requires = own.slice(0, 10).map((one) => one.replace(/@[^@]*$/, ''));
  const npm = { requires, why: 'formats', lock: 'package-lock.json', locked };
  const manifest = JSON.stringify({ name, version, capabilities: {}, packages: { npm } });
  const files = { 'skill.json': manifest, 'package-lock.json': lock.toString() };
  return { ...makeSkill(name, version, { files }), manifest: parseManifest(Buffer.from(manifest)) };
}

function entriesOf(packages: readonly string[]): Record<string, object> {
  return Object.fromEntries(
    packages.map((one) => {
      const at = one.lastIndexOf('@');
      const hash = Buffer.from(one.padEnd(64, '.')).subarray(0, 64).toString('base64');
      const entry = { version: one.slice(at + 1), integrity: `sha512-${hash}`, license: 'MIT' };
      return [`node_modules/${one.slice(0, at)}`, entry];
    }),
  );
}

export const wholeLook: PackageReport = {
  looked: 'whole',
  facts: {
    file: 'left-pad-1.3.0.tgz',
    sha256: digestOf('tarball'),
    bytes: 3_619,
    files: 11,
    isNative: false,
    licence: 'WTFPL',
    publisher: 'stevemao',
    attestation: 'none',
    read: 'whole',
  },
  scan: { ruleSet: digestOf('rules'), verdict: 'pass', findings: [], more: 0 },
  advisories: [],
};
export const malware = { id: 'MAL-2026-1', isMalware: true, summary: 'steals keys' };
export const vulnerability = { id: 'GHSA-aaaa', isMalware: false, summary: 'slow expression' };

/** What a scanner leases next. */
export async function leasedPackage(
  send: Send,
  token: string,
): Promise<{ id: number; name: string; lookedBefore: boolean } | null> {
  return (await call(send, '/api/v1/packages/lease', { token, json: {} })).body.package;
}

/** Reports a look at the package with this id. */
export function look(
  send: Send,
  token: string,
  { id, ...seen }: Partial<PackageReport> & { readonly id: number | undefined },
): Promise<Answer> {
  return call(send, `/api/v1/packages/${id}/report`, { token, json: { ...wholeLook, ...seen } });
}
