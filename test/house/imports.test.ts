import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Arrow, arrowsOf, computedImportsOf } from './arrows.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));

/** The drawing of docs/architecture.md: from a room, the rooms it may import (itself always). */
const drawing: Record<string, readonly string[]> = {
  'skills-index/network': [],
  'skills-index/archives': [],
  'skills-index/skill': ['skills-index/network', 'skills-index/archives'],
  'skills-index/statement': ['skills-index/skill'],
  'skills-index/packages': ['skills-index/skill', 'skills-index/statement'],
  'skills-index/run': [
    'skills-index/network',
    'skills-index/skill',
    'skills-index/statement',
    'skills-index/packages',
  ],
  'skills-index/log': ['skills-index/skill', 'skills-index/statement'],
  'skills-index/mcp': ['skills-index/skill'],
  'skills-index/trust': [
    'skills-index/network',
    'skills-index/skill',
    'skills-index/statement',
    'skills-index/log',
  ],
  'skills-index/client': [
    'skills-index/skill',
    'skills-index/statement',
    'skills-index/log',
    'skills-index/trust',
  ],
  scanner: ['skills-index'],
  runner: ['skills-index'],
  registry: ['skills-index'],
  cli: ['skills-index', 'scanner', 'runner'],
};

/** Packages that only some files may import, types included. */
const reserved: Record<string, RegExp> = {
  '@sigstore/sign': /^cli\/signing\//,
  nodemailer: /^registry\/notices\/mail\.ts$/,
  oauth4webapi: /^registry\/sign-in\//,
  '@napi-rs/keyring': /^runner\/secret-sources\/keychain\.ts$/,
  '@modelcontextprotocol/server':
    /^(cli\/mcp\/mcp-server|registry\/foreign-clients\/mcp\/answer-mcp)\.ts$/,
  'ts-morph': /^scanner\//,
  unbash: /^scanner\//,
  'toml-eslint-parser': /^(scanner|skills-index\/packages|cli\/(serve|connect))\//,
  '@humanwhocodes/momoa': /^cli\/connect\//,
  cborg: /^registry\//,
  hpke: /^cli\/holds\/sealed-message\.ts$/,
  '@lezer/python': /^scanner\//,
  '@lezer/markdown': /^(scanner|registry\/desk)\//,
  'tuf-js': /^cli\/registries\//,
  '@tufjs/models': /^test\//,
  '@simplewebauthn/server': /^test\//,
  '@modelcontextprotocol/sdk': /^(test|bench)\//,
};

/** Rooms that judge do no I/O: the parts of Node they may use. */
const nodeParts: Record<string, RegExp> = {
  'skills-index': /^node:(crypto|url|buffer|util)$/,
  'scanner/frontends': /^node:(crypto|url|buffer|util|path|path\/posix|zlib)$/,
  'scanner/rules': /^node:(crypto|url|buffer|util|path|path\/posix|zlib)$/,
  'scanner/ingest': /^node:(crypto|url|buffer|util|path|path\/posix|zlib)$/,
  'scanner/manifest': /^node:(crypto|url|buffer|util|path|path\/posix|zlib)$/,
  'scanner/flow': /^node:(crypto|url|buffer|util|path|path\/posix|zlib)$/,
  'scanner/prose': /^node:(crypto|url|buffer|util|path|path\/posix|zlib)$/,
  'scanner/lookup-tables': /^node:(crypto|url|buffer|util|path|path\/posix|zlib)$/,
  'scanner/reports': /^node:(crypto|url|buffer|util|path|path\/posix|zlib)$/,
};

/** The commands that may import `registry`. The last three only lock their folders. */
const mayTouchRegistry = [
  'cli/serve/serve.ts',
  'cli/serve/up.ts',
  'cli/readers/registry-readers.ts',
  'cli/backup/registry-backup.ts',
  'cli/serve/registry-retention.ts',
  'cli/backup/registry-restore.ts',
  'cli/root-rotation/rotate.ts',
  'cli/witness/witness.ts',
  'cli/monitor/monitor.ts',
  'cli/registry-export/registry-export.ts',
];

