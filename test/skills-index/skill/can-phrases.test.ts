import { expect, it } from 'vitest';
import { canPhrases } from '../../../skills-index/skill/can-phrases.ts';
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
])('names at most %i of each kind', (namesMax, phrases) => {
  expect(canPhrases(some, namesMax)).toEqual(phrases);
});

it.each([1, 3])('says that a skill may do everything of a kind, with %i names', (namesMax) => {
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
