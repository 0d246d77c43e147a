/** Reads this host's key for signing the audit log, and creates the key on first use. */
import { generateKeyPairSync } from 'node:crypto';
import {
  parseAuditKey,
  printAuditKey,
  type SigningAuditKey,
} from '../../skills-index/run/audit/audit-key.ts';
import { withLock } from '../files/lock.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';

const keyBytesMax = 64 * 1024;

/**
 * Reads the audit key; undefined before the key's creation.
 * @param path `$CONFIG/audit-key.json`
 * @throws Problem `key-file-invalid` when the file is damaged or other users may read it
 */
export function readAuditKey(path: string): SigningAuditKey | undefined {
  const bytes = readPrivateFile(path, {
    bytesMax: keyBytesMax,
    secret: true,
    code: 'key-file-invalid',
  });
  return bytes === undefined ? undefined : parseAuditKey(bytes, path);
}

/** @throws Problem `key-file-invalid` */
export function openAuditKey(path: string): SigningAuditKey {
  return readAuditKey(path) ?? withLock(`${path}.lock`, () => readAuditKey(path) ?? make(path));
}

function make(path: string): SigningAuditKey {
  const text = printAuditKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  writePrivateFile(path, text);
  return parseAuditKey(Buffer.from(text), path);
}
