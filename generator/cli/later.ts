// Modules that are loaded when one of their functions is first called.

type Later<M> = {
  readonly [K in keyof M]: M[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

/** The functions of a module, each of which loads it when called; what is not a function is not there. */
export const later = <M extends object>(load: () => Promise<M>): Later<M> =>
  new Proxy({} as Later<M>, {
    get:
      (_, name) =>
      async (...args: unknown[]) =>
        ((await load())[name as keyof M] as (...args: unknown[]) => unknown)(...args),
  });
