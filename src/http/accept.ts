interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

/**
 * Which of the offered media types an `Accept` header asks for (RFC 9110 12.5.1): the one with the highest quality, the
 * first offered among equals, undefined when none is acceptable. Without a header the first one offered.
 */
export function chooseMediaType<Offered extends string>(
  accept: string | undefined,
  offered: readonly [Offered, ...Offered[]],
): Offered | undefined {
  if (accept === undefined || accept.trim() === "") return offered[0];
  const ranges = accept.split(",").map(readRange);
  let best: { type: Offered; quality: number } | undefined;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > 0 && (best === undefined || quality > best.quality)) best = { type, quality };
  }
  return best?.type;
}

/** Whether the header names the media type itself; a wildcard does not count. */
export function namesMediaType(accept: string | undefined, type: string): boolean {
  return (
    accept
      ?.split(",")
      .map(readRange)
      .some((range) => range.type === type && range.quality > 0) ?? false
  );
}

function readRange(text: string): MediaRange {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type, quality: Number.isFinite(quality) ? quality : 0 };
}

/** The most specific range that covers the type decides. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const candidates = [type, `${type.slice(0, type.indexOf("/"))}/*`, "*/*"];
  for (const candidate of candidates) {
    const range = ranges.find((one) => one.type === candidate);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
