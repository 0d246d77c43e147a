import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publicKeyOf, readKeyFile } from '../../cli/signing/key-file.ts';
import { earlierRootName } from '../../registry/store/objects.ts';
import { statements } from '../../registry/store/schema.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { decisionHints } from '../../skills-index/trust/decision/reason.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { leasedPackage, look, malware, packagedSkill } from '../registry/packaged-skill.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { approve, makeSkill, publish, publishApproved, scan } from '../registry/road.ts';
import { skill } from './command-line.ts';
import { base, makeUsers } from './registry-users.ts';
import { folderWith } from './temporary-folder.ts';

const reaching = {
  secret: [{ name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'reads deals' }],
  egress: [{ url: 'https://api.crm.example/v2/*', methods: ['GET'], why: 'reads deals' }],
};
const skillAt = (version: string): string =>
  folderWith({
    'SKILL.md': '---\nname: deals\ndescription: Counts deals.\n---\nCount.\n',
    'skill.json': JSON.stringify({ name: '@acme/deals', version, capabilities: {} }),
  });

describe('hints where somebody took a wrong turn', () => {
  it('say who owns a scope, to who claims it and to who publishes in it', async () => {
    const { as, world, requests } = await makeUsers();
    await as('stranger', ['key', 'create']);
    const cwd = folderWith({
      'SKILL.md': '---\nname: deals\ndescription: Counts deals.\n---\nCount.\n',
      'skill.json': JSON.stringify({ name: '@acme/deals', version: '1.0.0', capabilities: {} }),
    });
    for (const argv of [['scope', 'claim', 'acme'], ['publish']]) {
      const { exit, stderr } = await as('stranger', argv, { cwd });
      expect(exit).toBe(6);
      expect(stderr).toContain('error[scope-taken]: Cannot use @acme: the scope belongs to ');
      expect(stderr).toContain(world.author.keyId);
      expect(stderr).not.toContain('skillgate scope claim acme');
    }
    expect(requests).not.toContain('POST /api/v1/statements');
    expect((await as('stranger', ['scope', 'claim', 'free'], { cwd })).exit).toBe(0);
  });

  it.each([
    [
      'a file in no repository',
      ['github:420042', '.github/workflows/publish.yml', '--ref', 'refs/heads/main'],
      /does not name the repository/,
    ],
    [
      'a branch by its short name',
      ['github:420042', 'acme/skills/.github/workflows/publish.yml', '--ref', 'main'],
      /not a whole ref/,
    ],
    [
      'a repository by its name',
      [
        'github:acme/skills',
        'acme/skills/.github/workflows/publish.yml',
        '--ref',
        'refs/heads/main',
      ],
      /id of a repo/,
    ],
    [
      'neither ref nor environment',
      ['github:420042', 'acme/skills/.github/workflows/publish.yml'],
      /neither a ref nor/,
    ],
  ])(
    'sign nothing for %s as publisher, which would close the scope to everybody',
    async (_, [job = '', workflow = '', ...where], says) => {
      const { as } = await makeUsers();
      const ran = await as('author', [
        'scope',
        'publishers',
        'acme',
        '--ci',
        job,
        '--workflow',
        workflow,
        ...where,
      ]);
      expect(ran).toMatchObject({ exit: 2, stderr: expect.stringMatching(says) });
      expect(ran.stderr).toContain('skillgate whoami --oidc');
    },
  );

  it('name --key for a second registry, and leave no empty folder', async () => {
    const cwd = folderWith();
    const env = { SKILLGATE_HOME: join(cwd, 'home') };
    expect(
      (await skill(['registry', 'init', 'one', '--origin', 'localhost'], { cwd, env })).exit,
    ).toBe(0);
    const second = await skill(['registry', 'init', 'two', '--origin', 'localhost'], { cwd, env });
    expect(second).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(
        'skillgate registry init two --origin localhost --key administrator-2',
      ),
    });
    expect(existsSync(join(cwd, 'two'))).toBe(false);
    const again = await skill(['registry', 'init', 'one', '--origin', 'localhost'], { cwd, env });
    expect(again.stderr).toContain(`skillgate serve ${join(cwd, 'one')}`);
    expect((await skill(['serve', '.'], { cwd, env })).stderr).toContain('a new one: skillgate');
    expect((await skill(['serve', 'three'], { cwd, env })).stderr).toContain(
      `skillgate registry init ${join(cwd, 'three')} --origin HOST`,
    );
    expect(
      (
        await skill(
          ['registry', 'init', 'two', '--origin', 'localhost', '--key', 'administrator-2'],
          { cwd, env },
        )
      ).stderr,
    ).toMatch(/Next: .*serve two$/m);
    const named = await skill(
      ['registry', 'init', 'named', '--origin', 'skills.acme.example', '--key', 'ben'],
      { cwd, env },
    );
    expect(named.stderr).toContain('serve named --url https://skills.acme.example');
  });

  it('tell the author of an approved version that its verification summary is by a retired key, and what helps', async () => {
    const { as, world } = await makeUsers();
    const { registry } = world;
    for (const version of ['1.0.0', '2.0.0']) {
      const deals = makeSkill('@acme/deals', version);
      await publishApproved(world, deals);
    }
    expect((await as('author', ['status', '@acme/deals@2.0.0'])).stdout).not.toContain(
      'installers refuse',
    );
    const [, , , second] = (await registry.db.read.select().from(statements)).filter(
      (one) =>
        one.signer === registry.keys.registry.keyId ||
        one.predicateType === predicateTypes.approval,
    );
    const key = makeKey().open.spki;
    const retired = [
      {
        office: 'registry' as const,
        key: registry.root.registry.key,
        validUpTo: (second?.logIndex ?? 0) - 1,
      },
    ];
    Object.assign(registry, { root: { ...registry.root, registry: { key }, retired } });
    const told = await as('author', ['status', '@acme/deals@2.0.0']);
    expect(told.stdout).toMatch(
      /approved[\s\S]*installers reject this version: its verification summary, at log index \d+, was signed with a key[\s\S]*publish a higher version/,
    );
    const all = await as('author', ['status', '@acme/deals']);
    expect(all.stdout).toMatch(/^1\.0\.0 +approved *$/m);
    expect(all.stdout).toMatch(/^2\.0\.0 +approved +installers reject this version/m);
  });

  it('ask the registry in a dry run what the real run would be told', async () => {
    const { as } = await makeUsers();
    await as('stranger', ['key', 'create']);
    const cwd = skillAt('1.0.0');
    const dry = ['publish', '--dry-run'];
    expect(await as('stranger', dry, { cwd })).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('error[scope-taken]'),
    });
    expect(await as('author', dry, { cwd })).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('could be published'),
    });
    await as('author', ['publish'], { cwd });
    expect(await as('author', dry, { cwd })).toMatchObject({
      exit: 6,
      stderr: expect.stringMatching(
        /error\[version-exists\](?:.|\n)*a higher version than 1\.0\.0\. \S.*status @acme\/deals@1\.0\.0 /,
      ),
    });
    const alone = await skill(dry, { cwd, env: { SKILLGATE_HOME: folderWith() } });
    expect(alone).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('not checked: who may publish in @acme'),
    });
  });

  it('call administrators without a statement by their keys, since a number would pass to another', async () => {
    const { as, world } = await makeUsers(undefined, { trust: makeRoot({ administrators: 2 }) });
    const { stdout } = await as('administrator', ['member', 'list']);
    for (const { keyId } of world.trust.administrators)
      expect(stdout).toContain(`administrator ${keyId.slice(7, 19)}`);
    expect(stdout).not.toMatch(/administrator [12] /);
  });

  it('trust no earlier root file by its name alone: neither other bytes nor one from which nothing signed leads on', async () => {
    const { as, world } = await makeUsers();
    const old = makeRoot().root;
    const other = makeRoot().root;
    const add = ['registry', 'add', base, '--root', rootFingerprint(old)];
    for (const [served, says] of [
      [other, 'not the fingerprint you named'],
      [old, 'no signed root follows it'],
    ] as const) {
      world.stored.set(earlierRootName(rootFingerprint(old)), Buffer.from(canonicalJson(served)));
      const ran = await as('stranger', add);
      expect(ran).toMatchObject({
        exit: 6,
        stderr: expect.stringMatching(/error\[root-invalid\]/),
      });
      expect(ran.stderr).toContain(says);
    }
    expect(
      (await as('stranger', ['registry', 'add', base, '--root', rootFingerprint(world.trust.root)]))
        .exit,
    ).toBe(0);
  });

  it('say that nobody can approve a version with a malicious package, and what its author does', async () => {
    const { as, world } = await makeUsers();
    const { send, author, tokens, scanner } = world;
    const evil = packagedSkill('@acme/words', '1.0.0', ['evil@1.0.0']);
    await publish(send, evil, author);
    await scan(send, tokens.scanner, scanner, evil, 'pass');
    const leased = await leasedPackage(send, tokens.scanner);
    await look(send, tokens.scanner, { id: leased?.id, advisories: [malware] });
    const { stdout } = await as('author', ['status', '@acme/words@1.0.0']);
    expect(stdout).toContain(
      'nobody can approve it: the advisory MAL-2026-1 names evil 1.0.0 of npm as malicious',
    );
    expect(stdout).toContain('what to do: publish a higher version without the package');
    expect(stdout).not.toMatch(/missing:|still has to approve/);
  });

  it('say at 1 of 2 why it takes two, and who is missing', async () => {
    const { as, world } = await makeUsers();
    const { send, author, tokens, scanner, rita } = world;
    const deals = makeSkill('@acme/deals', '1.0.0', { capabilities: reaching });
    await publish(send, deals, author);
    await scan(send, tokens.scanner, scanner, deals, 'pass');
    const status = async () => (await as('author', ['status', '@acme/deals@1.0.0'])).stdout;
    expect(await status()).toContain('missing: 2 more reviewers, 1 of them from the command line');
    await approve(send, tokens.rita, rita, deals);
    expect(await status()).toMatch(
      /1 of 2[\s\S]*more than usual, because it takes secrets and reaches the network/,
    );
    expect(await status()).toMatch(
      /missing: 1 more reviewer, from the command line \(skillgate review approve\)/,
    );
  });

  it('take no claim and no question about what is decided, and ask before anything is revoked for ever', async () => {
    const { as, world } = await makeUsers();
    const { send, author, tokens, scanner, rita } = world;
    const deals = makeSkill('@acme/deals', '1.0.0');
    await publish(send, deals, author);
    await scan(send, tokens.scanner, scanner, deals, 'pass');
    const ref = '@acme/deals@1.0.0';
    const acts = [
      ['review', 'claim', ref],
      ['review', 'ask', ref, '--reason', 'why?'],
    ];
    for (const argv of acts) expect((await as('rita', argv)).exit).toBe(0);
    await approve(send, tokens.rita, rita, deals);
    for (const argv of acts)
      expect(await as('rita', argv)).toMatchObject({
        exit: 6,
        stderr: expect.stringContaining('error[move-illegal]'),
      });
    const again = await as('omar', ['review', 'approve', ref, '--reason', 'fine', '--yes']);
    expect(again).toMatchObject({ exit: 6 });
    expect(again.stderr).toContain(`error[move-illegal]: ${ref} is approved already`);
    expect(again.stderr).toContain(`Nothing is left to do: skillgate install ${ref} installs it.`);
    const revoke = ['review', 'revoke', ref, '--reason', 'steals'];
    expect(await as('rita', revoke)).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('error[not-confirmed]'),
    });
    const asked = await as('rita', revoke, { terminal: true, input: 'revoked\n' });
    expect(asked).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('you cannot undo it'),
    });
  });

  it('list keys that have ended with what followed them, take none of them to sign, and end none twice', async () => {
    const { as, world } = await makeUsers();
    const { keyId } = JSON.parse(
      (await as('author', ['key', 'rotate', '--yes', '--format', 'json'])).stdout,
    );
    const { stdout } = await as('author', ['key', 'list']);
    expect(stdout).toMatch(
      new RegExp(`default-until-\\d+ +${world.author.keyId}.*followed by ${keyId}`),
    );
    await as('author', ['key', 'create', 'spare']);
    expect((await as('author', ['key', 'revoke', 'default', '--yes'])).exit).toBe(0);
    // The one that is left is the only candidate.
    expect((await as('author', ['scope', 'claim', 'free'])).exit).toBe(0);
    expect(await as('author', ['key', 'revoke', 'default', '--yes'])).toMatchObject({
      exit: 6,
      stderr: expect.stringMatching(
        /error\[statement-replayed\][\s\S]*has ended already[\s\S]*--valid-up-to N/,
      ),
    });
  });

  it('say in verify that the key of a publisher was rotated, or the scope given to others, and where', async () => {
    const { as, world, homeOf } = await makeUsers();
    const { send, tokens, scanner, rita } = world;
    const release = async (version: string): Promise<string> => {
      const key = await readKeyFile(join(homeOf('author'), 'config/keys/default.json'));
      const deals = makeSkill('@acme/deals', version);
      await publish(send, deals, { ...key, open: publicKeyOf(key), pem: '' });
      await scan(send, tokens.scanner, scanner, deals, 'pass');
      await approve(send, tokens.rita, rita, deals);
      return (await as('stranger', ['verify', `@acme/deals@${version}`])).stdout;
    };
    const before = await release('1.0.0');
    expect(before).toContain('verified');
    expect(before).not.toMatch(/rotated|was changed/);
    const rotated = JSON.parse(
      (await as('author', ['key', 'rotate', '--yes', '--format', 'json'])).stdout,
    );
    expect(await release('1.1.0')).toContain(
      `the publisher rotated their key at log index ${rotated.logIndex}: ${rotated.keyId} replaces ${world.author.keyId}`,
    );
    const both = ['--to', rotated.keyId, '--to', world.omar.keyId];
    expect((await as('author', ['scope', 'transfer', 'acme', ...both, '--yes'])).exit).toBe(0);
    expect(await release('1.2.0')).toMatch(
      /the owners or publishers of @acme changed at log index \d+/,
    );
  });

  it('explain each reason of a refusal by what it means and what to do', async () => {
    const told = new Set<string>();
    for (const code of Object.keys(decisionHints)) {
      const { means, fix } = JSON.parse(
        (await skill(['explain', code, '--format', 'json'], {})).stdout,
      );
      expect([means, fix]).toEqual([
        expect.stringMatching(/^[A-Z].{20,}\.$/),
        expect.stringMatching(/.{15,}\.?$/),
      ]);
      told.add(means);
    }
    expect(told.size).toBe(Object.keys(decisionHints).length);
  });
});