/** Why an arrow is not on the drawing; undefined when it is. */
function whyNotDrawn({ from, to }: Arrow): string | undefined {
  const room = roomOf(from);
  if (to.startsWith('node:')) {
    const wrong = Object.entries(nodeParts).find(
      ([place, parts]) => from.startsWith(`${place}/`) && !parts.test(to),
    );
    return wrong === undefined ? undefined : `${wrong[0]} does no I/O, so not ${to}`;
  }
  if (!isOurs(to)) {
    const name = to
      .split('/')
      .slice(0, to.startsWith('@') ? 2 : 1)
      .join('/');
    const only = reserved[name];
    return only === undefined || only.test(from) ? undefined : `${name} is for ${only.source} only`;
  }
  const target = roomOf(to);
  if (room === target) return undefined;
  if (target === 'registry' && mayTouchRegistry.includes(from)) return undefined;
  const allowed = drawing[room] ?? [];
  return allowed.some((one) => target === one || target.startsWith(`${one}/`))
    ? undefined
    : `${room} may not import ${target}`;
}

function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'skills-index' ? `${first}/${second}` : first;
}

function isOurs(path: string): boolean {
  return /^(skills-index|scanner|runner|registry|cli|test|bench|docs|examples)\//.test(path);
}

const sources = globSync('{skills-index,scanner,runner,registry,cli}/**/*.{ts,js}', {
  cwd: top,
}).map((path) => relative(top, resolve(top, path)));

