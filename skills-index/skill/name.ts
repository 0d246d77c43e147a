/** Names of skills, `@scope/name`, and references to them, `@scope/name[@range]`. */
import { isWindowsDevice } from './bundle-path.ts';
import { Problem } from './problem.ts';
import type { Version } from './version.ts';

export const namePartCharsMax = 64;

export const descriptionCharsMax = 1_024;

declare const nameBrand: unique symbol;
export type SkillName = `@${string}/${string}` & { readonly [nameBrand]: true };

declare const scopeBrand: unique symbol;
/** A scope without the `@` that stands before it in a skill's name. */
export type Scope = string & { readonly [scopeBrand]: true };

const partForm = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Whether text can be the scope or the short name of a skill, and a folder on any system. */
export function isNamePart(text: string): boolean {
  return text.length <= namePartCharsMax && partForm.test(text) && !isWindowsDevice(text);
}

/**
 * Parses a scope without its `@`.
 * @throws Problem `name-invalid`
 */
export function parseScope(text: unknown): Scope {
  const bare = typeof text === 'string' ? text.replace(/^@/, '') : '';
  if (!isNamePart(bare))
    throw new Problem('name-invalid', `Not a scope: ${quote(text)}`, { hint: scopeHint(bare) });
  return bare as Scope;
}

/**
 * Parses a skill's name, `@scope/name`.
 * @throws Problem `name-invalid`
 */
export function parseSkillName(text: unknown): SkillName {
  const [scope, name, ...rest] =
    typeof text === 'string' && text.startsWith('@') ? text.slice(1).split('/') : [];
  if (
    scope === undefined ||
    name === undefined ||
    rest.length > 0 ||
    !isNamePart(scope) ||
    !isNamePart(name)
  ) {
    throw new Problem('name-invalid', `Not a skill name: ${quote(text)}`, { hint: nameHint(text) });
  }
  return text as SkillName;
}

export function scopeOf(name: SkillName): Scope {
  return name.slice(1, name.indexOf('/')) as Scope;
}

export function shortNameOf(name: SkillName): string {
  return name.slice(name.indexOf('/') + 1);
}

/** The package URL of a skill's version: `pkg:skill/%40scope/name@version` (purl specification). */
export function purlOf(name: SkillName, version: Version): string {
  return `pkg:skill/%40${scopeOf(name)}/${shortNameOf(name)}@${encodeURIComponent(version)}`;
}

function scopeHint(bare: string): string {
  if (isWindowsDevice(bare)) return deviceHint;
  const near = bare.toLowerCase().replace(/[ _.]/g, '-');
  return `A scope has lower-case letters, digits and single hyphens between them${
    isNamePart(near) && near !== bare ? `; did you mean ${near}?` : ', for example acme.'
  }`;
}

const deviceHint = 'Windows reserves this name, so no folder there can have it. Choose another.';

function nameHint(text: unknown): string {
  if (typeof text === 'string' && text.replace(/^@/, '').split('/').some(isWindowsDevice))
    return deviceHint;
  const lacksAt = typeof text === 'string' && /^[a-z0-9-]{1,100}\/[a-z0-9-]{1,100}$/.test(text);
  return lacksAt ? `Did you mean @${text}?` : 'Write @scope/name, for example @acme/weekly-report.';
}

export function quote(text: unknown): string {
  return (JSON.stringify(text) ?? String(text)).slice(0, 100);
}
