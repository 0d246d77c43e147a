export interface Deal {
  customer: string;
  euros: number;
}

/** The deals of one week, read from the CRM. */
export async function readDeals(week: string): Promise<Deal[]> {
  const answer = await fetch(`http://api.crm.example/v2/deals?week=${encodeURIComponent(week)}`, {
    headers: { authorization: `Bearer ${process.env.CRM_TOKEN}` },
  });
  if (!answer.ok) throw new Error(`the CRM answered ${answer.status}`);
  return (await answer.json()) as Deal[];
}
