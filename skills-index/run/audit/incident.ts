/**
 * An incident report, `skillgate.incident/1`: a version did something on a host that should be
 * impossible. The host's audit key signs the report.
 */

import { createPublicKey, verify } from 'node:crypto';
import * as v from 'valibot';
import { type Digest, digestOf, isDigest } from '../../skill/digest.ts';
import { parseSkillName } from '../../skill/name.ts';
import { exactObject, parseShape, unplaced } from '../../skill/shape.ts';
import { canonicalDigest, canonicalJson } from '../../skill/text/canonical-json.ts';
import { parseVersion } from '../../skill/version.ts';
import type { Denial } from '../egress/denial.ts';
import type { SigningAuditKey } from './audit-chain.ts';
import type { AuditEvent, AuditSubject } from './audit-entry.ts';

/**
 * The reported incidents. `secret-unbound`: a secret's placeholder stood where it is not allowed.
 * `canary`: the fake credential was about to leave. `escape`: the run requested a private address,
 * opened a tunnel inside a tunnel, named one host and called another, or left a link, device or
 * setuid file in a folder.
 */
export const incidentRules = ['secret-unbound', 'canary', 'escape'] as const;
export type IncidentRule = (typeof incidentRules)[number];

/** Denials that only a program looking for a way out causes. */
const escapeDenials: readonly Denial[] = [
  'address-denied',
  'nested',
  'sni-mismatch',
  'host-mismatch',
];

/**
 * The content of an incident report. The report reveals nothing about the host but the host's key
 * id: no host path, no secret, no request.
 */
export interface Incident {
  readonly schema: 'skillgate.incident/1';
  /** Fingerprint of the first root file of the registry that the version came from. */
  readonly registry: Digest;
  readonly skill: string;
  readonly version: string;
  readonly bundle: Digest;
  readonly rule: IncidentRule;
  /** The place of the incident: `host:port`, a channel, or a path inside the sandbox. */
  readonly place: string;
  /**
   * The numbers of allowed and denied requests that the run had made when the incident happened.
   */
  readonly counts: { readonly allowed: number; readonly denied: number };
  /** The time of the incident in ISO 8601, UTC. */
  readonly at: string;
}

export interface SignedIncident {
  readonly incident: Incident;
  /** The public key of the host that signs, as SPKI DER in base64. */
  readonly publicKey: string;
  /**
   * The signature of the report: ECDSA over P-256 with SHA-256, DER in base64. The signed bytes are
   * `skillgate.incident/1`, a line feed and the RFC 8785 form of the incident.
   */
  readonly signature: string;
}

/** Returns the incident that an audit event is; undefined for an ordinary event. */
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
      return escapeDenials.some((denial) => denial === event.why)
        ? { rule: 'escape', place }
        : undefined;
    }
    default:
      return undefined;
  }
}

/** Returns a signed report about a run's version; undefined for a program that nobody published. */
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

/**
 * Returns the id of a report: a digest of the report's content and key. The signature is left out
 * because ECDSA signatures of the same content differ.
 */
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
    registry: digest,
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

/** @throws Problem `request-invalid` when the value is not an incident report */
export function parseIncident(value: unknown): SignedIncident {
  return parseShape(
    incidentShape,
    unplaced(value, 'incident'),
    'request-invalid',
    'the incident report',
  );
}

/** Returns the id of the key that signed the report; undefined when the signature is not valid. */
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
