/**
 * Whether nodes of two versions may work together (design, Cluster: A node knows itself): the same minor version or the
 * one beside it, and the first of the next major version. What is not a version works only with its like.
 */
export function areVersionNeighbours(one: string, other: string): boolean {
  if (one === other) return true;
  const [first, second] = [readVersion(one), readVersion(other)];
  if (first === undefined || second === undefined) return false;
  if (first.major === second.major) return Math.abs(first.minor - second.minor) <= 1;
  const [older, newer] = first.major < second.major ? [first, second] : [second, first];
  return newer.major - older.major === 1 && newer.minor === 0;
}

function readVersion(text: string): { readonly major: number; readonly minor: number } | undefined {
  const parts = /^v?(\d{1,9})\.(\d{1,9})\.\d{1,9}(?:[-+].*)?$/.exec(text);
  return parts === null ? undefined : { major: Number(parts[1]), minor: Number(parts[2]) };
}
