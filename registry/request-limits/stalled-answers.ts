/**
 * Ends connections whose client does not go on reading its answer: the rest of the answer stays in
 * memory for as long as the connection.
 */
import type { Server } from 'node:http';
import { stalledAnswerMs } from '../limits.ts';

/** Watches every answer of a server. A request may take as long as it likes before its answer. */
export function endStalledAnswers(server: Server, stalledMs: number = stalledAnswerMs): void {
  // Node calls back when no byte came or went for so long. Without a function it would also end
  // connections that wait for the registry.
  server.setTimeout(stalledMs, (socket) => {
    if (socket.writableLength > 0) socket.destroy();
  });
}
