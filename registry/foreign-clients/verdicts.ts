/**
 * The verdict on a version in the form of ClawHub's clients. OpenClaw asks for the verdict before
 * every download, shows the overview to the person, and installs nothing that is blocked.
 */
import {
  type Capabilities,
  listCapabilities,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { scopeOf, shortNameOf } from '../../skills-index/skill/name.ts';
import type { Registry } from '../context.ts';
import { manifestOf, statementsOf } from '../versions/manifests.ts';
import type { Shown } from '../versions/shown-versions.ts';
import { sourceOf } from '../versions/version-source.ts';
import type { VersionRow } from '../versions/versions.ts';
import { overviewCharsMax } from './limits.ts';
import { isPending, whyNotServed } from './served-version.ts';

interface Verdict {
  /** `clean` for an approved version, `pending` for one that waits, and the state of any other. */
  readonly security: {
    readonly status: string;
    readonly passed: boolean;
    readonly signals: object;
  };
  readonly reasons: string[];
  /** One line for the person who installs. */
  readonly overview: string;
}

/** Judges a version by its state alone: people and the scanner judged it before. */
export async function readVerdict(registry: Registry, row: Shown<VersionRow>): Promise<Verdict> {
  const refusal = await whyNotServed(registry, row);
  if (refusal === undefined) {
    const { capabilities } = await manifestOf(registry, row);
    return {
      security: { status: 'clean', passed: true, signals: {} },
      reasons: [],
      overview: printOverview(capabilities),
    };
  }
  const waits = isPending(row);
  return {
    security: { status: waits ? 'pending' : row.status, passed: false, signals: {} },
    reasons: [waits ? 'pending_scan' : `version.${row.status.replace(' ', '_')}`, refusal.message],
    overview: refusal.message,
  };
}

/** The address of the version's files and decision for a person who reads the overview. */
function addressesOf({ config }: Registry, { name, version }: VersionRow) {
  return { page: `${config.base}/${name}`, archive: `${config.base}/archives/${name}/${version}` };
}

/** What `security-verdicts` answers about a version that the client may see. */
export async function describeVerdict(registry: Registry, row: Shown<VersionRow>) {
  const { overview, reasons, security } = await readVerdict(registry, row);
  const { page } = addressesOf(registry, row);
  return {
    ok: security.passed,
    decision: security.passed ? 'pass' : 'blocked',
    reasons,
    version: row.version,
    displayName: row.name,
    publisherHandle: scopeOf(row.name),
    skillUrl: page,
    securityAuditUrl: page,
    overview,
    createdAt: row.createdAt,
    checkedAt: registry.now().getTime(),
    security,
  };
}

/** What `verify` answers. The evidence is named, so that another program can verify it. */
export async function describeVerification(
  registry: Registry,
  row: Shown<VersionRow>,
  resolvedFrom: 'latest' | 'version',
) {
  const { reasons, security } = await readVerdict(registry, row);
  const source = await sourceOf(registry, row);
  const scope = scopeOf(row.name);
  const { archive, page } = addressesOf(registry, row);
  const signed = await statementsOf(registry, row.id);
  return {
    schema: 'clawhub.skill.verify.v1',
    ok: security.passed,
    decision: security.passed ? 'pass' : 'fail',
    reasons,
    slug: shortNameOf(row.name),
    displayName: row.name,
    pageUrl: page,
    publisherHandle: scope,
    publisherDisplayName: scope,
    publisherProfileUrl: null,
    version: row.version,
    resolvedFrom,
    tag: null,
    createdAt: row.createdAt,
    card: null,
    artifact: { bundle: row.bundle, archiveUrl: archive },
    provenance: source === undefined ? null : { signedBy: 'publisher', source },
    security,
    signature: {
      verifiedBy: 'registry',
      // The client that reads this verified none of them.
      // A statement has an address from the moment when its bundle is written.
      statements: signed.flatMap(({ bundle, logIndex, predicateType }) =>
        bundle === null
          ? []
          : [
              {
                type: predicateType,
                logIndex,
                url: `${registry.config.base}/api/v1/blobs/sha256/${hexOf(bundle)}`,
              },
            ],
      ),
    },
  };
}

/** OpenClaw enforces none of the capabilities, and the person has to know. */
function printOverview(capabilities: Capabilities): string {
  const declared = listCapabilities(capabilities).map(printCapability);
  const text =
    declared.length === 0
      ? 'Declares no network, secrets, files or programs.'
      : `Declares: ${declared.join('; ')}.`;
  const cut = text.length <= overviewCharsMax ? text : `${text.slice(0, overviewCharsMax - 1)}…`;
  return `Approved by reviewers. ${cut} Only "skillgate run" holds the skill to that.`;
}
