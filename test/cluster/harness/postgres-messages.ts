const SHORTEST_STARTUP = 8;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

/**
 * Reads the statements out of what a client sends to Postgres (protocol 3.0, Message Formats): the text of every Query, and
 * of every Execute the text that was parsed for it. Gives for each chunk the statements that it completes.
 */
export function statementReader(): (chunk: Buffer) => readonly string[] {
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  const parsed = new Map<string, string>();
  const portals = new Map<string, string>();

  const message = (type: string, body: Buffer): string | undefined => {
    const [first = "", second = ""] = body.toString("utf8").split("\0", 2);
    switch (type) {
      case "Q":
        return first;
      case "P":
        parsed.set(first, second);
        return undefined;
      case "B":
        portals.set(first, parsed.get(second) ?? "");
        return undefined;
      case "E":
        return portals.get(first);
      default:
        return undefined;
    }
  };

  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const statements: string[] = [];
    for (;;) {
      const lengthAt = started ? 1 : 0;
      if (rest.length < lengthAt + 4) return statements;
      const end = lengthAt + rest.readUInt32BE(lengthAt);
      if (rest.length < end) return statements;
      if (started) {
        const statement = message(String.fromCharCode(rest[0] ?? 0), rest.subarray(5, end));
        if (statement !== undefined) statements.push(statement);
      } else {
        const code = end >= SHORTEST_STARTUP ? rest.readUInt32BE(4) : 0;
        started = code !== SSL_REQUEST && code !== GSS_REQUEST;
      }
      rest = rest.subarray(end);
    }
  };
}
