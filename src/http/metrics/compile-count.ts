/** How many compiles have succeeded and failed since the start. */
export interface Compiles {
  readonly ok: number;
  readonly failed: number;
}

/**
 * Counts compiles where they happen. The loads of the cache of mappers would not do: they also fail when a tenant has no
 * context for a template, or when the database is gone, and an operator who sees failed compiles looks for a broken mapping.
 */
export class CompileCount {
  #ok = 0;
  #failed = 0;

  /** The same compile, counted when it has ended; rejects with what it throws. */
  counting<Source, Compiled>(
    compile: (source: Source) => Compiled | Promise<Compiled>,
  ): (source: Source) => Promise<Compiled> {
    return async (source) => {
      let compiled: Compiled;
      try {
        compiled = await compile(source);
      } catch (error) {
        this.#failed++;
        throw error;
      }
      this.#ok++;
      return compiled;
    };
  }

  /** The counts of now. */
  counts(): Compiles {
    return { ok: this.#ok, failed: this.#failed };
  }
}
