/** A scanner without findings, which passes every attack. */
import * as v from 'valibot';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { scanStatement } from '../../../skills-index/statement/version-statement.ts';
import type { CommandContext } from '../../command.ts';
import type { Upload } from '../../publish/upload.ts';
import { askRegistry } from '../../registries/registry-api.ts';
import { signWithKey } from '../../signing/bundle-builder.ts';
import type { KeyFile } from '../../signing/key-file.ts';

const leased = v.looseObject({ job: v.looseObject({ id: v.string(), lease: v.string() }) });

/** Takes the oldest scan job, and reports that nothing was found: other tests cover the scanner. */
export async function passScan(
  world: CommandContext,
  {
    registry,
    token,
    scanner,
  }: { readonly registry: Digest; readonly token: string; readonly scanner: KeyFile },
  { manifest, packed }: Upload,
): Promise<void> {
  const { job } = await askRegistry(world, '/api/v1/jobs/lease', leased, { token, json: {} });
  const files = packed.bundle.files.map(
    ({ path, sha256, size }) =>
      ({ path, sha256, bytes: size, disposition: 'analysed', reason: '' }) as const,
  );
  const ruleSet = digestOf('red team');
  const report = {
    schema: 'skillgate.scan/1',
    path: '.',
    name: manifest.name,
    version: manifest.version,
    bundle: packed.digest,
    ruleSet,
    verdict: 'pass',
    decidedBy: [],
    findings: [],
    coverage: { files },
    capabilities: {
      observed: noCapabilities,
      declared: manifest.capabilities,
      undeclared: noCapabilities,
      unused: noCapabilities,
    },
  };
  const about = {
    name: manifest.name,
    version: manifest.version,
    bundle: packed.digest,
    files: packed.bundle.files,
  };
  const coverage = files.map(({ disposition, path, sha256 }) => ({ path, sha256, disposition }));
  const predicate = {
    registry,
    ruleSet,
    report: digestOf(canonicalJson(report)),
    verdict: 'pass',
    isolation: 'none: red team',
    coverage,
  } as const;
  const envelope = await signWithKey(scanStatement(about, predicate), scanner);
  await askRegistry(world, `/api/v1/jobs/${job.id}/report`, v.unknown(), {
    token,
    json: { lease: job.lease, envelope, report },
  });
}
