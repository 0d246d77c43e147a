import { expect, it } from 'vitest';
import { type Contact, makeDecoys } from '../../../runner/observe/decoys.ts';
import {
  judgeFacts,
  requireObservingHost,
  resultOrFailed,
} from '../../../runner/observe/judge-facts.ts';
import type { StepResult } from '../../../runner/observe/step-sandbox.ts';
import { type ObservedStep, personas } from '../../../runner/observe/steps.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const decoys = makeDecoys((bytes) => Uint8Array.from({ length: bytes }, (_, at) => at * 7), []);
const [persona] = personas;

function resultOf(kind: ObservedStep['kind'], more: Partial<StepResult>): StepResult {
  if (persona === undefined) throw new Error('no persona');
  return {
    step: { kind, title: kind, command: [] },
    persona,
    contacts: [],
    overflowed: false,
    reports: [],
    changed: [],
    unlisted: false,
    leftBehind: [],
    end: 'exit',
    code: 0,
    output: '',
    ...more,
  };
}

const argument = decoys
  .find(Buffer.from(decoys.argument))
  .filter(({ decoy }) => decoy.kind === 'argument');

const contact = (more: Partial<Contact>): Contact => ({
  scheme: 'https',
  host: 'api.crm.example',
  port: 443,
  method: 'GET',
  path: '/v2/deals',
  decoys: [],
  gaveProgram: false,
  ...more,
});
const egress = [{ url: 'https://api.crm.example/v2/*', methods: ['GET'] as const, why: 'reads' }];
const levels = (kind: ObservedStep['kind'], more: Partial<StepResult>) =>
  judgeFacts([resultOf(kind, more)], { egress: [...egress], secret: [] } as never, decoys).map(
    (fact) => `${fact.level} ${fact.kind}`,
  );

it.each<[string, ObservedStep['kind'], Partial<StepResult>, string[]]>([
  ['a declared host', 'command', { contacts: [contact({})] }, []],
  [
    'a question for the own name',
    'import',
    {
      contacts: [
        contact({
          scheme: 'dns',
          host: decoys.host,
          decoys: decoys.find(Buffer.from(decoys.host)),
        }),
      ],
    },
    [],
  ],
  [
    'the own name before another',
    'import',
    {
      contacts: [
        contact({
          scheme: 'dns',
          host: `${decoys.host}.stranger.example`,
          decoys: decoys.find(Buffer.from(decoys.host)),
        }),
      ],
    },
    ['block host-facts-sent', 'block host-facts-sent', 'block undeclared-host'],
  ],
  [
    'a shortcut that was changed',
    'install',
    { changed: [{ path: 'Desktop/Google Chrome.lnk', how: 'changed' }] },
    ['block outside-write'],
  ],
  [
    'a shortcut that is new',
    'install',
    { changed: [{ path: 'Desktop/pair.lnk', how: 'new' }] },
    ['review outside-write'],
  ],
  [
    'a value of the registry that starts a program',
    'install',
    {
      changed: [
        {
          path: '.observed-registry/HKEY_CURRENT_USER/Software/Microsoft/Windows/CurrentVersion/Run/a',
          how: 'new',
        },
      ],
    },
    ['block outside-write'],
  ],
  [
    'settings on Windows',
    'install',
    { changed: [{ path: 'AppData/Roaming/pair/settings.ini', how: 'new' }] },
    ['note outside-write'],
  ],
  ...[
    'AppData/Roaming/Claude/claude_desktop_config.json',
    'AppData/Roaming/discord/index.js',
    'AppData/Local/Discord/app-1.0/modules/core/index.js',
    'AppData/Local/exodus/app-1.0/resources/app.asar',
    'AppData/Roaming/pip/pip.ini',
    'AppData/Roaming/Code/User/settings.json',
    'AppData/Roaming/Python/Python311/site-packages/usercustomize.py',
    'Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1',
    'documents/powershell/profile.ps1',
    'AppData/Roaming/microsoft/windows/start menu/programs/startup/a.bat',
    '.observed-registry/HKCU/software/microsoft/windows/currentversion/run/a',
  ].map((path): [string, ObservedStep['kind'], Partial<StepResult>, string[]] => [
    `what starts by itself on Windows: ${path}`,
    'install',
    { changed: [{ path, how: 'new' }] },
    ['block outside-write'],
  ]),
  ...[
    'AppData/Local/pip/cache/a',
    'AppData/Roaming/pair/index.js',
    'AppData/Local/Code/a.log',
    'Documents/PowerShell.md',
  ].map((path): [string, ObservedStep['kind'], Partial<StepResult>, string[]] => [
    `own files on Windows: ${path}`,
    'install',
    { changed: [{ path, how: 'new' }] },
    ['note outside-write'],
  ]),
  ['no request', 'command', { contacts: [contact({ scheme: 'tcp', method: '' })] }, []],
  [
    'another method',
    'command',
    { contacts: [contact({ method: 'POST' })] },
    ['review undeclared-host'],
  ],
  [
    'a startup folder replaced by a link',
    'import',
    { changed: [{ path: '.config/autostart', how: 'new' }] },
    ['block outside-write'],
  ],
  [
    'a startup folder with too many entries',
    'import',
    { changed: [{ path: '.config/autostart/', how: 'new' }] },
    ['block outside-write'],
  ],
  ['another path', 'command', { contacts: [contact({ path: '/v1' })] }, ['review undeclared-host']],
  [
    'a stranger',
    'command',
    { contacts: [contact({ host: 'x.example' })] },
    ['review undeclared-host'],
  ],
  [
    'a stranger at installation',
    'install',
    { contacts: [contact({ host: 'x.example' })] },
    ['block undeclared-host'],
  ],
  [
    'a stranger at import',
    'import',
    { contacts: [contact({ host: 'x.example' })] },
    ['block undeclared-host'],
  ],
  [
    'the secret of a caller sent to a service',
    'functions',
    { contacts: [contact({ host: 'mock.stranger.example', decoys: argument })] },
    ['review argument-sent', 'review undeclared-host'],
  ],
  [
    'the secret of a caller sent where anybody collects data',
    'functions',
    { contacts: [contact({ host: 'quiet-hill.ngrok-free.dev', decoys: argument })] },
    ['block argument-sent', 'review undeclared-host'],
  ],
  [
    'the secret of a caller on another path of a host with such addresses',
    'functions',
    {
      contacts: [
        contact({ host: 'discord.com', path: '/api/v10/users/@me', decoys: argument }),
        contact({ host: 'discord.com', path: '/api/webhooks/1/a', decoys: [] }),
      ],
    },
    ['review argument-sent', 'review undeclared-host', 'review undeclared-host'],
  ],
  [
    'the host of an argument',
    'functions',
    { contacts: [contact({ host: 'argument.example' })] },
    [],
  ],
  ['an own server', 'command', { contacts: [contact({ host: '127.0.0.1' })] }, []],
  ['a process that stays', 'command', { leftBehind: ['tail -f'] }, ['review left-behind']],
  ['an escape', 'command', { reports: [{ kind: 'escape', what: 'x' }] }, ['block escape-attempt']],
  [
    'a decoy that was read',
    'command',
    { changed: [{ path: '.netrc', how: 'read' }] },
    ['review decoy-read'],
  ],
  [
    'a decoy that was deleted',
    'command',
    { changed: [{ path: '.netrc', how: 'deleted' }] },
    ['block outside-write'],
  ],
  [
    'a key for logins',
    'command',
    { changed: [{ path: '.ssh/authorized_keys', how: 'changed' }] },
    ['block outside-write'],
  ],
  ['a cache', 'command', { changed: [{ path: '.cache/a', how: 'new' }] }, ['note outside-write']],
  [
    'a shell profile at import',
    'import',
    { changed: [{ path: '.bashrc', how: 'changed' }] },
    ['block outside-write'],
  ],
  ['more files than are compared', 'command', { unlisted: true }, ['review ended-early']],
  ['a step that was ended from inside', 'command', { end: 'killed' }, ['review ended-early']],
])('judges %s', (_, kind, more, expected) => {
  expect(levels(kind, more)).toEqual(expected);
});

