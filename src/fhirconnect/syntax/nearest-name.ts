/** Names longer than this are not compared; a misspelt key or name is short. */
const comparedLength = 80;

/**
 * The known name closest to a misspelt one: at most a third of its letters may differ, and case does not count.
 * Gives undefined when nothing is close.
 */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  if (written.length > comparedLength) return undefined;
  const wanted = written.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    if (candidate === written || Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** " Did you mean `x`?" or nothing, to be appended to a message. */
export function suggestion(written: string, known: Iterable<string>): string {
  const nearest = nearestName(written, known);
  return nearest === undefined ? "" : ` Did you mean \`${nearest}\`?`;
}

/** A name of the file as a message may show it: quoted, on one line, and not longer than a line. */
export function quoted(name: string): string {
  const line = name.replace(/\s+/g, " ");
  return `\`${line.length > comparedLength ? `${line.slice(0, comparedLength)}…` : line}\``;
}

/** Levenshtein distance in one row of memory. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
