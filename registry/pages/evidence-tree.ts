/**
 * The chain of evidence as a tree, from the root of trust to the files: what the registry says, and
 * the signed statements of each part. `skillgate verify` judges them; a page proves nothing.
 */
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import type { Registry } from '../context.ts';
import { day, digest, type Html, html, part, typedLine } from '../markup/markup.ts';
import { statementsOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';

export interface StatementEntry {
  readonly predicateType: string;
  readonly logIndex: number;
  readonly at: number;
}

export interface EvidenceView extends Pick<VersionRow, 'name' | 'version' | 'bundle'> {
  readonly root: string;
  readonly origin: string;
  readonly statements: readonly StatementEntry[];
}

/** Reads the statements of a version. */
export async function readEvidence(
  registry: Registry,
  { bundle, id, name, version }: Pick<VersionRow, 'id' | 'name' | 'version' | 'bundle'>,
): Promise<EvidenceView> {
  const rows = await statementsOf(registry, id);
  return {
    name,
    version,
    bundle,
    root: rootFingerprint(registry.root),
    origin: registry.root.origin,
    statements: rows.map(({ createdAt, logIndex, predicateType }) => ({
      predicateType,
      logIndex,
      at: createdAt,
    })),
  };
}

/** The parts in the order of a version's way, each with the statements that say it. */
const parts: readonly (readonly [string, string])[] = [
  [predicateTypes.publish, 'The author published these files'],
  [predicateTypes.provenance, 'The publisher named the source of the files'],
  [predicateTypes.scan, 'A scanner scanned the files'],
  [predicateTypes.observed, 'A scanner ran the files in sandboxes with decoys'],
  [predicateTypes.approval, 'People approved the version'],
  [predicateTypes.summary, 'The registry summed up scan and approvals'],
];

/** The section. */
export function evidencePart(view: EvidenceView): Html {
  const { bundle, name, origin, root, statements, version } = view;
  const branches = parts.flatMap(([type, words]) => {
    const said = statements.filter(({ predicateType }) => predicateType === type);
    return said.length === 0 ? [] : [html`<li>${words}<ul>${said.map(leaf)}</ul></li>`];
  });
  const verify = typedLine(
    'the line that verifies the evidence',
    `skillgate verify ${name}@${version}`,
  );
  return part(
    'evidence',
    'Evidence',
    html`<p class="summary">Each signed statement is in the public log. This line checks all of them on your machine:</p>
${verify}
<ul class="tree"><li>Root of trust of ${origin} ${digest(root)}
<ul><li>The log of ${origin}, <a href="/log/checkpoint">its signed head</a>
<ul>${branches}</ul></li>
<li>${name} ${version} is the bundle ${digest(bundle)}</li></ul></li></ul>`,
  );
}

function leaf({ at, logIndex }: StatementEntry): Html {
  return html`<li><a href="/log/statements/${logIndex}">statement ${logIndex}</a>, ${day(at)}</li>`;
}
