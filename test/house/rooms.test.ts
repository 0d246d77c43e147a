import { globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { arrowsOf } from './arrows.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The inner rooms of each folder, from the top floor down. A file imports its own room and rooms on
 * lower floors. `(start)` is where a process or request begins, and `(base)` is what all rooms
 * share; both lie beside the rooms.
 */
const floors: Record<string, readonly string[]> = {
  registry: [
    '(start)',
    'serving',
    'backup',
    'data-folder',
    'foreign-clients',
    'pages',
    'desk',
    'markup',
    'routes',
    'intake',
    'request-limits',
    'scans',
    'notices',
    'review',
    'stops',
    'catalogue',
    'index',
    'retention',
    'versions',
    'readers',
    'sign-in',
    'people',
    'log',
    'store',
    '(base)',
  ],
  scanner: [
    'worker',
    'reader',
    '(start)',
    'reports',
    'frontends',
    'languages',
    'engine',
    'programs',
    'rules',
    'ingest',
    'manifest',
    'flow',
    'prose',
    'knowledge',
    'ir',
    'lookup-tables',
    '(base)',
    'fact',
  ],
  'skills-index/run': [
    'egress',
    'plan',
    'indexes',
    'agents',
    'holds',
    'changes',
    'audit',
    'leaks',
    '(base)',
  ],
  runner: [
    'observe',
    'sessions',
    'webhooks',
    'upstream-proxy',
    'package-store',
    'package-fetch',
    'indexes',
    'archives',
    'backends',
    'secret-sources',
    'changes',
    'git',
    'run',
    'holds',
    'audit',
    'mounts',
    'egress',
    'bubblewrap',
    'sandbox',
    'host',
    'packages',
    'agents',
    'admission',
    'files',
    '(base)',
  ],
  cli: [
    '(start)',
    'help-and-options',
    '(commands)',
    'demo',
    'host',
    'connect',
    'mcp',
    'agents',
    'changes',
    'evidence',
    'oci',
    'verify',
    'search',
    'install-policy',
    'install',
    'review',
    'proofs',
    'observe',
    'run',
    'publish',
    'serve',
    'backup',
    'packages',
    'members-and-scopes',
    'registry-export',
    'witness',
    'monitor',
    'root-rotation',
    'audit-log',
    'scan',
    'git',
    'holds',
    'readers',
    'registries',
    'signing',
    'terminal',
    '(base)',
  ],
};

/** Where processes and requests begin: files beside the rooms that stand above all rooms. */
const starts: Record<string, RegExp> = {
  registry: /^registry\/(app|serve|worker|background-tasks|crypto-shim|drizzle\.config)\.ts$/,
  cli: /^cli\/(main|guard|built-command|command-line|show-version)\.(ts|js)$/,
  scanner: /^scanner\/(scan|extract|rules|rule-set|code-digest|scan-flags)\.ts$/,
};

/** Arrows that run upwards, each with the reason why it stays. */
const upwards: Record<string, string> = {
  'registry/store/schema.ts → registry/versions/status.ts':
    'the column of a state holds exactly the states of the table of moves',
  'registry/store/waiting-schema.ts → registry/review/queue/queue-judgement.ts':
    'the column of a judged version holds exactly what the queue shows',
  'registry/context.ts → registry/log/head-ahead.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/log/signing.ts': 'the context is made of the types of its parts',
  'registry/context.ts → registry/log/witness-answers.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/notices/notice-config.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/people/known-identities.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/readers/readers.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/request-limits/spool.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/sign-in/sign-on-config.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/intake/quotas-file.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/retention/retention-rules.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/stops/incident-policy.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/store/batch.ts': 'the context is made of the types of its parts',
  'registry/context.ts → registry/store/known-files.ts':
    'the context is made of the types of its parts',
  'registry/context.ts → registry/store/objects.ts':
    'the context is made of the types of its parts',
  'registry/problem-json.ts → registry/store/sqlite-errors.ts':
    'a damaged database is told as a problem document',
  'registry/problem-json.ts → registry/store/bounded-objects.ts':
    'a storage that hangs is told as a problem document, too',
  'registry/index/publish-index.ts → registry/review/approvals.ts':
    'a version enters the index with its approvals',
  'registry/versions/fallen-scans.ts → registry/scans/jobs.ts':
    'a version that lacks a scan gets a job',
  'registry/request-limits/write-limits.ts → registry/routes/request-parts.ts':
    'the limit stands in the description of each route',
  'registry/store/blobs.ts → registry/log/finish-statements.ts':
    'a lost blob is written again from what the log holds',
  'registry/review/approval-intake.ts → registry/intake/replays.ts':
    'an approval that comes again is judged like any statement that comes again',
  'registry/log/appending.ts → registry/people/certificate-signer.ts':
    'the log takes in statements that a certificate signed: a type',
  'registry/context.ts → registry/log/appending.ts':
    'the registry holds the appends that wait for the next batch: a type',
  'scanner/rule.ts → scanner/manifest/declared.ts': 'rules see what the author declared: a type',
  'scanner/manifest/secrets.ts → scanner/rules/flow/secret-to-network.ts':
    'a draft names the hosts that this rule finds for a secret',
  'scanner/flow/links.ts → scanner/programs/frontend.ts':
    'what starts a file is told by front ends',
  'scanner/fact/language.ts → scanner/lookup-tables/api.ts':
    'the language of a text is looked up in a table',
  'scanner/fact/language.ts → scanner/lookup-tables/file-types.ts':
    'the language of a text is looked up in a table',
  'skills-index/run/holds/hold-gate.ts → skills-index/run/plan/plan.ts':
    'holds are judged for a plan: a type',
  'skills-index/run/holds/hold-state.ts → skills-index/run/plan/plan.ts':
    'holds are judged for a plan: a type',
  'runner/agents/agents.ts → runner/run/run-request.ts':
    'whoever acts is named as a request for a run names it: a type',
  'cli/proofs/redteam/bare.ts → cli/agents/agent-run.ts':
    'the red team starts an agent as the command does',
  'cli/run/admission.ts → cli/install/lock.ts': 'a start admits the version that the lock names',
  'cli/run/start-skill.ts → cli/install/lock.ts': 'a start admits the version that the lock names',
  'skills-index/run/audit/incident.ts → skills-index/run/egress/denial.ts':
    'an incident names denials by their words: a type',
  'cli/signing/logged-key.ts → cli/registries/registry-answers.ts':
    'a registry tells what its log says about a key',
  'cli/signing/logged-key.ts → cli/registries/registry-api.ts':
    'a registry tells what its log says about a key',
  'cli/signing/revoke-key.ts → cli/registries/post-statement.ts':
    'a registry logs the end of a key',
  'cli/signing/rotate-key.ts → cli/registries/post-statement.ts':
    'a registry logs the end of a key',
  'skills-index/run/holds/hold-policy.ts → skills-index/run/agents/breaker.ts':
    'a policy of holds names breakers',
};

/** The files that the table of commands loads: a command starts in its room and uses any room. */
const commands = new Set(
  globSync('cli/help-and-options/rows/*-rows.ts', { cwd: top })
    .flatMap((path) => arrowsOf(path, readFileSync(resolve(top, path), 'utf8')))
    .map(({ to }) => to)
    .filter((to) => /^cli\/(?!help-and-options\/)[\w-]+\//.test(to)),
);

/** Folders that are lists, one entry a file. */
const lists =
  /\/(rules\/\w+|rows|phrases|scenarios|routes|problem-codes|attacks\/.*|evasions\/.*)$/;

function roomOf(folder: string, path: string): string {
  if (commands.has(path)) return '(commands)';
  const inside = path.slice(folder.length + 1).split('/');
  if (inside.length > 1) return inside[0] ?? '';
  return starts[folder]?.test(path) === true ? '(start)' : '(base)';
}

function arrowsIn(folder: string): string[] {
  const order = floors[folder] ?? [];
  return globSync(`${folder}/**/*.{ts,js}`, { cwd: top })
    .flatMap((path) => arrowsOf(path, readFileSync(resolve(top, path), 'utf8')))
    .filter(({ to }) => to.startsWith(`${folder}/`))
    .filter(
      ({ from, to }) => order.indexOf(roomOf(folder, from)) > order.indexOf(roomOf(folder, to)),
    )
    .map(({ from, to }) => `${from} → ${to}`);
}

describe('the inner rooms', () => {
  it.each(Object.keys(floors))('of %s are all on the list of floors', (folder) => {
    const rooms = [
      ...new Set(
        globSync(`${folder}/*/**/*.ts`, { cwd: top }).map(
          (path) => path.slice(folder.length + 1).split('/')[0] ?? '',
        ),
      ),
    ];
    expect(rooms.filter((room) => !floors[folder]?.includes(room))).toEqual([]);
    expect(
      floors[folder]?.filter((room) => !room.startsWith('(') && !rooms.includes(room)),
    ).toEqual([]);
  });

  it('import only rooms on lower floors, but for the arrows that are named with a reason', () => {
    const found = Object.keys(floors).flatMap(arrowsIn);
    expect(found.filter((arrow) => upwards[arrow] === undefined)).toEqual([]);
    expect(Object.keys(upwards).filter((arrow) => !found.includes(arrow))).toEqual([]);
  });

  it('hold at most 25 files each, but for lists', () => {
    const counts = new Map<string, number>();
    for (const path of globSync('{cli,registry,scanner,runner,skills-index}/**/*.ts', {
      cwd: top,
    })) {
      counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
    }
    expect([...counts].filter(([folder, files]) => files > 25 && !lists.test(folder))).toEqual([]);
  });
});
