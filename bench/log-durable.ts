/**
 * A statement signed, logged, its checkpoint signed and its bundle kept, all durable: in a young
 * log and in a long one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRegistryFolder } from '../cli/root-rotation/registry-folder.ts';
import { createKeyFile, type KeyFile, publicKeyOf } from '../cli/signing/key-file.ts';
import { append } from '../registry/log/sequencer.ts';
import { type RunningRegistry, startRegistry } from '../registry/serve.ts';
import { payloadMark } from '../registry/store/columns/payload-mark-column.ts';
import { log, statements } from '../registry/store/schema.ts';
import { appendLeaf, type CompactRange, rangeRoot } from '../skills-index/log/compact-range.ts';
import { leafHash } from '../skills-index/log/merkle-tree.ts';
import { digestOf } from '../skills-index/skill/digest.ts';
import { parseScope } from '../skills-index/skill/name.ts';
import { predicateTypes, scopeStatement } from '../skills-index/statement/attestation.ts';
import { signStatement } from '../skills-index/statement/sign.ts';
import { median, quantile, syncMs } from './measure.ts';
import type { Row } from './row.ts';

const rounds = 80;
const filler = 50_000;

export async function durableRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-'));
  const key = (name: string): Promise<KeyFile> =>
    createKeyFile(join(folder, `${name}.json`), undefined, name);
  await makeRegistryFolder(join(folder, 'registry'), 'localhost', () => key('administrator'));
  const running = await startRegistry({ dir: join(folder, 'registry'), port: 0 });
  try {
    const author = await key('author');
    await logSome(running, { author, name: 'warm', folder });
    const young = await logSome(running, { author, name: 'young', folder });
    await fill(running);
    const old = await logSome(running, { author, name: 'old', folder });
    return [...goalRows(young), growthRow(young, old)];
  } finally {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Times {
  readonly taken: readonly number[];
  readonly syncs: readonly number[];
}

async function logSome(
  { registry }: RunningRegistry,
  {
    author,
    name,
    folder,
  }: { readonly author: KeyFile; readonly name: string; readonly folder: string },
): Promise<Times> {
  const taken: number[] = [];
  const syncs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const statement = scopeStatement({
      scope: parseScope(`${name}-${round}`),
      owners: [publicKeyOf(author)],
    });
    const start = performance.now();
    const envelope = await signStatement(statement, author);
    const signer = { keyId: author.keyId, spki: author.publicKey };
    const statements = [{ statement, envelope, signer }];
    await append(registry, { statements, writes: () => [] });
    taken.push(performance.now() - start);
    syncs.push(syncMs(join(folder, 'sync'), 4 * 1024));
  }
  return { taken, syncs };
}

/** Entries as many statements would have left them, without the cost of signing each. */
async function fill({ registry }: RunningRegistry): Promise<void> {
  const [last] = (await registry.db.read.select().from(log)).slice(-1);
  if (last === undefined) throw new Error('The log is empty');
  let range: CompactRange = {
    size: last.index + 1,
    peaks: last.peaks.map((peak) => Buffer.from(peak, 'base64')),
  };
  for (let done = 0; done < filler; done += 5_000) {
    const rows: (typeof log.$inferInsert)[] = [];
    for (let i = 0; i < 5_000; i++) {
      const body = `filler ${done + i}`;
      const leaf = leafHash(Buffer.from(body));
      const index = range.size;
      range = appendLeaf(range, leaf);
      rows.push({
        index,
        leafHash: base64(leaf),
        body,
        root: base64(rangeRoot(range)),
        peaks: range.peaks.map(base64),
        note: null,
        map: last.map,
      });
    }
    await registry.db.batch(
      rows.flatMap((row) => [
        (db) => db.insert(log).values(row),
        (db) =>
          db.insert(statements).values({
            ...fillerStatement,
            logIndex: row.index,
            payload: payloadMark(digestOf(row.body)),
            bundle: digestOf(`bundle ${row.body}`),
          }),
      ]),
    );
  }
}

const fillerStatement = {
  predicateType: predicateTypes.scan,
  signer: digestOf('filler'),
  envelope: '{}',
  versionId: null,
  createdAt: 0,
};

function goalRows({ taken, syncs }: Times): Row[] {
  const sync = median(syncs);
  const row = (name: string, value: number): Row => ({
    name,
    value,
    unit: 'ms',
    against: `4 KB + fdatasync ${sync.toPrecision(3)} ms`,
    ratio: value / sync,
    goal: '≤ 10 ms',
    held: value <= 10,
  });
  return [
    row('sign and log, embedded, durable, p50', median(taken)),
    row('sign and log, p95', quantile(taken, 0.95)),
  ];
}

// Both on one disk minutes apart, so each is held against the disk's own pace beside it.
function growthRow(young: Times, old: Times): Row {
  const before = median(young.taken) / median(young.syncs);
  const after = median(old.taken) / median(old.syncs);
  return {
    name: `sign and log with ${filler.toLocaleString('en')} entries before it, p50`,
    value: median(old.taken),
    unit: 'ms',
    against: `with ${rounds} before it ${median(young.taken).toPrecision(3)} ms; each over its own syncs`,
    ratio: after / before,
    goal: '≤ 1.5 ×',
    held: after / before <= 1.5,
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
