/**
 * Reads the identity in a Fulcio certificate: exactly one name, the issuer that vouched for the
 * name, and the details of a CI job.
 */
import { type Digest, digestOf } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import { isP256Spki } from '../../statement/field-shapes.ts';

/**
 * Maximum size of a certificate of a person or CI job in DER, and of one text in the certificate.
 */
const certificateBytesMax = 16 * 1024;

export const certificateTextBytesMax = 2_000;

/** Claims of a certificate (Fulcio's oid-info.md); an empty claim counts as absent. */
export interface CertificateClaims {
  /**
   * URL of the OIDC issuer, from the extension 1.3.6.1.4.1.57264.1.8; from 1.3.6.1.4.1.57264.1.1
   * when the certificate has no extension .8.
   */
  readonly issuer: string;
  /** The certificate's only subject alternative name, byte by byte. */
  readonly subject: string;
  /** Extension .15: the CI provider's immutable id of the repository. */
  readonly repository?: string;
  /**
   * Extension .9, the build signer URI: the address of the instructions that the CI job ran. A
   * reusable workflow's instructions have another address than the workflow that called them.
   */
  readonly instructions?: string;
  /**
   * Extension .18: the build config URI without `@ref`, which is the address of the workflow file.
   */
  readonly workflow?: string;
  /** Extension .14: the git ref of the CI job, for example `refs/heads/main`. */
  readonly ref?: string;
  /** Extension .23: the CI job's deployment environment. */
  readonly environment?: string;
  /** Extension .20: the event that started the CI job, for example `push`. */
  readonly trigger?: string;
  /** Extension .21: URL of the CI job's run. */
  readonly run?: string;
}

/**
 * The parts of a leaf certificate that Skillgate reads. No signature of the certificate is
 * verified.
 */
interface Leaf {
  readonly claims: CertificateClaims;
  /** The certificate's P-256 key, in SPKI DER. */
  readonly spki: Uint8Array;
  /**
   * The certificate's id: SHA-256 of the TBSCertificate. The whole certificate may have several
   * encodings, because its signature may have several.
   */
  readonly certificateId: Digest;
}

/**
 * Reads the claims of a certificate in DER.
 * @throws Problem `certificate-invalid`
 */
export function readClaims(der: Uint8Array): CertificateClaims {
  return readLeaf(der).claims;
}

/**
 * Reads a code signing certificate (RFC 5280). The certificate must have version 3, belong to no
 * authority, and be for code signing alone. No extension may occur twice, and no critical extension
 * may be unknown to Skillgate.
 * @throws Problem `certificate-invalid`
 */
export function readLeaf(der: Uint8Array): Leaf {
  if (der.byteLength > certificateBytesMax)
    throw invalid(`it has more than ${certificateBytesMax} bytes`);
  const [tbs, algorithm] = elementsOf(readDer(der, derTags.sequence, what).content, what);
  if (tbs === undefined || algorithm === undefined) throw invalid('parts are missing');
  const [version, , innerAlgorithm, , , , spki, ...rest] = elementsOf(tbs.content, what);
  if (version === undefined || Buffer.compare(version.whole, version3) !== 0)
    throw invalid('it is not of version 3');
  if (innerAlgorithm === undefined || Buffer.compare(innerAlgorithm.whole, algorithm.whole) !== 0)
    throw invalid('it names two signature algorithms');
  if (spki === undefined || !isP256Spki(spki.whole)) throw invalid('its key is not a P-256 key');
  const extensions = readExtensions(rest);
  requireCodeSigning(extensions);
  return { claims: claimsOf(extensions), spki: spki.whole, certificateId: digestOf(tbs.whole) };
}

const what = 'the certificate';
const version3 = Buffer.from('a003020102', 'hex');
const fulcio = '1.3.6.1.4.1.57264.1.';
const oids = {
  keyUsage: '2.5.29.15',
  names: '2.5.29.17',
  constraints: '2.5.29.19',
  extendedUsage: '2.5.29.37',
} as const;
const mayBeCritical: ReadonlySet<string> = new Set(Object.values(oids));
// The DER of an extended key usage (ExtKeyUsageSyntax) with id-kp-codeSigning and nothing else.
const codeSigning = Buffer.from('300a06082b06010505070303', 'hex');

