import { expect, it } from 'vitest';
import { sharingNotes } from '../../../../skills-index/run/plan/sharing-notes.ts';

const mounts = [{ path: '/srv/reports', target: '/reports' }];
const overlaid = 'folders of the system: overlays, whose locks and watches are the run’s own';
const shared = 'bound, so locks and watches are shared with the host';

it.each([
  [
    'nothing is overlaid',
    {},
    [`folders of the system: ${shared}: /opt/tool, /usr/lib`, `mount /reports: ${shared}`],
  ],
  [
    'one folder of the system is bound',
    { systemViews: new Map([['/usr', '/run/0']]) },
    [`folders of the system: ${shared}: /opt/tool`, `mount /reports: ${shared}`],
  ],
  [
    'all is overlaid',
    {
      systemViews: new Map([
        ['/usr', '/run/0'],
        ['/opt', '/run/1'],
      ]),
      sources: new Map([['/reports', '/run/2']]),
    },
    [overlaid, 'mount /reports: a view, whose locks and watches are the run’s own'],
  ],
])('the start line names what is bound: %s', (_, views, notes) => {
  expect(sharingNotes({ system: ['/usr/lib', '/opt/tool', '/usr/lib'], mounts, ...views })).toEqual(
    notes,
  );
});
