import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { earlierRootName } from '../../registry/store/objects.ts';
import { statements } from '../../registry/store/schema.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { leasedPackage, look, malware, packagedSkill } from '../registry/packaged-skill.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { approve, makeSkill, publish, publishApproved, scan } from '../registry/road.ts';
import { skill } from './command-line.ts';
import { base, makeUsers } from './registry-users.ts';
import { folderWith } from './temporary-folder.ts';

const skillAt = (version: string): string =>
  folderWith({
    'SKILL.md': '---\nname: deals\ndescription: Counts deals.\n---\nCount.\n',
    'skill.json': JSON.stringify({ name: '@acme/deals', version, capabilities: {} }),
  });

describe('hints where somebody took a wrong turn', () => {
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
        role: 'registry' as const,
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
});
