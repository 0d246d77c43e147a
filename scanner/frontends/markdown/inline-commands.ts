/** Whether inline code holds a whole command, wherever in the text the command stands. */
import { own } from '../../lookup-tables/api.ts';
import { networkPrograms } from '../../lookup-tables/network-programs.ts';
import { isSecretName } from '../../lookup-tables/secrets.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { interpreters, utilities } from '../../lookup-tables/shell.ts';
import { behindWrappers } from '../behind-wrappers.ts';
import { looksLikeShell } from './code.ts';

/** Whether a text of inline code is a command line: `true && curl …`, `timeout 9 curl …`. */
export function hasCommand(text: string): boolean {
  if (looksLikeShell(text)) return true;
  const isTelling = addressOrSecret.test(text) || namesPrivate(text);
  return text
    .split(joints)
    .map(commandWords)
    .some(([name = '', ...given]) => isCommand(name, given, text, isTelling));
}

// `string | node` is a type. A single word counts beside an address alone: `iwr … | iex`.
function isCommand(
  name: string,
  given: readonly string[],
  text: string,
  isTelling: boolean,
): boolean {
  if (given.length === 0 && !isTelling) return false;
  if (looksLikeShell([name, ...given].join(' '))) return true;
  const isInTable = [networkPrograms, interpreters, utilities].some(
    (table) => own<unknown>(table, name) !== undefined,
  );
  if (given.length === 0 || !isTelling) return false;
  return isInTable || (plainName.test(name) && (namesSecret(text) || namesPrivate(text)));
}

// Without variables and wrappers in front, and without the folder of the program.
function commandWords(piece: string): readonly string[] {
  const words = piece.trim().split(/\s+/);
  const start = words.findIndex((word) => !/^\w+=/.test(word));
  const [name = '', ...given] = behindWrappers(words.slice(Math.max(start, 0)));
  return [name.replace(/^\/(?:usr\/)?(?:local\/)?s?bin\//, ''), ...given];
}

function namesSecret(text: string): boolean {
  return [...text.matchAll(/\$\{?(\w{1,100})/g)].some(([, name = '']) => isSecretName(name));
}

function namesPrivate(text: string): boolean {
  return text
    .split(/[\s"'=:@]+/)
    .some((word) => /^(?:~|\$HOME|\/)/.test(word) && sensitivePath(word) !== undefined);
}

const joints = /&&|\|\||[;|&({!]|\b(?:do|then|else|if|while|until)\b/;
const addressOrSecret = /:\/\/|\$\{?\w/;
const plainName = /^[a-z][\w.+-]{0,40}$/;
