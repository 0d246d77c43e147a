/** An advisory of malware comes after one approval and before another. */

import { expect } from 'vitest';
import { leasedPackage, look, malware, packagedSkill, vulnerability } from '../packaged-skill.ts';
import { expectAnswer } from '../steps.ts';
import type { Cast, Road } from './cast.ts';

export async function walkPackages({ send, tokens, release, statusOf }: Cast<Road>): Promise<void> {
  const names = ['evil@1.0.0', ...Array.from({ length: 20 }, (_, at) => `p${at}@1.0.${at}`)];
  const before = packagedSkill('@acme/packed', '1.0.0', names);
  expect((await release(before)).status).toBe(201);
  let leased = await leasedPackage(send, tokens.scanner);
  while (leased !== null && leased.name !== 'evil')
    leased = await leasedPackage(send, tokens.scanner);
  const seen = { id: leased?.id, advisories: [malware, vulnerability] };
  expect((await look(send, tokens.scanner, seen)).status).toBe(200);
  expect(await statusOf(before)).toBe('suspended');
  await expectAnswer(
    release(packagedSkill('@acme/packed', '1.0.1', ['evil@1.0.0'])),
    403,
    'package-malicious',
  );
}
