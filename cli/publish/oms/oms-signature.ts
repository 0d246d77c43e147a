/**
 * Says what a `skill.oms.sig` in an imported skill proves. The signature decides nothing: whether
 * the skill is approved rests on scan and reviewers alone.
 */
import { type KeyObject, verify, X509Certificate } from 'node:crypto';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import {
  inTotoPayloadType,
  pae,
} from '../../../skills-index/statement/signature-formats/envelope.ts';
import type { SkillFolder } from '../../scan/source-folder.ts';
import { type OmsBundle, omsFileName, parseOmsBundle } from './oms-bundle.ts';

export interface OmsSignature {
  /**
   * `trusted`: a root of the caller vouches for the signer, and the files are those that were
   * signed. `stranger`: the same, but nobody vouches for the signer. `files-differ`: the signature
   * is valid for other files. `unverified`: the signature names a key and does not have it.
   * `invalid`: the signature is not valid, or cannot be read.
   */
  readonly state: 'trusted' | 'stranger' | 'files-differ' | 'unverified' | 'invalid';
  /** Subject of the signer's certificate; absent where no certificate is valid. */
  readonly signer?: string;
  /** A sentence for people. */
  readonly says: string;
  /** Paths of files that are other files than the signed ones, are missing, or were not signed. */
  readonly files: readonly string[];
}

/**
 * Reads and verifies the signature of a skill.
 * @param roots certificates that the caller trusts
 * @returns undefined for a skill without such a signature
 */
export function readOmsSignature(
  { files }: Pick<SkillFolder, 'files'>,
  roots: readonly X509Certificate[],
): OmsSignature | undefined {
  const file = files.find(({ path }) => path === omsFileName);
  if (file === undefined) return undefined;
  try {
    return judge(parseOmsBundle(file.bytes, omsFileName), files, roots);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const why = cause.reasons[0]?.message ?? cause.message;
    return { state: 'invalid', says: `cannot be read: ${why}`, files: [] };
  }
}

/** Reads certificates in PEM. @throws Problem `usage` */
export function parseRoots(pem: string, path: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    const roots = blocks.map((block) => new X509Certificate(block));
    if (roots.length > 0) return roots;
  } catch {
    // The message below fits as well.
  }
  throw new Problem('usage', `Cannot use ${path}: it has no certificates in PEM`);
}

function judge(
  bundle: OmsBundle,
  files: SkillFolder['files'],
  roots: readonly X509Certificate[],
): OmsSignature {
  const [leaf] = bundle.chain;
  if (leaf === undefined)
    return {
      state: 'unverified',
      says: 'names a key and does not contain it, so nothing is proven here',
      files: [],
    };
  if (!isSigned(bundle, leaf.publicKey))
    return {
      state: 'invalid',
      says: 'is not valid: the certificate’s key did not sign it',
      files: [],
    };
  const signer = leaf.subject.split('\n').join(', ');
  const differing = differingFiles(bundle, files);
  const isTrusted = vouches(bundle.chain, roots);
  const by = isTrusted
    ? `by ${signer}, for whom a certificate of yours vouches`
    : `by a holder of the certificate “${signer}”, for whom no certificate of yours vouches`;
  if (differing.length > 0)
    return {
      state: 'files-differ',
      signer,
      says: `was made ${by}, for other files: ${differing.length} differ, are missing or were not signed`,
      files: differing,
    };
  return {
    state: isTrusted ? 'trusted' : 'stranger',
    signer,
    says: `was made ${by}, for exactly these files`,
    files: [],
  };
}

const hashOfCurve: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

// model_signing 0.2 signed another encoding of the payload. Such a signature counts as not valid.
function isSigned({ payload, signature }: OmsBundle, key: KeyObject): boolean {
  const hash = hashOfCurve[key.asymmetricKeyDetails?.namedCurve ?? ''];
  return hash !== undefined && verify(hash, pae(inTotoPayloadType, payload), key, signature);
}

/** Whether each certificate is issued by the next one, and the last one by a root or is a root. */
function vouches(chain: readonly X509Certificate[], roots: readonly X509Certificate[]): boolean {
  const time = chain[0]?.validFromDate.getTime() ?? Number.NaN;
  const isValidThen = ({ validFromDate, validToDate }: X509Certificate): boolean =>
    validFromDate.getTime() <= time && time <= validToDate.getTime();
  let at = chain[0];
  for (const issuer of [...chain.slice(1), undefined]) {
    if (at === undefined || !isValidThen(at)) return false;
    const subject = at;
    if (roots.some((root) => isIssuedBy(subject, root) && isValidThen(root))) return true;
    if (issuer === undefined || !isIssuedBy(subject, issuer)) return false;
    at = issuer;
  }
  return false;
}

function isIssuedBy(subject: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

// A signer may leave files out. Here, such a file counts as not signed, because an agent reads it.
function differingFiles({ files: signed }: OmsBundle, files: SkillFolder['files']): string[] {
  const here = new Map(
    files
      .filter(({ path }) => path !== omsFileName)
      .map(({ path, bytes }) => [path, hexOf(digestOf(bytes))]),
  );
  const paths = new Set([...signed.keys(), ...here.keys()]);
  return [...paths].filter((path) => signed.get(path) !== here.get(path)).sort();
}