describe('the drawing of the imports', () => {
  // esbuild gives such an import no names of a CommonJS package that it takes into dist/.
  it('has no dynamic import of a package that dist/ contains', () => {
    const outside = ['@napi-rs/keyring', 'nodemailer', 'playwright-core'];
    const wrong = sources.flatMap((path) =>
      [
        ...readFileSync(resolve(top, path), 'utf8').matchAll(
          /(?<!typeof )\bimport\('([^.'][^']*)'\)/g,
        ),
      ]
        .filter(([, name = '']) => !name.startsWith('node:') && !outside.includes(name))
        .map(([, name]) => `${path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  // The entry and each program of commands are bundles of their own in dist/. Each bundle has its
  // own copy of a module.
  it('has no state of the entry in a module, which commands of dist/ would not see', () => {
    const commands = 'cli/command-line.ts';
    const ofEntry = new Set(['cli/main.ts']);
    for (const path of ofEntry)
      for (const { to } of arrowsOf(path, readFileSync(resolve(top, path), 'utf8')))
        if (sources.includes(to) && to !== commands) ofEntry.add(to);
    const stateful = [...ofEntry].filter((path) =>
      /^(?:export )?let /m.test(readFileSync(resolve(top, path), 'utf8')),
    );
    expect(ofEntry.size).toBeGreaterThan(8);
    // The command line sets the name in its own copy.
    expect(stateful).toEqual(['cli/called-name.ts']);
  });

  // The entry is read and compiled at each start. No code is kept of it.
  it('loads no package in the entry', () => {
    const ofEntry = new Set(['cli/main.ts']);
    const packages: Arrow[] = [];
    for (const path of ofEntry)
      for (const arrow of arrowsOf(path, withoutTypes(path))) {
        if (sources.includes(arrow.to) && arrow.to !== 'cli/command-line.ts') ofEntry.add(arrow.to);
        else if (!/^node:|^cli\//.test(arrow.to)) packages.push(arrow);
      }
    expect(ofEntry.size).toBeGreaterThan(8);
    expect(packages).toEqual([]);
  });

  it('holds for every file', () => {
    const arrows = sources.flatMap((path) =>
      arrowsOf(path, readFileSync(resolve(top, path), 'utf8')),
    );
    const wrong = arrows.flatMap((arrow) => {
      const why = whyNotDrawn(arrow);
      return why === undefined ? [] : [`${arrow.from} → ${arrow.to}: ${why}`];
    });
    expect(arrows.length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });

  it('follows every import, because no file computes the path of one', () => {
    const computed = sources.flatMap((path) =>
      computedImportsOf(path, readFileSync(resolve(top, path), 'utf8')),
    );
    expect(computed).toEqual([]);
    expect(computedImportsOf('cli/main.ts', 'import(path)')).toEqual(['cli/main.ts: import(path)']);
  });

  it.each([
    ['scanner/scan.ts', "import { a } from '../registry/intake.ts';"],
    ['scanner/scan.ts', "import type { A } from '../runner/plan.ts';"],
    ['skills-index/run/plan/plan-skill.ts', "const a = await import('../../cli/main.ts');"],
    ['skills-index/skill/name.ts', "import type { A } from '../statement/sign.ts';"],
    ['skills-index/log/merkle.ts', "export { a } from '../trust/policy.ts';"],
    ['skills-index/trust/policy/policy.ts', "import { a } from '../../scanner/scan.ts';"],
    ['cli/publish/publish.ts', "import { a } from '../../registry/intake/intake.ts';"],
    ['skills-index/trust/decision/decision.ts', "import { readFileSync } from 'node:fs';"],
    ['skills-index/run/plan/plan-skill.ts', "import { Project } from 'ts-morph';"],
    ['registry/app.ts', "import type { Signer } from '@sigstore/sign';"],
    ['cli/publish/upload.ts', "import { DSSEBundleBuilder } from '@sigstore/sign';"],
    ['cli/main.ts', "import { Server } from '@modelcontextprotocol/server';"],
  ])('refuses in %s: %s', (path, text) => {
    expect(arrowsOf(path, text).map(whyNotDrawn)).toEqual([expect.any(String)]);
  });

  it.each([
    ['scanner/scan.ts', "import { a } from '../skills-index/skill/bundle.ts';"],
    ['cli/serve/serve.ts', "const a = await import('../../registry/serve.ts');"],
    ['skills-index/client/blobs.ts', "import { a } from '../skill/digest.ts';"],
    ['cli/mcp/mcp-server.ts', "import { Server } from '@modelcontextprotocol/server';"],
  ])('allows in %s: %s', (path, text) => {
    expect(arrowsOf(path, text).map(whyNotDrawn)).toEqual([undefined]);
  });
});

function withoutTypes(path: string): string {
  return stripTypeScriptTypes(readFileSync(resolve(top, path), 'utf8'));
}

/** Files that may be in a circle of imports, each with the reason. */
const circles: Record<string, string> = {
  'cli/help-and-options/commands.ts':
    'the table of commands has a row for `help`, which prints the table',
  'cli/help-and-options/rows/everyone-rows.ts':
    'the row of `help` loads the command when somebody types it',
  'cli/help-and-options/help.ts': 'the command `help` reads the table',
  'cli/help-and-options/help-text.ts': 'the text of `help` lists the table',
  'cli/help-and-options/shell-init.ts': 'completion has the names of all commands',
  'scanner/engine/**/*.ts':
    'an interpreter: expressions hold calls, which run functions, which hold expressions',
};

describe('circles of imports', () => {
  it('are an error of the linter, types included, but for the files that are named here', () => {
    const config: unknown = JSON.parse(readFileSync(resolve(top, 'biome.json'), 'utf8'));
    expect(config).toMatchObject({
      linter: {
        rules: {
          suspicious: { noImportCycles: { level: 'error', options: { ignoreTypes: false } } },
        },
      },
      overrides: expect.arrayContaining([
        {
          includes: Object.keys(circles).sort(),
          linter: { rules: { suspicious: { noImportCycles: 'off' } } },
        },
      ]),
    });
    const off = JSON.stringify(config).match(/"noImportCycles":"off"/g);
    expect(off).toHaveLength(1);
  });
});
