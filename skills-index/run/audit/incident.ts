/**
 * An incident report, `skillgate.incident/1`: what a version did on a host that should have been
 * impossible, signed by that host's audit key.
 */
import { createPublicKey, verify } from 'node:crypto';
import * as v from 'valibot';
import { canonicalDigest, canonicalJson } from '../../skill/canonical-json.ts';
import { type Digest, digestOf, isDigest } from '../../skill/digest.ts';
import { parseSkillName } from '../../skill/name.ts';
import { exactObject, parseShape, unplaced } from '../../skill/shape.ts';
import { parseVersion } from '../../skill/version.ts';
import type { AuditEvent, AuditSubject } from './audit-entry.ts';
import type { SigningAuditKey } from './audit-key.ts';

/**
 * What is reported. `secret-unbound`: a secret's placeholder stood where it is not bound. `canary`:
 * the bait left. `escape`: it reached for an address inside the network, tunnelled in a tunnel,
 * called a host by another's name, or left a link, device or setuid file in a folder.
 */
export const incidentRules = ['secret-unbound', 'canary', 'escape'] as const;
export type IncidentRule = (typeof incidentRules)[number];

/** Denials that only somebody makes who looks for a way out. */
const escapeDenials: readonly string[] = [
  'address-denied',
  'nested',
  'sni-mismatch',
  'host-mismatch',
  'ech',
];

/** Nothing of the host but the id of its key: no path, no secret, no request. */
export interface Incident {
  readonly schema: 'skillgate.incident/1';
  /**
   * Fingerprint of the first root file of the registry that the version was admitted from. Absent
   * in reports from before they named it.
   */
  readonly registry?: Digest;
  readonly skill: string;
  readonly version: string;
  readonly bundle: Digest;
  readonly rule: IncidentRule;
  /** Where: `host:port`, a channel, or a path as the sandbox names it. */
  readonly place: string;
  /** Requests of the run until then. */
  readonly counts: { readonly allowed: number; readonly denied: number };
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface SignedIncident {
  readonly incident: Incident;
  /** SPKI DER, base64. */
  readonly publicKey: string;
  /**
   * Over `skillgate.incident/1`, a line feed and the RFC 8785 form of the incident: ECDSA over
   * P-256 with SHA-256, DER, base64.
   */
  readonly signature: string;
}

/** What an event of the audit log is as an incident; undefined for what happens every day. */
export function incidentOf(
  event: AuditEvent,
): { readonly rule: IncidentRule; readonly place: string } | undefined {
  switch (event.event) {
    case 'canary':
      return { rule: 'canary', place: event.channel };
    case 'cleanup':
      return { rule: 'escape', place: event.path };
    case 'paths':
      return event.of === 'cleanup' ? { rule: 'escape', place: event.first } : undefined;
    case 'egress': {
      const place = `${event.host}:${event.port}`;
      if (event.decision === 'allowed') return undefined;
      if (event.why === 'secret-unbound') return { rule: 'secret-unbound', place };
      return escapeDenials.includes(event.why) ? { rule: 'escape', place } : undefined;
    }
    default:
      return undefined;
  }
}

/** A report about a run's version; undefined for what has no version that anybody published. */
export function reportOf(
  { bundle, skill, version }: AuditSubject,
  what: Pick<Incident, 'rule' | 'place' | 'counts'>,
  {
    at,
    key,
    registry,
  }: { readonly at: Date; readonly key: SigningAuditKey; readonly registry: Digest },
): SignedIncident | undefined {
  if (bundle === undefined || skill === undefined || version === undefined) return undefined;
  const incident: Incident = {
    schema: 'skillgate.incident/1',
    registry,
    skill,
    version,
    bundle,
    ...what,
    at: at.toISOString(),
  };
  const publicKey = createPublicKey(key.publicKey)
    .export({ type: 'spki', format: 'der' })
    .toString('base64');
  return { incident, publicKey, signature: key.sign(signedBytes(incident)).toString('base64') };
}

/** The id of a report: of what was signed, since ECDSA signs the same differently each time. */
export function incidentDigest({ incident, publicKey }: SignedIncident): Digest {
  return canonicalDigest({ incident, publicKey });
}

const parses = (parse: (text: string) => unknown) => (text: string) => {
  try {
    return parse(text) === text;
  } catch {
    return false;
  }
};
const isSkillName = parses(parseSkillName);
const digest = v.custom<Digest>(isDigest, 'is not a digest');
const line = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(310),
  v.check((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text), 'has control or invisible characters'),
);
const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const incidentShape = exactObject({
  incident: exactObject({
    schema: v.literal('skillgate.incident/1'),
    registry: v.exactOptional(digest),
    skill: v.pipe(v.string(), v.check(isSkillName, 'is not a skill name')),
    version: v.pipe(v.string(), v.check(parses(parseVersion), 'is not a version')),
    bundle: digest,
    rule: v.picklist(incidentRules),
    place: line,
    counts: exactObject({ allowed: number, denied: number }),
    at: v.pipe(v.string(), v.isoTimestamp()),
  }),
  publicKey: v.pipe(v.string(), v.base64(), v.maxLength(200)),
  signature: v.pipe(v.string(), v.base64(), v.maxLength(200)),
});

/** @throws Problem `request-invalid` */
export function parseIncident(value: unknown): SignedIncident {
  return parseShape(
    incidentShape,
    unplaced(value, 'incident'),
    'request-invalid',
    'the incident report',
  );
}

/** The id of the key that signed it; undefined when none did. */
export function incidentSigner({
  incident,
  publicKey,
  signature,
}: SignedIncident): Digest | undefined {
  try {
    const der = Buffer.from(publicKey, 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const isP256 = key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return isP256 && verify('sha256', signedBytes(incident), key, Buffer.from(signature, 'base64'))
      ? digestOf(der)
      : undefined;
  } catch {
    return undefined;
  }
}

function signedBytes(incident: Incident): Buffer {
  return Buffer.from(`skillgate.incident/1\n${canonicalJson(incident)}`);
}
