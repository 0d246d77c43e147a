/**
 * The single-key commands of the desk in one table. Pages put a row's key on an element
 * (`data-key`), the island runs it, help lists it.
 */
import { type Html, html } from '../markup/markup.ts';

export interface KeyRow {
  /** One key, or two keys in sequence: `g q`. */
  readonly keys: string;
  readonly does: string;
  readonly on: 'every page' | 'lists' | 'version' | 'approval';
}

export const keyMap = [
  { keys: '?', does: 'show or hide this help', on: 'every page' },
  { keys: 'g q', does: 'go to the queue', on: 'every page' },
  { keys: 'g p', does: 'go to your passkeys', on: 'every page' },
  { keys: 'Escape', does: 'leave a field, close help', on: 'every page' },
  { keys: 'j', does: 'next row, finding or new sentence', on: 'lists' },
  { keys: 'k', does: 'previous row, finding or new sentence', on: 'lists' },
  { keys: 'o', does: 'open the row', on: 'lists' },
  { keys: ']', does: 'next step of the flow', on: 'version' },
  { keys: '[', does: 'previous step of the flow', on: 'version' },
  { keys: 'g c', does: 'go to the capabilities', on: 'version' },
  { keys: 'g f', does: 'go to the findings', on: 'version' },
  { keys: 'g n', does: 'go to the changed prose', on: 'version' },
  { keys: 'g s', does: 'go to SKILL.md', on: 'version' },
  { keys: 'g i', does: 'go to the files', on: 'version' },
  { keys: 'g h', does: 'go to the history', on: 'version' },
  { keys: 'c', does: 'claim: show others that you review this version', on: 'version' },
  { keys: 'a', does: 'approve: write the reason, then read what you sign', on: 'version' },
  { keys: 'r', does: 'refuse: write the reason', on: 'version' },
  { keys: 'q', does: 'ask the author a question', on: 'version' },
  { keys: 'm', does: 'move out of quarantine to review: write the reason', on: 'version' },
  { keys: 's', does: 'sign with your passkey', on: 'approval' },
] as const satisfies readonly KeyRow[];

export type DeskKey = (typeof keyMap)[number]['keys'];

/**
 * The attribute that binds an element to a key. The key presses a link or button, and focuses a
 * field.
 */
export function key(keys: DeskKey): Html {
  return html`data-key="${keys}" aria-keyshortcuts="${keys}"`;
}

/** The table of keys for the help dialog and the help page. */
export function keyTable(): Html {
  const groups = [...new Set(keyMap.map((row) => row.on))];
  return html`${groups.map(
    (group) =>
      html`<section class="keys"><h3>${group}</h3><dl>${keyMap
        .filter((row) => row.on === group)
        .map(
          (row) =>
            html`<div><dt>${row.keys.split(' ').map((pressed) => html`<kbd>${pressed}</kbd> `)}</dt><dd>${row.does}</dd></div>`,
        )}</dl></section>`,
  )}`;
}
