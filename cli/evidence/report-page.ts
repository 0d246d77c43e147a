/** Makes the page of a report from the report's signed JSON. */
import { claimsOf } from './claims.ts';
import { type ComputedFacts, computeFacts } from './compute-facts.ts';
import { pageOf, type ReportPage } from './page/page.ts';
import { type OpenedReport, openReport } from './write-report.ts';

/** The page of a report that was just signed. */
export async function pageOfReport(json: string, name: string): Promise<string> {
  const bytes = Buffer.from(json);
  const opened = openReport(bytes, name);
  return pageOf(pageContent(opened, await computeFacts(opened.report, opened.parts), bytes));
}

/** What the page of an opened report shows. */
export function pageContent(
  opened: OpenedReport,
  computed: ComputedFacts,
  bytes: Buffer,
): ReportPage {
  const claims = claimsOf(opened, computed, { signer: undefined, roots: [] });
  return { report: opened.report, computed, claims, json: bytes.toString('utf8') };
}
