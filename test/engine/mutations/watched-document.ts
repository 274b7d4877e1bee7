import { type JsonPath, pointerOf } from "./json-leaves.js";

/**
 * A document that notes which of its primitives are read. The engine does not know it is watched, so this is a second
 * opinion on what a mapping looks at.
 * @returns the document, and the JSON Pointers of what was read of it so far
 */
export function watched<T extends object>(document: T): { readonly document: T; readonly read: ReadonlySet<string> } {
  const read = new Set<string>();
  const known = new WeakMap<object, object>();
  const watch = (target: object, path: JsonPath): object => {
    const before = known.get(target);
    if (before !== undefined) return before;
    const proxy = new Proxy(target, {
      get(holder, key) {
        const value: unknown = Reflect.get(holder, key);
        if (typeof key === "symbol" || typeof value === "function") return value;
        if (typeof value === "object" && value !== null) return watch(value, [...path, key]);
        if (!(Array.isArray(holder) && key === "length")) read.add(pointerOf([...path, key]));
        return value;
      },
    });
    known.set(target, proxy);
    return proxy;
  };
  return { document: watch(document, []) as T, read };
}
