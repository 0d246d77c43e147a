/**
 * What public pages show of a version. Only an approved version has content: description, manifest,
 * findings and names of files of others stay where their reviewers read them.
 */
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { Registry, VersionName } from '../context.ts';
import { reportOf } from '../review/approvals.ts';
import { readVersion, type VersionDetail } from '../review/detail.ts';
import { previousApproved } from '../review/prose-since.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { filesOf, manifestOf, publicationOf, skillMdOf } from '../versions/manifests.ts';
import { type CapabilityChange, changeBetween } from './listed-versions.ts';

/** The content of an approved version. */
export interface ApprovedContent {
  readonly description: string;
  /** The manifest that the author signed. */
  readonly manifest: Manifest;
  /** No author wrote the manifest: it was inferred from a scan. */
  readonly inferred: boolean;
  readonly report: ScanReport | undefined;
  readonly change: CapabilityChange | 'first';
}

export interface PublicVersion {
  readonly detail: VersionDetail;
  /** Only of an approved version. */
  readonly content?: ApprovedContent;
}

/** @throws Problem `not-found` */
export async function readPublicVersion(
  registry: Registry,
  which: VersionName,
): Promise<PublicVersion> {
  const row = await requireVersion(registry, which);
  const content = row.status === 'approved' ? await contentOf(registry, row) : undefined;
  // The state is read last: a stop that came in between leaves the content out.
  const detail = await readVersion(registry, which);
  return { detail, ...(detail.status === 'approved' && content !== undefined ? { content } : {}) };
}

async function contentOf(
  registry: Registry,
  row: Awaited<ReturnType<typeof requireVersion>>,
): Promise<ApprovedContent> {
  const { manifest, inferred = false } = await publicationOf(registry, row);
  const previous = await previousApproved(registry, row);
  const before = previous && (await manifestOf(registry, previous));
  return {
    description: (await skillMdOf(registry, await filesOf(registry, row))).description,
    manifest,
    inferred,
    report: await reportOf(registry, row),
    change:
      previous === undefined || before === undefined
        ? 'first'
        : changeBetween(previous.version, before.capabilities, manifest.capabilities),
  };
}
