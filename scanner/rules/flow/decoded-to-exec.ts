/** What was decoded is written to a file, and the file is run; a text made of numbers is run. */
import { milder } from '../../fact/standing.ts';
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const decodedToExec = defineRule({
  id: 'flow/decoded-to-exec',
  title: 'A decoded file is run',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'The program is in the skill as encoded or encrypted data, so that nobody reads it. A file between the decoder and the start changes nothing.',
  fix: 'Put the program into the skill as it is, or install a named version from a registry.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI05'], attack: ['T1140', 'T1027', 'T1059'] },
  reads: ['flow:exec'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
      const { source, sink } = flow;
      if (source.what !== 'decoded') return [];
      if (sink.part === 'code')
        return [
          draftOfFlow(flow, {
            severity: milder('high', flow),
            message: `${source.name} makes a text of numbers, and ${sink.api} runs the text`,
          }),
        ];
      if (sink.part !== 'program') return [];
      const isPacked = unpackers.test(source.name);
      return [
        draftOfFlow(flow, {
          ...(isPacked && { kind: 'capability' }),
          severity: milder(isPacked ? 'medium' : 'high', flow),
          message: `${source.name} decodes a file, and ${sink.api} runs the file`,
        }),
      ];
    }),
});

// Programs are often compressed to be smaller: that hides nothing on purpose.
const unpackers = /^(zlib|gzip|bz2|lzma|brotli)\b|unzip|inflate|decompress/i;
