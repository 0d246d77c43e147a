import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIndexFile } from '../../skills-index/trust/index-files/index-line.ts';
import { signedIn } from './desk-visit.ts';
import { approve, call, makeSkill, publish, scan } from './road.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

describe('the road of a version', () => {
  let world: Staffed;
  beforeAll(async () => {
    world = await makeStaffedWorld();
  });
  afterAll(() => world.close());

  it('leads from publication over scan and approval into the index', async () => {
    const { send, author, scanner, rita, tokens } = world;
    const skill = makeSkill('@acme/count', '1.0.0');
    const published = await publish(send, skill, author);
    expect(published).toMatchObject({
      status: 201,
      body: { name: '@acme/count', version: '1.0.0', status: 'received' },
    });
    expect(await publish(send, skill, author)).toMatchObject({
      status: 409,
      body: { code: 'version-exists' },
    });
    expect(await scan(send, tokens.scanner, scanner, skill, 'pass')).toMatchObject({
      status: 200,
      body: { status: 'in review' },
    });
    const approval = await approve(send, tokens.rita, rita, skill);
    expect(approval).toMatchObject({ status: 201 });
    const detail = await call(send, '/api/v1/versions/@acme/count/1.0.0');
    expect(detail.body).toMatchObject({
      status: 'approved',
      approvals: [{ reviewer: 'rita', by: 'key' }],
    });
    const index = await send('/index/@acme/count');
    const [line] = parseIndexFile(new Uint8Array(await index.arrayBuffer()), skill.manifest.name);
    expect(line).toMatchObject({
      version: '1.0.0',
      bundle: skill.packed.digest,
      publisher: author.keyId,
    });
    expect(world.errors).toEqual([]);
  });

  it('leads a browser from the bare address to the desk, where what was decided is linked', async () => {
    const { send, tokens } = world;
    const home = await send('/', { headers: { accept: 'text/html,*/*' } });
    expect(await home.text()).toContain('<a href="/review">');
    const rita = await signedIn(send, tokens.rita);
    const { html } = await rita.get('');
    expect(html).toContain('No version waits');
    expect(html).toMatch(
      /Latest decisions[\s\S]*href="\/review\/@acme\/count\/1\.0\.0"[\s\S]*approved/,
    );
    expect(html).toMatch(/<span class="quiet"><bdi>enough approvals<\/bdi>, /);
  });
});
