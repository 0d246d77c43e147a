/** An archive is unpacked wherever its entries say. */

import { runs } from '../../fact/standing.ts';
import { defineRule, draftAt } from '../../rule.ts';

export const unsafeExtract = defineRule({
  id: 'files/unsafe-extract',
  title: 'An archive is unpacked without a check of its paths',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'An entry named ../../.bashrc, an absolute path or a link is written outside of the target folder (“zip slip”).',
  fix: 'Python: tarfile.extractall(path, filter="data"). Elsewhere refuse entries that leave the folder, or use unzip and tar, which refuse them.',
  maps: { cwe: ['CWE-22', 'CWE-59'] },
  reads: ['trait:unsafe-extract'],
  check: ({ of }) =>
    of('trait')
      .filter(runs)
      .map((fact) =>
        draftAt(fact, `${fact.api} unpacks an archive and writes wherever its entries say`),
      ),
});
