/** Every public page of a skill whose every word is an attack on the page. */
import { describe, expect, it } from 'vitest';
import { homePage, publisherPage, versionPage } from '../../../registry/pages/page-routes.ts';
import { advisoriesPage } from '../../../registry/pages/reference/reference-routes.ts';
import { failurePage, installLines, skillPage } from '../../../registry/pages/skill-page.ts';
import type { PublicVersion } from '../../../registry/pages/version-parts.ts';
import { osvEntry } from '../../../registry/stops/advisories.ts';
import type { VersionState } from '../../../registry/versions/status.ts';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import { foreignMarkup, publicMarkup } from '../desk/live-markup.ts';
import { payloads } from '../desk/payloads.ts';
import { detail, finding, name, now, report, someDigest, version } from '../desk/story.ts';

const frame = { base: 'http://localhost', origin: 'localhost' };
const config = { base: 'http://localhost', hosts: [] };
const lines = installLines({ config, readers: undefined }, { name });

const evidence = {
  name,
  version,
  bundle: someDigest('bundle'),
  root: someDigest('root'),
  origin: 'localhost',
  statements: [{ predicateType: predicateTypes.publish, logIndex: 3, at: now }],
};

function hostileVersion(text: string, status: VersionState): PublicVersion {
  const capabilities = {
    ...noCapabilities,
    env: [{ name: text, why: text }],
    secret: [{ name: text, hosts: [text], as: 'bearer' as const, why: text }],
    egress: [{ url: text, methods: [text], why: text }],
    mount: [{ source: text, target: text, mode: 'cow' as const, why: text }],
    exec: [{ program: text, why: text }],
    package: [{ ecosystem: 'npm' as const, name: text, version: text }],
  };
  const manifest = {
    ...detail().manifest,
    license: text,
    commands: { run: { module: text } },
    capabilities,
  };
  const { added, dropped } = {
    added: [{ kind: 'exec' as const, program: text }],
    dropped: [{ kind: 'egress' as const, url: text, methods: [text] }],
  };
  return {
    detail: detail({
      status,
      publishedBy: text,
      source: { repository: text, commit: text, folder: text, licence: text },
      advice: [
        { kind: 'yanked', reason: text, by: someDigest('a'), at: new Date(now), logIndex: 1 },
      ],
      uncounted: text,
      approvals: detail().approvals.map((one) => ({ ...one, reviewer: text, reason: text })),
      history: detail().history.map((move) => ({ ...move, by: text, why: text })),
    }),
    ...(status === 'approved'
      ? {
          content: {
            description: text,
            manifest,
            inferred: true,
            report: hostileReport(text),
            change: { since: version, added, dropped },
          },
        }
      : {}),
  };
}

function hostileReport(text: string): ReturnType<typeof report> {
  const flow = [{ path: text, line: 1, column: 1, note: text }];
  const found = finding({ message: text, rule: text, fix: text, path: text, flow });
  return report({ findings: [found], decidedBy: [found.fingerprint] });
}

function hostileSkill(text: string): string {
  const offered = hostileVersion(text, 'approved');
  const row = { ...offered.detail, createdAt: now } as never;
  const change = offered.content?.change;
  const list = { versions: [{ row, change, isYanked: true }], next: 7 };
  return String(skillPage(frame, { name, offered, lines, list }));
}

const pages: Readonly<Record<string, (text: string) => string>> = {
  skill: hostileSkill,
  version: (text) =>
    String(versionPage(frame, { version: hostileVersion(text, 'approved'), evidence, lines })),
  'version in quarantine': (text) =>
    String(versionPage(frame, { version: hostileVersion(text, 'quarantined'), evidence, lines })),
  home: (text) =>
    String(
      homePage(frame, {
        query: text,
        without: [],
        found: 1,
        corrected: { [text]: [text] },
        skills: [
          {
            name,
            version,
            description: text,
            offeredSince: new Date(now),
            capabilities: noCapabilities,
          } as never,
        ],
        next: new URLSearchParams({ q: text.toWellFormed() }).toString(),
      }),
    ),
  publisher: (text) => {
    const owners = [{ issuer: text, subject: text }];
    const scope = parseScope('acme');
    return String(publisherPage(frame, { scope, owners, publishers: owners, skills: [] }));
  },
  advisories: (text) => {
    const entry = osvEntry(
      {
        name,
        version,
        bundle: someDigest('bundle'),
        status: 'revoked',
        logIndex: 1,
        reason: text,
        published: new Date(now),
        modified: new Date(now),
        statements: [],
      },
      { base: 'http://localhost', origin: 'localhost', id: someDigest('registry') },
    );
    return String(advisoriesPage(frame, { entries: [entry] }));
  },
  failure: (text) =>
    String(failurePage(frame, new Problem('request-invalid', text, { hint: text }))),
};

describe.each(Object.entries(pages))('the public page %s', (_name, render) => {
  it.each(payloads.map((payload) => [payload.slice(0, 60), payload]))(
    'shows %j and makes none of it live',
    (_short, payload) => {
      expect(foreignMarkup(render(payload), publicMarkup)).toEqual([]);
    },
  );
});

describe('the checker of public markup', () => {
  it.each([
    '<script src="/assets/x.js"></script>',
    '<a href="//stranger.example">x</a>',
    '<a href="https://stranger.example">x</a>',
    '<img src="/x">',
  ])('notices %j', (markup) => {
    expect(foreignMarkup(markup, publicMarkup)).not.toEqual([]);
  });
});
