import { expect, it } from 'vitest';
import { cannotPhrases, canPhrases } from '../../../skills-index/skill/can-phrases.ts';
import { type Capabilities, noCapabilities } from '../../../skills-index/skill/capability.ts';

const some: Capabilities = {
  ...noCapabilities,
  egress: [
    { url: 'https://api.crm.example/v1/*', methods: ['GET'] },
    { url: 'https://api.crm.example/v2/*', methods: ['GET'] },
    { url: 'https://*.cdn.example/*', methods: ['GET'] },
  ],
  secret: [{ name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer' }],
  mount: [{ source: 'data', target: '/data', mode: 'cow' }],
  exec: [{ program: 'git' }, { program: 'jq' }, { program: 'make' }],
};

it.each([
  [
    2,
    [
      'reach api.crm.example and *.cdn.example',
      'use the secret CRM_TOKEN',
      'use the folder data (read and write)',
      'start git and jq and 1 more',
    ],
  ],
  [0, ['reach 2 hosts', 'use 1 secret', 'use 1 folder', 'start 3 programs']],
])('names at most %i of each kind', (namesMax, phrases) => {
  expect(canPhrases(some, namesMax)).toEqual(phrases);
});

it.each([0, 3])('says that a skill may do everything of a kind, with %i names', (namesMax) => {
  const all: Capabilities = {
    ...noCapabilities,
    env: [{ name: 'HOME' }, { name: '*' }],
    egress: [{ url: 'https://*/*', methods: ['*'] }],
    exec: [{ program: 'git' }, { program: '*' }],
  };
  expect(canPhrases(all, namesMax)).toEqual([
    'reach any host',
    'see every environment variable',
    'start any program',
  ]);
});

it('puts everything of a kind before what is less, so that no list cuts it', () => {
  expect(canPhrases({ ...some, exec: [{ program: '*' }] }, 1)).toEqual([
    'start any program',
    'reach api.crm.example and 1 more',
    'use the secret CRM_TOKEN',
    'use the folder data (read and write)',
  ]);
});

it('says what a skill cannot do, and nothing where it can do everything', () => {
  expect(cannotPhrases({ ...some, exec: [{ program: '*' }] })).toEqual([
    'see any environment variable',
    'load any package',
    'reach any other host',
    'use any other secret',
    'use any other folder',
  ]);
  expect(cannotPhrases(noCapabilities)).toHaveLength(6);
});

it('says nothing of a skill that may do nothing', () => {
  expect(canPhrases(noCapabilities, 3)).toEqual([]);
});
