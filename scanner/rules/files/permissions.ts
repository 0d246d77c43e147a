/** Anybody may write to a file afterwards, or it runs with its owner's rights. */

import { milderInText, runs } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const permissions = defineRule({
  id: 'files/permissions',
  title: 'Permissions are opened to everybody',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Any program can change a file that everybody may write, before it is run. A set-user-ID bit gives the owner’s rights to whoever starts the program.',
  fix: 'Give rights to the owner only (600, 700); a script needs no more than +x for its user.',
  maps: { cwe: ['CWE-732', 'CWE-276'], attack: ['T1222.002', 'T1548.001'] },
  reads: ['trait:permissions'],
  check: ({ of }) =>
    of('trait').flatMap((fact) => {
      const [mode = '', ...paths] = fact.detail.split(' ');
      const at = { span: fact.span, confidence: fact.certainty };
      if (!runs(fact)) return [];
      if (/^0?o?[4567][0-7]{3}$|(^|,)[ugoa]*u[ugoa]*[+=][rwxX]*s|^\+[rwxX]*s/.test(mode)) {
        return [
          {
            ...at,
            kind: 'malice',
            severity: milderInText('high', fact),
            message: `makes ${paths.join(' ') || 'a file'} run with its owner’s rights (${mode})`,
          },
        ];
      }
      if (!/^0?o?1?[0-7]{2}[2367]$|(^|,)([ugoa]*[oa][ugoa]*|)[+=][rxX]*w/.test(mode)) return [];
      // Behind a dot among temporary files it is a place to leave things, not to work in.
      const isHiding = paths.some((path) =>
        /^\/(var\/)?(tmp|dev\/shm)\/(\S*\/)?\.[^./]/.test(path),
      );
      // Where other programs and users live, what everybody may write is somebody else's program.
      const isShared = paths.some((path) =>
        /^\/(opt|usr|etc|srv|var(?!\/tmp)|bin|lib|boot|root)(\/|$)|^\/$|^~\/?$/.test(path),
      );
      return [
        {
          ...at,
          ...(isHiding
            ? { kind: 'malice' as const, severity: 'medium' as const }
            : isShared
              ? { severity: 'medium' as const }
              : {}),
          message: `lets everybody write ${isHiding ? 'the hidden ' : ''}${paths.join(' ') || 'a file'} (${mode})`,
        },
      ];
    }),
});
