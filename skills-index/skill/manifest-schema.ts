/** The shape of skill.json. The manifest parser and the published JSON Schema share this shape. */
import validRange from 'semver/ranges/valid.js';
import * as v from 'valibot';
import { isHostName } from '../network/host-name.ts';
import { type BundlePath, isBundlePath } from './bundle-path.ts';
import { type Capabilities, type SecretUse, unnamedUses } from './capability.ts';
import { parseDeclaredEgressUrl, printEgressTarget } from './egress-target.ts';
import { packagesShape } from './manifest-packages.ts';
import { parseSkillName, type SkillName } from './name.ts';
import { Problem } from './problem.ts';
import { boundedList, exactObject } from './shape.ts';
import { parseVersion, versionCharsMax } from './version.ts';

const capabilitiesMax = 200;

export const commandsMax = 100;

export const licenseCharsMax = 200;

const methodsMax = 20;

const mountTargetCharsMax = 200;

const requiresMax = 50;

export const runMemoryMiBDefault = 512;

const runMemoryMiBMax = 16_384;

export const runSecondsDefault = 120;

const runSecondsMax = 3_600;

export const secretHostsMax = 20;

const whyCharsMax = 500;

export const manifestSchemaUrl = 'https://skillgate.dev/schema/skill-1.json';

/** How a command starts: a file, or a Python module that starts from the skill's folder. */
export type CommandStart = BundlePath | { readonly module: string };

const envForm = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
/** Words in an environment variable's name that mark the variable's value as a secret. */
const secretWords =
  /(^|_)(API_?KEYS?|ACCESS_?KEYS?|KEYS?|TOKENS?|SECRETS?|PASS|PASSWD|PASSWORDS?|PASSPHRASE|PWD|CREDENTIALS?|CREDS|PRIVATE|AUTH|BEARER|COOKIES?|JWT|PAT|DSN|DATABASE_URL|CONNECTION_STRING|WEBHOOK_URL)(_|$)|(TOKEN|SECRET|PASSWORD|APIKEY|WEBHOOK)$/i;
/**
 * Names of environment variables that end in a secret word, but belong to folders or sockets that
 * every program reads.
 */
const plainNames = new Set(['PWD', 'OLDPWD']);
const headerForm = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/**
 * Headers that decide where a request ends or where the request goes. A secret in one of these
 * headers could smuggle a request.
 */
const framingHeaders =
  /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*)$/i;
const methodForm =
  /^(\*|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|PROPFIND|REPORT|SEARCH|MKCOL|MOVE|COPY)$/;
const sourceForm = /^workspace:([a-z0-9]+(-[a-z0-9]+)*)?$/;
const targetForm = /^(\/[A-Za-z0-9_][A-Za-z0-9._-]*){1,8}$/;
/**
 * Folders of the sandbox itself. A mount at one of these folders would replace files of the runner.
 */
const sandboxFolders =
  /^\/(bin|boot|dev|etc|lib|lib32|lib64|proc|run|sbin|skills|sys|usr|var)(\/|$)/;
const moduleForm = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const programForm = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

// A run has a file at such a path only where a mount gives the file.
const placeWords = /_(FILE|PATH|DIR)$/i;

/** Whether an environment variable's name says that the variable's value is a secret. */
export function looksSecret(envName: string): boolean {
  return secretWords.test(envName) && !isPlaceOfSecret(envName) && !plainNames.has(envName);
}

/** Whether an environment variable's name says that its value is the path of a secret. */
export function isPlaceOfSecret(envName: string): boolean {
  return placeWords.test(envName);
}

const why = v.pipe(
  v.string('has to be a sentence'),
  v.check((text) => text.trim() !== '', 'has to say why'),
  v.maxLength(whyCharsMax, `is longer than ${whyCharsMax} characters`),
  v.check(
    (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text),
    'has control or invisible characters',
  ),
);

const env = exactObject({
  name: v.pipe(
    v.string(),
    v.regex(envForm, 'is not the name of an environment variable'),
    v.check((name) => !looksSecret(name), 'looks like a secret: declare it under "secret"'),
  ),
  why,
});

