/** Reads what a Python index offers of one package. */
import {
  type OfferedFile,
  parseSimplePage,
  pythonJson,
} from '../../skills-index/packages/simple-page.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { download, type Network } from './download.ts';
import { pageBytesMax, pageFilesMax } from './limits.ts';

/**
 * @param index the address of the index, which is no folder
 * @returns an empty list when the index does not have the package
 * @throws Problem `package-unavailable`
 */
export async function readPythonPage(
  network: Network,
  index: string,
  name: string,
): Promise<OfferedFile[]> {
  const base = index.endsWith('/') ? index : `${index}/`;
  const page = await download(network, {
    url: new URL(`${name}/`, base),
    accept: `${pythonJson}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1`,
    bytesMax: pageBytesMax,
    origins: new Set([new URL(base).origin]),
  });
  if (page === undefined) return [];
  const offered = parseSimplePage(page.bytes.toString('utf8'), name, page.url.href);
  if (offered === undefined || offered.length > pageFilesMax)
    throw new Problem(
      'package-unavailable',
      `Cannot read ${page.url.href}: it is no page of a Python index`,
    );
  // A page that came over TLS may not lead to an address without TLS.
  return page.url.protocol === 'https:'
    ? offered.filter(({ url }) => url.protocol === 'https:')
    : offered;
}
