/** The commands that show and change host policy. */
import { many, type WrittenRow } from '../written-row.ts';

const dryRun = { '--dry-run': 'print the difference of host.json, and change nothing' };

const listAndRemove = '| list | remove NAME';
const load: WrittenRow['load'] = () => import('../../host/host.ts');

export const hostPolicyRows: readonly WrittenRow[] = [
  {
    name: 'host show',
    summary: 'show host policy: what agents and skills may do on this host',
    examples: [['skillgate host show', 'show workspaces, models, approvers and limits']],
    load,
  },
  {
    name: 'host workspace',
    summary: 'name a folder that skills and agents may work in',
    usage: `add NAME DIR ${listAndRemove}`,
    examples: [
      [
        'skillgate host workspace add work ./reports',
        'skills that mount workspace:work work in views of ./reports; their changes wait for you',
      ],
      ['skillgate host workspace remove work', 'take the name away; the folder stays as it is'],
    ],
    options: {
      '--writable': 'with add: an rw mount applies the changes of a run without asking anybody',
      ...dryRun,
    },
    args: [0, 3],
    load,
  },
  {
    name: 'host model',
    summary: 'name a model endpoint that agents may use',
    usage: `add NAME URL --kind KIND ${listAndRemove}`,
    examples: [
      [
        'skillgate host model add local http://127.0.0.1:8080 --kind openai',
        'a model server of this host: llama.cpp, vLLM, Ollama',
      ],
      [
        'skillgate host model add cloud https://api.model.example --kind anthropic --secret MODEL_KEY',
        'the proxy adds the key from: skillgate secret set MODEL_KEY --host api.model.example',
      ],
    ],
    options: {
      '--kind KIND': 'interface that the endpoint speaks: openai or anthropic',
      '--secret NAME': 'secret with the endpoint’s key; for https only',
      '--path PATH...': 'further path that a session may call, such as /v1/rerank',
      ...dryRun,
    },
    args: [0, 3],
    load,
  },
  {
    name: 'host approver',
    summary: 'name a person who may answer holds',
    usage: `add KEY ${listAndRemove}`,
    examples: [
      [
        'skillgate host approver add operator',
        'your key operator, created with: skillgate key create operator --passphrase',
      ],
      [
        'skillgate host approver add \'{"name":"ann","key":…}\'',
        'a key of another machine: the line that skillgate key approver printed there',
      ],
    ],
    options: { ...dryRun },
    args: [0, 2],
    load,
  },
  {
    name: 'host egress',
    summary: 'name the proxy through which runs go out, and limit how much each may send',
    usage:
      'proxy URL|--from-env | add requests-per-minute|sent-bytes NUMBER | list | remove proxy|LIMIT',
    examples: [
      ['skillgate host egress add requests-per-minute 60', 'at most 60 requests a minute'],
      ['skillgate host egress add sent-bytes 1000000', 'at most a million bytes in each run'],
      ['skillgate host egress proxy --from-env', 'take HTTPS_PROXY and NO_PROXY into host policy'],
    ],
    options: {
      '--from-env': 'take the proxy that HTTPS_PROXY names now, and its login as a secret',
      '--secret NAME': 'secret with USER:PASSWORD for the proxy',
      '--except HOST...': 'host that is reached directly; *.HOST for all below it',
      '--authority FILE': 'PEM file of the authority of the proxy’s certificates',
      ...dryRun,
    },
    args: [0, 3],
    load,
  },
  {
    name: 'host index',
    summary: 'name the package index of an ecosystem',
    usage: `add npm|python URL [--min-age DAYS] ${listAndRemove}`,
    examples: [
      [
        'skillgate host index add npm https://registry.npmjs.org/ --min-age 7d',
        'npm packages come from this index, in versions that are at least a week old',
      ],
      [
        'skillgate host index add python file:///srv/wheels',
        'Python packages come from a folder of wheels',
      ],
    ],
    options: {
      '--min-age DAYS':
        'age of the youngest version that may be fetched (default: 7d; 0d for none)',
      ...dryRun,
    },
    args: [0, 3],
    load,
  },
  {
    name: 'host packages',
    summary: 'choose one lock of packages for all skills that leave the versions to this host',
    usage: 'add|remove npm|python PACKAGE… | list | update [npm|python]',
    examples: [
      [
        'skillgate host packages add python pandas "openpyxl>=3.1"',
        'choose, fetch and store versions; skills with "lock": "house" get those that they require',
      ],
      [
        'skillgate host packages update --dry-run',
        'choose versions anew, show the difference, and change nothing',
      ],
    ],
    options: {
      '--dry-run': 'with add, remove and update: show the difference; store and change nothing',
    },
    args: [0, 102],
    load: () => import('../../host/house.ts'),
  },
  {
    name: 'host advisories',
    summary: 'say what this host does with packages that an advisory names',
    usage: 'add folder DIR | add vulnerable run|refuse | add allow ID | list | remove RULE',
    examples: [
      [
        'skillgate host advisories add folder /srv/osv',
        'compare packages with your mirror of OSV, such as /srv/osv/npm/all.zip',
      ],
      [
        'skillgate host advisories add vulnerable refuse',
        'install and start no skill with a vulnerable package',
      ],
      [
        'skillgate host advisories add allow GHSA-jf85-cpcp-j695',
        'one advisory refuses no package; advisories of malware always do',
      ],
      ['skillgate host advisories remove GHSA-jf85-cpcp-j695', 'the advisory counts again'],
    ],
    options: { ...dryRun },
    args: [0, 3],
    load,
  },
  {
    name: 'host toolchain',
    summary: 'give each session a folder with a compiler or tools, read-only and on PATH',
    usage: `add NAME DIR ${listAndRemove}`,
    examples: [
      [
        'skillgate host toolchain add rust /opt/rust',
        'sessions have the programs of /opt/rust/bin',
      ],
      [
        'skillgate host toolchain list',
        'the toolchains that sessions have; skillgate doctor lists those that this host could give',
      ],
    ],
    options: { ...dryRun },
    args: [0, 3],
    load,
  },
];

