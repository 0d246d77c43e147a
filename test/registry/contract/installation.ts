/**
 * An installer with the proofs of the log's map and the evidence pack. The second admission gets
 * its evidence from the host's memory.
 */
import { expect } from 'vitest';
import { admit } from '../../../runner/admission/admit.ts';
import {
  nameProofsBytesMax,
  parseNameProofsFile,
} from '../../../skills-index/trust/index-files/name-proofs.ts';
import { makeKey } from '../people.ts';
import { claimScope, makeSkill } from '../road.ts';
import type { Cast } from './cast.ts';
import { emptyHost } from './empty-host.ts';

export async function walkInstallation(cast: Cast): Promise<void> {
  const { send } = cast;
  const skill = makeSkill('@acme/installed', '1.0.0', { files: { 'guide.md': 'Read me.\n' } });
  expect((await cast.release(skill)).status).toBe(201);
  // Names of other scopes lie beside the skill's own in the map.
  for (const at of [1, 2, 3])
    expect((await claimScope(send, `beside-${at}`, makeKey())).status).toBe(201);

  const asked: string[] = [];
  const request = emptyHost(cast, skill, asked);
  const first = await admit(request);
  expect(first.decision).toMatchObject({ kind: 'admitted', publisher: cast.author.keyId });
  expect([...(first.input.nameProofs?.names.keys() ?? [])].length).toBeGreaterThan(3);
  expect(asked.filter((path) => path.startsWith('/packs/'))).toHaveLength(1);
  expect(asked.filter((path) => path.startsWith('/blobs/'))).toEqual([]);
  const answer = await send(`/proofs/${skill.manifest.name}/1.0.0`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(bytes.byteLength).toBeLessThan(nameProofsBytesMax);
  expect(parseNameProofsFile(bytes).names.size).toBe(first.input.nameProofs?.names.size);

  const before = asked.length;
  expect((await admit(request)).decision.kind).toBe('admitted');
  expect(asked.slice(before).filter((path) => /^\/(packs|blobs|log)\//.test(path))).toEqual([]);
}
