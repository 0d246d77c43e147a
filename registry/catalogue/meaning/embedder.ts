/**
 * The port to a model that turns texts into vectors. Texts of like meaning get vectors of like
 * direction. The operator names the model; without one, a search compares words only.
 */
export interface Embedder {
  /** Names the model. Vectors of models with other names are never compared. */
  readonly model: string;
  /**
   * The vectors of some texts, in their order and all of one length.
   * @throws Problem `embedder-refused` when the model takes no such text, else `embedder-failed`
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>;
}