// The commands for what runs changed in their views of folders.

export const changesRows: readonly WrittenRow[] = [
  {
    name: 'changes show',
    summary: 'list runs whose changes wait to be accepted, or show the changes of a run',
    usage: '[RUN [--path GLOB]…]',
    examples: [
      ['skillgate changes show', 'show the run, time, agent, skill and number of changes of each'],
      ['skillgate changes show 0f3c', 'show the changes of the run whose id begins with 0f3c'],
      [
        "skillgate changes show 0f3c --path 'src/**' --path node_modules/left-pad",
        'show these paths only, each with its whole content',
      ],
    ],
    options: {
      '--path GLOB...': 'show only paths that match, or that lie in a folder of this name',
    },
    args: [0, 1],
    load: () => import('../../changes/changes.ts'),
  },
  {
    name: 'changes accept',
    summary: 'apply the changes of a run, or none if somebody else changed the same paths',
    usage: 'RUN [--path GLOB]… [--branch NAME]… [--include PATH]… [--digest sha256:…]',
    examples: [
      ['skillgate changes accept 0f3c', 'show the changes and ask'],
      [
        'skillgate changes accept 0f3c --include package.json',
        'also apply the change of package.json, whose scripts npm runs on this host',
      ],
      [
        "skillgate changes accept 0f3c --path 'src/**'",
        'apply only the changes below src; the others go on waiting',
      ],
      [
        'skillgate changes accept 0f3c --branch main',
        'accept only the commits of the branch main, with their files',
      ],
      [
        'skillgate changes accept 0f3c --digest sha256:…',
        'apply exactly the changes with this digest, without asking',
      ],
    ],
    options: {
      '--digest DIGEST': 'digest of the changes that were shown',
      '--path GLOB...':
        'apply only changes of these paths or folders, and no branch that is not named',
      '--branch NAME...':
        'apply only this branch or tag with its files, and paths that --path names',
      '--include PATH...':
        'also apply this change, although hosts or agents obey the path; or a branch: main, sub:main',
    },
    args: 1,
    load: () => import('../../changes/changes.ts'),
  },
  {
    name: 'changes discard',
    summary: 'discard the changes of a run',
    usage: 'RUN',
    examples: [
      ['skillgate changes discard 0f3c', 'delete the changes; the folder itself stays unchanged'],
    ],
    options: { '--yes': 'do not ask' },
    args: 1,
    load: () => import('../../changes/changes.ts'),
  },
];

// The commands about the audit log of a host.

