import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { certificateProblem } from '../../cli/certificate-problem.ts';
import { requestSender } from '../../cli/send-request.ts';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { makeInstaller, makeNetwork, makeReportSkill, release } from './installer-world.ts';

const name = 'skills.acme.example';

it('says that the server answered with a certificate that this host refuses', async () => {
  const { cert, key } = makeAuthority([name], new Date()).leafFor(name);
  const server = createServer({ cert, key }, (_, answer) => answer.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  const asked = requestSender(signal)(`${base}/checkpoint`, {
    signal,
    redirect: 'error',
    headers: {},
  });
  await expect(asked).rejects.toMatchObject({
    code: 'registry-down',
    message: expect.stringContaining(`This host does not accept the certificate of ${base}: `),
    hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
});

it.each([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'skillgate registry move OLD NEW'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'NODE_EXTRA_CA_CERTS'],
  ['CERT_HAS_EXPIRED', 'clock'],
  ['CERT_REVOKED', 'operator'],
  ['ECONNREFUSED', undefined],
  ['ECONNRESET', undefined],
])('has the next step for %s: %s', (code, step) => {
  const problem = certificateProblem(`https://${name}/x`, failure(code));
  expect(problem?.hint ?? undefined).toEqual(
    step === undefined ? undefined : expect.stringContaining(step),
  );
});

it('is what a run, outdated and update name, and they decide as without an answer', async () => {
  const network = await makeNetwork();
  onTestFinished(() => network.close());
  const user = await makeInstaller(network);
  onTestFinished(() => user.close());
  await release(network, makeReportSkill('@acme/report'));
  expect((await user.run('install', '@acme/report')).exit).toBe(0);
  network.lie = async () => {
    throw certificateProblem('https://localhost/x', failure('ERR_TLS_CERT_ALTNAME_INVALID'));
  };
  const why = 'does not accept the certificate of https://localhost: why';
  const again = await user.run('install', '@acme/report');
  expect(again.err).toContain(`note: This host ${why}; this host uses the evidence that it kept`);
  expect(again.err).toContain('skillgate registry move OLD NEW');
  expect(again.err).not.toContain('does not answer');
  expect(await user.run('list', '--outdated')).toMatchObject({
    exit: 4,
    out: expect.stringContaining(why),
  });
  expect(await user.run('update')).toMatchObject({ exit: 4, err: expect.stringContaining(why) });
});

function failure(code: string): Error {
  return Object.assign(new Error('why'), { code });
}
