/**
 * The witnesses of a registry on Node. The start names their URLs; `DIR/witnesses.json` names their
 * keys.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseWitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Witnesses } from '../log/witness-answers.ts';
import { requireAsked } from '../log/witness-duty.ts';

/**
 * @param signedPolicy the witness policy that administrators signed for clients, if any
 * @throws Problem `file-not-found` when witnesses are to be asked and the file that names them is
 * missing; `json-invalid`; `witnesses-unasked`
 */
export async function readWitnesses(
  dir: string,
  {
    urls,
    signedPolicy,
    say,
  }: {
    readonly urls: readonly string[];
    readonly signedPolicy: string | undefined;
    readonly say: Witnesses['say'];
  },
): Promise<Witnesses | undefined> {
  requireAsked(signedPolicy, urls);
  if (urls.length === 0) return undefined;
  const path = join(dir, 'witnesses.json');
  const bytes =
    signedPolicy ??
    (await readFile(path).catch((cause: unknown) => throwInvalidConfig(path, cause)));
  return { policy: parseWitnessPolicy(bytes), urls, fetch: globalThis.fetch, say, last: new Map() };
}

function throwInvalidConfig(path: string, cause: unknown): never {
  throw new Problem(
    'file-not-found',
    `Cannot ask witnesses: ${path}, which holds their keys, is missing`,
    {
      cause,
      hint: '{"schema":"skillgate.witnesses/1","threshold":1,"witnesses":[the line that skillgate witness serve prints]}',
    },
  );
}
