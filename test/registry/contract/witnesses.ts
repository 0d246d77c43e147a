/** The head of the log that clients see has the signatures of enough witnesses. */

import { expect } from 'vitest';
import { countWitnesses } from '../../../skills-index/log/cosignature.ts';
import { verifyStatus } from '../../../skills-index/trust/index-files/status-file.ts';
import { spkiOf } from '../../../skills-index/trust/root/root.ts';
import { bodyAt } from '../steps.ts';
import type { Cast } from './cast.ts';

export async function walkWitnesses({ send, trust, witnesses: policy }: Cast): Promise<void> {
  if (policy === undefined) return;
  const bytes = Buffer.from(await (await send('/index/status.json')).arrayBuffer());
  const { checkpoint: note } = verifyStatus(bytes, trust.root, Date.now());
  const log = { key: spkiOf(trust.root.log) };
  expect(countWitnesses({ note, policy, log, now: Date.now() })).toMatchObject({ enough: true });
  expect(await bodyAt(send, '/readyz')).toMatchObject({ ok: true });
}
