import { describe, expect, it } from 'vitest';
import { uploadBytesMax } from '../../../registry/request-limits/spool.ts';
import { isWhole } from '../../sample.ts';
import { makeCast } from '../contract/cast.ts';
import { incidentPolicyOf, makeHost } from '../contract/incidents.ts';
import { walkContract, walkRoad } from '../contract/walk.ts';
import { makeKey, makeRoot } from '../people.ts';
import { approve, call, claimScope, makeSkill, publish, scan } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { makeCloudflare } from './cloudflare.ts';
import {
  isolateBytesMax,
  isolateRestBytes,
  parametersMax,
  queriesOfOneRequestMax,
} from './limits.ts';
import { printRoutes } from './routes.ts';

// At the same time: they wait for R2, which takes one write a second to a key.
describe.concurrent('the Worker within the limits of Cloudflare', () => {
  it('walks the whole contract', async ({ onTestFinished }) => {
    const trust = makeRoot();
    const host = makeHost();
    const settings = { INCIDENTS: incidentPolicyOf(host) };
    const cloudflare = makeCloudflare(trust, { isolates: 2, settings });
    onTestFinished(() => cloudflare.close());
    let requests = 0;
    await walkContract({
      send: (path, init) => cloudflare.send(requests++)(path, init),
      trust,
      host,
      copies: parametersMax + 10,
      finish: async ({ sql, object }) => {
        cloudflare.run(sql);
        cloudflare.bucket.stored.delete(object);
        await cloudflare.cron();
      },
    });
    const { most } = cloudflare.invocations;
    expect(most.queries).toBeLessThan(queriesOfOneRequestMax / 2);
    console.log(printRoutes(cloudflare.invocations.routes()));
  });

  it('walks the road when each isolate writes', async ({ onTestFinished }) => {
    const trust = makeRoot();
    const cloudflare = makeCloudflare(trust, { isolates: 2, hasWriter: false });
    onTestFinished(() => cloudflare.close());
    let requests = 0;
    await walkRoad({ send: (path, init) => cloudflare.send(requests++)(path, init), trust });
    expect(cloudflare.invocations.most.queries).toBeLessThan(queriesOfOneRequestMax / 2);
  });

  it('appends for very many who publish at once in invocations of several of them', async ({
    onTestFinished,
  }) => {
    const trust = makeRoot();
    const cloudflare = makeCloudflare(trust, { isolates: 8, d1Ms: 20, r2Ms: 10 });
    onTestFinished(() => cloudflare.close());
    const author = makeKey();
    await claimScope(cloudflare.send(0), 'crowd', author);
    const answers = await Promise.all(
      Array.from({ length: isWhole ? 128 : 48 }, (_, at) =>
        publish(cloudflare.send(at), makeSkill(`@crowd/skill-${at}`, '1.0.0'), author),
      ),
    );
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    expect(cloudflare.invocations.most.queries).toBeLessThan(0.75 * queriesOfOneRequestMax);
  });

  it('refuses the large uploads that its memory does not hold', async ({ onTestFinished }) => {
    const trust = makeRoot();
    const cloudflare = makeCloudflare(trust);
    onTestFinished(() => cloudflare.close());
    const cast = await makeCast({ send: cloudflare.send(0), trust });
    const body = new Uint8Array(uploadBytesMax);
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const ofMember = { ...headers, authorization: `Bearer ${cast.tokens.rita}` };
    const answers = await Promise.all(
      [ofMember, ofMember, headers, headers, headers, headers].map((own) =>
        cast.send('/api/v1/versions', { method: 'POST', headers: own, body }),
      ),
    );
    // The bodies are no uploads, which the registry sees when it has read them whole.
    expect(answers.map(({ status }) => status).sort()).toEqual([400, 400, 400, 503, 503, 503]);
    const { held } = cloudflare.invocations.most;
    expect(held).toBeGreaterThan(2.5 * uploadBytesMax);
    expect(held).toBeLessThan(isolateBytesMax - isolateRestBytes);
  });

  it('does every chore of the cron trigger where one fails each time', async ({
    onTestFinished,
  }) => {
    const trust = makeRoot();
    const cloudflare = makeCloudflare(trust);
    onTestFinished(() => cloudflare.close());
    const cast = await makeCast({ send: cloudflare.send(0), trust });
    await expectAnswer(cast.release(makeSkill('@acme/shown', '1.0.0')), 201);
    const nobody = `sha256:${'0'.repeat(64)}`;
    cloudflare.run(
      `INSERT INTO pending_stops VALUES ('${nobody}', 0, 'suspended', 'rita', 'x', 0, 'certificates nowhere')`,
    );
    await expect(cloudflare.cron()).rejects.toThrow(`the stop of publisher ${nobody}`);
    // A later chore chooses the offered version of each skill.
    const { body } = await call(cast, '/api/v1/skills');
    expect(JSON.stringify(body)).toContain('shown');
  });

  it('loses no line when versions of one skill are approved within a second', async ({
    onTestFinished,
  }) => {
    const trust = makeRoot();
    const cloudflare = makeCloudflare(trust, { isolates: 2 });
    onTestFinished(() => cloudflare.close());
    const { send, author, scanner, rita, tokens } = await makeCast({
      send: cloudflare.send(0),
      trust,
    });
    const skills = [0, 1, 2].map((at) => makeSkill('@acme/raced', `1.0.${at}`));
    for (const skill of skills) {
      await publish(send, skill, author);
      await scan(send, tokens.scanner, scanner, skill, 'pass');
    }
    const answers = await Promise.all(
      skills.map((skill, at) => approve(cloudflare.send(at), tokens.rita, rita, skill)),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(cloudflare.bucket.refused).toBeGreaterThan(0);
    await cloudflare.cron();
    const lines = (await (await send('/index/@acme/raced')).text()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).version).sort()).toEqual([
      '1.0.0',
      '1.0.1',
      '1.0.2',
    ]);
  });
});
