/** Versions on a report's page: what each may do, who approved it, and its chain of evidence. */
import type { ChainNode } from '../../../skills-index/trust/decision/chain.ts';
import { count } from '../../terminal/output.ts';
import type { VersionFacts } from '../facts.ts';
import type { VersionSection } from '../report.ts';
import type { JudgedSection } from '../version-evidence.ts';
import { digest, html, type Markup, moment, tableOf, text } from './markup.ts';

const decisions = {
  admitted: 'approved',
  refused: 'refused',
  unknown: 'no evidence',
} as const satisfies Record<VersionFacts['decision'], string>;

/** A row for each version, a column for each kind of capability. */
export function capabilityTable(versions: readonly VersionFacts[]): Markup {
  const kinds = [...new Set(versions.flatMap((one) => one.capabilities.map(kindOf)))].sort();
  return tableOf(
    ['version', 'decision', ...kinds],
    versions.map((one) => [
      nameOf(one),
      html`<span class="mark mark-${one.decision}">${decisions[one.decision]}</span>`,
      ...kinds.map((kind) => {
        const texts = one.capabilities.filter((capability) => kindOf(capability) === kind);
        return html`${texts.map((capability) => html`<code>${text(capability.slice(kind.length + 1))}</code><br>`)}`;
      }),
    ]),
    'No lock and no audit line of the period names a version.',
  );
}

function kindOf(capability: string): string {
  return capability.split(' ', 1)[0] ?? '';
}

export function versionParts(
  judged: readonly JudgedSection[],
  sections: readonly VersionSection[],
): Markup[] {
  return judged.map(({ facts, chain, why }, index) => {
    const { decision, stop } = facts;
    return html`<article class="version">
<h3>${nameOf(facts)} <span class="mark mark-${decision}">${decisions[decision]}</span></h3>
<p class="quiet">as of ${moment(sections[index]?.at ?? null)}${facts.registry === null ? '' : html`, by the registry ${text(facts.registry)}`}</p>
${why === undefined ? '' : html`<p>There is no decision: ${text(why)}</p>`}
${stop === null ? '' : html`<p><span class="mark mark-refused">${text(stop.kind)}</span> since ${moment(stop.since)}: ${text(stop.reason)}</p>`}
${decision === 'unknown' ? '' : approvals(facts)}
${chain === undefined ? '' : html`<details><summary>Chain of evidence</summary><ul class="tree">${branch(chain)}</ul></details>`}
</article>
`;
  });
}

function approvals({ approvals: given, needed, policy, scan, bundle }: VersionFacts): Markup {
  const demanded =
    needed === null
      ? ''
      : `policy demands ${count(needed.total, 'person', 'people')}, ${needed.independent} of them without the desk`;
  return html`<p>Bundle ${digest(bundle)}, policy ${digest(policy)}: ${demanded}.</p>
<ul>${given.map(
    ({ member, by, independent, reason, logIndex }) =>
      html`<li>${text(member)} approved by ${by}${independent ? ', without the desk' : ''}, at log index ${logIndex}: “${text(reason)}”</li>`,
  )}</ul>
${scan === null ? '' : html`<p>Scanned by ${text(scan.scanner)} at log index ${scan.logIndex}: <b>${text(scan.verdict)}</b>, ${count(scan.findings, 'finding')}. Report ${digest(scan.report)}, rules ${digest(scan.ruleSet)}.</p>`}`;
}

function branch({ says, notes, reasons, of, holds, undemanded }: ChainNode): Markup {
  const state = undemanded === true ? 'hollow' : holds ? 'says' : 'fails';
  const below = [
    ...reasons.map(
      ({ code, message }) => html`<li class="fails">${text(`${code}: ${message}`)}</li>`,
    ),
    ...notes.map((note) => html`<li class="note">${text(note)}</li>`),
    ...of.map(branch),
  ];
  return html`<li><span class="${state}">${text(says)}</span>${below.length === 0 ? '' : html`<ul>${below}</ul>`}</li>`;
}

export function nameOf({ name, version }: Pick<VersionFacts, 'name' | 'version'>): Markup {
  return text(`${name}@${version}`);
}
