import { afterEach, describe, expect, it } from 'vitest';
import { signatureOf } from '../../../skills-index/skill/text/similarity-signature.ts';
import { parseSigstoreBundle } from '../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { walkContract } from '../contract.ts';
import { makeKey, makeRoot, type TestKey } from '../people.ts';
import {
  approve,
  call,
  claimScope,
  enrol,
  makeReport,
  makeSkill,
  publish,
  type Send,
  type Skill,
  scan,
  signIn,
  signReport,
} from '../road.ts';
import { type Cloudflare, makeCloudflare } from './cloudflare.ts';
import { parametersMax, queriesOfOneRequestMax } from './limits.ts';

const open: Cloudflare[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

interface Staff {
  readonly cloudflare: Cloudflare;
  readonly send: Send;
  readonly author: TestKey;
  readonly scanner: TestKey;
  readonly rita: TestKey;
  readonly tokens: { readonly scanner: string; readonly rita: string };
}

async function makeStaff(): Promise<Staff> {
  const trust = makeRoot();
  const cloudflare = makeCloudflare(trust, { isolates: 2 });
  open.push(cloudflare);
  const send = cloudflare.send(0);
  const [author, scanner, rita] = [makeKey(), makeKey(), makeKey()];
  await enrol(send, trust.administrator, { name: 'scanner', roles: ['scanner'], key: scanner });
  await enrol(send, trust.administrator, { name: 'rita', roles: ['reviewer'], key: rita });
  await claimScope(send, 'acme', author);
  const tokens = { scanner: await signIn(send, scanner), rita: await signIn(send, rita) };
  return { cloudflare, send, author, scanner, rita, tokens };
}

/** Reports as a scanner does that also sends a sketch of the texts. */
async function scanWithSketch({ send, scanner, tokens }: Staff, skill: Skill): Promise<number> {
  const texts = skill.files.map(({ path, bytes }) => ({
    path,
    text: Buffer.from(bytes).toString(),
  }));
  const { body } = await call(send, '/api/v1/jobs/lease', { token: tokens.scanner, json: {} });
  const report = makeReport(skill, 'pass');
  const answer = await call(send, `/api/v1/jobs/${body.job.id}/report`, {
    token: tokens.scanner,
    json: {
      lease: body.job.lease,
      envelope: await signReport(send, skill, report, scanner),
      report,
      signature: signatureOf(texts),
    },
  });
  return answer.status;
}

describe('the Worker within the limits of Cloudflare', () => {
  it.each([
    ['one object writes', true],
    ['each isolate writes', false],
  ])(
    'walks the whole contract when %s',
    async (_, hasWriter) => {
      const trust = makeRoot();
      const cloudflare = makeCloudflare(trust, { isolates: 2, hasWriter });
      open.push(cloudflare);
      let requests = 0;
      await walkContract((path, init) => cloudflare.send(requests++)(path, init), trust);
      expect(cloudflare.invocations.most.queries).toBeLessThan(queriesOfOneRequestMax / 2);
    },
    60_000,
  );

  it('keeps the review open when there are more near copies than parameters', async () => {
    const staff = await makeStaff();
    const prose = Array.from({ length: 80 }, (_, at) => `Count the words of chapter ${at} twice.`);
    const copies = Array.from({ length: parametersMax + 10 }, (_, at) =>
      makeSkill(`@acme/copy-${at}`, '1.0.0', {
        files: { 'guide.md': `${prose.join('\n')}\nCopy ${at}.\n` },
      }),
    );
    for (const skill of copies) {
      expect((await publish(staff.send, skill, staff.author)).status).toBe(201);
      expect(await scanWithSketch(staff, skill)).toBe(200);
    }
    const { rita: token } = staff.tokens;
    expect((await call(staff.send, '/api/v1/reviews', { token })).status).toBe(200);
    const one = await call(staff.send, '/api/v1/reviews/@acme/copy-7/1.0.0', { token });
    expect(one.status).toBe(200);
    expect(JSON.stringify(one.body)).toContain('@acme/copy-');
    // A page judges at most its own rows anew, however many versions wait.
    expect(staff.cloudflare.invocations.most.queries).toBeLessThan(queriesOfOneRequestMax);
  }, 60_000);

  it('gives few checkpoints to many who publish at once', async () => {
    const trust = makeRoot();
    const cloudflare = makeCloudflare(trust, { isolates: 2, d1Ms: 5 });
    open.push(cloudflare);
    const author = makeKey();
    await claimScope(cloudflare.send(0), 'crowd', author);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        publish(cloudflare.send(at), makeSkill(`@crowd/skill-${at}`, '1.0.0'), author),
      ),
    );
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    const sizes = new Set<string>();
    for (const { body } of answers) {
      const path = `/log/statements/${body.statements[0].logIndex}`;
      const bundle = parseSigstoreBundle(await (await cloudflare.send(0)(path)).json());
      sizes.add(bundle.verificationMaterial.tlogEntries[0].inclusionProof.treeSize);
    }
    expect(sizes.size).toBeLessThan(answers.length / 2);
  });

  it('loses no line when versions of one skill are approved within a second', async () => {
    const { cloudflare, send, author, scanner, rita, tokens } = await makeStaff();
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
  }, 60_000);
});
