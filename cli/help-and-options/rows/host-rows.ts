/** The commands that show and change host policy. */
import type { WrittenRow } from '../written-row.ts';

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
    summary: 'limit how much each run may send',
    usage: 'add requests-per-minute|sent-bytes NUMBER | list | remove LIMIT',
    examples: [
      ['skillgate host egress add requests-per-minute 60', 'at most 60 requests a minute'],
      ['skillgate host egress add sent-bytes 1000000', 'at most a million bytes in each run'],
    ],
    options: { ...dryRun },
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