it('names a value of the Windows registry as Windows does', () => {
  const path = '.observed-registry/HKEY_CURRENT_USER/Software/Pair/size=';
  const [fact] = judgeFacts(
    [resultOf('install', { changed: [{ path, how: 'new' }] })],
    { egress: [...egress], secret: [] } as never,
    decoys,
  );
  expect(fact?.what).toBe('wrote HKEY_CURRENT_USER\\Software\\Pair\\size');
});

it('finds decoys in common encodings, and in no other text', () => {
  const value = decoys.env.GITHUB_TOKEN ?? '';
  for (const text of [
    value,
    Buffer.from(value).toString('base64'),
    Buffer.from(`xy${value}`).toString('base64'),
    Buffer.from(value).toString('hex'),
    [...value].reverse().join(''),
    encodeURIComponent(JSON.stringify({ value })),
  ])
    expect(decoys.find(Buffer.from(text)).map(({ decoy }) => decoy.variable)).toContain(
      'GITHUB_TOKEN',
    );
  expect(decoys.find(Buffer.from('an ordinary request with no secret in it'))).toEqual([]);
});

it('counts a step in which an error arose as ended early, and a fault of the host as none', async () => {
  const { persona: who, step } = resultOf('import', {});
  const failed = await resultOrFailed(step, who, () => Promise.reject(new Error('EIO')));
  const sent = resultOf('command', { contacts: [contact({ host: 'x.example' })] });
  const facts = judgeFacts([failed, sent], { egress: [...egress], secret: [] } as never, decoys);
  expect(facts.map(({ kind, level }) => `${level} ${kind}`)).toEqual([
    'review ended-early',
    'review undeclared-host',
  ]);
  const refused = new Problem('sandbox-refused', 'No sandbox');
  await expect(resultOrFailed(step, who, () => Promise.reject(refused))).rejects.toBe(refused);
});

it('is no observation where this host can bring no step to its end', async () => {
  const { persona: who, step } = resultOf('import', {});
  const failed = await resultOrFailed(step, who, () => Promise.reject(new Error('EIO')));
  const full = (): Promise<never> => Promise.reject(new Error('ENOSPC: disk full'));
  await expect(requireObservingHost([failed, failed], full)).rejects.toThrow('ENOSPC: disk full');
  const late = requireObservingHost([failed], async () => undefined);
  await expect(late).rejects.toThrow('did not begin in time');
  await requireObservingHost([failed, resultOf('command', {})], full);
  await requireObservingHost([], full);
});

it('is an observation where the submission makes each of its steps fail', async () => {
  const { persona: who, step } = resultOf('import', {});
  const failed = await resultOrFailed(step, who, () => Promise.reject(new Error('EIO')));
  const held = requireObservingHost([failed, failed], async () => resultOf('command', {}));
  await expect(held).resolves.toBeUndefined();
});
