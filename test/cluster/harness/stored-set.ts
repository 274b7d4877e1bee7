import type { Answer, ServerNode } from "./server-node.js";
import {
  contextText,
  modelText,
  observation,
  type ShownVersions,
  shownVersions,
  templateText,
  type VersionedSet,
  versionedSet,
} from "./versioned-texts.js";

/** A write that was acknowledged. */
export interface Acknowledged {
  /** Value of X-Causeway-Revision. */
  readonly revision: string;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** An answer to a mapping call. */
export interface Mapped extends ShownVersions {
  readonly answer: Answer;
  /** Whether the node said that it cannot know whether this is the newest (Warning: 110). */
  readonly isSaidToBeStale: boolean;
}

/** Where requests can be sent: a node, or an entry before several. */
export type Entry = Pick<ServerNode, "request">;

/** A set of files in the database, written and used through any node. */
export class StoredSet {
  readonly texts: VersionedSet;
  readonly #templateId: string;
  readonly #modelId: string;

  private constructor(texts: VersionedSet, templateId: string, modelId: string) {
    this.texts = texts;
    this.#templateId = templateId;
    this.#modelId = modelId;
  }

  /** Stores the three files through a node, with version 1 of template and model. */
  static async create(node: Entry, key: string, model?: string): Promise<StoredSet> {
    const texts = versionedSet(key);
    const template = await write(node, "POST", "/opt", templateText(texts, 1));
    const stored = await write(node, "POST", "/fc/model", model ?? modelText(texts, 1));
    await write(node, "POST", "/fc/context", contextText(texts));
    return new StoredSet(texts, idOf(template, "id"), idOf(stored, "id"));
  }

  /** Replaces the model; resolves when the write is acknowledged. */
  async writeModel(node: Entry, version: number): Promise<Acknowledged> {
    return this.writeModelText(node, modelText(this.texts, version));
  }

  async writeModelText(node: Entry, text: string): Promise<Acknowledged> {
    return acknowledged(await write(node, "PUT", `/fc/model/${this.#modelId}`, text));
  }

  /** Replaces the template; resolves when the write is acknowledged. */
  async writeTemplate(node: Entry, version: number): Promise<Acknowledged> {
    return acknowledged(await write(node, "PUT", `/opt/${this.#templateId}`, templateText(this.texts, version)));
  }

  /** Maps through a node, and says which versions were used. Throws when the answer is no success. */
  async map(node: Entry, headers: Readonly<Record<string, string>> = {}): Promise<Mapped> {
    const answer = await this.call(node, headers);
    if (answer.status !== 200) throw new Error(`no mapping but ${answer.status}: ${answer.text}`);
    const warning = answer.headers.get("warning") ?? "";
    return { ...shownVersions(answer.text), answer, isSaidToBeStale: warning.startsWith("110 ") };
  }

  /** Maps through a node, whatever comes of it. */
  call(node: Entry, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return node.request(`/openfhir/toopenehr?templateId=${this.texts.templateId}&format=flat`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: observation(this.texts),
    });
  }
}

async function write(node: Entry, method: string, path: string, body: string): Promise<Answer> {
  const type = path.startsWith("/opt") ? "application/xml" : "application/yaml";
  const headers = { "content-type": type, accept: "application/json" };
  const answer = await node.request(path, { method, headers, body });
  if (answer.status !== 200) throw new Error(`${method} ${path} gave ${answer.status}: ${answer.text}`);
  return answer;
}

function acknowledged({ headers, sentAt, answeredAt }: Answer): Acknowledged {
  return { revision: headers.get("x-causeway-revision") ?? "", sentAt, answeredAt };
}

function idOf({ text }: Answer, name: string): string {
  const id = (JSON.parse(text) as Record<string, unknown>)[name];
  if (typeof id !== "string") throw new Error(`no ${name} in ${text}`);
  return id;
}
