/**
 * Reads and writes the circuit breakers of this host: one file for each pair of an agent and a
 * skill version.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import {
  type BreakerState,
  type BreakerSubject,
  breakerShape,
} from '../../skills-index/run/agents/breaker.ts';
import { type BreakerFile, BreakerWatch } from '../../skills-index/run/agents/breaker-watch.ts';
import type { HoldSubject } from '../../skills-index/run/holds/hold.ts';
import type { HoldDesk } from '../../skills-index/run/holds/hold-gate.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { withLock } from '../files/lock.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';

const breakerBytesMax = 64 * 1024;

/**
 * Returns the circuit breaker of one run, with the file that stores the breaker.
 * @param folder `$DATA/breakers`
 */
export function openBreaker(folder: string, desk: HoldDesk, subject: HoldSubject): BreakerWatch {
  const nonce = (): string => randomBytes(16).toString('hex');
  return new BreakerWatch(breakerFile(folder, subject), {
    ...desk,
    subject,
    nonce,
    holder: 'breaker',
  });
}

/**
 * Reads all circuit breakers of this host.
 * @throws Problem `breaker-open` when a breaker's file is damaged, because the counts in the file
 * are lost
 */
export function readBreakers(folder: string): BreakerState[] {
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => name.endsWith('.json'))
    : [];
  return names.flatMap((name) => readBreaker(`${folder}/${name}`) ?? []);
}

/**
 * Returns the path of one breaker's file, which is named by the digest of agent, skill and version.
 */
export function breakerFile(
  folder: string,
  { agent, skill, version }: BreakerSubject,
): BreakerFile {
  const path = `${folder}/${canonicalDigest({ agent, skill, version }).slice('sha256:'.length)}.json`;
  return {
    read: () => readBreaker(path),
    write: (state) => writePrivateFile(path, JSON.stringify(state)),
    remove: () => rmSync(path, { force: true }),
    locked: (act) => withLock(`${path}.lock`, act),
  };
}

function readBreaker(path: string): BreakerState | undefined {
  const bytes = readPrivateFile(path, {
    bytesMax: breakerBytesMax,
    secret: true,
    code: 'breaker-open',
  });
  return bytes === undefined
    ? undefined
    : parseShape(breakerShape, parseJson(bytes, path), 'breaker-open', path);
}
