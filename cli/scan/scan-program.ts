/** The scanner as the scanning thread uses it; `npm run build` makes it one file. */
export { loadedFrontEnds } from '../../scanner/frontends/frontends.ts';
export { scanSkill } from '../../scanner/scan.ts';
