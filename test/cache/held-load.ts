/** A load that is finished by hand, and counts how often it was begun. */
export function heldLoad<Value = string>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<Value>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  let begun = 0;
  const load = () => {
    begun++;
    return promise;
  };
  return { load, resolve, reject, begun: () => begun };
}

/** A clock that stands still until it is told to go on. */
export function heldClock() {
  let milliseconds = 1_000_000;
  return {
    now: () => milliseconds,
    pass: (seconds: number) => {
      milliseconds += seconds * 1000;
    },
  };
}