const secretUse = v.pipe(
  v.string(),
  v.check(
    isSecretUse,
    'is not "bearer", "basic", "sigv4", "path", "address", "postgres", "query:NAME", "form:NAME", "json:POINTER", or "header:NAME" or "hmac:NAME" with a header that frames no request',
  ),
  v.transform((use) => use as SecretUse),
);

const secret = exactObject({
  name: v.pipe(v.string(), v.regex(envForm, 'is not a name as of an environment variable')),
  hosts: v.pipe(
    boundedList(
      v.pipe(v.string(), v.check(isHostName, 'is not a DNS name in lower case')),
      secretHostsMax,
      `has more than ${secretHostsMax} hosts`,
    ),
    v.minLength(1, 'has to name a host'),
    v.transform((list) => sorted(list)),
  ),
  as: secretUse,
  why,
});

const egressUrl = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return printEgressTarget(parseDeclaredEgressUrl(dataset.value));
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      addIssue({
        message: `is refused: ${cause.message.replace(/^Not an egress url: "(?:[^"\\]|\\.)*": /, '')}`,
      });
      return NEVER;
    }
  }),
);

const requests = exactObject({
  url: egressUrl,
  methods: v.exactOptional(
    v.pipe(
      boundedList(
        v.pipe(
          v.string(),
          v.regex(methodForm, 'is not an HTTP method in upper case that a skill may use'),
        ),
        methodsMax,
      ),
      v.minLength(1, 'has to name a method'),
      v.transform((list) => sorted(list)),
    ),
  ),
  why,
});

// A connection of tcp has no methods; a manifest that was read before says `*`.
const egress = v.pipe(
  requests,
  v.check(
    ({ methods = ['*'], url }) => !url.startsWith('tcp:') || String(methods) === '*',
    'has methods, which tcp has not',
  ),
  v.check(
    ({ methods = [], url }) => url.startsWith('tcp:') || !methods.includes('*'),
    'has the method *: name the methods, as in ["GET", "POST"]',
  ),
  v.transform(({ methods, url, ...rest }) => ({
    url,
    methods: methods ?? (url.startsWith('tcp:') ? ['*'] : ['GET', 'HEAD']),
    ...rest,
  })),
);

const mount = exactObject({
  source: v.pipe(
    v.string(),
    v.check(
      (source) => !looksLikePath(source),
      'names a path: a skill never names a folder of the host; write "workspace:NAME"',
    ),
    v.check(
      (source) => looksLikePath(source) || sourceForm.test(source),
      'is not "workspace:NAME" or "workspace:"',
    ),
  ),
  target: v.pipe(
    v.string(),
    v.maxLength(mountTargetCharsMax, `is longer than ${mountTargetCharsMax} characters`),
    v.regex(targetForm, 'is not a plain absolute path such as "/reports"'),
    v.check((target) => !sandboxFolders.test(target), 'is a folder of the sandbox itself'),
  ),
  mode: v.optional(v.picklist(['ro', 'rw', 'cow'], 'is not "ro", "rw" or "cow"'), 'cow'),
  files: v.exactOptional(v.literal('arguments', 'is not "arguments"')),
  why,
});

const exec = exactObject({
  program: v.pipe(v.string(), v.regex(programForm, 'is not the plain name of a program')),
  why,
});

const commandStart = v.union(
  [
    v.pipe(v.string(), checked(parsePath, 'is not a path inside the skill')),
    exactObject({
      module: v.pipe(
        v.string(),
        v.check(isModuleName, 'is not the name of a Python module such as "scripts.report"'),
      ),
    }),
  ],
  'is not a path inside the skill, nor { "module": "NAME" } with a Python module of the skill',
);

const group = <Output>(item: v.GenericSchema<unknown, Output>) =>
  v.optional(boundedList(item, capabilitiesMax), []);

const noGroups = {
  env: [],
  secret: [],
  egress: [],
  mount: [],
  exec: [],
} as const satisfies Capabilities;

