import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { approvalPage } from '../../../registry/desk/approval-routes.ts';
import { linkPage, passkeysPage } from '../../../registry/desk/desk-routes.ts';
import { filePage } from '../../../registry/desk/file.ts';
import { problemPage } from '../../../registry/desk/frame.ts';
import { queuePage } from '../../../registry/desk/queue.ts';
import { versionPage } from '../../../registry/desk/version-page/version.ts';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { foreignMarkup } from './live-markup.ts';
import { payloads } from './payloads.ts';
import {
  approval,
  detail,
  finding,
  frame,
  now,
  queueItem,
  queueOf,
  report,
  someDigest,
  versionView,
} from './story.ts';

const hostileFrame = (text: string) => ({
  ...frame,
  viewer: { name: text, roles: [text], pages: ['passkeys' as const] },
  notice: { kind: 'refused', text } as const,
});

function hostileVersion(text: string): string {
  const hostile = finding({
    message: text,
    rule: text,
    fix: text,
    path: text,
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 400,
    flow: [
      { path: text, line: 1, column: 1, note: text },
      { path: 'SKILL.md', line: 1, column: 2, note: text },
    ],
  });
  const well = text.toWellFormed();
  const capabilities = {
    ...noCapabilities,
    env: [{ name: well, why: well }],
    exec: [{ program: well, why: well }],
  };
  const view = versionView({
    incidents: [{ at: new Date(now), by: text, isEnrolled: false, text }],
    description: text,
    report: report({
      findings: [hostile],
      decidedBy: [hostile.fingerprint],
      capabilities: {
        declared: capabilities,
        observed: capabilities,
        undeclared: noCapabilities,
        unused: noCapabilities,
      },
      coverage: {
        files: [
          {
            path: text,
            sha256: someDigest('x'),
            bytes: 1,
            disposition: 'unanalysed',
            reason: text,
          },
        ],
      },
    }),
    prose: {
      kind: 'told',
      since: '1.0.0' as never,
      change: {
        added: [true, false].map((isHidden) => ({ path: text, line: 1, text, isHidden })),
        addedCount: 3,
        removed: 1,
        novelty: 1,
        isSame: false,
      },
      left: 1,
    },
    files: [{ path: text as never, size: 1, sha256: someDigest('x'), mode: '755' }],
    approvals: detail().approvals.map((one) => ({ ...one, reviewer: text, reason: text })),
    history: detail().history.map((move) => ({ ...move, by: text, why: text })),
    askedBefore: {
      status: 'in review',
      questions: [{ at: new Date(now), by: text, text }],
      answers: [{ at: new Date(now), by: text, text }],
      filesSince: { since: '1.0.0' as never, added: [], changed: [], removed: [] },
    },
    notes: [
      { at: new Date(now), kind: 'asked', by: text, text },
      { at: new Date(now), kind: 'claimed', by: text, text },
    ],
  });
  const sources = new Map([
    ['SKILL.md', `---\nname: x\n---\n${text}\n\n- ${text}\n\n> ${text}\n\n# ${text}\n`],
    [text, text],
  ]);
  const decision = {
    ...view.decision,
    mayNotApprove: undefined,
    typed: { action: 'approve', reason: text },
  };
  return String(versionPage(hostileFrame(text), { ...view, sources, decision }));
}

const pages: Readonly<Record<string, (text: string) => string>> = {
  version: hostileVersion,
  queue: (text) =>
    String(
      queuePage(hostileFrame(text), {
        now,
        queue: queueOf([
          queueItem({
            decides: { rule: text, message: text, severity: 'critical' },
            claim: { by: text, until: new Date(now) },
            risk: { total: 1, parts: [{ name: 'reach', points: 1, why: text }] },
          }),
        ]),
        decided: [
          {
            name: '@acme/x' as never,
            version: '1.0.0' as never,
            status: 'approved',
            by: text,
            why: text,
            at: new Date(now),
          },
          {
            name: '@acme/x' as never,
            version: '1.0.1' as never,
            status: 'suspended',
            by: 'registry',
            why: text,
            at: new Date(now),
          },
        ],
      }),
    ),
  approval: (text) => {
    const statement = approval({
      reason: text.toWellFormed(),
      nonce: text.toWellFormed(),
      reviewer: { member: text.toWellFormed(), credentialId: text.toWellFormed() },
    });
    return String(
      approvalPage(hostileFrame(text), {
        statement,
        text: canonicalJson(statement),
        now,
        passkeyOptions: { challenge: text },
        mine: true,
        keyIds: [someDigest('k')],
      }),
    );
  },
  file: (text) =>
    String(
      filePage(hostileFrame(text), {
        detail: detail(),
        path: text,
        sha256: someDigest('x'),
        bytes: Buffer.from(text),
        sheet: 1,
      }),
    ),
  link: (text) =>
    String(
      linkPage(hostileFrame(text), {
        link: text.replace(/[^\x20-\x7e]/g, ''),
        member: { name: text, roles: ['reviewer'] },
      }),
    ),
  passkeys: (text) =>
    String(
      passkeysPage(hostileFrame(text), {
        member: text,
        roles: ['reviewer'],
        now,
        enrolled: [],
        pending: [{ credentialId: 'abc', createdAt: now }],
        creationOptions: { user: text },
      }),
    ),
  problem: (text) =>
    String(
      problemPage(
        hostileFrame(text),
        new Problem('request-invalid', text, { hint: text, reasons: [{ message: text }] }),
      ),
    ),
};

describe.each(Object.entries(pages))('the page %s', (_name, render) => {
  it.each(payloads.map((payload) => [payload.slice(0, 60), payload]))(
    'shows %j and makes none of it live',
    (_short, payload) => {
      expect(foreignMarkup(render(payload))).toEqual([]);
    },
  );
});

describe('the checker of live markup', () => {
  it.each([
    '<img src=x>',
    '<a href="javascript:alert(1)">x</a>',
    '<p onclick="x">',
    '<p style="x">',
    '<script>x</script><script>y</script>',
    '<a href="https://stranger.example">x</a>',
    'a\u202eb',
  ])('notices %j', (markup) => {
    expect(foreignMarkup(`<script src="/review/assets/x.js"></script>${markup}`)).not.toEqual([]);
  });
});

describe('the folders of pages', () => {
  const folder = new URL('../../../registry/', import.meta.url);
  it.each(globSync('{desk,markup,pages}/**/*.ts', { cwd: fileURLToPath(folder) }))(
    '%s never marks a string as safe markup',
    (file) => {
      expect(readFileSync(new URL(file, folder), 'utf8')).not.toMatch(
        /\braw\(|isEscaped|HtmlEscapedString|innerHTML/,
      );
    },
  );
});
