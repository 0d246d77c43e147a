import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  leasedPackage,
  look,
  malware,
  packagedSkill,
  vulnerability,
  wholeLook,
} from '../registry/packaged-skill.ts';
import { makeSkill, publish, scan } from '../registry/road.ts';
import { makeUsers, type Users } from './registry-users.ts';
import { folderWith } from './temporary-folder.ts';

const ref = '@acme/deals@1.0.0';
const withSecret = {
  secret: [
    {
      name: 'CRM_TOKEN',
      hosts: ['api.crm.example'],
      as: 'bearer',
      why: 'reads the deals of the week',
    },
  ],
  egress: [{ url: 'https://api.crm.example/v2/*', methods: ['GET'], why: 'reads deals' }],
};

async function inReview(): Promise<Users> {
  const users = await makeUsers();
  const { world } = users;
  const deals = makeSkill('@acme/deals', '1.0.0', { capabilities: withSecret });
  await publish(world, deals, world.author);
  await scan(world, world.tokens.scanner, world.scanner, deals, 'pass');
  return users;
}

describe('what a reviewer signs', () => {
  it.each([[['--reason', 'read it']], [['--statement']]])(
    'is never signed where nobody can be asked: %j',
    async (options) => {
      const { as, requests, world } = await inReview();
      const given = [...options];
      if (given[0] === '--statement') {
        const draft = await world.send('/api/v1/reviews/@acme/deals/1.0.0/draft', {
          method: 'POST',
          headers: {
            authorization: `Bearer ${world.tokens.rita}`,
            'content-type': 'application/json',
          },
          body: JSON.stringify({
            reviewer: { keyId: world.rita.keyId },
            reason: 'in the desk',
            independent: true,
          }),
        });
        given.push(((await draft.json()) as { digest: string }).digest);
      }
      const ran = await as('rita', ['review', 'approve', ref, ...given]);
      expect(ran).toMatchObject({
        exit: 6,
        stderr: expect.stringMatching(/error\[not-confirmed\][\s\S]*help: add --yes/),
      });
      expect(requests).not.toContain('POST /api/v1/statements');
    },
  );

  it('is signed once: a second approval of the same person would change nothing', async () => {
    const { as, requests } = await inReview();
    const approve = () => as('rita', ['review', 'approve', ref, '--reason', 'read it', '--yes']);
    const first = await approve();
    expect(first.stderr).toContain('api.crm.example (reads the deals of the week)');
    expect(first.stderr).toContain('a version that is approved by then stays approved');
    const again = await approve();
    expect(again).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining(`You (rita) have already approved ${ref}`),
    });
    expect(requests.filter((one) => one === 'POST /api/v1/statements')).toHaveLength(1);
  });
});

describe('what a reviewer reads', () => {
  it('has what scanners saw of the packages, malicious packages first, as plain text', async () => {
    const { as, world } = await makeUsers();
    const { send, author, scanner, tokens } = world;
    const skill = packagedSkill('@acme/packed', '1.0.0', ['evil@1.0.0', 'new@1.0.0', 'odd@1.0.0']);
    await publish(send, skill, author);
    await scan(send, tokens.scanner, scanner, skill, 'pass');
    const hostile = { ...malware, summary: 'steals\u001b[2J keys' };
    const said: Readonly<Record<string, object>> = {
      evil: { advisories: [vulnerability, hostile] },
      odd: { scan: { ...wholeLook.scan, verdict: 'block' } },
    };
    for (let leases = 0; leases < 3; leases++) {
      const leased = await leasedPackage(send, tokens.scanner);
      const seen = said[leased?.name ?? ''];
      if (seen !== undefined) await look(send, tokens.scanner, { id: leased?.id, ...seen });
    }
    const { stdout } = await as('rita', ['review', 'show', '@acme/packed@1.0.0']);
    expect(stdout).toContain(
      [
        '  malicious package npm evil@1.0.0: MAL-2026-1 steals\ufffd[2J keys',
        '  vulnerable package npm evil@1.0.0: GHSA-aaaa slow expression',
        '  the scan of the package npm odd@1.0.0 says block',
        '  no scanner has looked at 1 package yet',
      ].join('\n'),
    );
    expect(
      await as('rita', ['review', 'approve', '@acme/packed@1.0.0', '--reason', 'r', '--yes']),
    ).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining(
        'the advisory MAL-2026-1 names evil 1.0.0 of npm as malicious',
      ),
    });
  });

  it('is written for reading with --files, nothing executable, and never over what is there', async () => {
    const { as } = await inReview();
    const cwd = folderWith({ 'there/a': '' });
    const shown = await as('rita', ['review', 'show', ref, '--files', 'read'], { cwd });
    expect(shown).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('2 checked files for reading'),
    });
    expect(readdirSync(join(cwd, 'read')).sort()).toEqual(['SKILL.md', 'skill.json']);
    expect(JSON.parse(readFileSync(join(cwd, 'read/skill.json'), 'utf8'))).toMatchObject({
      name: '@acme/deals',
    });
    expect(statSync(join(cwd, 'read/SKILL.md')).mode & 0o111).toBe(0);
    expect(
      (await as('rita', ['review', 'show', ref, '--files', 'there'], { cwd })).stderr,
    ).toContain('error[file-exists]');
  });
});

describe('what an author reads', () => {
  it('answers a question, which then stands below it', async () => {
    const { as } = await inReview();
    for (const [argv, why] of [
      [['@acme/deals', '--reply', 'for the report'], 'no version is named in the reference'],
      [[ref, '--reply', ' '], 'the text of --reply is empty'],
    ] as const)
      expect(await as('author', ['status', ...argv])).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining(`Cannot answer: ${why}`),
      });
    const early = await as('author', ['status', ref, '--reply', 'for the report']);
    expect(early.stderr).toContain(`error[move-illegal]: No reviewer has asked about ${ref}`);
    await as('rita', ['review', 'ask', ref, '--reason', 'why the token?']);
    expect((await as('author', ['status', ref])).stdout).toContain(
      `to answer: skillgate status ${ref} --reply "…", or publish a higher version`,
    );
    const other = await as('omar', ['status', ref, '--reply', 'it is fine']);
    expect(other.stderr).toContain('error[forbidden]: Only the publisher of');
    expect(other.stderr).toContain('help: Use the key that published the version');
    expect(await as('author', ['status', ref, '--reply', 'for the report'])).toMatchObject({
      exit: 0,
      stdout: `${ref}: answered; the reviewers and everybody else can read the answer\n`,
    });
    const said = await as('stranger', ['status', ref]);
    expect(said.stdout).toMatch(/asked +rita: why the token\?[\s\S]*answered +\S+: for the report/);
    expect(said.stdout).not.toContain('to answer:');
  });
});
