/**
 * Questions to people about skills that need more than an agent's standing grant. A question waits
 * in the background, because clients give up on a call long before a person answers. The agent's
 * call is answered at once, and may be repeated.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { holdDesk, startGate } from '../../runner/holds/holds.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import type { GateAnswer, Hold } from '../../skills-index/run/holds/hold.ts';
import { findAnswer, type HoldDesk } from '../../skills-index/run/holds/hold-gate.ts';
import { listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { handsOfAgent } from '../holds/hands.ts';
import type { AdmissionWorld } from '../run/admission.ts';
import { auditKeyFileOf, hostFiles } from '../run/host-files.ts';
import type { Startable } from '../run/start-skill.ts';

/** A hold as the agent may know the hold: without the way to answer it. */
export type WaitingHold = Pick<Hold, 'id' | 'expires'>;

/** How a question stands. After `ended` the question is forgotten. */
export type QuestionState =
  | { readonly kind: 'waiting'; readonly hold: WaitingHold }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

/** `failure` is absent when a person allowed the skill and the skill was granted. */
interface Outcome {
  readonly failure?: unknown;
}

interface Question {
  readonly version: string;
  /** Resolves when a hold waits or the question has ended, whichever is first. */
  readonly begun: Promise<unknown>;
  hold?: WaitingHold;
  outcome?: Outcome;
}

/** What happens after a person's answer. @throws Problem when the skill was not allowed */
export type Settle = (answer: GateAnswer) => Promise<void>;

/** The open questions of one agent: at most one for each skill. */
export class InstallQuestions {
  /** Its signal ends every question, so it outlives the call that asked. */
  readonly world: AdmissionWorld;
  readonly #agent: string;
  readonly #open = new Map<SkillName, Question>();

  constructor(world: AdmissionWorld, agent: string) {
    this.world = world;
    this.#agent = agent;
  }

  /** The state of an earlier question; undefined when there is none. Another agent's is none. */
  async stateOf(name: SkillName): Promise<QuestionState | undefined> {
    const question = this.#open.get(name);
    if (question === undefined) return undefined;
    await question.begun;
    const { hold, outcome } = question;
    if (outcome === undefined && hold !== undefined) return { kind: 'waiting', hold };
    if (this.#open.get(name) === question) this.#open.delete(name);
    return { kind: 'ended', outcome: outcome ?? {} };
  }

  /** The hold of a question that waits, in this process or in another one for the same agent. */
  waiting(name: SkillName, version: string): WaitingHold | undefined {
    const question = this.#open.get(name);
    if (question !== undefined) return question.outcome === undefined ? question.hold : undefined;
    const desk = this.#deskFor({});
    const { files, now } = desk;
    return files
      .kept()
      .find(
        (hold) =>
          hold.kind === 'install' &&
          hold.agent === this.#agent &&
          hold.skill === name &&
          hold.version === version &&
          now().toISOString() < hold.expires &&
          files.lives(hold.holder) &&
          findAnswer(desk, hold) === undefined,
      );
  }

  /** Asks, unless the question is open already, and answers how the question stands. */
  async ask(start: Startable, settle: Settle): Promise<QuestionState> {
    const { name, version } = start.admitted;
    // A person's yes to another version says nothing about this one.
    const open = this.#open.get(name);
    if (open?.outcome !== undefined && open.version !== version) this.#open.delete(name);
    if (!this.#open.has(name)) {
      const hold = this.waiting(name, version);
      if (hold !== undefined) return { kind: 'waiting', hold };
      this.#open.set(name, this.#begin(start, settle));
    }
    return (await this.stateOf(name)) ?? { kind: 'ended', outcome: {} };
  }

  #begin(start: Startable, settle: Settle): Question {
    const held = Promise.withResolvers<void>();
    const question: Question = { version: start.admitted.version, begun: held.promise };
    const asked = this.#answerTo(start, (hold) => {
      question.hold = { id: hold.id, expires: hold.expires };
      held.resolve();
    });
    const end = (outcome: Outcome): void => {
      question.outcome = outcome;
      held.resolve();
    };
    asked.then(settle).then(
      () => end({}),
      (failure: unknown) => end({ failure }),
    );
    return question;
  }

  async #answerTo({ admitted }: Startable, held: (hold: Hold) => void): Promise<GateAnswer> {
    const { name, version, capabilities } = admitted;
    const { policy } = hostFiles(this.world);
    const subject = { run: randomUUID(), agent: this.#agent, skill: name, version };
    const hands = handsOfAgent(this.world, policy);
    const notify = (hold: Hold): void => {
      held(hold);
      hands.notify?.(hold);
    };
    const gate = startGate({ ...this.#deskFor(subject), subject, hands: { notify } });
    const asks = listCapabilities(capabilities).map(printCapability);
    return gate.ask({ kind: 'install', capabilities: asks }, this.world.signal);
  }

  #deskFor(subject: Partial<Record<'run' | 'skill' | 'version', string>>): HoldDesk {
    const { audit, policy } = hostFiles(this.world);
    const of = { run: randomUUID(), agent: this.#agent, ...subject };
    return holdDesk(join(this.world.paths.data, 'holds'), {
      policy,
      record: (event: AuditEvent): void => audit.record(of, event),
      now: this.world.now,
      keyFile: auditKeyFileOf(this.world),
    });
  }
}
