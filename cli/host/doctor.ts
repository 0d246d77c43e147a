/**
 * `skillgate doctor`: what this host can enforce, one line each, with a command to type for missing
 * parts.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOurs, programOnPath } from '../../runner/files/path-programs.ts';
import { findProgram } from '../../runner/host/host.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import { advisedPackages } from '../../runner/package-store/audit-packages.ts';
import { openHouse } from '../../runner/package-store/open-house.ts';
import { type HostPolicy, requirements } from '../../skills-index/run/plan/host-policy.ts';
import { basePrograms } from '../../skills-index/skill/base-programs.ts';
import { ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { asCalled, calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { keyKinds } from '../holds/answer.ts';
import { separationRows } from '../holds/separation.ts';
import { wholeHouse } from '../packages/fetch-packages.ts';
import { packagePolicy } from '../packages/report-on-package.ts';
import { readRegistries } from '../registries/registry-base.ts';
import { readStoredTrust } from '../registries/stored-trust.ts';
import {
  answer,
  count,
  inkFor,
  joined,
  type OutputInk,
  type Safe,
  safe,
} from '../terminal/output.ts';
import { proxyRows } from './proxy.ts';
import {
  backendRows,
  type DoctorRow,
  type DoctorVerdict,
  decideVerdict,
  probeHost,
  toolchainRows,
} from './toolchains.ts';

/** How early doctor says that the stored root of trust of a registry expires. */
const rootExpiryWarnMillis = 30 * 24 * 3_600_000;

interface Part {
  readonly name: string;
  readonly programs: readonly string[];
  readonly for: string;
  /** Name of the apt package, or the page of a program that Debian does not package. */
  readonly from: { readonly package: string } | { readonly page: string };
  /** Whether no sandbox runs without it. */
  readonly needed: boolean;
}

const parts: readonly Part[] = [
  {
    name: 'bwrap',
    programs: ['bwrap'],
    for: 'starts the sandbox',
    from: { package: 'bubblewrap' },
    needed: true,
  },
  {
    name: 'socat',
    programs: ['socat'],
    for: 'connects the sandbox to the egress proxy',
    from: { package: 'socat' },
    needed: true,
  },
  {
    name: 'python3',
    programs: ['python3'],
    for: 'runs skills with Python scripts',
    from: { package: 'python3' },
    needed: false,
  },
  {
    name: 'pwsh',
    programs: ['pwsh'],
    for: 'runs skills with PowerShell scripts',
    from: { page: 'https://learn.microsoft.com/powershell/scripting/install/install-debian' },
    needed: false,
  },
  {
    name: 'chromium',
    programs: ['chromium', 'chromium-browser'],
    for: 'runs the browser tests of the desk, and the desk’s part of skillgate demo',
    from: { package: 'chromium' },
    needed: false,
  },
];

const entry = realpathSync(fileURLToPath(new URL(`../guard.js`, import.meta.url)));

export async function run(context: CommandContext): Promise<ExitCode> {
  const { backend } = context.options;
  if (context.options.escape === true) {
    const { reportEscapes } = await import('../proofs/escape/report.ts');
    const wanted = backend ?? readHostPolicy(join(context.paths.config, 'host.json')).backend;
    return reportEscapes(context, wanted === 'all' ? undefined : String(wanted));
  }
  if (backend !== undefined) throw new Problem('usage', '--backend needs --escape');
  const policy = readHostPolicy(join(context.paths.config, 'host.json'));
  const rows: DoctorRow[] = [
    {
      name: 'node',
      holds: true,
      detail: `${process.versions.node}: runs scripts in TypeScript and JavaScript`,
      needed: true,
    },
    ...platformRows(process.platform),
    ...namesOnPath(context.env.PATH, entry, calledName() === 'skill'),
    ...(await probeHost(policy)).map((row) => ({ ...row, needed: isNeeded(row.name, policy) })),
    ...backendRows(policy).map((row) => ({
      ...row,
      needed: row.name === `backend ${policy.backend}`,
    })),
    ...toolchainRows(context.env.HOME, policy),
    ...(await proxyRows(context, policy)),
    ...rootRows(context),
    ...houseRows(context),
    ...advisoryRows(context, policy),
    ...separationRows(policy, process.getuid?.() ?? 0, await keyKinds(context)).map((row) => ({
      ...row,
      needed: false,
    })),
  ];
  const verdict = decideVerdict(rows, readRegistries(context.paths).registries.length > 0);
  const ink = inkFor(context.stdout, context.env);
  answer(context, { schema: 'skillgate.doctor/1', ...verdict, rows }, () =>
    joined([...verdictLines(verdict, ink), ...rows.map((row) => rowText(row, ink))], '\n'),
  );
  return rows.every((row) => row.holds || !row.needed) ? exitCodes.ok : exitCodes.refused;
}

