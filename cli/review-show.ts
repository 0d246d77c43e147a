/** `skill review show`: the reviewer's own copy is fetched and scanned here, so that what is read does not rest on the registry's word. */
import { printReport } from '../scanner/report-text.ts';
import { canonicalDigest } from '../skills-index/skill/canonical-json.ts';
import { type CommandContext, type ExitCode, exitCodes } from './command.ts';
import { parseExactVersion } from './exact-version.ts';
import { answer, inkFor, joined, Safe, safe, table, wantsColour } from './output.ts';
import { type ReviewAnswer, reviewAnswer } from './registry-answers.ts';
import { askRegistry, versionPath } from './registry-api.ts';
import { fetchReviewedBundle } from './reviewed-bundle.ts';
import { withSession } from './session.ts';
import { signerFor } from './signers/signer.ts';
import { scanOnce } from './watched-scan.ts';

export async function showReview(context: CommandContext): Promise<ExitCode> {
  const { name, version } = parseExactVersion(context.args[0] ?? '');
  const signer = await signerFor(context);
  return withSession(context, signer, async (token) => {
    const path = `/api/v1/reviews${versionPath(name, version)}`;
    const review = await askRegistry(context, path, reviewAnswer, { token });
    const { files } = await fetchReviewedBundle(context, review.bundle, token);
    const report = await scanOnce(files);
    const reportHere = canonicalDigest(report);
    const colour = wantsColour(context.stdout, context.env);
    const { columns } = context.stdout;
    const width = columns === undefined ? {} : { width: columns };
    answer(context, { schema: 'skillgate.review/1', ...review, scannedHere: { digest: reportHere, report } }, () =>
      joined(
        [
          headText(context, review),
          // printReport escapes all that comes from the skill.
          new Safe(printReport(report, files, { colour, ...width }).trimEnd()),
          sameText(context, review, reportHere),
          nextText(review),
        ],
        '\n\n',
      ),
    );
    return exitCodes.ok;
  });
}

function headText(context: CommandContext, review: ReviewAnswer): Safe {
  const ink = inkFor(context.stdout, context.env);
  return joined(
    [
      table([
        ['version', ink.bold(`${review.name}@${review.version}`)],
        ['says', review.description],
        ['status', review.status],
        ['bundle', safe`${review.bundle}, ${review.files.length} files fetched here and checked`],
        ['publisher', review.publisher],
        [
          'approvals',
          `${review.approvals.length} of ${review.approvalsNeeded.total}, ${review.approvalsNeeded.independent} of them independent`,
        ],
      ]),
      ...review.approvals.map((one) => safe`  approved by ${one.reviewer} (${one.by}): ${one.reason}`),
      ...review.notes.map((one) => safe`  ${one.kind} by ${one.by}: ${one.text}`),
      ...review.history.map((move) => safe`  ${move.at}  ${move.from ?? ''} → ${move.to}  ${move.by}  ${move.why}`),
    ],
    '\n',
  );
}

function sameText(context: CommandContext, { reportDigest }: ReviewAnswer, here: string): Safe {
  const ink = inkFor(context.stdout, context.env);
  if (reportDigest === here) return safe`${ink.green('✔')} The registry’s signed report is byte for byte the one made here.`;
  if (reportDigest === null) return safe`${ink.yellow('▲')} The registry has no report yet; this one was made here.`;
  return safe`${ink.yellow('▲')} The registry’s signed report ${reportDigest} is not the one made here (${here}): other rules, or other words. Believe what you see here.`;
}

function nextText({ name, version, moves }: ReviewAnswer): Safe {
  return safe`moves: ${moves.join(', ')}\nnext: skill review approve ${name}@${version} --reason "…"   or refuse, ask, move`;
}
