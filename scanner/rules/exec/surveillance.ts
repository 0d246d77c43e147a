/** The screen, the clipboard, the camera or the microphone is read. */
import { isInText, milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const surveillance = defineRule({
  id: 'exec/surveillance',
  title: 'Reads the screen, clipboard, camera or microphone',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'The recording includes whatever is on the screen or in the clipboard at that moment: passwords, messages, other people.',
  fix: 'Ask for a file or a text as an argument.',
  maps: { cwe: ['CWE-359'], attack: ['T1113', 'T1115', 'T1123', 'T1125'] },
  reads: ['trait:surveillance'],
  check: (context) =>
    draftsOfTrait(context, 'surveillance', (fact) => ({
      severity: isInText(fact) ? 'info' : 'low',
      message: /\s/.test(fact.detail)
        ? fact.detail
        : `${fact.api} reads the screen, the clipboard or a microphone`,
    })),
});

// Another agent is started that asks nobody.

export const unguardedAgent = defineRule({
  id: 'exec/unguarded-agent',
  title: 'An agent is started without its permission prompts',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'The agent that was asked for approval starts a second agent that asks nobody. The second one does what the skill itself may not do.',
  fix: 'Start agents with their permission prompts on, or name the few tools that may be used.',
  maps: { cwe: ['CWE-250'], owasp: ['ASI02', 'ASI03', 'LLM06'] },
  reads: ['trait:agent-unguarded'],
  check: (context) =>
    draftsOfTrait(context, 'agent-unguarded', (fact) => ({
      severity: isInText(fact) ? 'low' : 'medium',
      message: `starts an agent that ${fact.detail.replace(/^\S+ /, '')}`,
    })),
});

// Which module is loaded is computed.

export const dynamicModule = defineRule({
  id: 'exec/dynamic-module',
  title: 'A module with a computed name is loaded',
  kind: 'capability',
  severity: 'low',
  confidence: 'widened',
  why: 'A module with a computed name can be any module: child_process, a file in the temporary folder, a package that nobody declared.',
  fix: 'Import by name, or begin the path in the skill’s own folder, as in ./plugins/NAME.js.',
  maps: { cwe: ['CWE-829'], owasp: ['ASI05'], attack: ['T1129'] },
  reads: ['trait:dynamic-import'],
  check: (context) =>
    draftsOfTrait(context, 'dynamic-import', (fact) => ({
      message: `${fact.api} loads a module whose name is computed`,
    })),
});

// Keys are recorded as they are typed.

export const keylogging = defineRule({
  id: 'exec/keylogging',
  title: 'The keyboard is recorded',
  kind: 'malice',
  severity: 'medium',
  confidence: 'exact',
  why: 'A listener on the keyboard hears every password that is typed in any window.',
  fix: 'Read what the user types to the skill from its standard input.',
  maps: { cwe: ['CWE-506'], attack: ['T1056.001'] },
  reads: ['trait:keylogging'],
  check: (context) =>
    draftsOfTrait(context, 'keylogging', (fact) => ({
      message: `${fact.api} hears the keys of every window`,
    })),
});

// A program is run that is not in the bundle, or not on this machine.

export const remoteProgram = defineRule({
  id: 'exec/remote-program',
  title: 'A program from elsewhere',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'An image, a URL or another machine holds the program. Nobody scanned it, and it can change after the skill was approved.',
  fix: 'Name an image by its digest, a package by its version; keep commands for other machines out of skills.',
  maps: { cwe: ['CWE-494', 'CWE-829'], owasp: ['ASI04'], attack: ['T1610', 'T1021.004'] },
  reads: ['trait:remote-program'],
  check: (context) =>
    draftsOfTrait(context, 'remote-program', (fact) => ({
      severity: isInText(fact) ? 'info' : 'low',
      message: fact.detail,
    })),
});

// A program stands on a command line, and no front end reads all of it.

export const unreadProgram = defineRule({
  id: 'exec/unread-program',
  title: 'A program on a command line that is not read',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'The program is written in a language that the scan does not analyse whole. It may do anything, and a person has to read it.',
  fix: 'Write the program in Python, JavaScript, TypeScript or shell, or put it into a file of the skill.',
  maps: { cwe: ['CWE-95'], owasp: ['ASI05'], attack: ['T1059'] },
  reads: ['trait:unread-program'],
  check: (context) =>
    draftsOfTrait(context, 'unread-program', (fact) => ({
      message: `${fact.api} runs a program that the scan does not read whole: ${fact.detail.replace(/\s+/g, ' ').slice(0, 100)}`,
    })),
});

// A program of the operating system does what it was not made for.

export const systemProgramMisuse = defineRule({
  id: 'exec/system-program-misuse',
  title: 'A program of the system does another’s work',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Programs of the operating system can fetch files, run programs of others and dump memory on the side. They are signed and already there, so attackers use them where curl or an unknown program would be noticed.',
  fix: 'Use the program that is made for the task, with its address in the manifest.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI05'], attack: ['T1218', 'T1105'] },
  reads: ['trait:misuse'],
  check: (context) =>
    draftsOfTrait(context, 'misuse', (fact) => ({
      severity: milder('medium', fact),
      message: fact.detail,
    })),
});

// Machine code is loaded into the process.

export const nativeCode = defineRule({
  id: 'exec/native-code',
  title: 'Native code is loaded',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'A shared library or WebAssembly module has all rights of the process, and no source in the skill shows what it does.',
  fix: 'Use a package from a registry, by name and version, or do without.',
  maps: { cwe: ['CWE-829'], owasp: ['ASI05'], attack: ['T1129'] },
  reads: ['trait:native'],
  check: (context) =>
    draftsOfTrait(context, 'native', (fact) => ({
      message: `${fact.api} loads machine code${/^(…|\*|)$/.test(fact.detail) ? '' : ` from ${fact.detail}`}`,
    })),
});
