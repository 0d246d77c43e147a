import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { keepTlsFresh, readTlsFiles } from '../../../registry/serving/tls-renewal.ts';
import { makeAuthority } from '../../../skills-index/run/egress/certificate.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

const name = 'skills.acme.example';
const hour = 3_600_000;

it('warns once a day before the certificate ends, and once an hour from then on', async () => {
  const folder = folderWith();
  const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const { cert, key } = makeAuthority([name], new Date()).leafFor(name);
  writeFileSync(files.certificate, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  const end = Date.parse(new X509Certificate(cert).validTo);
  let now = end - 3 * 24 * hour;
  const lines: string[] = [];
  const renewal = keepTlsFresh({
    files,
    name,
    identity: await readTlsFiles(files, name),
    server: {} as Server,
    now: () => new Date(now),
    say: (line) => lines.push(line),
  });
  onTestFinished(() => renewal.stop());
  for (; now < end; now += hour / 2) await renewal.reload();
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toContain('expires at');
  lines.length = 0;
  for (now = end; now < end + 5 * hour; now += hour / 2) await renewal.reload();
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(line).toMatch(/expired at .*; clients refuse this registry/);
});