type Extensions = ReadonlyMap<string, Uint8Array>;

// Maps the object identifier of each extension to the content of the extension's OCTET STRING.
function readExtensions(behindKey: readonly Der[]): Extensions {
  const list = behindKey.find(({ tag }) => tag === 0xa3);
  if (list === undefined) throw invalid('it has no extensions');
  const found = new Map<string, Uint8Array>();
  for (const extension of elementsOf(readDer(list.content, derTags.sequence, what).content, what)) {
    const parts = elementsOf(extension.content, what);
    const id = parts[0];
    const value = parts.at(-1);
    const critical =
      parts.length === 3 && parts[1]?.tag === derTags.boolean && parts[1].content[0] === 0xff;
    const wellFormed =
      id?.tag === derTags.oid &&
      value?.tag === derTags.octetString &&
      (parts.length === 2 || critical);
    const oid = wellFormed ? oidText(id.content) : '';
    if (!wellFormed || oid === '') throw invalid('an extension is malformed');
    if (found.has(oid)) throw invalid(`the extension ${oid} is there twice`);
    if (critical && !mayBeCritical.has(oid))
      throw invalid(`the extension ${oid} is critical and unknown here`);
    found.set(oid, value.content);
  }
  return found;
}

function requireCodeSigning(extensions: Extensions): void {
  const constraints = extensions.get(oids.constraints);
  // An empty sequence of basic constraints means that the certificate belongs to no authority. Any
  // content of the sequence concerns authorities only.
  if (
    constraints !== undefined &&
    readDer(constraints, derTags.sequence, what).content.byteLength > 0
  )
    throw invalid('it is the certificate of an authority, not of a signer');
  const extended = extensions.get(oids.extendedUsage);
  if (extended === undefined || Buffer.compare(extended, codeSigning) !== 0)
    throw invalid('it is not for code signing alone');
  const usage = extensions.get(oids.keyUsage);
  const [, bits = 0] = usage === undefined ? [] : readDer(usage, derTags.bitString, what).content;
  // In the key usage bits, digitalSignature is the first bit and keyCertSign is the sixth bit (RFC
  // 5280 §4.2.1.3).
  if (bits < 0x80 || (bits & 0x04) !== 0) throw invalid('its key usage is not digital signature');
}

function claimsOf(extensions: Extensions): CertificateClaims {
  const text = (number: number): string | undefined => {
    const value = extensions.get(`${fulcio}${number}`);
    if (value === undefined) return undefined;
    return (
      printable(readDer(value, derTags.utf8String, what).content, `extension .${number}`) ||
      undefined
    );
  };
  const oldIssuer = extensions.get(`${fulcio}1`);
  const olderText = oldIssuer === undefined ? undefined : printable(oldIssuer, 'extension .1');
  const issuer = extensions.has(`${fulcio}8`) ? text(8) : olderText;
  if (issuer === undefined || issuer === '') throw invalid('it names no issuer of the identity');
  if (olderText !== undefined && olderText !== issuer)
    throw invalid('it names two issuers of the identity');
  const ref = text(14);
  const workflow = withoutRef(text(18), ref);
  const claims = {
    repository: text(15),
    instructions: text(9),
    workflow,
    ref,
    environment: text(23),
    trigger: text(20),
    run: text(21),
  };
  const there = Object.fromEntries(
    Object.entries(claims).filter(([, value]) => value !== undefined),
  );
  return { issuer, subject: subjectOf(extensions.get(oids.names)), ...there };
}

// Names of branches and of files may contain an @, so only the ref that the certificate itself
// names is removed from the build config URI.
function withoutRef(buildConfig: string | undefined, ref: string | undefined): string | undefined {
  const end = `@${ref}`;
  return ref !== undefined && buildConfig?.endsWith(end)
    ? buildConfig.slice(0, -end.length)
    : buildConfig;
}

function subjectOf(names: Uint8Array | undefined): string {
  const list =
    names === undefined ? [] : elementsOf(readDer(names, derTags.sequence, what).content, what);
  const [name] = list;
  if (name === undefined || list.length !== 1)
    throw invalid(`it has ${list.length} subject alternative names, not one`);
  // The three accepted forms of a GeneralName (RFC 5280 §4.2.1.6): rfc822Name,
  // uniformResourceIdentifier, and otherName with Fulcio's user name.
  const text =
    name.tag === 0x81 || name.tag === 0x86
      ? printable(name.content, 'its name', true)
      : otherName(name);
  if (text === '') throw invalid('its subject alternative name is empty');
  return text;
}

