import { inOneSlice } from "../../event-loop/slices.js";
import { type DocumentSource, type DocumentsWanted, documentsText, textIn } from "../mapping-documents.js";
import { mappingAside } from "./aside.js";
import { areReadAside } from "./read-mapping-aside.js";

/** `documentsText`, without holding up the event loop; rejects as it throws. */
export async function documentsAside({ stored, form }: DocumentsWanted): Promise<string> {
  const sources = [stored].flat() as readonly DocumentSource[];
  const here = () => inOneSlice(() => documentsText({ stored, form }));
  if (!areReadAside(sources.reduce((sum, { content }) => sum + content.length, 0))) return here();
  const documents = { stored: "content" in stored ? sourceOf(stored) : stored.map(sourceOf), form };
  return mappingAside(here, async (seat) => (await seat.ask({ kind: "documents", documents }, "text")).text);
}

/** A document as YAML, which takes several times what the same as JSON takes. */
export async function yamlAside(document: object): Promise<string> {
  const here = () => inOneSlice(() => textIn("yaml", document));
  return mappingAside(here, async (seat) => (await seat.ask({ kind: "yaml", document }, "text")).text);
}

function sourceOf({ id, content }: DocumentSource): DocumentSource {
  return { id, content };
}
