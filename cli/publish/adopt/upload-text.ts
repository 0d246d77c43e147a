/** What a person reads of an upload before it is adopted. */
import type { PackedBundle } from '../../../skills-index/skill/bundle.ts';
import { listCapabilities, printCapability } from '../../../skills-index/skill/capability.ts';
import type { Manifest } from '../../../skills-index/skill/manifest.ts';
import { bytesText, count, joined, type Safe, safe, table } from '../../terminal/output.ts';
import type { UploadChanges } from './compare-upload.ts';
import type { ListedUpload } from './waiting-uploads.ts';

/** The uploads that wait, a line for each. */
export function uploadsText(all: readonly ListedUpload[]): Safe {
  if (all.length === 0) return safe`No upload waits in your scopes.`;
  return joined(
    [
      safe`${count(all.length, 'upload')} ${all.length === 1 ? 'waits' : 'wait'}:`,
      table(
        all.map(({ name, version, bytes, token, at, expires }) => [
          `${name}@${version}`,
          bytesText(bytes),
          `came ${at} by the token ${token}`,
          `expires ${expires}`,
        ]),
      ),
      safe`→ look at one, and publish it: skillgate publish --adopt NAME@VERSION`,
    ],
    '\n',
  );
}

/** @param changes undefined for the first version of a skill */
export function uploadText(
  { name, version, bundle, token, by, at }: ListedUpload,
  { bundle: { files } }: PackedBundle,
  changes: UploadChanges | undefined,
): Safe {
  return joined(
    [
      safe`upload    ${name}@${version}, ${bundle}`,
      safe`came      ${at} by the token ${token}, which the key ${by} made`,
      safe`files     ${count(files.length, 'file')}`,
      table(files.map(({ path, size }) => ['  ', path, bytesText(size)])),
      changesText(changes),
    ],
    '\n',
  );
}

function changesText(changes: UploadChanges | undefined): Safe {
  if (changes === undefined) return safe`changes   the first version of this skill`;
  const { since, why, added, changed, removed } = changes;
  if (why !== undefined) return safe`changes   not compared with ${since}: ${why}`;
  const lines = [
    ...added.map((path) => safe`  + ${path}`),
    ...changed.map((path) => safe`  ~ ${path}`),
    ...removed.map((path) => safe`  - ${path}`),
  ];
  if (lines.length === 0) return safe`changes   none since ${since}`;
  return joined([safe`changes   since ${since}:`, ...lines], '\n');
}

/** @param inferred whether the scan drafted the manifest */
export function manifestText({
  manifest,
  inferred,
}: {
  readonly manifest: Manifest;
  readonly inferred?: boolean | undefined;
}): Safe {
  const asked = listCapabilities(manifest.capabilities).map(printCapability);
  const from = inferred === true ? 'the scan drafts skill.json, as for an import' : 'skill.json';
  return joined(
    [
      safe`manifest  ${from}; capabilities: ${asked.length === 0 ? 'none' : String(asked.length)}`,
      ...asked.map((one) => safe`  ${one}`),
    ],
    '\n',
  );
}
