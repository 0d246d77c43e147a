/** A publisher of very many versions is stopped: how soon everybody sees it, and who waits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import { parseNameProofsFile } from '../../skills-index/trust/index-files/name-proofs.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../test/nonce.ts';
import type { TestKey } from '../../test/registry/people.ts';
import { call, type Send, state, stopsShown } from '../../test/registry/road.ts';
import type { Row } from '../row.ts';
import { round } from '../row.ts';
import { Generator } from './generator/generator.ts';
import { untilListed } from './generator/settle-rows.ts';
import type { LongestTurn } from './longest-turn.ts';
import { type Part, printCount, type Reach } from './part.ts';
import { whileServed } from './served.ts';
import { benchSkill } from './skill.ts';
import {
  approveScanned,
  claimFor,
  makeStaffedFolder,
  openSession,
  publishScanned,
  requireTaken,
  type StaffedFolder,
} from './staffed-folder.ts';
import { startWatched, type WatchedRegistry } from './watched-registry.ts';

const sizesOf: Record<Reach, number> = { quick: 10_000, usual: 100_000, full: 100_000 };
const scope = 'zzstopped';
const version = '1.0.0';
const sampled = 10;
/** Statements of strangers before the stop, for comparison. */
const claims = 10;
const settleMs = 3_000;
const refusedMsMax = 1_000;
const statementsMax = 500;
const turnMsMax = 50;

interface Measured {
  readonly size: number;
  readonly acknowledgedMs: number;
  readonly refusedMs: number;
  readonly movedSeconds: number;
  /** Statements of the largest batch. */
  readonly largestBatch: number;
  /** Longest turns of the event loop with a few claims, and after the stop. */
  readonly turnsMs: { readonly before: LongestTurn; readonly after: LongestTurn };
}

export async function stoppedPart(reach: Reach): Promise<Part> {
  const folder = await makeStaffedFolder();
  const size = sizesOf[reach];
  try {
    const author = await publishMany(folder, size);
    // In a process of its own, which frees none of the memory that the generator took.
    const registry = await startWatched(folder.dir);
    try {
      return { rows: rowsOf(await measure(registry, { folder, author, size })) };
    } finally {
      await registry.stop();
    }
  } finally {
    folder.remove();
  }
}

/** One version that everybody can verify, and its clones by the same publisher. */
async function publishMany(folder: StaffedFolder, size: number): Promise<TestKey> {
  const author = await whileServed(folder.dir, async (served) => {
    const session = await openSession(served, folder);
    const owner = await claimFor(served.send, scope);
    const skill = benchSkill(scope, nameAt(0), version);
    await publishScanned(served.send, skill, { author: owner, staff: folder, session });
    await approveScanned(served.send, skill, { staff: folder, session });
    await untilListed(folder.dir);
    return owner;
  });
  const generator = new Generator(folder.dir, folder.root, [folder.scanner, folder.reviewer]);
  const template = generator.version({ scope, skill: nameAt(0), author }, version);
  const names = Array.from({ length: size - 1 }, (_, nth) => ({
    scope,
    skill: nameAt(nth + 1),
    author,
  }));
  await generator.clone(template, names, 'rows');
  generator.close();
  return author;
}

async function measure(
  registry: WatchedRegistry,
  what: {
    readonly folder: StaffedFolder;
    readonly author: TestKey;
    readonly size: number;
  },
): Promise<Measured> {
  const { send } = registry;
  const { author, folder, size } = what;
  // Everything that a start does beside the first answers.
  await sleep(settleMs);
  await registry.figures();
  for (let nth = 0; nth < claims; nth++) await claimFor(send, `zzbefore-${nth}`);
  const before = await registry.figures();
  const statement = revocationStatement({
    registry: registryIdOf(folder.root),
    nonce: freshNonce(),
    kind: 'revoked',
    target: { publisher: author.keyId },
    reason: 'the bench stops it',
  });
  const began = performance.now();
  const { body } = requireTaken(await state(send, statement, folder.reviewer));
  const acknowledgedMs = performance.now() - began;
  await requireRefused(send, { size, author, logIndex: body.logIndex });
  const refusedMs = performance.now() - began;
  while ((await registry.pendingStops()) > 0) await sleep(100);
  const movedSeconds = (performance.now() - began) / 1_000;
  const after = await registry.figures();
  return {
    size,
    acknowledgedMs,
    refusedMs,
    movedSeconds,
    largestBatch: after.largestBatch,
    turnsMs: { before: before.longest, after: after.longest },
  };
}

/** @throws Error when a surface shows a version as approved */
async function requireRefused(
  send: Send,
  {
    size,
    author,
    logIndex,
  }: { readonly size: number; readonly author: TestKey; readonly logIndex: number },
): Promise<void> {
  const approved: string[] = [];
  const sample = Array.from({ length: sampled }, async (_, nth) => {
    const name = `@${scope}/${nameAt(Math.floor((nth * (size - 1)) / (sampled - 1)))}`;
    const { body } = await call(send, `/api/v1/versions/${name}`);
    if (body.versions[0].status !== 'revoked') approved.push(`the versions of ${name}`);
    if (!Object.values(await stopsShown(send, name)).includes('revoked'))
      approved.push(`the index file of ${name}`);
  });
  await Promise.all(sample);
  for (const path of [`scopes/${scope}/versions`, `keys/${author.keyId}`]) {
    const { body } = await call(send, `/api/v1/${path}`);
    if (body.versions.some(({ status }: { status: string }) => status !== 'revoked'))
      approved.push(path);
  }
  const words = await send(`/proofs/@${scope}/${nameAt(0)}/${version}`);
  const { names } = parseNameProofsFile(new Uint8Array(await words.arrayBuffer()));
  if (!names.get(`identity/${author.keyId}`)?.at.includes(logIndex)) approved.push('the words');
  if (approved.length > 0)
    throw new Error(`after the stop still approved: ${approved.slice(0, 3).join(', ')}`);
}

function rowsOf(measured: Measured): Row[] {
  const { acknowledgedMs, refusedMs, movedSeconds, largestBatch, turnsMs } = measured;
  const what = `publisher with ${printCount(measured.size)} versions stopped`;
  return [
    {
      name: `${what}: refused everywhere`,
      value: refusedMs,
      unit: 'ms',
      against: `acknowledged after ${round(acknowledgedMs)} ms; last row after ${round(movedSeconds)} s`,
      ratio: refusedMs / refusedMsMax,
      goal: '≤ 1 s',
      held: refusedMs <= refusedMsMax,
    },
    {
      name: `${what}: statements of the largest batch`,
      value: largestBatch,
      unit: '',
      against: `limit ${statementsMax}`,
      ratio: largestBatch / statementsMax,
      goal: `≤ ${statementsMax}`,
      held: largestBatch <= statementsMax,
    },
    {
      name: `${what}: nobody answered for`,
      value: turnsMs.after.own,
      unit: 'ms',
      against: `with waits for a processor ${round(turnsMs.after.wall)} ms; with ${claims} claims ${round(turnsMs.before.own)} ms`,
      ratio: turnsMs.after.own / turnMsMax,
      goal: `≤ ${turnMsMax} ms`,
      held: turnsMs.after.own <= turnMsMax,
    },
  ];
}

function nameAt(nth: number): string {
  return `zzskill${String(nth).padStart(8, '0')}`;
}
