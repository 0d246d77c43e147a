/**
 * The line of a version in the index, and the decision of an installer that fetches blob by blob.
 */
import { expect } from 'vitest';
import { type Digest, digestOf, parseDigest } from '../../../skills-index/skill/digest.ts';
import { decide } from '../../../skills-index/trust/decision/decision.ts';
import {
  type IndexLine,
  parseIndexFile,
} from '../../../skills-index/trust/index-files/index-line.ts';
import { parseNameProofsFile } from '../../../skills-index/trust/index-files/name-proofs.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { call, type Send, type Skill } from '../road.ts';
import type { Shell } from './shell.ts';

/** The one line of a skill's index file. */
export async function readLine(send: Send, skill: Skill): Promise<IndexLine> {
  const response = await send(`/index/${skill.manifest.name}`);
  expect(response.status).toBe(200);
  const [line, ...more] = parseIndexFile(await bytesOf(response), skill.manifest.name);
  if (line === undefined || more.length > 0) throw new Error('not one line');
  return line;
}

/** Fetches all that the line names, and decides as an installer does. */
export async function judge(
  { send, trust }: Pick<Shell, 'send' | 'trust'>,
  skill: Skill,
  line: IndexLine,
  now = Date.now(),
): Promise<ReturnType<typeof decide>> {
  const blob = async (digest: string): Promise<Uint8Array> => {
    const response = await send(`/blobs/sha256/${digest.slice('sha256:'.length)}`);
    expect(response.status, digest).toBe(200);
    const bytes = await bytesOf(response);
    expect(digestOf(bytes)).toBe(digest);
    return bytes;
  };
  const statements = new Map(
    await Promise.all(line.statements.map(async (digest) => [digest, await blob(digest)] as const)),
  );
  const files = new Map<string, Uint8Array>();
  for (const file of skill.packed.bundle.files) files.set(file.path, await blob(file.sha256));
  const { body } = await call(send, `/api/v1/versions/${line.name}/${line.version}`);
  const status = await bytesOf(await send('/index/status.json'));
  const nameProofs = parseNameProofsFile(
    await bytesOf(await send(`/proofs/${line.name}/${line.version}`)),
  );
  const proven: Digest[] = [];
  for (const index of new Set([...nameProofs.names.values()].flatMap(({ at }) => at))) {
    const bytes = await bytesOf(await send(`/log/statements/${index}`));
    statements.set(digestOf(bytes), bytes);
    proven.push(digestOf(bytes));
  }
  return decide({
    nameProofs,
    proven,
    root: trust.root,
    policy: defaultPolicy,
    now,
    line,
    statements,
    bundle: await blob(line.bundle),
    report: await blob(parseDigest(body.report)),
    files,
    statuses: [status],
  });
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}
