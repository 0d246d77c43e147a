import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIndexFile } from '../../skills-index/trust/index-line.ts';
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
    expect(published).toMatchObject({ status: 201, body: { name: '@acme/count', version: '1.0.0', status: 'received' } });
    expect(await publish(send, skill, author)).toMatchObject({ status: 409, body: { code: 'version-exists' } });
    expect(await scan(send, tokens.scanner, scanner, skill, 'pass')).toMatchObject({
      status: 200,
      body: { status: 'in review' },
    });
    const approval = await approve(send, tokens.rita, rita, skill);
    expect(approval).toMatchObject({ status: 201 });
    const detail = await call(send, '/api/v1/versions/@acme/count/1.0.0');
    expect(detail.body).toMatchObject({ status: 'approved', approvals: [{ reviewer: 'rita', by: 'key' }] });
    const index = await send('/index/@acme/count');
    const [line] = parseIndexFile(new Uint8Array(await index.arrayBuffer()), skill.manifest.name);
    expect(line).toMatchObject({ version: '1.0.0', bundle: skill.packed.digest, publisher: author.keyId });
    expect(world.errors).toEqual([]);
  });
});