function verdictLines({ next, sentence, verdict }: DoctorVerdict, ink: OutputInk): Safe[] {
  const style = { ready: ink.green, 'ready-but': ink.yellow, 'not-ready': ink.red }[verdict];
  return [
    ink.bold(style(sentence)),
    ...(next === undefined ? [] : [safe`Type next: ${ink.bold(asCalled(next))}`]),
    safe``,
  ];
}

function rowText({ detail, holds, name, needed, type }: DoctorRow, ink: OutputInk): Safe {
  const line = type === undefined ? safe`` : safe`; type: ${ink.bold(type)}`;
  const word = holds ? ink.green('yes') : needed ? ink.red('no ') : ink.yellow('no ');
  return safe`${word} ${name}: ${detail}${line}`;
}

/** The programs for sandboxes, on Linux, and whether file permissions are checked. */
export function platformRows(platform: NodeJS.Platform): DoctorRow[] {
  const filesRow: DoctorRow = {
    name: 'file permissions',
    holds: platform !== 'win32',
    needed: false,
    detail:
      platform === 'win32'
        ? 'not checked on Windows. Check yourself that only your user can open your keys and the settings of Skillgate'
        : 'keys and settings that other users could read or change are refused',
  };
  return platform === 'linux' ? [...parts.map(partRow), baseRow(), filesRow] : [filesRow];
}

// Parts that host policy requires are needed, and so are the sandbox's own tests.
function isNeeded(name: string, policy: HostPolicy): boolean {
  const requirement = requirements.find((requirement) => requirement === name);
  return requirement === undefined || policy.require.includes(requirement);
}

// Searched where the runner finds programs, not on this user's PATH.
function partRow(part: Part): DoctorRow {
  const at = part.programs.map(findProgram).find((path) => path !== undefined);
  if (at !== undefined)
    return { name: part.name, holds: true, detail: `${at}: ${part.for}`, needed: part.needed };
  const missing = { name: part.name, holds: false, needed: part.needed };
  if ('page' in part.from)
    return { ...missing, detail: `missing: ${part.for}; to install it: ${part.from.page}` };
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return {
    ...missing,
    detail: `missing: ${part.for}`,
    type: `${sudo}apt-get install -y ${part.from.package}`,
  };
}

// What a shell script may expect without a declaration, so a lack shows up as its failure.
function baseRow(): DoctorRow {
  const lacks = [...basePrograms].filter((name) => findProgram(name) === undefined);
  // A host has one of these two as awk.
  const lacking = lacks.filter((name) => name !== 'gawk' && name !== 'mawk');
  const names = lacking.length === 0 ? '' : `; this host lacks ${lacking.join(', ')}`;
  return {
    name: 'base programs',
    holds: true,
    detail: `every sandbox has coreutils, find, grep, sed, awk and others${names}`,
    needed: false,
  };
}

/** Whether shims find `skillgate`, and which program `skill` starts here. */
export function namesOnPath(
  path: string | undefined,
  entryAt: string,
  isFunction = false,
): DoctorRow[] {
  const skillgate = programOnPath('skillgate', path);
  const skill = programOnPath('skill', path);
  const folder = '~/.local/bin';
  const line =
    `mkdir -p ${folder} && printf '#!/bin/sh\\nexec "%s" "%s" "$@"\\n' '${process.execPath}' '${entryAt}' > ${folder}/skillgate && ` +
    `chmod 755 ${folder}/skillgate`;
  const first: DoctorRow =
    skillgate === undefined
      ? {
          name: 'skillgate',
          holds: false,
          needed: false,
          detail:
            'not on PATH: the shims of installed skills call skillgate, and fail with exit code 127',
          type: `${line}   (then add ~/.local/bin to PATH)`,
        }
      : {
          name: 'skillgate',
          holds: true,
          detail: `${skillgate}: the shims of installed skills call this program`,
          needed: false,
        };
  return [first, isFunction ? functionRow : shortNameRow(skill, entryAt)];
}

