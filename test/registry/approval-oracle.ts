/**
 * Who approved a version, worked out from the log alone and from nothing of the product: entries,
 * envelopes and keys by node:crypto, who is who by the plainest reading of the statements. What it
 * says is compared with what the registry did.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';

export interface LogRow {
  readonly index: number;
  /** The log entry: a hashedrekord that names the key. */
  readonly body: string;
  /** The DSSE envelope's JSON. */
  readonly envelope: string;
}

export interface Oracle {
  readonly people: ReadonlySet<string>;
  readonly independent: ReadonlySet<string>;
  readonly needed: { readonly total: number; readonly independent: number };
}

interface Said {
  readonly index: number;
  readonly signer: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: statements of every kind, read by their fields
  readonly predicate: any;
  // biome-ignore lint/suspicious/noExplicitAny: the whole statement, to be hashed again
  readonly statement: any;
}

/**
 * @param before log index of the verification summary: later approvals do not count
 * @param root key ids of the administrators of the root file
 */
export function approvalsInLog(
  rows: readonly LogRow[],
  about: { readonly name: string; readonly version: string; readonly bundle: string },
  { before, root }: { readonly before: number; readonly root: readonly string[] },
): Oracle {
  const said = rows.filter((row) => row.index < before).map(read);
  const people = peopleIn(said, root);
  const published = said.find(
    ({ type, statement }) => type === 'publish/v1' && isAbout(statement, about),
  );
  const scans = said.filter(
    ({ type, statement, signer, index }) =>
      type === 'scan/v1' && isAbout(statement, about) && people.roleAt(signer, index) === 'scanner',
  );
  const owners = said
    .filter(
      ({ type, predicate }) => type === 'scope/v1' && about.name.startsWith(`@${predicate.scope}/`),
    )
    .flatMap(({ predicate }) => predicate.owners.map((owner: { keyId: string }) => owner.keyId));
  const authors = new Set(
    [published?.signer, ...owners].flatMap((id) => [id, ...people.namesOf(id)]),
  );
  const scan = scans.at(-1);
  const counted = said.filter((one) => {
    if (one.type !== 'approval/v1' || scan === undefined) return false;
    const { reviewer, name, version, bundle, scanReport, assertion } = one.predicate;
    if (name !== about.name || version !== about.version || bundle !== about.bundle) return false;
    if (scanReport !== scan.predicate.report || one.index < scan.index) return false;
    const id = reviewer.keyId ?? reviewer.credentialId;
    if (authors.has(id) || authors.has(reviewer.member)) return false;
    if (
      people.nameAt(id, one.index) !== reviewer.member ||
      people.roleAt(id, one.index) !== 'reviewer'
    )
      return false;
    return assertion === undefined ? one.signer === id : isAsserted(one, people.passkey(id));
  });
  const verdict = scan?.predicate.verdict;
  const { secret = [], egress = [] } = published?.predicate.manifest.capabilities ?? {};
  const high =
    (secret.length > 0 && egress.length > 0) || verdict === 'block' || verdict === 'incomplete';
  return {
    people: new Set(counted.map(({ predicate }) => predicate.reviewer.member)),
    independent: new Set(
      counted
        .filter(({ predicate }) => predicate.independent && predicate.assertion === undefined)
        .map(({ predicate }) => predicate.reviewer.member),
    ),
    needed: high ? { total: 2, independent: 1 } : { total: 1, independent: 0 },
  };
}

function read({ index, body, envelope: text }: LogRow): Said {
  const envelope = JSON.parse(text);
  const payload = Buffer.from(envelope.payload, 'base64');
  const entry = JSON.parse(body).spec.hashedRekordV002;
  const key = Buffer.from(entry.signature.verifier.publicKey.rawBytes, 'base64');
  const bytes = pae(envelope.payloadType, payload);
  const signed = verify(
    'sha256',
    bytes,
    createPublicKey({ key, format: 'der', type: 'spki' }),
    Buffer.from(envelope.signatures[0].sig, 'base64'),
  );
  if (!signed || entry.data.digest !== sha256(bytes).toString('base64'))
    throw new Error(`entry ${index} is not what was signed`);
  const statement = JSON.parse(payload.toString('utf8'));
  const type = statement.predicateType.replace('https://skillgate.dev/attestation/', '');
  return {
    index,
    signer: `sha256:${sha256(key).toString('hex')}`,
    type,
    predicate: statement.predicate,
    statement,
  };
}

// Each key and passkey is enrolled and ended by administrators, one after the other; none of these
// walks ends anything backwards.
function peopleIn(said: readonly Said[], root: readonly string[]) {
  const events = said.filter(({ type, signer }) => type === 'member/v1' && root.includes(signer));
  const last = (id: string, at: number) =>
    events.findLast(
      ({ predicate, index }) =>
        index < at && (predicate.key?.keyId ?? predicate.passkey?.credentialId) === id,
    );
  const enrolled = (id: string, at: number) => {
    const found = last(id, at);
    return found?.predicate.state === 'enrolled' ? found.predicate : undefined;
  };
  return {
    nameAt: (id: string, at: number): string | undefined => enrolled(id, at)?.name,
    roleAt: (id: string, at: number): string | undefined => enrolled(id, at)?.roles[0],
    namesOf: (id: string): string[] =>
      events
        .filter(({ predicate }) => predicate.key?.keyId === id)
        .map(({ predicate }) => predicate.name),
    passkey: (id: string) =>
      events.findLast(({ predicate }) => predicate.passkey?.credentialId === id)?.predicate.passkey,
  };
}

/** WebAuthn level 3 §7.2, as far as a signature over exactly this statement goes. */
function isAsserted(
  { statement }: Said,
  passkey: { publicKey: string; origin: string; rpId: string } | undefined,
): boolean {
  if (passkey === undefined) return false;
  const { assertion, ...predicate } = statement.predicate;
  const data = Buffer.from(assertion.authenticatorData, 'base64url');
  const client = Buffer.from(assertion.clientDataJSON, 'base64url');
  const { challenge, origin, type } = JSON.parse(client.toString('utf8'));
  const wanted = sha256(
    pae('application/vnd.in-toto+json', Buffer.from(canonical({ ...statement, predicate }))),
  ).toString('base64url');
  const cose = Buffer.from(passkey.publicKey, 'base64url');
  const [x, y] = [cose.subarray(10, 42), cose.subarray(45, 77)].map((part) =>
    part.toString('base64url'),
  );
  const key = createPublicKey({
    key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' },
    format: 'jwk',
  });
  const isSigned = verify(
    'sha256',
    Buffer.concat([data, sha256(client)]),
    key,
    Buffer.from(assertion.signature, 'base64url'),
  );
  const isVerified =
    ((data[32] ?? 0) & 0x05) === 0x05 && data.subarray(0, 32).equals(sha256(passkey.rpId));
  return (
    isSigned &&
    isVerified &&
    type === 'webauthn.get' &&
    origin === passkey.origin &&
    challenge === wanted
  );
}

function isAbout(
  statement: { subject: { name: string; digest: { sha256: string } }[] },
  about: { name: string; version: string; bundle: string },
): boolean {
  const [whole] = statement.subject;
  return (
    whole?.name === `pkg:skill/${about.name.replace('@', '%40')}@${about.version}` &&
    `sha256:${whole.digest.sha256}` === about.bundle
  );
}

function pae(type: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}

function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** RFC 8785 for what statements hold: ASCII keys, integers. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}
