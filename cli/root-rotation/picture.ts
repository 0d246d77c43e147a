/** A proposed root of trust as text: every line of it, with a mark in front of changed ones. */

import { missingSignatures } from '../../skills-index/trust/root/ceremony.ts';
import {
  lastRootOf,
  rootFileOf,
  type TufRepository,
} from '../../skills-index/trust/root/repository.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import type { CommandContext } from '../command.ts';
import {
  answer,
  count,
  inkFor,
  joined,
  type OutputInk,
  type Safe,
  safe,
} from '../terminal/output.ts';
import type { Anchor } from './anchor.ts';
import { type ChangeRow, changesBetween, endOf } from './change.ts';
import { proposalDigest } from './rotation.ts';

const marks = { same: ' ', new: '+', gone: '-', changed: '~' } as const;
/** Longer rows have their values on separate lines, because a digest fills a line. */
const lineCharsMax = 78;

/** Lines for a terminal. */
export function pictureOf(proposal: TufRepository, anchor: Anchor, ink: OutputInk): Safe {
  const rows = rowsOf(proposal, anchor);
  const { version } = lastRootOf(proposal).signed;
  const changes = rows.filter(({ change }) => change !== 'same').length;
  const compared =
    anchor.version === 0 ? 'the root file, before any TUF root' : `version ${anchor.version}`;
  const head = [
    safe`root of trust of ${rootFileOf(proposal).origin}, version ${version}`,
    safe`against ${compared}: ${anchor.from}`,
    safe`${count(changes, 'line')} changed:  + new  - gone  ~ changed`,
  ];
  return joined([...head, ...rows.flatMap((row, at) => linesOf(row, rows[at - 1], ink))], '\n');
}

/** The text, the missing signatures and the digest, as text or JSON. */
export function printProposal(
  context: CommandContext,
  file: string,
  proposal: TufRepository,
  anchor: Anchor,
  { isSeen = false }: { readonly isSeen?: boolean } = {},
): void {
  const missing = missingSignatures(proposal);
  const digest = proposalDigest(proposal);
  const lines = (): Safe =>
    joined(
      [
        ...(isSeen
          ? []
          : [pictureOf(proposal, anchor, inkFor(context.stdout, context.env)), safe``]),
        ...missing.map(
          ({ what, lacking, couldSign }) =>
            safe`lacks ${lacking} of these on ${what}:\n    ${joined(couldSign, '\n    ')}`,
        ),
        safe`${missing.length === 0 ? 'enough administrators have signed; publish it: skillgate registry rotate publish DIR' : 'each administrator signs with: skillgate registry rotate sign FILE'}`,
        safe`digest ${digest}`,
      ],
      '\n',
    );
  const compared = { version: anchor.version, from: anchor.from };
  const root = rootFingerprint(rootFileOf(proposal));
  const changes = rowsOf(proposal, anchor);
  const { version } = lastRootOf(proposal).signed;
  answer(
    context,
    {
      schema: 'skillgate.rotation/1',
      file,
      proposal: digest,
      version,
      root,
      compared,
      changes,
      missing,
    },
    lines,
  );
}

function rowsOf(proposal: TufRepository, anchor: Anchor): ChangeRow[] {
  const expires = endOf(lastRootOf(proposal).signed, proposal.targets.signed);
  return changesBetween(anchor, { files: proposal.files, expires });
}

function linesOf(row: ChangeRow, before: ChangeRow | undefined, ink: OutputInk): Safe[] {
  const { part, change, was, is } = row;
  const mark = marks[change];
  const said = (text: string): Safe => (change === 'same' ? safe`${text}` : ink.yellow(text));
  const short =
    change === 'changed' ? `${mark} ${part}: ${was} → ${is}` : `${mark} ${part}: ${is ?? was}`;
  if (short.length <= lineCharsMax) return [said(short)];
  const title =
    before?.part === part ? [] : [said(`${change === 'changed' ? mark : ' '} ${part}:`)];
  if (change !== 'changed') return [...title, said(`${mark}   ${is ?? was}`)];
  return [...title, said(`-   ${was}`), said(`+   ${is}`)];
}
