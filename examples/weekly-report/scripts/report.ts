import { writeFile } from 'node:fs/promises';
import { readDeals } from './crm.ts';

const week = process.argv[2] ?? '2026-W47';
const deals = await readDeals(week);
const total = deals.reduce((sum, deal) => sum + deal.euros, 0);
const written = new Date().toLocaleDateString('en-GB', { timeZone: process.env.TZ ?? 'UTC' });

const rows = deals.map((deal) => `| ${deal.customer} | ${deal.euros} |`);
const report = [`# Sales, week ${week}`, '', '| customer | euros |', '|---|---:|', ...rows, `| **total** | **${total}** |`, '', `Written ${written}.`, ''];
await writeFile('/reports/weekly.md', report.join('\n'));
await writeFile('/reports/deals.json', JSON.stringify(deals));
console.log(`weekly.md: ${deals.length} deals, ${total} euros`);