/** The shape of skill.json; an author may leave out `capabilities` and `limits`. */
export const manifestShape = exactObject({
  $schema: v.exactOptional(v.literal(manifestSchemaUrl, `is not "${manifestSchemaUrl}"`)),
  name: v.pipe(
    v.string(),
    checked(parseSkillName, 'is not a skill name such as "@acme/weekly-report"'),
  ),
  version: v.pipe(
    v.string(),
    v.maxLength(versionCharsMax, `is longer than ${versionCharsMax} characters`),
    checked(parseVersion, 'is not a version such as "1.4.0" (semver 2)'),
  ),
  license: v.exactOptional(
    v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(licenseCharsMax, 'is too long')),
  ),
  commands: v.optional(
    v.pipe(
      v.record(
        v.pipe(
          v.string(),
          v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'is not a command name such as "report"'),
          v.maxLength(64, 'is too long'),
        ),
        commandStart,
      ),
      v.check(
        (commands) => Object.keys(commands).length <= commandsMax,
        `has more than ${commandsMax} commands`,
      ),
    ),
    {},
  ),
  requires: v.optional(
    v.pipe(
      v.record(
        v.pipe(v.string(), checked(parseSkillName, 'is not a skill name')),
        v.pipe(v.string(), v.check(isRange, 'is not a range of versions such as "^2.1.0"')),
      ),
      v.check(
        (requires) => Object.keys(requires).length <= requiresMax,
        `has more than ${requiresMax} skills`,
      ),
      v.transform((requires) => requires as Record<SkillName, string>),
    ),
    {},
  ),
  packages: v.exactOptional(packagesShape(why)),
  scratch: v.exactOptional(v.literal(true, 'is not true')),
  capabilities: v.optional(
    exactObject({
      env: group(env),
      secret: group(secret),
      egress: group(egress),
      mount: group(mount),
      exec: group(exec),
    }),
    noGroups,
  ),
  limits: v.optional(
    exactObject({
      seconds: v.optional(wholeNumber(1, runSecondsMax), runSecondsDefault),
      memoryMiB: v.optional(wholeNumber(16, runMemoryMiBMax), runMemoryMiBDefault),
    }),
    {},
  ),
});

function wholeNumber(min: number, max: number) {
  const says = `is not a whole number from ${min} to ${max}`;
  return v.pipe(v.number(says), v.integer(says), v.minValue(min, says), v.maxValue(max, says));
}

// Makes a valibot step of a parser that throws a Problem for text that it rejects.
function checked<Output>(parse: (text: string) => Output, says: string) {
  return v.rawTransform<string, Output>(({ dataset, addIssue, NEVER }) => {
    try {
      return parse(dataset.value);
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      addIssue({ message: says });
      return NEVER;
    }
  });
}

/** Whether a text is the dotted name of a module whose file can be a file of a skill. */
export function isModuleName(text: string): boolean {
  return moduleForm.test(text) && isBundlePath(moduleFile(text));
}

/** The file of the skill that the command runs. */
export function commandFile(start: CommandStart): BundlePath {
  if (typeof start === 'string') return start;
  const path = moduleFile(start.module);
  if (!isBundlePath(path)) throw new TypeError(`not a module of a skill: ${start.module}`);
  return path;
}

// A package starts by its `__main__`, which an author names like any other module: the name of a
// module is the name of one file.
function moduleFile(module: string): string {
  return `${module.replaceAll('.', '/')}.py`;
}

function parsePath(path: string): BundlePath {
  if (!isBundlePath(path)) throw new Problem('path-invalid', 'Not a path inside the skill');
  return path;
}

function isRange(range: string): boolean {
  return range !== '' && range.length <= versionCharsMax && validRange(range) !== null;
}

const secretUses = new RegExp(
  `^(${unnamedUses.join('|')}|(query|form):[\\w.[\\]-]{1,64}|json:(/([\\w.$@-]|~[01]){1,64}){1,8})$`,
);

function isSecretUse(use: string): boolean {
  const [, header] = /^(?:header|hmac):(.+)$/s.exec(use) ?? [];
  if (header === undefined) return secretUses.test(use);
  return headerForm.test(header) && !framingHeaders.test(header);
}

function looksLikePath(source: string): boolean {
  const name = source.replace(/^workspace:/, '');
  return /^[/~.\\]|[/\\]|^[A-Za-z]:/.test(name);
}

function sorted(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}