export const auditRows: readonly WrittenRow[] = [
  {
    name: 'log',
    summary: 'show what ran on this host: each start, request, denial, opened skill and hold',
    usage:
      '[--agent NAME] [--skill SKILL] [--run RUN] [--since TIME] [--all] [--follow] | --verify',
    examples: [
      ['skillgate log', 'show the last 50 lines; repeated entries are one line'],
      ['skillgate log --agent finance --since 2h', 'show what an agent did in the last two hours'],
      ['skillgate log --follow', 'print new entries as they are recorded'],
      ['skillgate log --verify', 'print the damaged line and exit 6 if the log is not intact'],
    ],
    options: {
      '--agent NAME': 'only entries of this agent; the name operator selects what people did',
      '--skill SKILL': 'only entries of this skill (@scope/name) or of one version of it',
      '--run RUN': 'only entries of this run; the beginning of the run’s id is enough',
      '--since TIME': 'only entries since this time: 2h, 7d, 2026-01-31T12:00Z',
      '--all':
        'show every entry on a line of its own, checkpoints too (default: the last 50 lines; --since and --run show all lines)',
      '--follow': 'continue with new entries as they are recorded',
      '--verify': 'check that no line of the log was removed, changed, moved or inserted',
    },
    formats: ['text', 'json', 'jsonl'],
    load: () => import('../../audit-log/log.ts'),
  },
  {
    name: 'evidence',
    summary: 'write one signed report for an auditor: who approved what, what ran, what happened',
    usage:
      '--out FILE [--since TIME] [--from DIR]... [--key KEY] | --verify FILE [--signer KEYID] [--root FINGERPRINT]... [--page FILE]',
    examples: [
      [
        'skillgate evidence --since 90d --out report.json',
        'report on the last 90 days of this host',
      ],
      [
        'skillgate evidence --from hosts/a --from hosts/b --key auditor --out fleet.json',
        'report on two hosts, whose folders config and data lie below hosts/a and hosts/b',
      ],
      [
        'skillgate evidence --verify report.json',
        'needs no network; exit 6 if the report contradicts its evidence, and 7 if a claim could not be verified',
      ],
    ],
    options: {
      '--out FILE': 'the file to write, in JSON; skillgate evidence --verify makes a page of it',
      '--since TIME': 'only audit lines since this time: 90d, 2026-01-31 (default: all lines)',
      '--from DIR...': 'a folder of another host with its config and data (default: this host)',
      '--key KEY':
        'the key that signs: a name, or the path of a key file (default: this host’s audit key)',
      '--verify FILE': 'verify this report: each claim says how it was checked',
      '--signer KEYID': 'with --verify: the id of the key that has to have signed: sha256:…',
      '--root FINGERPRINT...':
        'with --verify: the fingerprint of a registry’s root of trust that you know: sha256:…',
      '--page FILE': 'with --verify: also write a page for people to this file',
    },
    load: () => import('../../evidence/evidence.ts'),
  },
];

// The commands that judge skills for other installers.

const reviewOption = {
  '--review WORD':
    'warn or block files that nobody approved and whose scan found what a person should look at (default: warn)',
};
const policyOptions = {
  '--unknown WORD':
    'allow, warn or block files that nobody approved and whose scan found nothing (default: warn)',
  ...reviewOption,
};

export const installPolicyRows: readonly WrittenRow[] = [
  {
    name: 'policy check',
    summary: 'say whether other installers may install a folder: allow, warn or block',
    usage: 'DIR…',
    examples: [
      [
        'skillgate policy check ./weekly-report',
        'look for a signed approval of these files, then for revocations, and scan files that nobody approved',
      ],
    ],
    options: policyOptions,
    args: [1, many],
    load: () => import('../../install-policy/check.ts'),
  },
  {
    name: 'policy openclaw',
    summary: 'answer OpenClaw’s security.installPolicy.exec: one request in, one answer out',
    examples: [
      [
        'skillgate policy openclaw --unknown block < request.json',
        'answer one request of OpenClaw, and block what nobody approved; docs/other-installers.md has the configuration',
      ],
    ],
    options: policyOptions,
    load: () => import('../../install-policy/openclaw.ts'),
  },
  {
    name: 'policy claude-code',
    summary: 'answer a hook of Claude Code: judge a skill before its text reaches the model',
    examples: [
      [
        'skillgate policy claude-code || exit 2',
        'the command of a hook for PreToolUse (matcher Skill) and UserPromptExpansion; exit code 2 makes Claude Code stop',
      ],
    ],
    options: policyOptions,
    load: () => import('../../install-policy/claude-code.ts'),
  },
  {
    name: 'policy pre-commit',
    summary: 'scan the skills that have the named files; fail when a scan finds an attack',
    usage: 'FILE…',
    examples: [
      [
        'skillgate policy pre-commit skills/weekly-report/SKILL.md',
        'what the hook of .pre-commit-hooks.yaml does with the files of a commit',
      ],
    ],
    options: reviewOption,
    args: [0, many],
    filesFromProgram: true,
    load: () => import('../../install-policy/pre-commit.ts'),
  },
];
