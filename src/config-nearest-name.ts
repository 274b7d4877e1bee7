/** The known name closest to a misspelt one; the empty text when there is no known name. */
export function nearestName(name: string, knownNames: Iterable<string>): string {
  const bounded = name.slice(0, 100);
  let nearest = "";
  let least = Number.POSITIVE_INFINITY;
  for (const known of knownNames) {
    const distance = editDistance(bounded, known);
    if (distance < least) [nearest, least] = [known, distance];
  }
  return nearest;
}

/** Levenshtein distance with one row of memory. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
