import type { Revision } from "../../store/stored.js";

/** `hint`: the log goes up to here. `applied`: the sender has applied it up to here. */
export type NewsKind = "hint" | "applied";

/** All that nodes tell each other: never data, only how far the log goes. */
export interface News {
  readonly kind: NewsKind;
  readonly revision: Revision;
}

export interface SentNews extends News {
  readonly sender: string;
}

const EPOCH = /^[0-9a-z-]{1,64}$/i;
const INSTANCE_ID = /^[0-9a-f]{32}$/;
const POSITION = /^(?:0|[1-9]\d{0,15})$/;
const LONGEST_LINE = 160;

/** The revision in two values of unknown origin, or undefined. */
export function readRevision(epoch: unknown, position: unknown): Revision | undefined {
  if (typeof epoch !== "string" || !EPOCH.test(epoch)) return undefined;
  if (typeof position !== "number" || !Number.isSafeInteger(position) || position < 0) return undefined;
  return { epoch, position };
}

/** Whether a value of unknown origin is the random id of a node. */
export function isInstanceId(value: unknown): value is string {
  return typeof value === "string" && INSTANCE_ID.test(value);
}

/** News as one line of text: kind, epoch, position and sender with blanks between. */
export function writeNews(news: SentNews): string {
  return `${news.kind} ${news.revision.epoch} ${news.revision.position} ${news.sender}`;
}

/** Reads a line that {@link writeNews} wrote; undefined when it is anything else. */
export function readNews(line: string): SentNews | undefined {
  if (line.length > LONGEST_LINE) return undefined;
  const [kind, epoch, position, sender, ...more] = line.split(" ");
  if ((kind !== "hint" && kind !== "applied") || more.length > 0 || !isInstanceId(sender)) return undefined;
  const revision = POSITION.test(position ?? "") ? readRevision(epoch, Number(position)) : undefined;
  return revision === undefined ? undefined : { kind, revision, sender };
}

/** The one of two revisions that says more: the further one of an epoch, the newer one of two epochs. */
export function furtherRevision(before: Revision | undefined, now: Revision): Revision {
  return before !== undefined && before.epoch === now.epoch && before.position > now.position ? before : now;
}
