/**
 * What a durable publish takes, over what the disk needs to keep 16 KB for certain; the two in
 * turn, in one run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishVersion } from '../cli/publish/upload.ts';
import { statementAnswer } from '../cli/registries/registry-answers.ts';
import { askRegistry } from '../cli/registries/registry-api.ts';
import { makeRegistryFolder } from '../cli/root-rotation/registry-folder.ts';
import { readSkillFolder } from '../cli/scan/source-folder.ts';
import { createKeyFile, type KeyFile, publicKeyOf } from '../cli/signing/key-file.ts';
import { startRegistry } from '../registry/serve.ts';
import { packBundle } from '../skills-index/skill/authoring/pack-bundle.ts';
import { printManifest } from '../skills-index/skill/authoring/print-manifest.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { parseManifest } from '../skills-index/skill/manifest.ts';
import { parseScope } from '../skills-index/skill/name.ts';
import { parseVersion } from '../skills-index/skill/version.ts';
import { scopeStatement } from '../skills-index/statement/attestation.ts';
import { signStatement } from '../skills-index/statement/sign.ts';
import { registryIdOf } from '../skills-index/trust/signatures/own-registry.ts';
import { median, quantile, syncMs, wallMs } from './measure.ts';
import type { Row } from './row.ts';

const warmUps = 5;
const rounds = 60;

export async function publishRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-'));
  const key = (name: string): Promise<KeyFile> =>
    createKeyFile(join(folder, `${name}.json`), undefined, name);
  const root = await makeRegistryFolder(join(folder, 'registry'), 'localhost', () =>
    key('administrator'),
  );
  const registry = await startRegistry({ dir: join(folder, 'registry'), port: 0 });
  try {
    const author = await key('author');
    const world = { fetch, registryBase: registry.base };
    const claim = await signStatement(
      scopeStatement({
        registry: registryIdOf(root),
        scope: parseScope('acme'),
        owners: [publicKeyOf(author)],
      }),
      author,
    );
    await askRegistry(world, '/api/v1/statements', statementAnswer, { json: claim });
    const { files } = await readSkillFolder(
      fileURLToPath(new URL('../examples/weekly-report', import.meta.url)),
    );
    const publishes: number[] = [];
    const syncs: number[] = [];
    for (let round = 0; round < warmUps + rounds; round++) {
      const upload = versionOf(files, `2.0.${round}`);
      const publish = await wallMs(() => publishVersion(world, author, upload));
      const sync = syncMs(join(folder, 'sync'), 16 * 1024);
      if (round < warmUps) continue;
      publishes.push(publish);
      syncs.push(sync);
    }
    return rowsOf(publishes, syncs);
  } finally {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function versionOf(files: readonly SourceFile[], version: string) {
  const old = files.find((file) => file.path === 'skill.json');
  const manifest = {
    ...parseManifest(old?.bytes ?? Buffer.alloc(0)),
    version: parseVersion(version),
  };
  const bytes = Buffer.from(printManifest(manifest));
  const packed = packBundle(
    files.map((file) => (file.path === 'skill.json' ? { ...file, bytes } : file)),
  );
  return { packed, manifest };
}

function rowsOf(publishes: readonly number[], syncs: readonly number[]): Row[] {
  const sync = median(syncs);
  const against = `16 KB + fdatasync ${sync.toPrecision(3)} ms`;
  const limit = 3 * sync + 2;
  const row = (name: string, value: number): Row => ({
    name,
    value,
    unit: 'ms',
    against,
    ratio: value / sync,
    goal: `≤ 3 syncs + 2 ms = ${limit.toPrecision(3)} ms`,
    held: value <= limit,
  });
  return [
    row('publish over HTTP, signed, logged, p50', median(publishes)),
    row('publish over HTTP, p95', quantile(publishes, 0.95)),
  ];
}
