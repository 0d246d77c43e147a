/** The process of one observation, which observe-skill.ts starts and watches. */
import { Problem } from '../../skills-index/skill/problem.ts';
import { runObservation } from './judge-facts.ts';
import type { ObservationMessage, ObservationTask } from './observe-skill.ts';

const end = (message: ObservationMessage): void => {
  if (process.connected) process.send?.(message, () => process.disconnect());
};

const stop = new AbortController();
process.once('disconnect', () => stop.abort());
process.once('message', async (task: ObservationTask) => {
  try {
    const onStep = (title: string, planned: number): void => {
      const message: ObservationMessage = { title, planned };
      if (process.connected) process.send?.(message);
    };
    end({ observation: await runObservation(task, onStep, stop.signal) });
  } catch (cause) {
    const { message } = cause as Error;
    const { code, hint } = cause instanceof Problem ? cause : new Problem('internal', message);
    end({ problem: { code, message, hint } });
  }
});
