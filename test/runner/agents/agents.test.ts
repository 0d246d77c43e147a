import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createAgent,
  grantAgent,
  listAgents,
  revokeAgent,
} from '../../../runner/agents/agent-store.ts';
import { readAgent } from '../../../runner/agents/agents.ts';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

const now = new Date('2026-01-01T00:00:00Z');
let folder: string;
beforeEach(() => {
  folder = folderWith();
});

describe('an agent identity', () => {
  it('begins with a key of its own and no rights, in a file that is its owner’s', () => {
    const agent = createAgent(folder, { name: 'bot', now });
    expect(agent).toMatchObject({
      name: 'bot',
      grants: [],
      ceiling: noCapabilities,
      env: {},
      expires: '2026-04-01T00:00:00.000Z',
    });
    expect(readAgent(folder, 'bot')).toEqual(agent);
    expect(createAgent(folder, { name: 'other', now }).keyId).not.toBe(agent.keyId);
    expect(statSync(join(folder, 'bot.json')).mode & 0o777).toBe(0o600);
    expect(JSON.stringify([agent, readAgent(folder, 'bot'), listAgents(folder)])).not.toContain(
      'PRIVATE',
    );
    expect(listAgents(folder).agents.map((one) => one.name)).toEqual(['bot', 'other']);
  });

  it('is granted and refused skills and capabilities', () => {
    createAgent(folder, { name: 'bot', now });
    const egress = [{ url: 'http://a.example/*', methods: ['GET'] }];
    grantAgent(folder, 'bot', {
      skills: [{ skill: '@acme/a', range: '^1.0.0' }],
      capabilities: { ...noCapabilities, egress },
      env: { TZ: 'UTC' },
    });
    const granted = grantAgent(folder, 'bot', {
      skills: [
        { skill: '@acme/a', range: '^2.0.0' },
        { skill: '@acme/*', range: '*' },
      ],
    });
    expect(granted.grants).toEqual([
      { skill: '@acme/a', range: '^2.0.0' },
      { skill: '@acme/*', range: '*' },
    ]);
    expect(
      revokeAgent(
        folder,
        'bot',
        { skills: [{ skill: '@acme/a', range: '*' }], capabilities: { ...noCapabilities, egress } },
        now,
      ),
    ).toMatchObject({
      grants: [{ skill: '@acme/*' }],
      ceiling: noCapabilities,
      env: { TZ: 'UTC' },
    });
    expect(revokeAgent(folder, 'bot', 'everything', now)).toMatchObject({ grants: [], env: {} });
    expect(readAgent(folder, 'bot').grants).toEqual([]);
  });

  it('keeps one entry for each url of its egress, and loses all with everything else', () => {
    const url = 'https://docs.example/*';
    const other = { url: 'https://git.example/*', methods: ['POST'], hold: true };
    createAgent(folder, { name: 'bot', now, egress: [{ url, methods: ['GET'] }] });
    grantAgent(folder, 'bot', { egress: [other] });
    expect(grantAgent(folder, 'bot', { egress: [{ url, methods: ['HEAD'] }] }).egress).toEqual([
      other,
      { url, methods: ['HEAD'] },
    ]);
    expect(() => revokeAgent(folder, 'bot', { egress: ['https://a.example/*'] }, now)).toThrow(
      'no such egress',
    );
    expect(revokeAgent(folder, 'bot', { egress: [url] }, now).egress).toEqual([other]);
    expect(readAgent(folder, 'bot').egress).toEqual([other]);
    expect(revokeAgent(folder, 'bot', 'everything', now).egress).toEqual([]);
  });

  it.each(['../bot', 'Bot', 'a/b', ''])('is never named %s', (name) => {
    expect(() => createAgent(folder, { name, now })).toThrowError(
      expect.objectContaining({ code: 'usage' }),
    );
  });

  it('is refused when it is not there, there twice, or others may read it', () => {
    expect(() => readAgent(folder, 'bot')).toThrowError(
      expect.objectContaining({ code: 'agent-unknown' }),
    );
    createAgent(folder, { name: 'bot', now });
    expect(() => createAgent(folder, { name: 'bot', now })).toThrowError(
      expect.objectContaining({ code: 'usage' }),
    );
    chmodSync(join(folder, 'bot.json'), 0o640);
    expect(() => readAgent(folder, 'bot')).toThrowError(
      expect.objectContaining({ code: 'key-file-invalid' }),
    );
  });

  it('is not another’s file under its name', () => {
    createAgent(folder, { name: 'strong', now });
    writeFileSync(join(folder, 'weak.json'), readFileSync(join(folder, 'strong.json')), {
      mode: 0o600,
    });
    expect(() => readAgent(folder, 'weak')).toThrowError(
      expect.objectContaining({ code: 'key-file-invalid' }),
    );
  });
});
