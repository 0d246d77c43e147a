/** The road of a version: publication by many at once, scan, review, index, update, revocation. */

import { expect } from 'vitest';
import { revocationStatement } from '../../../skills-index/statement/attestation.ts';
import type { Prose } from '../../../skills-index/statement/prose.ts';
import { freshNonce } from '../../nonce.ts';
import { approve, call, makeSkill, publish, scan, signIn, state } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import type { Cast, Road } from './cast.ts';
import { judge, readLine } from './read-line.ts';

export async function walkPublication(cast: Cast<Road>): Promise<void> {
  const { send, author, scanner, rita, tokens } = cast;
  const skill = makeSkill('@acme/count', '1.0.0', {
    files: { 'scripts/count.sh': 'wc -w "$1"\n' },
  });
  const answers = await Promise.all(Array.from({ length: 8 }, () => publish(send, skill, author)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([
    201,
    ...Array.from({ length: 7 }, () => 409),
  ]);
  await expectAnswer(publish(send, skill, author), 409, 'version-exists');
  expect((await send('/index/@acme/count')).status).toBe(404);
  expect((await send(`/blobs/sha256/${skill.packed.digest.slice(7)}`)).status).toBe(404);
  const own = `/api/v1/blobs/sha256/${skill.packed.digest.slice(7)}`;
  const token = await signIn(send, author);
  const headers = { authorization: `Bearer ${token}` };
  expect((await send(own, { headers })).status).toBe(200);

  expect(
    await scan(send, tokens.scanner, scanner, skill, 'review', [], {
      prose: saying('Count the words.'),
    }),
  ).toMatchObject({ status: 200, body: { status: 'in review' } });
  expect((await cast.asScanner('/api/v1/jobs/lease', {})).body).toEqual({ job: null });
  expect((await call(send, '/api/v1/reviews', { token: tokens.rita })).body.reviews).toMatchObject([
    { name: '@acme/count' },
  ]);
  expect(await approve(send, tokens.rita, rita, skill)).toMatchObject({ status: 201 });
  expect(await cast.statusOf(skill)).toBe('approved');

  const line = await readLine(send, skill);
  expect(await judge(cast, skill, line)).toMatchObject({
    kind: 'admitted',
    publisher: author.keyId,
    approvals: [{ member: 'rita' }],
  });

  const update = makeSkill('@acme/count', '1.0.1', {
    files: { 'SKILL.md': '---\nname: count\ndescription: x\n---\nCount the lines.\n' },
  });
  expect((await publish(send, update, author)).status).toBe(201);
  await scan(send, tokens.scanner, scanner, update, 'pass', [], {
    prose: saying('Count the lines.'),
  });
  expect(
    (await call(send, '/api/v1/reviews/@acme/count/1.0.1', { token: tokens.rita })).body.prose,
  ).toMatchObject({
    kind: 'told',
    since: '1.0.0',
    change: { added: [{ path: 'SKILL.md', text: 'Count the lines.' }], removed: 1 },
  });

  const revoked = revocationStatement({
    nonce: freshNonce(),
    kind: 'revoked',
    target: { bundle: skill.packed.digest },
    reason: 'it was a trick',
  });
  expect((await state(send, revoked, rita)).status).toBe(201);
  expect(await cast.statusOf(skill)).toBe('revoked');
  expect(await judge(cast, skill, line)).toMatchObject({
    kind: 'refused',
    reasons: [{ code: 'revoked' }],
  });
}

function saying(text: string): Prose {
  return {
    schema: 'skillgate.prose/1',
    sentences: [{ path: 'SKILL.md', line: 5, text, isHidden: false }],
    left: 0,
  };
}
