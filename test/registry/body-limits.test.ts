import { describe, expect, it } from 'vitest';
import { envelopeBytesMax } from '../../skills-index/statement/signature-formats/envelope.ts';
import { makeSkill, tarOf } from './road.ts';
import { expectAnswer } from './steps.ts';
import { oneWorld } from './world.ts';

/**
 * An envelope whose unsigned payload is a statement with very many faults: dear to parse, and
 * nobody's.
 */
function swollen(bytes: number): string {
  const capability = { capabilities: { secret: Array.from({ length: bytes / 4 }, () => ({})) } };
  const payload = Buffer.from(JSON.stringify(capability)).toString('base64');
  return JSON.stringify({
    payload,
    payloadType: 'application/vnd.in-toto+json',
    signatures: [{ sig: 'eA==', keyid: '' }],
  });
}

describe('what is sent', () => {
  const world = oneWorld();

  it.each(['publish', 'provenance'])('as part %s is measured before it is parsed', async (part) => {
    const form = new FormData();
    for (const name of new Set(['publish', part]))
      form.set(name, name === part ? swollen(envelopeBytesMax * 4) : swollen(400));
    form.set('bundle', new Blob([tarOf(makeSkill('@acme/x', '1.0.0'))]));
    const answer = await world.send('/api/v1/versions', { method: 'POST', body: form });
    // Both parts are read before either is judged.
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      413,
      'request-too-large',
    ]);
  });

  it.each<[string, (token: string) => RequestInit, number]>([
    ['/api/v1/statements', () => ({ body: swollen(envelopeBytesMax * 2) }), 413],
    ['/api/v1/session/challenge', () => ({ body: `{"keyId":"${'x'.repeat(65 * 1024)}"}` }), 413],
    ['/api/v1/session', () => ({ body: `[${'1,'.repeat(33 * 1024)}1]` }), 413],
    ['/api/v1/jobs/x/report', () => ({ body: `[${'1,'.repeat(500_000)}1]` }), 401],
    [
      '/api/v1/jobs/x/report',
      (token) => ({ body: '[', headers: { authorization: `Bearer ${token}` } }),
      403,
    ],
  ])(
    'to %s is not parsed when it is too large or nobody may send it (%#)',
    async (path, init, status) => {
      const { headers, ...rest } = init(world.tokens.rita);
      const all = { 'content-type': 'application/json', ...headers };
      expect((await world.send(path, { method: 'POST', headers: all, ...rest })).status).toBe(
        status,
      );
    },
  );

  it('inside a report is an envelope of no more than an envelope’s bytes', async () => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${world.tokens.scanner}`,
    };
    const body = `{"lease":"x","envelope":${swollen(envelopeBytesMax * 2)},"report":{}}`;
    await expectAnswer(world.send('/api/v1/jobs/x/report', { method: 'POST', headers, body }), 413);
  });
});
