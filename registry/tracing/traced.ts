import type { Registry } from '../context.ts';
import type { SpanAttributes } from './otlp-traces.ts';

/** Runs a task in a span below the request's; without traces, only runs the task. */
export function traced<Result>(
  { tracer }: Pick<Registry, 'tracer'>,
  name: string,
  attributes: SpanAttributes,
  task: () => Promise<Result>,
): Promise<Result> {
  return tracer === undefined ? task() : tracer.child(name, { attributes }, () => task());
}
