/**
 * A stand-in for a certificate transparency log: signs promises for precertificates (RFC 6962 §3.2)
 * and keeps nothing.
 */
import { createHash, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';

export interface CertificateLog {
  readonly url: string;
  /** SPKI DER. */
  readonly publicKey: Buffer;
  stop(): void;
}

export async function startCertificateLog(port: number): Promise<CertificateLog> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const id = createHash('sha256').update(spki).digest('base64');
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const promised =
      body === '' ? undefined : promise(JSON.parse(body).chain as string[], Date.now());
    response.writeHead(200, { 'content-type': 'application/json' });
    if (promised === undefined) return response.end('{}');
    const signature = sign('sha256', promised.signed, { key: privateKey, dsaEncoding: 'der' });
    // digitally-signed (RFC 5246 §4.7): SHA-256, ECDSA.
    const digitallySigned = Buffer.concat([
      Buffer.from([4, 3]),
      unsigned(signature.byteLength, 2),
      signature,
    ]);
    const answer = {
      sct_version: 0,
      id,
      timestamp: promised.at,
      extensions: '',
      signature: digitallySigned.toString('base64'),
    };
    return response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, publicKey: spki, stop };
}

function promise(
  [precertificate = '', issuer = '']: readonly string[],
  at: number,
): { signed: Buffer; at: number } {
  const issuerKey = new X509Certificate(Buffer.from(issuer, 'base64')).publicKey.export({
    type: 'spki',
    format: 'der',
  });
  const tbs = withoutPoison(Buffer.from(precertificate, 'base64'));
  const parts = [
    Buffer.from([0, 0]), // v1, certificate_timestamp
    unsigned(at, 8),
    unsigned(1, 2), // precert_entry
    createHash('sha256').update(issuerKey).digest(),
    unsigned(tbs.byteLength, 3),
    tbs,
    unsigned(0, 2), // no extensions
  ];
  return { signed: Buffer.concat(parts), at };
}

function unsigned(value: number, bytes: number): Buffer {
  return Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');
}

// OBJECT IDENTIFIER 1.3.6.1.4.1.11129.2.4.3, the mark of a precertificate.
const poison = Buffer.from('060a2b06010401d679020403', 'hex');

/**
 * The tbsCertificate of a precertificate, its poison taken out and the lengths around it written
 * anew.
 */
function withoutPoison(certificate: Buffer): Buffer {
  const [tbs] = children(certificate);
  const fields = children(tbs ?? Buffer.alloc(0));
  const kept = fields.map((field) => {
    if (field[0] !== 0xa3) return field;
    const [list] = children(field);
    const extensions = children(list ?? Buffer.alloc(0)).filter(
      (extension) => !extension.includes(poison),
    );
    return element(0xa3, element(0x30, Buffer.concat(extensions)));
  });
  return element(0x30, Buffer.concat(kept));
}

function element(tag: number, content: Buffer): Buffer {
  const { byteLength } = content;
  const digits = byteLength.toString(16);
  const long = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  const length =
    byteLength < 0x80
      ? Buffer.from([byteLength])
      : Buffer.concat([Buffer.from([0x80 | long.byteLength]), long]);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}

/** The elements inside a constructed DER element. */
function children(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  const { start, end } = contentOf(bytes, 0);
  for (let at = start; at < end; ) {
    const inner = contentOf(bytes, at);
    found.push(bytes.subarray(at, inner.end));
    at = inner.end;
  }
  return found;
}

function contentOf(bytes: Buffer, at: number): { start: number; end: number } {
  const first = bytes[at + 1] ?? 0;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  const length = digits === 0 ? first : bytes.readUIntBE(at + 2, digits);
  const start = at + 2 + digits;
  return { start, end: start + length };
}
