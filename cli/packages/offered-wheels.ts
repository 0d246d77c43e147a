/** The wheels of a version that an index offers, with their digests. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fetches from '../../runner/package-fetch/public.ts';
import type { LockedFile } from '../../skills-index/packages/locked-package.ts';
import { timeOf, type WheelOrigin } from '../../skills-index/packages/locks/lock-details.ts';
import { isWheelOf } from '../../skills-index/packages/wheel-name.ts';
import { parseIndexUrl } from '../../skills-index/run/plan/index-policy.ts';
import { normalPackageName } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';

export interface OfferedWheel {
  readonly file: LockedFile;
  readonly origin: WheelOrigin;
}

/** @throws Problem `package-unavailable`, `package-unresolved` */
export async function offeredWheels(
  network: Pick<CommandContext, 'fetch' | 'signal'>,
  index: string,
  name: string,
  version: string,
): Promise<OfferedWheel[]> {
  const place = parseIndexUrl(index);
  if (place?.kind === 'folder') return wheelsIn(place.path, name, version);
  const page = await fetches.readPythonPage(network, index, name);
  const wheels = page.filter((file) => isWheelOf(name, version, file.name));
  const kept = wheels.filter(({ yanked }) => yanked === undefined);
  const [yanked] = wheels;
  if (kept.length === 0 && yanked !== undefined)
    throw withdrawn(`${name} ${version}`, yanked.yanked ?? '');
  return kept.flatMap(({ name: file, sha256, size, uploaded, url }): OfferedWheel[] => {
    const time = timeOf(uploaded);
    const origin = time === undefined ? { url: url.href } : { url: url.href, uploaded: time };
    if (sha256 === undefined) return [];
    const hash = `sha256:${sha256}` as const;
    return [{ file: { name: file, hash, ...(size === undefined ? {} : { size }) }, origin }];
  });
}

/** A version that uv or pip takes because a requirement names exactly this version. */
export function withdrawn(what: string, why: string): Problem {
  return new Problem(
    'package-unresolved',
    `Cannot lock ${what}: its maintainers withdrew this version${why === '' ? '' : `: ${why}`}`,
  );
}

async function wheelsIn(folder: string, name: string, version: string): Promise<OfferedWheel[]> {
  const names = await readdir(folder).catch(() => {
    throw new Problem('package-unavailable', `Cannot read the package index ${folder}`);
  });
  const wheels = names.filter((file) => isWheelOf(name, version, file));
  return Promise.all(
    wheels.map(async (file) => {
      const bytes = await readFile(join(folder, file));
      const hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
      return { file: { name: file, hash, size: bytes.length }, origin: {} };
    }),
  );
}

/** A project's name as the tools write it, in its normal form. */
export function projectName(name: string): string {
  return normalPackageName('python', name);
}