function otherName({ tag, content }: Der): string {
  const [type, value, ...more] = tag === 0xa0 ? elementsOf(content, what) : [];
  if (
    type === undefined ||
    oidText(type.content) !== `${fulcio}7` ||
    value?.tag !== 0xa0 ||
    more.length > 0
  )
    throw invalid(
      'its subject alternative name is neither an email address nor a URI nor a user name',
    );
  return printable(readDer(value.content, derTags.utf8String, what).content, 'its name');
}

// People and programs compare the certificate's texts. A text must therefore be UTF-8 (ASCII for an
// IA5String), without control characters and without invisible characters.
function printable(bytes: Uint8Array, where: string, ascii = false): string {
  const text = Buffer.from(bytes).toString('utf8');
  const isExact =
    Buffer.compare(Buffer.from(text), bytes) === 0 && bytes.byteLength <= certificateTextBytesMax;
  if (!isExact || (ascii ? /[^\x20-\x7e]/ : /[\p{C}\p{Zl}\p{Zp}]/u).test(text))
    throw invalid(`${where} is not plain text`);
  return text;
}

function invalid(why: string): Problem {
  return new Problem('certificate-invalid', `Cannot accept the certificate: ${why}`);
}

// Reads ASN.1 in DER (X.690) strictly: one-byte tags, definite lengths in their shortest form, no
// bytes left over.

/** One DER element: the element's tag byte, its content, and all of its bytes. */
export interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** Tag bytes of the universal ASN.1 types that occur in certificates. */
export const derTags = {
  boolean: 0x01,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
} as const;

/**
 * Reads bytes that are exactly one DER element with this tag.
 * @param what how messages name the element
 * @throws Problem `certificate-invalid`
 */
export function readDer(bytes: Uint8Array, tag: number, what: string): Der {
  const [only, ...more] = elementsOf(bytes, what);
  if (only?.tag !== tag || more.length > 0) throw unreadable(what);
  return only;
}

/**
 * Splits bytes into the DER elements that follow each other.
 * @throws Problem `certificate-invalid`
 */
export function elementsOf(bytes: Uint8Array, what: string): Der[] {
  const elements: Der[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const next = elementAt(bytes, at, what);
    elements.push(next);
    at += next.whole.byteLength;
  }
  return elements;
}

/**
 * Prints an object identifier as `1.2.840…`; empty when the content is not an object identifier.
 */
export function oidText(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const [at, byte] of content.entries()) {
    // With a leading 0x80, one object identifier could be written in two ways. Arcs above 2^53
    // belong to no object identifier that Skillgate knows.
    if ((arc === 0 && byte === 0x80) || arc > 2 ** 45) return '';
    arc = arc * 128 + (byte % 128);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    } else if (at === content.byteLength - 1) return '';
  }
  const [first, ...rest] = arcs;
  if (first === undefined) return '';
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}

function elementAt(bytes: Uint8Array, start: number, what: string): Der {
  const tag = bytes[start] ?? 0;
  // In DER, the length byte 0x80 (indefinite length) is not allowed. A missing length byte is read
  // as 0x80, so it is rejected, too.
  const first = bytes[start + 1] ?? 0x80;
  if (tag % 32 === 31) throw unreadable(what);
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  const written = bytes.subarray(start + 2, start + 2 + lengthBytes);
  const length = first < 0x80 ? first : written.reduce((sum, byte) => sum * 256 + byte, 0);
  const contentAt = start + 2 + lengthBytes;
  // A DER length below 128, or a length that begins with a zero byte, has a shorter form.
  const isShortest = first < 0x80 || (written[0] !== 0 && length >= 0x80);
  if (!isShortest || contentAt + length > bytes.byteLength) throw unreadable(what);
  return {
    tag,
    content: bytes.subarray(contentAt, contentAt + length),
    whole: bytes.subarray(start, contentAt + length),
  };
}

function unreadable(what: string): Problem {
  return new Problem('certificate-invalid', `Cannot read ${what}: it is not in DER`);
}