// A function from `skillgate shell-init` comes before PATH.
const functionRow: DoctorRow = {
  name: 'skill',
  holds: true,
  needed: false,
  detail: 'a function of this shell that starts skillgate',
};

function shortNameRow(skill: string | undefined, entryAt: string): DoctorRow {
  const about = { name: 'skill', needed: false } as const;
  if (skill !== undefined && isOurs(skill, entryAt))
    return { ...about, holds: true, detail: `${skill} starts skillgate` };
  const why =
    skill === undefined
      ? 'no program on PATH is named skill: type skillgate'
      : `${skill} is another program (on Debian that of procps, which sends signals to processes): type skillgate`;
  const type =
    'eval "$(skillgate shell-init bash)"   (write this line into ~/.bashrc; zsh and fish work as well. `skill` then starts skillgate)';
  return { ...about, holds: false, detail: why, type };
}

// What `skillgate doctor` says of the packages that this host chose, and of the advisories.

/** No row for a host without packages of its own. */
export function houseRows(context: Pick<CommandContext, 'paths'>): DoctorRow[] {
  const name = 'packages of this host';
  try {
    const house = wholeHouse(context);
    return ecosystems.flatMap((ecosystem): DoctorRow[] => {
      const list = house[ecosystem];
      if (list === undefined) return [];
      const about = { name: `${name}, ${ecosystem}`, needed: false };
      if (openHouse(context.paths).hasSet(ecosystem, list))
        return [
          { ...about, holds: true, detail: `${count(list.length, 'package')}, stored and ready` },
        ];
      const detail = 'not stored for the present python3, so skills that need them do not start';
      return [{ ...about, holds: false, detail, type: 'skillgate host packages update' }];
    });
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const type = cause.hint === undefined ? {} : { type: cause.hint };
    return [{ name, holds: false, needed: false, detail: cause.message, ...type }];
  }
}

/** What `skillgate doctor` says of the advisories. No row for a host without advisories. */
export function advisoryRows(
  context: Pick<CommandContext, 'now' | 'paths'>,
  policy: Pick<HostPolicy, 'advisories' | 'packages'>,
): DoctorRow[] {
  const { advisories: folder } = policy;
  if (folder === undefined) return [];
  const about = { name: 'advisories', needed: false };
  const kind = policy.packages.vulnerable === 'refuse' ? 'all' : 'malware';
  try {
    // Each search reads every file and archive that has no package's name.
    const some = { ecosystem: 'npm', name: 'skillgate', version: '0.0.0' } as const;
    advisedPackages(packagePolicy(context, policy), [some], kind);
    return [{ ...about, holds: true, detail: `packages are compared with those of ${folder}` }];
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const hint = cause.hint === undefined ? '' : `; ${asCalled(cause.hint)}`;
    return [{ ...about, holds: false, detail: `${cause.message}${hint}` }];
  }
}

// What `skillgate doctor` says of the roots of trust that this host has stored.

/** A row for each registry whose administrators sign a root with an expiry. */
export function rootRows({ paths, now }: Pick<CommandContext, 'now' | 'paths'>): DoctorRow[] {
  return readRegistries(paths).registries.flatMap(({ base, root }): DoctorRow[] => {
    const about = { name: `root of trust of ${base}`, needed: false };
    try {
      const kept = readStoredTrust(paths, root);
      if (kept === undefined) return [];
      const until = String(JSON.parse(kept.metadata.root).signed.expires);
      const left = Date.parse(until) - now().getTime();
      if (left > rootExpiryWarnMillis)
        return [{ ...about, holds: true, detail: `signed until ${until}` }];
      const verb = left <= 0 ? 'expired' : 'expires';
      return [
        {
          ...about,
          holds: false,
          detail: `the root that this host has stored ${verb} at ${until}. After that, this host refuses the registry until administrators have signed the next root`,
          type: `skillgate registry show ${base}   (fetches the newest root; if it shows the same time, tell the registry’s administrators)`,
        },
      ];
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      return [{ ...about, holds: false, detail: cause.message }];
    }
  });
}
