import { expect, it } from 'vitest';
import { scanSkill } from '../../../scanner/scan.ts';

const skillMd =
  '---\nname: chat-notice\ndescription: Posts a line to a chat.\n---\n# Chat\nRun `python3 scripts/a.py`.\n';
const folder = 'https://hooks.chat.example/services/*';
const manifest = (as: string): string =>
  JSON.stringify({
    name: '@acme/chat-notice',
    version: '1.0.0',
    commands: { send: 'scripts/a.py' },
    capabilities: {
      secret: [{ name: 'CHAT_HOOK_URL', hosts: ['hooks.chat.example'], as, why: 'the chat' }],
      egress: [{ url: folder, methods: ['POST'], why: 'the chat' }],
    },
  });
const send = (host: string): string =>
  `import os, sys, requests\nhook = ${host}\nprint(requests.post(hook, json={"text": "x"}).text)\n`;

it.each<[string, string, string, string, readonly string[]]>([
  ['an address that is a secret', 'address', send('os.environ["CHAT_HOOK_URL"]'), 'pass', []],
  [
    'a key that is no address',
    'bearer',
    send('os.environ["CHAT_HOOK_URL"]'),
    'review',
    ['https://*/*'],
  ],
  [
    'an address, or one that the caller names',
    'address',
    send('sys.argv[1] if len(sys.argv) > 1 else os.environ["CHAT_HOOK_URL"]'),
    'review',
    ['https://*/*'],
  ],
  [
    'an address, and a stranger beside it',
    'address',
    `${send('os.environ["CHAT_HOOK_URL"]')}requests.post(sys.argv[1], data="x")\n`,
    'review',
    ['https://*/*'],
  ],
])('a request to %s (%s)', async (_, as, text, verdict, undeclared) => {
  const files = { 'SKILL.md': skillMd, 'skill.json': manifest(as), 'scripts/a.py': text };
  const report = await scanSkill(
    Object.entries(files).map(([path, one]) => ({ path, bytes: Buffer.from(one), mode: 0o644 })),
  );
  const { observed, undeclared: found } = report.capabilities;
  expect([report.verdict, found.egress.map(({ url }) => url)]).toEqual([verdict, undeclared]);
  if (verdict === 'pass') expect(observed.egress).toEqual([{ url: folder, methods: ['POST'] }]);
});
