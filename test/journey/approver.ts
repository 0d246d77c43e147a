/** The approver of a test's host: mira, whose key has a passphrase. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyFile, publicKeyOf } from '../../cli/signing/key-file.ts';
import { holdFiles } from '../../runner/holds/holds.ts';
import type { Hold } from '../../skills-index/run/holds/hold.ts';
import type { Approver } from '../../skills-index/run/holds/hold-policy.ts';

export const passphrase = 'correct horse battery staple';

let made: { readonly text: string; readonly approver: Approver } | undefined;

/**
 * Makes the key that only the passphrase opens; the same one again later, because scrypt is slow.
 * @param config the host's folder of settings
 * @returns the approver's entry in host policy
 */
export async function makeApprover(config: string): Promise<Approver> {
  const path = join(config, 'keys/mira.json');
  if (made === undefined) {
    const key = await createKeyFile(path, undefined, 'mira', undefined, passphrase);
    const approver = { name: 'mira', key: publicKeyOf(key) };
    made = { text: readFileSync(path, 'utf8'), approver };
  } else {
    mkdirSync(join(config, 'keys'), { recursive: true, mode: 0o700 });
    writeFileSync(path, made.text, { mode: 0o600 });
  }
  return made.approver;
}

/** The hold that waits now, or soon. */
export async function heldNow({ home }: { readonly home: string }): Promise<Hold> {
  for (let tries = 0; tries < 400; tries++) {
    const files = holdFiles(join(home, 'data/holds'));
    const hold = files
      .kept()
      .find((one) => one.holder !== 'ended' && files.answers(one, []).length === 0);
    if (hold !== undefined) return hold;
    await sleep(50);
  }
  throw new Error('nothing is held');
}
